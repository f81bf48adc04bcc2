//! Changed files, noticed at once: the home of notify.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

/// An editor writes a file in several steps; what comes within this time is one change.
const STEPS: Duration = Duration::from_millis(100);

/// Watches files.
pub struct Watch {
    // Dropping it would end the watching.
    _watcher: RecommendedWatcher,
    changes: mpsc::UnboundedReceiver<()>,
}

impl Watch {
    /// Watches these files, whether they are there or not. Directories are watched, because editors put a new file in
    /// the place of the old one.
    pub fn start(files: &[PathBuf]) -> io::Result<Self> {
        let mut directories: BTreeMap<PathBuf, BTreeSet<OsString>> = BTreeMap::new();
        for file in files {
            let Some(name) = file.file_name() else { continue };
            let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            directories.entry(directory.to_owned()).or_default().insert(name.to_owned());
        }
        let names: BTreeSet<OsString> = directories.values().flatten().cloned().collect();
        let (sender, changes) = mpsc::unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            // Reading a file is an event, too.
            let is_change = event.kind.is_modify() || event.kind.is_create() || event.kind.is_remove();
            let is_ours = event.paths.iter().any(|path| path.file_name().is_some_and(|name| names.contains(name)));
            if is_change && is_ours {
                // Nobody listens any more when the server stops.
                let _ = sender.send(());
            }
        })
        .map_err(io::Error::other)?;
        for directory in directories.keys() {
            watcher.watch(directory, RecursiveMode::NonRecursive).map_err(io::Error::other)?;
        }
        Ok(Self { _watcher: watcher, changes })
    }

    /// Waits for a change, and until it is complete.
    pub async fn changed(&mut self) {
        if self.changes.recv().await.is_none() {
            // The system has stopped telling.
            return std::future::pending().await;
        }
        while let Ok(Some(())) = tokio::time::timeout(STEPS, self.changes.recv()).await {}
    }
}

#[cfg(test)]
mod tests {
    use super::Watch;

    #[tokio::test]
    async fn a_file_that_is_replaced_is_noticed() {
        let directory = std::env::temp_dir().join(format!("ivrc-watch-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (flow, draft) = (directory.join("a.ivr"), directory.join("draft"));
        std::fs::write(&flow, "1").unwrap();
        let mut watch = Watch::start(std::slice::from_ref(&flow)).unwrap();
        std::fs::write(&draft, "2").unwrap();
        std::fs::rename(&draft, &flow).unwrap();
        watch.changed().await;
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
