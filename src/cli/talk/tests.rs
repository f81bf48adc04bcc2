//! Whole calls, driven by lines as they are typed.

use std::io::Write;
use std::sync::{Arc, Mutex};

use clap::Parser;
use tokio::sync::mpsc;

use super::{Page, Talk, Terminal, call};
use crate::cli::environment::tests::surroundings;
use crate::cli::exit::Exit;
use crate::cli::messages::tests::kept;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    talk: Talk,
}

/// What is written, kept for reading.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How a call ended, what was seen of it, and what was said besides.
struct Seen {
    exit: Exit,
    page: String,
    said: String,
}

impl Seen {
    /// The words in their order, other words between them.
    #[track_caller]
    fn has(&self, words: &[&str]) -> &Self {
        let mut rest = self.page.as_str();
        for words in words {
            let Some((_, behind)) = rest.split_once(words) else {
                panic!("no {words:?} in its place:\n{}\n{}", self.page, self.said)
            };
            rest = behind;
        }
        self
    }
}

async fn talk(args: &[&str], typed: &str) -> Seen {
    talk_in(args, typed, &[]).await
}

async fn talk_in(args: &[&str], typed: &str, environment: &[(&str, &str)]) -> Seen {
    let talk = Line::parse_from(["talk"].iter().chain(args)).talk;
    let (sender, lines) = mpsc::channel(1000);
    for line in typed.lines() {
        sender.try_send(line.to_owned()).unwrap();
    }
    drop(sender);
    let page = Kept::default();
    let mut terminal = Terminal { lines, page: Page::new(Box::new(page.clone())), prompts: false };
    let (messages, said) = kept();
    let exit = call(&talk, &surroundings(environment), &messages, &mut terminal).await;
    let exit = exit.unwrap_or_else(|complaint| {
        messages.complain(&complaint);
        Exit::Impossible
    });
    let page = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
    let said = said.lock().unwrap().clone();
    Seen { exit, page, said }
}

fn xmatters() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/flows/xmatters.ivr")
}

/// A file of a test's own; it is removed when this is dropped.
struct Written(String);

impl std::ops::Deref for Written {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(std::path::Path::new(&self.0).parent().unwrap());
    }
}

