//! Console sessions: run in a directory of their own, with the page's files and those of the repository in it.
//!
//! ```text
//! $ ivrc check hello.ivr         a command for `sh`; what it prints must be what stands below
//! hello.ivr: no errors           `[..]` stands for any characters of a line, a line `...` for any lines
//! ? 1                            its exit status, if it is not 0
//! $ ivrc serve hello.ivr &       a command that goes on: what stands below is waited for; at the end of the block it is
//!                                interrupted, and must end with status 0
//! ```
//!
//! With `IVRC_BLESS=1` in the environment, pages are rewritten to show what was printed, wildcards apart.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::page::{Block, Page};
use super::{Problem, root};

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Commands of other programs that pages may name without running them.
const KNOWN: [&str; 3] = ["cargo test", "cargo bench", "mdbook serve book"];
/// Files of the repository that sessions may name.
const SHIPPED: [&str; 11] = [
    "flows/xmatters.ivr",
    "flows/xmatters.test.ivr",
    "flows/xmatters.example.toml",
    "examples/hello.ivr",
    "examples/hello.test.ivr",
    "examples/clinic/clinic.ivr",
    "examples/clinic/clinic.test.ivr",
    "examples/clinic/clinic.toml",
    "examples/oncall/oncall.ivr",
    "examples/oncall/oncall.test.ivr",
    "examples/oncall/oncall.toml",
];

/// Whether a block has commands in it.
pub(crate) fn is_session(block: &Block) -> bool {
    matches!(block.kind.as_str(), "console" | "sh")
}

/// The problems of a page.
pub(crate) fn check(page: &Page) -> Vec<Problem> {
    let scratch = Scratch::new();
    let mut found = Vec::new();
    for block in &page.blocks {
        if let Some(file) = block.option("file") {
            scratch.write(file, &block.text);
        }
        if is_session(block) {
            found.extend(if block.kind == "sh" { elsewhere(&scratch, block) } else { session(&scratch, block) });
        }
    }
    if std::env::var_os("IVRC_BLESS").is_some() {
        bless(page, &found);
    }
    found.into_iter().map(|found| (page.path.clone(), found.line, found.what)).collect()
}

/// Something wrong with a session, and the lines that would make it right: from where, how many, which.
struct Found {
    line: usize,
    what: String,
    repair: Option<(usize, usize, Vec<String>)>,
}

impl Found {
    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into(), repair: None }
    }

    /// A command prints something else.
    fn difference(step: &Step<'_>, lines: &[String]) -> Self {
        let what =
            format!("`{}` should print\n{}\nbut prints\n{}", step.command, step.wanted.join("\n"), lines.join("\n"));
        let exact = !step.wanted.iter().any(|wanted| wanted.contains("[..]") || *wanted == "...");
        let first = step.line + step.command.lines().count();
        let printed = || lines.iter().map(|line| line.trim_end().to_owned()).collect();
        Self { line: step.line, what, repair: exact.then(|| (first, step.wanted.len(), printed())) }
    }
}

/// Puts what was printed into a page, from the end to the beginning.
fn bless(page: &Page, found: &[Found]) {
    let mut lines: Vec<String> = page.text.lines().map(str::to_owned).collect();
    for (first, count, printed) in found.iter().rev().filter_map(|found| found.repair.as_ref()) {
        lines.splice(first - 1..first - 1 + count, printed.iter().cloned());
    }
    std::fs::write(root().join(&page.path), lines.join("\n") + "\n").expect("a page");
}

/// A directory that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let scratch = Self(std::env::temp_dir().join(format!("ivrc-book-{}-{number}", std::process::id())));
        for path in SHIPPED {
            let text = std::fs::read_to_string(root().join(path)).expect("a file of the repository");
            scratch.write(path, &text);
        }
        scratch
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left behind, it would only take space.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A command with what it is expected to print.
struct Step<'a> {
    line: usize,
    command: String,
    wanted: Vec<&'a str>,
    status: i32,
}

