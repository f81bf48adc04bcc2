//! The sentences of a call, and the play in which they happen.
//!
//! A sentence without a subject (`presses 4`) is about whoever the one before was about, at first the caller. After
//! something that somebody does, time passes until a person has to do something again. What is expected is expected to
//! have happened since the last thing that this person did, in this order, with other words in between.

mod ending;
mod hearing;
mod link;
mod machine;
mod people;
mod provider;
mod requests;

use std::collections::BTreeMap;

use ivrc::http::Response;
use ivrc::http::client::Failure;
use ivrc::simulator::{AnsweredBy, Deed, Ending, LegId};
use tokio::task::JoinHandle;

use super::fixture::{Fixture, Line};
use super::report;
use super::sentence::{Args, matches};
use super::services::Request;
use super::setting::{Setting, Variant};
use super::stage::Stage;

use provider::Key;

/// Why a sentence does not hold.
type Outcome = Result<(), String>;

/// A call under way.
pub(crate) struct Play {
    pub(crate) stage: Stage,
    /// People and their numbers.
    cast: BTreeMap<String, String>,
    /// Legs of people who called.
    legs: BTreeMap<String, LegId>,
    /// Whom a sentence without a subject is about.
    last: String,
    /// From where in the transcript a leg is listened to.
    since: BTreeMap<LegId, usize>,
    /// Deeds that still happen at the same moment as the last one.
    together: u64,
    /// Answers to what strangers and the provider asked outside of calls.
    reply: Option<Response>,
    /// A stranger's request that was not answered yet.
    asking: Option<JoinHandle<Result<Response, Failure>>>,
    /// The calls in the store before that.
    stored: Vec<String>,
    /// Where in the log of the server the last change began.
    log_from: usize,
    /// What would be a failure at the end, and is not in this fixture.
    forgiven: Vec<String>,
    /// Requests that were seen last, for what is said of their headers.
    seen: Vec<Request>,
}

macro_rules! sentences {
    ($self:ident, $args:ident; $($pattern:literal => $deed:expr,)*) => {
        /// Every sentence, the more particular ones first.
        const SENTENCES: &[&str] = &[$($pattern),*];

        impl Play {
            async fn perform(&mut $self, pattern: &str, $args: &Args) -> Outcome {
                match pattern {
                    $($pattern => $deed,)*
                    other => Err(format!("nothing is done at `{other}`")),
                }
            }
        }
    };
}

