//! The flows that are served, and their former versions as long as calls use them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::ArcSwap;

use crate::compile::{self, Inputs, Line};
use crate::settings::Conditions;
use crate::store::Version;

/// The lines of a server.
pub struct Lines {
    current: ArcSwap<HashMap<String, Arc<Line>>>,
    /// Held by the calls that use them, and by nobody else.
    former: Mutex<HashMap<(String, String), Weak<Line>>>,
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

    /// Flow and version of every current line, and of every former one that a call of this process uses.
    #[must_use]
    pub fn versions(&self) -> Vec<(String, String)> {
        let current = self.all();
        let current = current.iter().map(|line| (line.graph.name.to_string(), line.graph.version.to_string()));
        current.chain(self.former().keys().cloned()).collect()
    }

    /// A version that is current, or was while this process runs.
    #[must_use]
    pub fn known(&self, flow: &str, version: &str) -> Option<Arc<Line>> {
        let current = self.current(flow).filter(|line| &*line.graph.version == version);
        current.or_else(|| self.former().get(&(flow.to_owned(), version.to_owned())).and_then(Weak::upgrade))
    }

    /// A version from what the store kept of it; none if it does not compile any more, or not to the same graph: then
    /// the places that calls remember are not its places.
    #[must_use]
    pub fn revive(&self, stored: &Version) -> Option<Arc<Line>> {
        let inputs: Inputs = serde_json::from_slice(&stored.sources).ok()?;
        let line = Arc::new(compile::compile(inputs, &self.conditions).line?);
        if *line.graph.version != *stored.hash {
            return None;
        }
        // Somebody else may have been faster: one line for all calls of a version.
        let mut former = self.former();
        let known = former.entry((stored.flow.clone(), stored.hash.clone())).or_default();
        let line = known.upgrade().unwrap_or(line);
        *known = Arc::downgrade(&line);
        Some(line)
    }

    /// Puts a line in the place of its former version.
    pub fn replace(&self, line: Line) {
        let (flow, line) = (line.graph.name.to_string(), Arc::new(line));
        // Locked from the beginning to the end: a call that looks for its version finds it in one place or the other.
        let mut former = self.former();
        let mut lines = self.current.load().as_ref().clone();
        if let Some(old) = lines.insert(flow.clone(), line) {
            former.insert((flow, old.graph.version.to_string()), Arc::downgrade(&old));
        }
        self.current.store(Arc::new(lines));
    }

    /// The former lines; those that nobody uses any more are forgotten.
    fn former(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Weak<Line>>> {
        let mut former = self.former.lock().unwrap_or_else(PoisonError::into_inner);
        former.retain(|_, line| line.strong_count() > 0);
        former
    }
}
