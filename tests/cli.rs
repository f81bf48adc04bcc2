//! The command as a process: exit statuses, files, signals, what is said where.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A line with one menu; its words tell versions apart.
const FLOW: &str = "scene main {\n  menu \"Press 1 now.\" { 1 { say \"Thank you.\"; hang up } }\n}\n";

/// A directory of a test's own, removed at its end.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        // As editors do: a new file in the place of the old one.
        let draft = self.0.join(".draft");
        std::fs::write(&draft, text).unwrap();
        std::fs::rename(draft, self.0.join(name)).unwrap();
    }

    fn command(&self, args: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ivrc"));
        command.args(args).current_dir(&self.0).env_clear().envs(environment.iter().copied());
        command
    }

    /// Runs the command to its end: its status, and what it said on stdout and on stderr.
    pub(crate) fn run(&self, args: &[&str], environment: &[(&str, &str)], typed: &str) -> (i32, String, String) {
        let mut command = self.command(args, environment);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server that runs.
struct Server {
    child: Child,
    lines: Receiver<String>,
    url: String,
}

impl Server {
    fn start(directory: &Directory, args: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = directory.command(args, environment);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let errors = sender.clone();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        std::thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
        });
        std::thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).for_each(|line| drop(errors.send(line)));
        });
        let mut server = Self { child, lines, url: String::new() };
        server.url = server.says("listening on ").replace("listening on ", "");
        server
    }

    /// Waits for a line that contains these words.
    fn says(&self, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        let mut said = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            if line.contains(words) {
                return line;
            }
            said.push(line);
        }
        panic!("the server does not say {words:?}, but\n{}", said.join("\n"));
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Ends it as an operator does; its exit status.
    fn stop(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn check_says_by_its_status_what_it_found() {
    let directory = Directory::new("check");
    directory.file("good.ivr", FLOW);
    directory.file("unused.ivr", &format!("{FLOW}phrases {{ hello = \"Hello.\" }}\n"));
    let (status, stdout, stderr) = directory.run(&["check", "."], &[], "");
    assert_eq!((status, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("IVR902 warning") && stderr.contains("unused.ivr: 1 warning"), "{stderr}");
    assert_eq!(directory.run(&["check", ".", "--deny", "warnings"], &[], "").0, 1);
    directory.file("bad.ivr", "scene main { => nowhere }");
    let (status, _, stderr) = directory.run(&["check", "good.ivr", "bad.ivr"], &[], "");
    assert!(status == 1 && stderr.contains("IVR201") && stderr.contains("bad.ivr:1:"), "{stderr}");
    assert!(!stderr.contains('\u{1b}'), "no colours in a pipe: {stderr}");
    let (status, _, stderr) = directory.run(&["check", "god.ivr"], &[], "");
    assert_eq!(status, 2);
    assert_eq!(stderr, "error: cannot read `god.ivr`: there is no such file\n  help: did you mean `good.ivr`?\n");
}

#[test]
fn check_looks_at_settings_environment_and_stubs() {
    let directory = Directory::new("together");
    let service = "service s at base { get look() \"/look\" gives word as text }";
    let scene = "scene main { let word = s.look() else { hang up }; say word; hang up }";
    directory.file("line.ivr", &format!("settings {{ base: url\n greetings: 1..9 = 1 }}\n{service}\n{scene}\n"));
    let check = |args: &[&str], environment: &[(&str, &str)]| {
        let args: Vec<&str> = ["check", "line.ivr"].iter().chain(args).copied().collect();
        let (status, _, stderr) = directory.run(&args, environment, "");
        let codes = stderr.lines().filter(|line| line.starts_with("IVR") && !line.contains("warning"));
        (status, codes.map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(check(&[], &[]), (0, vec![]));
    assert_eq!(check(&[], &[("IVR_LINE_GREETINGS", "10")]), (1, vec!["IVR504".into()]));
    directory.file("line.test.ivr", "given base = \"https://s.example.com\"\nstub s.look => 200 { word: [] }\n");
    assert_eq!(check(&[], &[]), (1, vec!["IVR701".into()]));
    directory.file("line.test.ivr", "given base = \"https://s.example.com\"\nstub s.look => 200 { word: \"x\" }\n");
    assert_eq!(check(&[], &[]), (0, vec![]));
    // What a test is given is not given to the line.
    directory.file("other.toml", "greetings = 2\n");
    assert_eq!(check(&["--settings", "other.toml"], &[]), (1, vec!["IVR501".into()]));
    directory.file("line.toml", "base = \"nowhere\"\n");
    assert_eq!(check(&[], &[]), (1, vec!["IVR504".into()]));
}

/// The same line, as somebody in a hurry writes it.
const UNTIDY: &str = "scene main{\n menu \"Press 1 now.\" {1 {say \"Thank you.\"\nhang up}}\n}";
/// What becomes of it.
const TIDY: &str = "\
scene main {
  menu \"Press 1 now.\" {
    1 {
      say \"Thank you.\"
      hang up
    }
  }
}
";

#[test]
fn fmt_changes_what_is_not_in_the_style_and_nothing_else() {
    let directory = Directory::new("fmt");
    directory.file("tidy.ivr", TIDY);
    directory.file("untidy.ivr", UNTIDY);
    directory.file("untidy.test.ivr", "given a=1\r\n");
    let read = |name: &str| std::fs::read_to_string(directory.0.join(name)).unwrap();
    let (status, stdout, stderr) = directory.run(&["fmt", "--check", "."], &[], "");
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert_eq!(
        stderr,
        "./untidy.ivr:1: not in the style\n- scene main{\n-  menu \"Press 1 now.\" {1 {say \"Thank you.\"\n- hang up}}\n- …\n\
         + scene main {\n+   menu \"Press 1 now.\" {\n+     1 {\n+ …\n\
         ./untidy.test.ivr:1: not in the style\n- given a=1\\r\n+ given a = 1\n"
    );
    assert_eq!(read("untidy.ivr"), UNTIDY, "nothing was written");
    let (status, stdout, stderr) = directory.run(&["fmt", "."], &[], "");
    assert_eq!((status, stdout.as_str()), (0, ""));
    assert_eq!(stderr, "./untidy.ivr: formatted\n./untidy.test.ivr: formatted\n");
    assert_eq!((read("untidy.ivr").as_str(), read("untidy.test.ivr").as_str()), (TIDY, "given a = 1\n"));
    assert_eq!(directory.run(&["fmt", "."], &[], ""), (0, String::new(), String::new()));
    assert_eq!(directory.run(&["fmt", "--check", "."], &[], ""), (0, String::new(), String::new()));
    let kept: Vec<_> = std::fs::read_dir(&directory.0).unwrap().collect();
    assert_eq!(kept.len(), 3, "{kept:?}");
}

#[test]
fn fmt_takes_a_byte_order_mark_away() {
    let directory = Directory::new("fmt-mark");
    directory.file("mark.ivr", &format!("\u{feff}{TIDY}"));
    let told = "mark.ivr:1: not in the style\n- \\u{feff}scene main {\n+ scene main {\n";
    assert_eq!(directory.run(&["fmt", "--check", "mark.ivr"], &[], ""), (1, String::new(), told.to_owned()));
    assert_eq!(directory.run(&["fmt", "mark.ivr"], &[], "").0, 0);
    assert_eq!(std::fs::read_to_string(directory.0.join("mark.ivr")).unwrap(), TIDY);
    assert_eq!(directory.run(&["fmt", "--check", "mark.ivr"], &[], "").0, 0);
}

#[test]
fn fmt_leaves_alone_what_it_does_not_understand() {
    let directory = Directory::new("fmt-wrong");
    directory.file("bad.ivr", "scene main{ say ; hang up }");
    directory.file("untidy.ivr", UNTIDY);
    let (status, _, stderr) = directory.run(&["fmt", "."], &[], "");
    assert!(status == 1 && stderr.contains("IVR101") && stderr.contains("bad.ivr: 1 error\n"), "{stderr}");
    assert!(stderr.ends_with("untidy.ivr: formatted\n"), "the others are formatted: {stderr}");
    assert_eq!(std::fs::read_to_string(directory.0.join("bad.ivr")).unwrap(), "scene main{ say ; hang up }");
    assert_eq!(directory.run(&["fmt", "--check", "bad.ivr"], &[], "").0, 1);
    // What cannot be done at all.
    assert_eq!(directory.run(&["fmt", "missing.ivr"], &[], "").0, 2);
    directory.file("line.toml", "a = 1\n");
    let (status, _, stderr) = directory.run(&["fmt", "line.toml"], &[], "");
    assert!(status == 2 && stderr.starts_with("error: `line.toml` is not the name of a flow\n"), "{stderr}");
    assert_eq!(directory.run(&["fmt", "--stdin", "a.ivr", "b.ivr"], &[], "").0, 2);
}

#[test]
fn fmt_reads_from_a_pipe() {
    let directory = Directory::new("fmt-pipe");
    assert_eq!(directory.run(&["fmt", "--stdin"], &[], UNTIDY), (0, TIDY.to_owned(), String::new()));
    assert_eq!(directory.run(&["fmt", "--stdin"], &[], TIDY), (0, TIDY.to_owned(), String::new()));
    assert_eq!(directory.run(&["fmt", "--stdin"], &[], ""), (0, String::new(), String::new()));
    let test = "given a=1";
    let given = directory.run(&["fmt", "--stdin", "no/such/x.test.ivr"], &[], test);
    assert_eq!(given, (0, "given a = 1\n".to_owned(), String::new()));
    let (status, stdout, stderr) = directory.run(&["fmt", "--stdin"], &[], test);
    assert!(status == 1 && stdout.is_empty() && stderr.contains("stdin:1:1"), "{stderr}");
    let (status, stdout, stderr) = directory.run(&["fmt", "--stdin", "--check", "x.test.ivr"], &[], test);
    assert_eq!((status, stdout.as_str()), (1, ""));
    assert_eq!(stderr, "x.test.ivr:1: not in the style\n- given a=1 (no line break)\n+ given a = 1\n");
}

#[test]
fn settings_lists_what_can_be_set_and_writes_an_example() {
    let directory = Directory::new("settings");
    directory
        .file("line.ivr", "settings { town: text\n secret key: text? }\nscene main { say \"{{town}}\"; hang up }\n");
    directory.file("other.ivr", FLOW);
    let (status, stdout, stderr) = directory.run(&["settings", "line.ivr"], &[], "");
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert!(stdout.contains("\n  town: text, must be given\n      not set\n"), "{stdout}");
    directory.file("line.toml", "town = \"Here\"\nkey = { file = \"/key\" }\n");
    let environment = [("IVR_LINE_TOWN", "There"), ("IVR_LINE_KEY", "hunter2")];
    let (status, stdout, _) = directory.run(&["settings", "line.ivr", "--format", "json"], &environment, "");
    assert!(status == 0 && !stdout.contains("hunter2"), "{stdout}");
    let read: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(read[0]["settings"][0]["value"], "There");
    let by = serde_json::json!({ "by": "environment", "variable": "IVR_LINE_KEY" });
    assert_eq!(read[0]["settings"][1]["set"], by);

    let example = || directory.run(&["settings", "line.ivr", "--format", "toml"], &environment, "").1;
    assert!(example().contains("\ntown = { none = true }"), "what holds now has no influence: {}", example());
    directory.file("line.toml", "town = 12\n");
    let (status, stdout, stderr) = directory.run(&["settings", "line.ivr"], &[], "");
    assert!(status == 2 && stdout.is_empty() && stderr.contains("IVR504"), "{stderr}");
    let (status, _, stderr) = directory.run(&["settings", "--format", "toml", "."], &[], "");
    assert!(status == 2 && stderr.contains("for 2 flows"), "{stderr}");
}

#[test]
fn script_prints_what_can_be_heard() {
    let directory = Directory::new("script");
    directory.file("line.ivr", FLOW);
    directory.file("other.ivr", "scene main { say nothing }");
    let (status, stdout, stderr) = directory.run(&["script", "line.ivr"], &[], "");
    assert_eq!((status, stderr.as_str()), (0, ""));
    assert!(stdout.contains("\n   2  Thank you.\n      - caller · main/menu/1/say · 2 words, 1 s\n"), "{stdout}");
    let words = [("IVR_LINE_APOLOGY", "Pardon.")];
    assert!(directory.run(&["script", "line.ivr"], &words, "").1.contains("  Pardon.\n"));
    assert!(directory.run(&["script", "line.ivr", "--format", "markdown"], &[], "").1.starts_with("# line\n"));
    let (status, stdout, stderr) = directory.run(&["script", "line.ivr", "other.ivr"], &[], "");
    assert!(status == 2 && stdout.is_empty() && stderr.contains("IVR203"), "{stderr}");
    assert_eq!(directory.run(&["script", ".", "--format", "csv"], &[], "").0, 2);
}

#[test]
fn graph_draws_a_flow_in_every_format() {
    let directory = Directory::new("graph");
    directory.file("line.ivr", FLOW);
    let drawn = |format: &str| {
        let (status, stdout, stderr) = directory.run(&["graph", "line.ivr", "--format", format], &[], "");
        assert_eq!((status, stderr.as_str()), (0, ""));
        stdout
    };
    assert!(directory.run(&["graph", "line.ivr"], &[], "").1.starts_with("line\n"));
    let beginnings =
        [("text", "line\n"), ("svg", "<svg "), ("mermaid", "flowchart"), ("dot", "digraph"), ("json", "{\n")];
    for (format, beginning) in beginnings {
        assert!(drawn(format).starts_with(beginning), "{format}");
    }
    directory.file("other.ivr", "scene main { => nowhere }");
    let (status, stdout, stderr) = directory.run(&["graph", "other.ivr"], &[], "");
    assert!(status == 2 && stdout.is_empty() && stderr.contains("IVR201"), "{stderr}");
    let (status, _, stderr) = directory.run(&["graph", "."], &[], "");
    assert!(status == 2 && stderr.contains("for 2 flows"), "{stderr}");
}

#[test]
fn talk_reads_from_a_pipe() {
    let directory = Directory::new("talk");
    directory.file("line.ivr", FLOW);
    let (status, stdout, stderr) = directory.run(&["talk", "line.ivr"], &[], "1\n");
    assert_eq!(status, 0, "{stderr}");
    assert!(stdout.contains("  0:01  you press 1\n  0:01  \"Thank you.\"\n"), "{stdout}");
    assert_eq!(directory.run(&["talk", "line.ivr"], &[], "nonsense\n").0, 2);
    assert_eq!(directory.run(&["talk", "lin.ivr"], &[], "").0, 2);
}

#[test]
fn what_is_missing_is_said_before_anything_starts() {
    let directory = Directory::new("missing");
    directory.file("line.ivr", FLOW);
    let account = [("TWILIO_AUTH_TOKEN", "t"), ("TWILIO_ACCOUNT_SID", "AC1")];
    let refused = |args: &[&str], environment: &[(&str, &str)]| {
        let args: Vec<&str> = ["serve", "line.ivr", "--listen", "127.0.0.1:0"].iter().chain(args).copied().collect();
        let (status, stdout, stderr) = directory.run(&args, environment, "");
        assert_eq!((status, stdout.as_str()), (2, ""), "{stderr}");
        assert_eq!(stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{stderr}");
        stderr
    };
    assert!(refused(&[], &[]).contains("`TWILIO_AUTH_TOKEN` is not set"));
    assert!(refused(&[], &account[..1]).contains("`TWILIO_ACCOUNT_SID` is not set"));
    let plain = [account[0], account[1], ("TWILIO_API_URL", "http://twilio.example.com")];
    assert!(refused(&[], &plain).contains("plain http"));
    let clock = [account[0], account[1], ("IVRC_DEV_CLOCK", "2026-03-01T12:00:00Z")];
    assert!(refused(&[], &clock).contains("`IVRC_DEV_CLOCK` is set"));
    assert!(refused(&["--dev"], &[("IVRC_MAX_CALLS", "few")]).contains("`IVRC_MAX_CALLS` is not a number"));
    assert!(refused(&["--dev"], &[("IVRC_LOG", "xml")]).contains("`IVRC_LOG` is neither"));
    assert!(refused(&["--dev"], &[("RUST_LOG", "ivrc=loud")]).contains("`RUST_LOG` is not understood"));
    assert!(refused(&["--store", "."], &account).contains("error: "));
    assert!(refused(&["--dev", "--settings", "no.toml"], &[]).contains("cannot read `no.toml`"));
    directory.file("broken.ivr", "scene main { => nowhere }");
    let (status, _, stderr) = directory.run(&["serve", "line.ivr", "broken.ivr"], &account, "");
    assert!(status == 2 && stderr.contains("IVR201"), "{stderr}");
    let kept: Vec<_> = std::fs::read_dir(&directory.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(kept.len(), 2, "nothing was created: {kept:?}");
}

#[test]
fn a_line_that_is_tried_out_takes_changes_at_once() {
    let directory = Directory::new("dev");
    directory.file("line.ivr", FLOW);
    let server = Server::start(&directory, &["serve", "line.ivr", "--dev", "--listen", "127.0.0.1:0"], &[]);
    let url = format!("{}/line", server.url);
    let heard = || directory.run(&["talk", &url], &[], "1\n");
    assert!(heard().1.contains("\"Thank you.\""));
    let address = server.url.replace("http://", "");
    let (status, _, stderr) = directory.run(&["serve", "line.ivr", "--dev", "--listen", &address], &[], "");
    assert_eq!(status, 2);
    assert!(stderr.starts_with(&format!("error: cannot listen on {address}: another program does\n")), "{stderr}");

    directory.file("line.ivr", &FLOW.replace("Thank you", "Many thanks"));
    server.says("line: reloaded; version ");
    assert!(heard().1.contains("\"Many thanks.\""));
    directory.file("line.ivr", "scene main { => nowhere }");
    server.says("IVR201");
    server.says("line: refused; the line goes on with version ");
    let (status, stdout, _) = heard();
    assert!(status == 0 && stdout.contains("\"Many thanks.\""), "{stdout}");
    assert_eq!(server.stop("INT"), Some(0));
}

#[test]
fn a_real_line_checks_signatures_keeps_calls_in_a_file_and_takes_changes_when_told() {
    let directory = Directory::new("real");
    directory.file("line.ivr", FLOW);
    let account = [("TWILIO_AUTH_TOKEN", "new-token,old-token"), ("TWILIO_ACCOUNT_SID", "AC1"), ("IVRC_LOG", "json")];
    let server = Server::start(&directory, &["serve", "line.ivr", "--listen", "127.0.0.1:0"], &account);
    assert!(directory.0.join("ivrc.sqlite").exists());
    let url = format!("{}/line", server.url);
    let heard = |token| directory.run(&["talk", &url], &[("TWILIO_AUTH_TOKEN", token)], "1\n").1;
    assert!(heard("new-token").contains("\"Thank you.\""));
    assert!(heard("old-token").contains("\"Thank you.\""));
    let forged = heard("another-token");
    assert!(!forged.contains("Press 1 now") && forged.contains("403"), "{forged}");
    let logged = server.says("webhook refused");
    assert!(logged.starts_with('{') && logged.contains("wrong signature"), "{logged}");

    directory.file("line.ivr", &FLOW.replace("Thank you", "Many thanks"));
    assert!(heard("new-token").contains("\"Thank you.\""));
    server.signal("HUP");
    server.says("line: reloaded; version ");
    assert!(heard("new-token").contains("\"Many thanks.\""));
    assert_eq!(server.stop("TERM"), Some(0));
}

#[test]
fn the_clock_of_a_line_that_is_tried_out_can_be_moved() {
    let directory = Directory::new("clock");
    directory.file("line.ivr", FLOW);
    let args = ["serve", "line.ivr", "--dev", "--live", "--listen", "127.0.0.1:0", "--store", "calls.sqlite"];
    let server = Server::start(&directory, &args, &[("IVRC_DEV_CLOCK", "2026-03-01T12:00:00Z")]);
    assert!(directory.0.join("calls.sqlite").exists());
    let moved = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut request =
            ivrc::http::client::Outgoing::new(ivrc::http::Method::Post, format!("{}/-/clock", server.url));
        request.body = Some(b"{\"now\":\"2026-03-01T12:00:05Z\"}".to_vec());
        ivrc::http::client::Client::new().unwrap().send(request).await.unwrap()
    });
    let doing: ivrc::serve::control::Doing = serde_json::from_slice(&moved.body).unwrap();
    assert_eq!((doing.now.to_string().as_str(), doing.next), ("2026-03-01T12:00:05Z", None));
    assert_eq!(server.stop("TERM"), Some(0));
}

/// The test file of [`FLOW`].
const TESTS: &str = "test \"one\" { caller calls then presses 1 then hears \"Thank you.\" }\n";

#[test]
fn a_test_file_without_a_flow_is_a_finding_of_tests_too() {
    let directory = Directory::new("orphan");
    directory.file("a.ivr", FLOW);
    directory.file("a.test.ivr", TESTS);
    directory.file("b.test.ivr", TESTS);
    for args in [&["test", "."][..], &["test", "b.test.ivr"]] {
        let (status, _, stderr) = directory.run(args, &[], "");
        assert!(status == 1 && stderr.starts_with("IVR706"), "{args:?} {status} {stderr}");
        assert!(!stderr.contains("there are no tests"), "{stderr}");
    }
    let (status, stdout, _) = directory.run(&["test", "--format", "junit"], &[], "");
    assert!(status == 1 && stdout.contains("there is no flow beside the test file"), "{status} {stdout}");
}

#[test]
fn what_cannot_be_written_on_stdout_is_said() {
    let directory = Directory::new("full");
    directory.file("a.ivr", FLOW);
    directory.file("a.test.ivr", TESTS);
    for args in [
        &["test"][..],
        &["test", "--coverage"],
        &["test", "--format", "json"],
        &["test", "--format", "junit"],
        &["test", "--help"],
        &["--version"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = directory.command(args, &[]);
        let child = command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(stderr.contains("error: cannot write to stdout: "), "{args:?} {stderr}");
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn machines_are_told_everything_that_decides_the_status() {
    let directory = Directory::new("machines");
    directory.file("a.ivr", "scene main { => nowhere }\nscene other { => nobody }\n");
    directory.file("a.test.ivr", TESTS);
    directory.file("b.ivr", FLOW);
    directory.file("b.test.ivr", TESTS);
    directory.file("c.ivr", FLOW);
    std::fs::write(directory.0.join("c.test.ivr"), [0xff]).unwrap();
    let (status, stdout, stderr) = directory.run(&["test", "--format", "junit", "--at-least", "100"], &[], "");
    assert_eq!(status, 2);
    for part in ["a.ivr:1:17: IVR201: ", "a.ivr:2:18: IVR201: ", "% of the edges of `b`", "cannot read `./c.test.ivr`"]
    {
        assert!(stdout.contains(part), "{part}\n{stdout}");
    }
    assert!(stderr.contains("cannot read `./c.test.ivr`") && stderr.contains("% of the edges of `b`"), "{stderr}");
    let args = ["test", "--format", "json", "--at-least", "100", "--coverage"];
    let (_, stdout, _) = directory.run(&args, &[], "");
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["flows"][0]["findings"].as_array().unwrap().len(), 2, "{json:#}");
    assert!(json["flows"][1]["failures"][0]["message"].as_str().unwrap().contains("of the edges of `b`"));
    assert!(json["flows"][1]["coverage"]["edges"].as_array().unwrap().len() > 3, "{json:#}");
    assert!(json["flows"][2]["failures"][0]["message"].as_str().unwrap().contains("it is not UTF-8"));
    let (status, stdout, stderr) = directory.run(&["test", "--format", "junit", "--coverage"], &[], "");
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(stderr.starts_with("error: JUnit XML has no place for coverage"), "{stderr}");
    let (status, _, stderr) = directory.run(&["test", "c.test.ivr"], &[], "");
    assert!(status == 2 && !stderr.contains("there are no tests"), "{stderr}");
    let (status, _, stderr) = directory.run(&["test", "b.ivr", "--coverage", "html"], &[], "");
    assert!(status == 2 && stderr.contains("write `--coverage=html`"), "{stderr}");
}

#[test]
fn lines_are_counted_by_the_tests_that_come_to_them() {
    let directory = Directory::new("lcov");
    directory.file("a.ivr", FLOW);
    directory.file("a.test.ivr", &format!("unreached \"main/menu: giveup\" because \"nobody does\"\n{TESTS}"));
    let (status, stdout, _) = directory.run(&["test", "--coverage=lcov"], &[], "");
    assert_eq!(status, 0, "{stdout}");
    let lcov = std::fs::read_to_string(directory.0.join("lcov.info")).unwrap();
    // The keys of a menu are branches of one block: those that no test takes are 0, not unknown.
    let of_menu: Vec<&str> = lcov.lines().filter(|line| line.starts_with("BRDA:2,0,")).collect();
    assert!(of_menu.iter().all(|line| line.ends_with(",0") || line.ends_with(",1")), "{lcov}");
    assert!(
        of_menu.iter().any(|line| line.ends_with(",1")) && of_menu.iter().any(|line| line.ends_with(",0")),
        "{lcov}"
    );
    assert!(lcov.contains("\nDA:2,1\n"), "{lcov}");
}

#[test]
fn a_reason_for_an_edge_that_is_not_there_can_be_denied() {
    let directory = Directory::new("no-edge");
    directory.file("a.ivr", FLOW);
    directory.file("a.test.ivr", &format!("unreached \"main/menu: 7\" because \"there is none\"\n{TESTS}"));
    let (status, _, stderr) = directory.run(&["check", "a.ivr"], &[], "");
    assert!(status == 0 && stderr.contains("the graph has no such edge"), "{stderr}");
    let (status, _, stderr) = directory.run(&["check", "a.ivr", "--deny", "705"], &[], "");
    assert!(status == 1 && stderr.contains("IVR705"), "{stderr}");
}

#[test]
fn words_that_a_test_gives_are_checked_with_the_flow() {
    let directory = Directory::new("words");
    directory.file("a.ivr", "phrases { hello = \"Hello.\" }\nscene main { say hello; hang up }\n");
    let given =
        |title: &str, words: &str| format!("test \"{title}\" {{\n  given hello = {words}\n  caller calls\n}}\n");
    let tests = [given("a", "5"), given("b", "\"Hi {{who}}.\""), given("c", "\"Hi.\"")].concat();
    directory.file("a.test.ivr", &tests);
    let (status, _, stderr) = directory.run(&["check", "a.ivr"], &[], "");
    assert!(status == 1 && stderr.contains("IVR503") && stderr.contains("IVR504"), "{stderr}");
}
