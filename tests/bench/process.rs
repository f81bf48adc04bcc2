//! Servers under measurement, each a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::TOKEN;

/// A running server; it ends when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) port: u16,
    _directory: Option<tempdir::Directory>,
}

const IVRC: &str = env!("CARGO_BIN_EXE_ivrc");
const FLOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/xmatters.ivr");

impl Process {
    /// The release server on the xMatters flow.
    pub(crate) fn ivrc(durable: bool) -> Self {
        let directory = tempdir::Directory::new();
        let mut command = Command::new(IVRC);
        command.args(["serve", FLOW, "--dev", "--listen", "127.0.0.1:0"]);
        if durable {
            command.arg("--store").arg(directory.path().join("calls.sqlite"));
        }
        command.env("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001").env("TWILIO_AUTH_TOKEN", TOKEN);
        command.env("IVRC_MAX_CALLS", "1000000").env("RUST_LOG", "error");
        Self::start(command, Some(directory))
    }

    /// The bare handler with bodies of this size.
    pub(crate) fn bare(size: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--bare", &size.to_string()]);
        Self::start(command, None)
    }

    fn start(mut command: Command, directory: Option<tempdir::Directory>) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a process");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port =
            lines.by_ref().map_while(Result::ok).find_map(|line| port_in(&line)).expect("a line with its address");
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port, _directory: directory }
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|kb| kb.parse::<usize>().ok()).unwrap_or_default() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn port_in(line: &str) -> Option<u16> {
    let rest = line.split("127.0.0.1:").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

mod tempdir {
    use std::path::{Path, PathBuf};

    /// A directory that is removed when this is dropped.
    pub(super) struct Directory(PathBuf);

    impl Directory {
        pub(super) fn new() -> Self {
            let name = format!("ivrc-bench-{}-{:?}", std::process::id(), std::time::Instant::now());
            let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&path).expect("a directory");
            Self(path)
        }

        pub(super) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
