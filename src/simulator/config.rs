//! How a network is set up.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use jiff::Timestamp;

/// Everything that can be chosen; [`Config::new`] chooses what the provider does by default.
#[derive(Debug, Clone)]
pub struct Config {
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// Signs webhooks and is the password of the API.
    pub auth_token: String,
    /// The account's numbers in E.164. More can be added while the network runs.
    pub numbers: BTreeMap<String, Number>,
    /// Numbers that are not the account's own but may be shown when phoning out.
    pub verified_callers: Vec<String>,
    /// How time passes for the server under test.
    pub clock: ServerClock,
    /// When the network's virtual time begins.
    pub start: Timestamp,
    /// Replies that look-alike services hold back on purpose: requests of the server that are not waited for.
    pub held_replies: Arc<AtomicUsize>,
    /// How long things take.
    pub timing: Timing,
    /// How audio of recordings is given.
    pub media: Media,
    /// Which of the provider's less certain behaviours is shown.
    pub behaviour: Behaviour,
    /// Whether documents are held against everything the provider's pages say, or only against what it refuses.
    pub strict: bool,
    /// Parameters added to every webhook, as the provider does without notice.
    pub extra_params: Vec<(String, String)>,
    /// Prefixes of URLs and what they are replaced by when a connection is made; signatures are over the original.
    pub forward: Vec<(String, String)>,
    /// Calls per second that the API starts; the others are queued. `None` starts all at once.
    pub calls_per_second: Option<u32>,
    /// Real time between two attempts at a server that refuses the connection: the time a restart may take.
    pub retry_pause: Duration,
    /// Called before a webhook is tried again, in place of the pause: where a test restarts the server.
    pub before_retry: Option<BeforeRetry>,
    /// Real time after which a server that does not come to rest is an error.
    pub patience: Duration,
    /// Virtual time for which the server's own timers are followed after the last leg is over.
    pub aftermath: Duration,
    /// Two networks with different seeds give different sids.
    pub seed: u64,
}

impl Config {
    /// A network for one account, without numbers, strict, for a server whose clock is its own.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self {
            account_sid: "AC00000000000000000000000000000001".to_owned(),
            auth_token: "0123456789abcdef0123456789abcdef".to_owned(),
            numbers: BTreeMap::new(),
            verified_callers: Vec::new(),
            clock: ServerClock::Own { grace: Duration::from_millis(500) },
            start,
            held_replies: Arc::default(),
            timing: Timing::default(),
            media: Media::default(),
            behaviour: Behaviour::default(),
            strict: true,
            extra_params: Vec::new(),
            forward: Vec::new(),
            calls_per_second: Some(1),
            retry_pause: Duration::from_millis(600),
            before_retry: None,
            patience: Duration::from_secs(10),
            aftermath: Duration::from_mins(11),
            seed: 0,
        }
    }
}

/// One of the account's numbers and where its calls go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Number {
    /// Asked for the first document of a call.
    pub voice_url: String,
    /// Asked when the voice URL fails.
    pub fallback_url: Option<String>,
    /// Told about the end of every call.
    pub status_callback: Option<String>,
}

/// How time passes for the server under test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerClock {
    /// By this network: `POST {url}` with `{"now":"…Z"}` moves the server's clock and tells what it is doing.
    Controlled {
        /// The control URL.
        url: String,
    },
    /// By itself. Where nothing can happen unless the server does something, it is given `grace` (real time).
    Own {
        /// The real time.
        grace: Duration,
    },
}

/// How long things take, in virtual time.
#[derive(Debug, Clone)]
pub struct Timing {
    /// To speak one word.
    pub word: Duration,
    /// To play an audio file.
    pub audio: Duration,
    /// To play particular audio files, by URL.
    pub audio_of: BTreeMap<String, Duration>,
    /// From placing a call to its ringing.
    pub setup: Duration,
    /// To tell a person from a machine.
    pub detection: Duration,
    /// From the end of a recording until it can be fetched.
    pub recording: Duration,
    /// From the end of a recording until its transcription.
    pub transcription: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            word: Duration::from_millis(400),
            audio: Duration::from_secs(30),
            audio_of: BTreeMap::new(),
            setup: Duration::from_secs(1),
            detection: Duration::from_secs(4),
            recording: Duration::from_secs(2),
            transcription: Duration::from_secs(12),
        }
    }
}

/// How audio of recordings is given. By default to everybody who knows its URL, by the API itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Media {
    /// Only to whoever has the account's name and password: a setting of the account.
    pub protected: bool,
    /// By a redirect to a storage host.
    pub stored_elsewhere: bool,
}

/// Answers to questions which the provider's pages leave open; the default is the proposed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Behaviour {
    /// Whether a recording in which nothing was said is handed to `action`; otherwise the next verb runs.
    pub empty_recording_calls_action: bool,
    /// Whether the `action` of a `<Dial>` is requested after the caller has hung up.
    pub dial_action_after_hangup: bool,
    /// Whether the `action` of a `<Gather>` is requested after the caller has hung up.
    pub gather_action_after_hangup: bool,
    /// Whether an empty result is sent as `Digits=` instead of without `Digits`.
    pub empty_digits_are_sent: bool,
    /// Whether the `DialCallStatus` of a callee who declined in a whisper is `completed` instead of `no-answer`.
    pub declined_is_completed: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            empty_recording_calls_action: true,
            dial_action_after_hangup: true,
            gather_action_after_hangup: false,
            empty_digits_are_sent: false,
            declined_is_completed: false,
        }
    }
}

/// A webhook that is about to be tried again.
#[derive(Debug, Clone)]
pub struct Retry {
    /// Where it goes.
    pub url: String,
    /// Which attempt follows: 2 or more.
    pub attempt: u32,
    /// Why the one before failed.
    pub reason: String,
}

/// Something that is awaited.
pub type Waited = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is awaited before a webhook is tried again.
#[derive(Clone)]
pub struct BeforeRetry(pub Arc<dyn Fn(Retry) -> Waited + Send + Sync>);

impl fmt::Debug for BeforeRetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BeforeRetry")
    }
}