sentences! { self, args;
    // ---- what xMatters and the other services say from now on
    "person <word> <text>: <rest>" =>
        self.stage.services.world(|world| world.person(args.text("word"), args.text("text"), args.text("rest"))),
    "on-call <group>: <rest>" =>
        self.stage.services.world(|world| world.on_call(args.text("group"), args.text("rest"))),

    // ---- what people do
    "<who> calls hiding the number" => self.call(args.who(), Some("anonymous")).await,
    "<who> calls as <word>" => self.call(args.who(), Some(args.text("word"))).await,
    "<who> calls from <word>" => self.call(args.who(), Some(args.text("word"))).await,
    "<who> calls" => self.call(args.who(), None).await,
    "<who> presses <word>" => self.act(args.who(), Deed::Press(args.text("word").to_owned())).await,
    "<who> will press <word> on hearing <text>" => {
        self.plan_hearing(args.who(), args.text("text"), Deed::Press(args.text("word").to_owned())).await
    },
    "<who> will press <word> after <time>" => {
        self.plan_after(args.who(), args.time(), Deed::Press(args.text("word").to_owned())).await
    },
    "<who> will hang up on hearing <text>" => self.plan_hearing(args.who(), args.text("text"), Deed::HangUp).await,
    "<who> will hang up after <time>" => self.plan_after(args.who(), args.time(), Deed::HangUp).await,
    "<who> will hang up while <text> is asked" => self.plan_asking(args.who(), args.text("text"), Deed::HangUp).await,
    "<who> stays silent <number> times" => self.silent(args.who(), args.number()).await,
    "<who> stays silent" => self.silent(args.who(), 1).await,
    "<who> records <time> <text> and presses <word>" => {
        let key = args.text("word").chars().next().unwrap();
        self.record(args.who(), args, Ending::Key(key)).await
    },
    "<who> records <time> <text> and hangs up" => self.record(args.who(), args, Ending::HangUp).await,
    "<who> records <time> <text> and stays silent" => self.record(args.who(), args, Ending::Silence).await,
    "<who> records <time> <text> and talks on" => self.record(args.who(), args, Ending::Limit).await,
    "<who> records <time> <text>" => self.record(args.who(), args, Ending::Open).await,
    "<who> hangs up" => self.act(args.who(), Deed::HangUp).await,
    "<who> answers as a machine" => self.act(args.who(), Deed::Answer(AnsweredBy::Machine)).await,
    "<who> answers" => self.act(args.who(), Deed::Answer(AnsweredBy::Human)).await,
    "<who> is busy" => self.act(args.who(), Deed::Busy).await,
    "<who> declines" => self.act(args.who(), Deed::Decline).await,
    "<who> cannot be reached" => self.act(args.who(), Deed::Fail).await,
    "<who> does not answer" => self.silent(args.who(), 1).await,
    "<time> pass" => self.pass(args.time()).await,
    "the moment passes" => self.settle().await,
    "the next <number> happen together" => self.set(|play| play.together = args.number()),

    // ---- what people notice
    "<who> hears only <texts>" => self.hears_only(args.who(), args.texts()).await,
    "<who> hears nothing" => self.hears_only(args.who(), &[]).await,
    "<who> hears a beep" => self.hears_beep(args.who()).await,
    "<who> hears the audio <word>" => self.hears_audio(args.who(), &self.stage.with_media(args.text("word"))).await,
    "<who> hears <time> of silence" => self.hears_silence(args.who(), args.time()).await,
    "<who> hears everything in <word>" => self.hears_in(args.who(), args.text("word")).await,
    "<who> hears at last <texts>" => self.hears_at_last(args.who(), args.texts()).await,
    "<who> hears <texts>" => self.hears(args.who(), args.texts()).await,
    "<who> has never heard <texts>" => self.has_never_heard(args.who(), args.texts()).await,
    "<who> is asked for a key within <time>" => self.is_listened_to(args.who(), args.time()).await,
    "<who> is recorded for at most <time>" => self.is_recorded(args.who(), args.time()).await,
    "<who> holds" => self.holds(args.who()).await,
    "<who> rings and shows <word>" => self.rings(args.who(), Some(args.text("word"))).await,
    "<who> rings" => self.rings(args.who(), None).await,
    "<who> does not ring" => self.does_not_ring(args.who()).await,
    "<who> is sent the tones <word>" => self.is_sent_tones(args.who(), args.text("word")).await,
    "<who> talks with <other>" => self.talks_with(args.who(), args.text("other")).await,
    "<who> is still there" => self.is_there(args.who()).await,
    "<who> ends as <word>" => self.ends_as(args.who(), args.text("word")).await,
    "<who> ends" => self.ends_as(args.who(), "completed").await,
    "<who> was phoned <number> times" => self.was_phoned(args.who(), args.number()).await,
    "the call ends" => self.ends_as("caller", "completed").await,

    // ---- what was sent to the services
    "sent nothing to <operation>" => self.asked_times(args.text("operation"), 0),
    "sent nothing" => self.sent_nothing(),
    "sent <operation> <number> times" => self.asked_times(args.text("operation"), args.number()),
    "sent <operation> <json>" => self.sent(args.text("operation"), args.json()),
    "sent <operation>" => self.asked_times(args.text("operation"), 1),
    "asked <operation> with <json>" => self.asked(args.text("operation"), args.json()),
    "asked <operation> <number> times" => self.asked_times(args.text("operation"), args.number()),
    "asked nothing of <operation>" => self.asked_times(args.text("operation"), 0),
    "that request had the header <name> <text>" => self.had_header(args.text("name"), args.text("text")),
    "those requests had different bodies" => self.had_different_bodies(),
    "it had exactly the fields <texts>" => self.had_exactly(args.texts()),
    "nobody asked {media}" => self.nobody_asked_media(),
    "those requests had different <name> headers" => self.had_different_headers(args.text("name")),

    // ---- what the provider does
    "the next transcript <rest>" => self.next_transcript(args.text("rest")).await,
    "the transcript arrives" => self.transcribe(true).await,
    "the transcript fails" => self.transcribe(false).await,
    "the next <kind> webhook <rest>" => self.next_webhook(args.text("kind"), args.text("rest")).await,
    "the first <kind> webhook comes again" => self.replay(args.text("kind"), true).await,
    "the last <kind> webhook comes again" => self.replay(args.text("kind"), false).await,
    "every repeated webhook got the same answer" => self.same_answers().await,
    "no webhook carried <texts>" => self.no_webhook_carried(args.texts()).await,
    "the API answers <text> with <number>" => self.api_refuses(args.text("text"), args.number()).await,
    "the API does <text> without a reply" => self.api_loses(args.text("text"), true).await,
    "the API loses <text>" => self.api_loses(args.text("text"), false).await,
    "the API was asked <text> <number> times" => self.api_asked(args.text("text"), args.number()).await,
    "somebody at the provider cancels <who>" => self.cancels(args.who()).await,
    "the provider posts <path> with <text> and gets <number>" => {
        self.posts(args.text("path"), args.text("text"), Key::Account, args.number()).await
    },
    "a forger posts <path> with <text> and gets <number>" => {
        self.posts(args.text("path"), args.text("text"), Key::Another, args.number()).await
    },
    "a stranger posts <path> with <text> and gets <number>" => {
        self.posts(args.text("path"), args.text("text"), Key::None, args.number()).await
    },
    "a stranger asks for <path> and gets <number>" => self.gets(args.text("path"), args.number()).await,
    "a stranger asks for <path> with <name> <text> and gets <number>" => {
        self.gets_with(args.text("path"), (args.text("name"), args.text("text")), args.number()).await
    },
    "a stranger looks at the head of <path> and gets <number>" => self.looks(args.text("path"), args.number()).await,
    "a stranger begins to ask for <path>" => self.begins_to_ask(args.text("path")).await,
    "the stranger still waits" => self.still_waits().await,
    "the stranger gets <number>" => self.got(args.number()).await,
    "a stranger asks the provider for <path> and gets <number>" => {
        self.asks_the_provider(args.text("path"), args.number()).await
    },
    "somebody at the provider deletes the recording" => self.deletes_the_recording().await,
    "the provider posts <path> with a body of <word> bytes and gets <number>" => {
        self.posts_much(args.text("path"), args.text("word"), args.number()).await
    },
    "the provider posts <path> with bytes that are no text and gets <number>" => {
        self.posts_bytes(args.text("path"), args.number()).await
    },
    "the reply says <text>" => self.reply_says(args.text("text")),
    "the reply is audio of <time>" => self.reply_is_audio(args.time()),
    "the reply has <number> bytes" => self.reply_has_bytes(args.number()),
    "the reply has the header <name> <text>" => self.reply_has_header(args.text("name"), args.text("text")),
    "the reply does not say <text>" => self.reply_does_not_say(args.text("text")),
    "nothing has changed" => self.nothing_has_changed(),
    "webhooks may fail with <text>" => self.set(|play| play.forgiven.push(args.text("text").to_owned())),

    // ---- the server and its files
    "the server is killed and starts again" => self.restart().await,
    "the server is killed and comes back when it is asked again" => self.back_at_retry(1).await,
    "the server is killed and comes back at retry <number>" => self.back_at_retry(args.number()).await,
    "the server is killed" => self.kill().await,
    "the server starts again" => self.start_again().await,
    "the server is told to stop and starts again" => self.stop_and_start().await,
    "the server is told to read its files again" => self.tell_to_reload().await,
    "the files are written" => self.set(Play::write),
    "the server takes up the change" => self.takes_up().await,
    "the server refuses the change and says <text>" => self.refuses(args.text("text")).await,
    "the server has never logged <texts>" => self.never_logged(args.texts()),
    "the store has forgotten every call" => self.store_is_empty(),
    "the store holds nothing of <texts>" => self.store_holds_nothing_of(args.texts()),

    // ---- last, because it fits much
    "<operation> answers <rest>" => {
        self.stage.services.script(args.text("operation"), &self.stage.with_media(args.text("rest")))
    },
    "<who> is <word>" => self.introduce(args.who(), args.text("word")),
}

