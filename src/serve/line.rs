//! The flows that are served, and their former versions as long as calls use them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::compile::{self, Inputs, Line};
use crate::settings::Conditions;
use crate::store::Version;

/// The lines of a server.
pub struct Lines {
    current: ArcSwap<HashMap<String, Arc<Line>>>,
    former: Mutex<HashMap<(String, String), Arc<Line>>>,
    conditions: Conditions,
}

impl Lines {
    /// These lines. `conditions` are those under which a stored version is compiled again.
    #[must_use]
    pub fn new(lines: impl IntoIterator<Item = Line>, conditions: Conditions) -> Self {
        let current = lines.into_iter().map(|line| (line.graph.name.to_string(), Arc::new(line))).collect();
        Self { current: ArcSwap::from_pointee(current), former: Mutex::default(), conditions }
    }

    /// The version that new calls get.
    #[must_use]
    pub fn current(&self, flow: &str) -> Option<Arc<Line>> {
        self.current.load().get(flow).cloned()
    }

    /// Every current line.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Line>> {
        self.current.load().values().cloned().collect()
    }

    /// Flow and version of every current line.
    #[must_use]
    pub fn versions(&self) -> Vec<(String, String)> {
        self.all().iter().map(|line| (line.graph.name.to_string(), line.graph.version.to_string())).collect()
    }

    /// A version that is current, or was while this process runs.
    #[must_use]
    pub fn known(&self, flow: &str, version: &str) -> Option<Arc<Line>> {
        let current = self.current(flow).filter(|line| &*line.graph.version == version);
        current.or_else(|| self.former().get(&(flow.to_owned(), version.to_owned())).cloned())
    }

    /// A version from what the store kept of it; none if it does not compile any more.
    #[must_use]
    pub fn revive(&self, stored: &Version) -> Option<Arc<Line>> {
        let inputs: Inputs = serde_json::from_slice(&stored.sources).ok()?;
        let line = Arc::new(compile::compile(inputs, &self.conditions).line?);
        self.former().insert((stored.flow.clone(), stored.hash.clone()), Arc::clone(&line));
        Some(line)
    }

    /// Puts a line in the place of its former version.
    pub fn replace(&self, line: Line) {
        let (flow, line) = (line.graph.name.to_string(), Arc::new(line));
        let mut lines = self.current.load().as_ref().clone();
        if let Some(old) = lines.insert(flow.clone(), line) {
            self.former().insert((flow, old.graph.version.to_string()), old);
        }
        self.current.store(Arc::new(lines));
    }

    fn former(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Arc<Line>>> {
        self.former.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