fn steps(block: &Block) -> Result<Vec<Step<'_>>, (usize, String)> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for (number, text) in block.text.lines().enumerate() {
        let line = block.line + number;
        if let Some(command) = text.strip_prefix("$ ") {
            steps.push(Step { line, command: command.to_owned(), wanted: Vec::new(), status: 0 });
            continue;
        }
        let Some(step) = steps.last_mut() else {
            return Err((line, "a session begins with a command: `$ …`".to_owned()));
        };
        if let Some(more) = text.strip_prefix("> ").filter(|_| step.wanted.is_empty()) {
            step.command = format!("{}\n{more}", step.command);
        } else if let Some(status) = text.strip_prefix("? ") {
            step.status = status.trim().parse().map_err(|_| (line, "not an exit status".to_owned()))?;
        } else {
            step.wanted.push(text);
        }
    }
    Ok(steps)
}

fn session(scratch: &Scratch, block: &Block) -> Vec<Found> {
    let steps = match steps(block) {
        Ok(steps) => steps,
        Err((line, what)) => return vec![Found::at(line, what)],
    };
    let mut found = Vec::new();
    let mut running: Vec<(usize, Running)> = Vec::new();
    for step in &steps {
        let (command, goes_on) = match step.command.strip_suffix(" &") {
            Some(command) => (command, true),
            None => (step.command.as_str(), false),
        };
        let mut process = Running::start(scratch, command);
        let until = |lines: &[String]| goes_on && matches(&step.wanted, lines);
        let ended = process.read(until);
        if goes_on {
            if !matches(&step.wanted, &process.lines) {
                found.push(Found::difference(step, &process.lines));
            }
            running.push((step.line, process));
            continue;
        }
        if !ended {
            found.push(Found::at(step.line, format!("`{command}` did not end within {PATIENCE:?}")));
        }
        let status = process.end(false);
        if !matches(&step.wanted, &process.lines) {
            found.push(Found::difference(step, &process.lines));
        } else if status != Some(step.status) {
            found.push(Found::at(step.line, format!("`{command}` ended with {status:?}, not with {}", step.status)));
        }
    }
    for (line, mut process) in running {
        let status = process.end(true);
        if status != Some(0) {
            found.push(Found::at(
                line,
                format!("ended with {status:?} when interrupted:\n{}", process.lines.join("\n")),
            ));
        }
    }
    found
}

/// Commands that are not run, because they want another machine: those of ours are held against its options.
fn elsewhere(scratch: &Scratch, block: &Block) -> Vec<Found> {
    let mut found = Vec::new();
    for (number, command) in block.text.lines().map(str::trim).enumerate() {
        let line = block.line + number;
        let ours = ["ivrc ", "cargo run --release -- "].iter().any(|begins| command.starts_with(begins));
        let known = KNOWN.contains(&command) || command.starts_with("export ");
        if ours {
            let mut process = Running::start(scratch, &format!("{command} --help"));
            if process.end(false) != Some(0) {
                found.push(Found::at(line, process.lines.join("\n")));
            }
        } else if !known {
            found.push(Found::at(line, format!("nobody checks `{command}`")));
        }
    }
    found
}

/// A command under way.
struct Running {
    child: Child,
    output: Receiver<String>,
    lines: Vec<String>,
}

