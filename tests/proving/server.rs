//! The process under test: `ivrc serve`, with a real store file, a clock that is moved by hand, and a port of its own.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::time::Time;

/// Longer than a start takes on a busy machine.
const START: Duration = Duration::from_secs(30);

/// The server: how it is started, and its process while there is one.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    variables: Vec<(String, String)>,
    dev: bool,
    /// 0 until the first start has found a free one.
    port: u16,
    child: Option<Child>,
    time: Arc<Time>,
}

impl Server {
    /// Starts a server on the flow in `folder`.
    pub(crate) fn start(folder: &Path, variables: Vec<(String, String)>, dev: bool, time: &Arc<Time>) -> Self {
        let (folder, time) = (folder.to_owned(), Arc::clone(time));
        let server = Self { state: Arc::new(Mutex::new(State { folder, variables, dev, port: 0, child: None, time })) };
        server.run();
        server
    }

    /// Starts the process, again on the port it had, and waits until it serves.
    pub(crate) fn run(&self) {
        self.lock().run();
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(&self) {
        self.lock().kill();
    }

    /// Both at once: nobody finds it down for longer than it takes.
    pub(crate) fn restart(&self) {
        let mut state = self.lock();
        state.kill();
        state.run();
    }

    /// Comes back when it is not being restarted.
    pub(crate) fn settled(&self) {
        drop(self.lock());
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.lock().port)
    }

    /// Sends a signal, by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        let state = self.lock();
        let id = state.child.as_ref().expect("the server runs").id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(sent.success(), "kill -s {name} {id}");
    }

    /// Waits until the process has ended by itself.
    pub(crate) fn ended(&self) -> Result<(), String> {
        let mut state = self.lock();
        let Some(mut child) = state.child.take() else { return Err("the server does not run".to_owned()) };
        state.time.set_server(None);
        let until = Instant::now() + START;
        while Instant::now() < until {
            if let Some(status) = child.try_wait().unwrap() {
                return if status.success() { Ok(()) } else { Err(format!("the server ended with {status}")) };
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        Err("the server does not end".to_owned())
    }

    /// Everything it said.
    pub(crate) fn log(&self) -> String {
        let bytes = std::fs::read(self.lock().folder.join("server.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until it has said something, counted from a place of its log.
    pub(crate) fn says(&self, from: usize, words: &[&str]) -> Result<(), String> {
        let until = Instant::now() + START;
        while Instant::now() < until {
            let log = self.log();
            if log.get(from..).is_some_and(|news| words.iter().any(|words| news.contains(words))) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(format!("the server does not say {words:?}"))
    }

    /// Whether it still runs, if it should.
    pub(crate) fn is_well(&self) -> bool {
        let mut state = self.lock();
        state.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_none())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn run(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        let log = |folder: &Path| OpenOptions::new().create(true).append(true).open(folder.join("server.log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ivrc"));
        command.args(["serve", "xmatters.ivr", "--store", "calls.sqlite"]);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.env_clear();
        if self.dev {
            command.args(["--dev", "--live"]).env("IVRC_DEV_CLOCK", self.time.now().to_string());
        } else {
            command.args(["--allow-plain-http", "--allow-private"]);
        }
        let child = command
            .current_dir(&self.folder)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log(&self.folder))
            .spawn()
            .unwrap();
        let child = self.child.insert(child);
        let stdout = child.stdout.take().unwrap();
        let Some(port) = address(stdout, log(&self.folder)) else {
            let log = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
            panic!("the server did not start\n{log}");
        };
        self.port = port;
        self.time.set_server(Some(format!("http://127.0.0.1:{}/-/clock", self.port)));
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            self.time.set_server(None);
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The port that the server says it listens on. What else it says goes on being put into its log.
fn address(stdout: std::process::ChildStdout, mut log: File) -> Option<u16> {
    let (found, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // A log that cannot be written is missed in a report only.
            let _ = std::io::Write::write_all(&mut log, format!("{line}\n").as_bytes());
            if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let _ = digits.parse().map(|port| found.send(port));
            }
        }
    });
    port.recv_timeout(START).ok()
}