/// The sentence that a line is.
fn understand(line: &str, last: &str) -> Option<(&'static str, Args)> {
    let find = |line: &str| SENTENCES.iter().find_map(|pattern| Some((*pattern, matches(pattern, line)?)));
    find(line).or_else(|| find(&format!("{last} {line}")))
}

/// What a line is about the play itself, and not about its setting; none if it cannot be understood.
pub(crate) fn is_understood(line: &str) -> bool {
    Setting::new(Variant::File).take(line).unwrap_or(true) || understand(line, "caller").is_some()
}

/// Plays a fixture, once for each of its variants; what went wrong, with everything that may say why.
pub(crate) fn play(fixture: &Fixture) -> Outcome {
    let has_variants = fixture.lines.iter().any(|line| line.text == super::setting::EVERY_PHRASE);
    let variants = if has_variants { &[Variant::File, Variant::Environment][..] } else { &[Variant::File] };
    variants.iter().try_for_each(|variant| {
        // A server that does not start must not keep the other fixtures from being played.
        let played = std::panic::catch_unwind(|| play_variant(fixture, *variant));
        played.unwrap_or_else(|_| Err(format!("──── {} ({}): panicked, see above", fixture.title, fixture.path)))
    })
}

fn play_variant(fixture: &Fixture, variant: Variant) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut setting = Setting::new(variant);
        let mut lines = fixture.lines.iter().peekable();
        while let Some(line) = lines.peek() {
            match setting.take(&line.text) {
                Ok(true) => drop(lines.next()),
                Ok(false) => break,
                Err(why) => return Err(format!("{}: {}: {why}", line.place, line.text)),
            }
        }
        let mut play = Play::new(Stage::set(setting).await);
        for line in lines {
            if let Err(why) = play.say(line).await {
                return Err(report::failure(fixture, Some(line), &why, play).await);
            }
        }
        match play.end().await {
            Ok(()) => {
                play.stage.strike().await;
                Ok(())
            }
            Err(why) => Err(report::failure(fixture, None, &why, play).await),
        }
    })
}