impl Running {
    fn start(scratch: &Scratch, command: &str) -> Self {
        let ivrc = Path::new(env!("CARGO_BIN_EXE_ivrc"));
        let command = command.replace("cargo run --release --", "ivrc");
        let path = format!("{}:{}", ivrc.parent().expect("a directory").display(), "/usr/local/bin:/usr/bin:/bin");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("exec 2>&1; {}", exec(&command)))
            .current_dir(&scratch.0)
            .env_clear()
            .env("PATH", path)
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let stdout = child.stdout.take().expect("its output");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, output, lines: Vec::new() }
    }

    /// Reads what is printed, to its end or until it is enough; false if neither came in time.
    fn read(&mut self, enough: impl Fn(&[String]) -> bool) -> bool {
        let end = Instant::now() + PATIENCE;
        while !enough(&self.lines) {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => self.lines.push(line),
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
        true
    }

    /// The exit status; a process that goes on is interrupted as by Ctrl-C.
    fn end(&mut self, interrupt: bool) -> Option<i32> {
        if interrupt {
            let process = self.child.id().to_string();
            let _ = Command::new("kill").args(["-INT", &process]).status();
        }
        if !self.read(|_| false) {
            let _ = self.child.kill();
        }
        self.child.wait().ok().and_then(|status| status.code())
    }
}

/// A single command takes the place of the shell, so that signals reach it.
fn exec(command: &str) -> String {
    let simple = !command.contains(['|', ';', '&', '\n']);
    let assigns = command.split(' ').next().is_some_and(|word| word.contains('='));
    if simple && !assigns { format!("exec {command}") } else { command.to_owned() }
}

/// Whether what was printed is what is wanted.
fn matches(wanted: &[&str], lines: &[String]) -> bool {
    match (wanted, lines) {
        ([], lines) => lines.is_empty(),
        (["...", rest @ ..], lines) => (0..=lines.len()).any(|n| matches(rest, lines.get(n..).unwrap_or_default())),
        ([first, rest @ ..], [line, lines @ ..]) => {
            line_matches(first.trim_end(), line.trim_end()) && matches(rest, lines)
        }
        (_, []) => false,
    }
}

fn line_matches(wanted: &str, line: &str) -> bool {
    match wanted.split_once("[..]") {
        None => wanted == line,
        Some((before, after)) => line.strip_prefix(before).is_some_and(|rest| {
            let places = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            places.into_iter().any(|at| rest.get(at..).is_some_and(|rest| line_matches(after, rest)))
        }),
    }
}

#[test]
fn wildcards_stand_for_characters_and_lines() {
    let lines = ["a 12 b", "x", "y", "z"].map(str::to_owned);
    assert!(matches(&["a [..] b", "...", "z"], &lines));
    assert!(matches(&["..."], &lines) && matches(&["...", "a [..]", "..."], &lines));
    assert!(!matches(&["a [..] c", "..."], &lines) && !matches(&["a [..]"], &lines));
    assert!(!matches(&["a [..]", "...", "y"], &lines));
}

#[test]
fn a_session_is_read_as_commands_with_their_output_and_status() {
    let block = Block {
        kind: "console".to_owned(),
        options: Vec::new(),
        line: 10,
        text: "$ printf 'a\\n' |\n> cat\na\n$ false\n? 1\n".to_owned(),
        hidden: false,
    };
    let found = steps(&block).unwrap_or_default();
    let seen: Vec<_> = found.iter().map(|s| (s.line, s.command.as_str(), s.wanted.clone(), s.status)).collect();
    assert_eq!(seen, [(10, "printf 'a\\n' |\ncat", vec!["a"], 0), (13, "false", vec![], 1)]);
    let scratch = Scratch::new();
    let wrong: Vec<String> = session(&scratch, &block).into_iter().map(|found| found.what).collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_page_is_blessed_with_what_was_printed() {
    let text = "a\n```console\n$ printf 'b\\nc\\n'\nx\n? 1\n$ printf 'd\\n'\nd\n```\n".to_owned();
    let page = Page { path: "none.md".to_owned(), blocks: super::page::blocks(&text), text };
    let scratch = Scratch::new();
    let found = session(&scratch, page.blocks.first().expect("a block"));
    let repairs: Vec<_> = found.into_iter().filter_map(|found| found.repair).collect();
    assert_eq!(repairs, [(4, 1, vec!["b".to_owned(), "c".to_owned()])]);
}