fn file(name: &str, text: &str) -> Written {
    let directory = std::env::temp_dir().join(format!("ivrc-talk-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    Written(path.display().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_is_recorded_transcribed_and_sent() {
    let seen = talk(&[xmatters()], "9\n1\n2\nrecord 4s no, wait\n7\nrecord 12s Disk full on d b one\n1\n").await;
    assert_eq!(seen.exit, Exit::Clean, "{}", seen.said);
    seen.has(&[
        "0:00  you call +15550100000, showing +15550119999",
        "\"Hey there, What's the problem?\"",
        "you press 9",
        "\"Invalid Digit. Listen carefully.\"",
        "you press 1",
        "\"Press 2 for Network.\"",
        "you press 2",
        "→ xmatters.summary(\"Network\")  200",
        "a beep",
        "you speak for 4 s: \"no, wait\"",
        "you press 7",
        "\"Without failure, there is no achievement.",
        "you speak for 12 s: \"Disk full on d b one\"",
        "you press 1",
        "recorded: 12 s",
        "→ bitly.shorten {\"long_url\":\"http",
        "\"Hang on while I transcribe your audio.\"",
        "Kernel....\"",
        "→ workflow.start {\"what\":\"Alert\",\"recipient\":\"Network\",\"transcriptionText\":\"Disk full on d b one\"",
        "202",
        "\"You are a natural! I've sent this over to x matters.\"",
        "the call is over: completed",
    ]);
    assert!(!seen.page.contains("stay silent"), "pauses pass by themselves:\n{}", seen.page);
    assert!(!seen.page.contains('!') || !seen.page.contains("  ! "), "{}", seen.page);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_call_is_answered() {
    let seen = talk(&[xmatters()], "4\n1\nanswer\n5\nwait 20s\n0001 hang up\n").await;
    assert_eq!(seen.exit, Exit::Clean, "{}", seen.said);
    seen.has(&[
        "→ xmatters.on_call(\"CAB Approval\")  200",
        "→ xmatters.devices(\"ann\")  200",
        "\"Calling C.A.B. Approval Group, primary on call Ann Lee, good luck with your problem.\"",
        "you are put on hold",
        "+15557770001 rings, showing +15550100000",
        "+15557770001 answers",
        "+15557770001 hears \"Hello Ann Lee, you're on-call in the C.A.B. Approval group",
        "+15557770001 presses 5",
        "you and +15557770001 are connected",
        "+15557770001 hangs up",
        "the call is over: completed",
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_phones_can_be_busy_silent_or_a_machine() {
    let seen = talk(&[xmatters()], "4\n1\nbusy\n2\n4\n1\nignore\n2\n4\n1\nmachine\n1\n").await;
    assert_eq!(seen.exit, Exit::Clean, "{}", seen.said);
    seen.has(&[
        "+15557770001 is off the line: busy",
        "\"None of the on-call agents in the C.A.B. Approval group answered.\"",
        "you press 2",
        "+15557770001 is off the line: no-answer",
        "\"None of the on-call agents",
        "+15557770001 answers",
        "\"None of the on-call agents",
        "→ workflow.missed {\"whoCalled\":\"+15550119999\",\"targetGroup\":\"CAB Approval\"}  202",
        "\"An x matters alert has been sent",
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn star_goes_back_silence_repeats_and_the_end_of_lines_hangs_up() {
    let seen = talk(&[xmatters()], "1\n*\n\n").await;
    assert_eq!(seen.exit, Exit::Clean, "{}", seen.said);
    seen.has(&[
        "\"What group would you like to alert?\"",
        "you press *",
        "\"Let's try again.\"",
        "\"Hey there, What's the problem?\"",
        "you stay silent",
        "\"Hey there, What's the problem?\"",
        "you hang up",
        "the call is over: completed",
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_sent_although_its_author_has_hung_up() {
    let seen = talk(&[xmatters()], "1\n2\nrecord 12s Disk full; 1; in 14s hang up\n").await;
    assert_eq!(seen.exit, Exit::Clean, "{}", seen.said);
    seen.has(&["recorded: 12 s", "you hang up", "→ workflow.start {\"what\":\"Alert\""]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_cannot_be_done_are_said_and_the_call_goes_on() {
    let seen = talk(&[xmatters()], "hello\nanswer\nrecord 5s too early\n+1999 press 1\n1\nhang up\n").await;
    assert_eq!(seen.exit, Exit::Impossible);
    seen.has(&[
        "`hello` is not understood",
        "no phone rings",
        "cannot record: nothing is recorded",
        "`+1999` is not on the line",
        "you press 1",
        "\"What group would you like to alert?\"",
        "you hang up",
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_does_not_reply_takes_its_time_and_a_missing_stub_fails() {
    let flow = file(
        "slow.ivr",
        "settings { base: url }\n\
         service s at base { get look() \"/look\" gives json\n post tell(word: text) \"/tell\" json { word } }\n\
         scene main {\n\
         let one = s.look() else { send s.tell(\"{{error.kind}}\") else { say \"Nobody. {{error.kind}}\" }; hang up }\n\
         say \"Found.\"\n hang up }\n",
    );
    let stubs = file(
        "slow.test.ivr",
        "clock \"2026-03-02T14:00:00Z\"\ngiven base = \"https://s.example.com\"\nstub s.look => timeout\n",
    );
    let seen = talk(&[&flow, "--stubs", &stubs], "").await;
    assert_eq!(seen.exit, Exit::Clean, "{}{}", seen.said, seen.page);
    seen.has(&[
        "0:00  → s.look()  no reply in time",
        "0:08  → s.tell {\"word\":\"timeout\"}  no stub fits: it fails",
        "0:08  \"Nobody. network\"",
        "the call is over",
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_calls_can_be_chosen_and_hidden() {
    let flow = file(
        "who.ivr",
        "scene main { if call.from is none { say \"Hidden.\" } else { say \"{{call.from}}\" }; hang up }",
    );
    talk(&[&flow, "--from", "hidden"], "").await.has(&["\"Hidden.\""]);
    let seen = talk(&[&flow, "--from", "+1 555 011-0042"], "").await;
    seen.has(&["showing +15550110042"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_flow_stubs_or_settings_is_said_before_the_call() {
    let broken = file("broken.ivr", "scene main { => nowhere }");
    let seen = talk(&[&broken], "").await;
    assert!(seen.exit == Exit::Impossible && seen.said.contains("IVR201") && seen.page.is_empty(), "{}", seen.said);
    let stubs = file("wrong.test.ivr", "stub xmatters.device => 404");
    let seen = talk(&[xmatters(), "--stubs", &stubs], "").await;
    assert!(seen.said.contains("IVR209") && seen.said.contains("write `xmatters.devices`"), "{}", seen.said);
    let environment = [("IVR_XMATTERS_ESCALATION_LEVELS", "many")];
    let seen = talk_in(&[xmatters()], "", &environment).await;
    assert!(seen.exit == Exit::Impossible && seen.said.contains("IVR504"), "{}", seen.said);
    let seen = talk(&["http://127.0.0.1:9/xmatters", "--stubs", &stubs], "").await;
    assert!(seen.said.starts_with("error: `--stubs` and `--settings` are for a flow"), "{}", seen.said);
}
