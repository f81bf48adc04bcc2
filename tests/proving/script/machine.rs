//! The server process, its files and its store.

use std::sync::atomic::Ordering;

use rusqlite::{Connection, OpenFlags};

use super::{Outcome, Play};
use crate::proving::server::Server;

/// What a server says when it has taken up a change.
const TAKEN_UP: [&str; 1] = ["is taken for new calls"];

impl Play {
    /// Does something slow with the server, outside of the runtime.
    async fn with_server<T: Send + 'static>(&self, work: impl FnOnce(&Server) -> T + Send + 'static) -> T {
        let server = self.stage.server.clone();
        tokio::task::spawn_blocking(move || work(&server)).await.unwrap()
    }

    pub(super) async fn kill(&mut self) -> Outcome {
        self.with_server(Server::kill).await;
        Ok(())
    }

    pub(super) async fn start_again(&mut self) -> Outcome {
        self.with_server(Server::run).await;
        self.go().await
    }

    pub(super) async fn restart(&mut self) -> Outcome {
        self.with_server(Server::restart).await;
        self.go().await
    }

    pub(super) async fn back_at_retry(&mut self, retry: u64) -> Outcome {
        self.kill().await?;
        self.stage.back_at_retry.store(u32::try_from(retry).unwrap(), Ordering::SeqCst);
        Ok(())
    }

    pub(super) async fn stop_and_start(&mut self) -> Outcome {
        self.with_server(|server| {
            server.signal("TERM");
            server.ended()
        })
        .await?;
        self.start_again().await
    }

    /// Writes what was edited; what the server says of it is read from here on.
    pub(super) fn write(&mut self) {
        let from = self.stage.server.log().len();
        if self.stage.write() {
            self.log_from = from;
        }
    }

    pub(super) async fn tell_to_reload(&mut self) -> Outcome {
        self.write();
        self.with_server(|server| server.signal("HUP")).await;
        Ok(())
    }

    pub(super) async fn takes_up(&mut self) -> Outcome {
        self.write();
        let from = self.log_from;
        self.with_server(move |server| server.says(from, &TAKEN_UP)).await
    }

    pub(super) async fn refuses(&mut self, words: &str) -> Outcome {
        self.write();
        let (from, words) = (self.log_from, words.to_owned());
        self.with_server(move |server| {
            server.says(from, &["refused; the line goes on"])?;
            server.says(from, &[words.as_str()])
        })
        .await
    }

    pub(super) fn never_logged(&mut self, unwanted: &[String]) -> Outcome {
        let log = self.stage.server.log();
        match unwanted.iter().find(|unwanted| log.contains(unwanted.as_str())) {
            Some(unwanted) => Err(format!("the log has {unwanted:?}")),
            None => Ok(()),
        }
    }

    pub(super) fn store_is_empty(&mut self) -> Outcome {
        let calls = self.stored_calls()?;
        if calls.is_empty() { Ok(()) } else { Err(format!("{calls:#?}")) }
    }

    /// Every file of the store, byte by byte.
    pub(super) fn store_holds_nothing_of(&mut self, unwanted: &[String]) -> Outcome {
        let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for (name, bytes) in self.store_files() {
            if let Some(unwanted) = unwanted.iter().find(|unwanted| holds(&bytes, unwanted)) {
                return Err(format!("{name} has {unwanted:?}"));
            }
        }
        Ok(())
    }

    /// The database and what SQLite keeps beside it.
    fn store_files(&self) -> Vec<(String, Vec<u8>)> {
        let names = std::fs::read_dir(self.stage.folder()).unwrap().map(|entry| entry.unwrap().path());
        let stores = names.filter(|path| path.file_name().unwrap().to_string_lossy().contains(".sqlite"));
        stores.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap_or_default())).collect()
    }

    /// Every call in the store, as a line.
    pub(super) fn stored_calls(&self) -> Result<Vec<String>, String> {
        let files = self.store_files();
        let file = files.iter().find(|(_, bytes)| bytes.starts_with(b"SQLite format 3"));
        let (file, _) = file.ok_or("there is no store")?;
        let read = || {
            let store = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            let mut query = store.prepare("SELECT flow, call, revision, due, state FROM call ORDER BY flow, call")?;
            let rows = query.query_map([], |row| {
                let state: Vec<u8> = row.get(4)?;
                let due: Option<i64> = row.get(3)?;
                let (flow, call, revision): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(format!("{flow} {call} {revision} {due:?} {}", String::from_utf8_lossy(&state)))
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| error.to_string())
    }
}