impl Play {
    fn new(stage: Stage) -> Self {
        Self {
            stage,
            cast: BTreeMap::from([("caller".to_owned(), "+15551110000".to_owned())]),
            legs: BTreeMap::new(),
            last: "caller".to_owned(),
            since: BTreeMap::new(),
            together: 0,
            reply: None,
            asking: None,
            stored: Vec::new(),
            log_from: 0,
            forgiven: Vec::new(),
            seen: Vec::new(),
        }
    }

    async fn say(&mut self, line: &Line) -> Outcome {
        if self.stage.setting.edit(&line.text)? {
            // Several edits are one change: they are written when the server is to notice.
            return Ok(());
        }
        let (pattern, args) =
            understand(&line.text, &self.last).ok_or_else(|| "this sentence is not understood".to_owned())?;
        if pattern.starts_with("<who>") {
            self.last = args.who().to_owned();
        }
        self.perform(pattern, &args).await
    }

    /// Something that always holds.
    #[expect(clippy::unnecessary_wraps, reason = "every sentence says whether it holds")]
    fn set(&mut self, change: impl FnOnce(&mut Self)) -> Outcome {
        change(self);
        Ok(())
    }

    fn introduce(&mut self, who: &str, number: &str) -> Outcome {
        if !number.starts_with('+') {
            return Err(format!("`{number}` is no number"));
        }
        self.cast.insert(who.to_owned(), number.to_owned());
        Ok(())
    }
}
