//! The services of flows as the server sees them: the real ones, or canned ones.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::compile::Line;
use crate::engine::effect::ServiceRequest;
use crate::engine::event::Reply;
use crate::services::Services;

/// What performs requests to services.
pub trait Outside: Send + Sync {
    /// Performs one request and returns what came of it, within the operation's time limit.
    fn perform(&self, line: Arc<Line>, request: ServiceRequest) -> Pin<Box<dyn Future<Output = Reply> + Send>>;
}

impl Outside for Services {
    fn perform(&self, line: Arc<Line>, request: ServiceRequest) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
        let services = self.clone();
        Box::pin(async move {
            let graph = &line.graph;
            services.perform(&graph.operations, &graph.services, &line.settings, &request).await
        })
    }
}
