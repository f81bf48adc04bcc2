//! What may stand in a document, as a table: elements, their attributes, what may stand inside them.
//!
//! Source: the pages below <https://www.twilio.com/docs/voice/twiml>; error codes from
//! <https://www.twilio.com/docs/api/errors>.

/// What an attribute's value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// `GET` or `POST`.
    Method,
    /// A whole number in a range.
    Whole(u32, u32),
    /// An absolute http or https URL.
    Url,
    /// The same, or nothing.
    UrlOrNone,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some of these words, with blanks between.
    SomeOf(&'static [&'static str]),
    /// Keys of a phone, at most so many.
    Keys(usize),
    /// Tones to be sent: keys, `A` to `D` and pauses (`w`, `W`).
    Tones,
}

/// What text may stand in an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// None.
    None,
    /// Perhaps.
    Perhaps,
    /// Some is needed.
    Needed,
}

/// One element.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) attributes: &'static [(&'static str, Value)],
    pub(super) children: &'static [&'static str],
    pub(super) text: Text,
}

use Value::{Any, Bool, Keys, Method, OneOf, SomeOf, Tones, Url, UrlOrNone, Whole};

const SPEECH: &[&str] = &["break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"];

/// The verbs that are simulated.
pub(super) const VERBS: &[&str] =
    &["Say", "Play", "Pause", "Gather", "Record", "Redirect", "Hangup", "Reject", "Enqueue", "Leave", "Dial"];

/// Elements that exist but are not simulated.
pub(super) const ELSEWHERE: &[&str] = &[
    "Connect",
    "Start",
    "Stop",
    "Sms",
    "Pay",
    "Prompt",
    "Refer",
    "Echo",
    "Queue",
    "Conference",
    "Sim",
    "Application",
    "WhatsApp",
    "Task",
    "Parameter",
    "Identity",
    "Stream",
    "Siprec",
    "Transcription",
    "Recording",
];

const EVENTS: Value = SomeOf(&["initiated", "ringing", "answered", "completed"]);
const RECORDING_EVENTS: Value = SomeOf(&["completed", "absent"]);
const TRIM: Value = OneOf(&["trim-silence", "do-not-trim"]);

/// Every element that is understood.
pub(super) const RULES: &[Rule] = &[
    Rule { name: "Response", attributes: &[], children: VERBS, text: Text::None },
    Rule {
        name: "Say",
        attributes: &[("voice", Any), ("language", Any), ("loop", Whole(0, 1000))],
        children: SPEECH,
        text: Text::Needed,
    },
    Rule {
        name: "Play",
        attributes: &[("loop", Whole(0, 1000)), ("digits", Tones)],
        children: &[],
        text: Text::Perhaps,
    },
    Rule { name: "Pause", attributes: &[("length", Whole(1, 14_400))], children: &[], text: Text::None },
    Rule {
        name: "Gather",
        attributes: &[
            ("action", Url),
            ("method", Method),
            ("input", SomeOf(&["dtmf", "speech"])),
            ("timeout", Whole(1, 600)),
            ("finishOnKey", Keys(1)),
            ("numDigits", Whole(1, 1000)),
            ("actionOnEmptyResult", Bool),
            ("hints", Any),
            ("language", Any),
            ("partialResultCallback", Url),
            ("partialResultCallbackMethod", Method),
            ("profanityFilter", Bool),
            ("speechTimeout", Any),
            ("speechModel", Any),
            ("enhanced", Bool),
        ],
        children: &["Say", "Play", "Pause"],
        text: Text::None,
    },
    Rule {
        name: "Record",
        attributes: &[
            ("action", Url),
            ("method", Method),
            ("timeout", Whole(0, 14_400)),
            ("finishOnKey", Keys(12)),
            ("maxLength", Whole(1, 14_400)),
            ("playBeep", Bool),
            ("trim", TRIM),
            ("recordingStatusCallback", Url),
            ("recordingStatusCallbackMethod", Method),
            ("recordingStatusCallbackEvent", RECORDING_EVENTS),
            ("transcribe", Bool),
            ("transcribeCallback", Url),
            ("recordingConfigurationId", Any),
        ],
        children: &[],
        text: Text::None,
    },
    Rule { name: "Redirect", attributes: &[("method", Method)], children: &[], text: Text::Needed },
    Rule { name: "Hangup", attributes: &[], children: &[], text: Text::None },
    Rule { name: "Reject", attributes: &[("reason", OneOf(&["rejected", "busy"]))], children: &[], text: Text::None },
    Rule {
        name: "Enqueue",
        attributes: &[
            ("action", Url),
            ("method", Method),
            ("maxQueueSize", Whole(1, 5000)),
            ("waitUrl", UrlOrNone),
            ("waitUrlMethod", Method),
        ],
        children: &[],
        text: Text::Needed,
    },
    Rule { name: "Leave", attributes: &[], children: &[], text: Text::None },
    Rule {
        name: "Dial",
        attributes: &[
            ("action", Url),
            ("method", Method),
            ("answerOnBridge", Bool),
            ("callerId", Any),
            ("hangupOnStar", Bool),
            ("ringTone", Any),
            ("sequential", Bool),
            ("timeLimit", Whole(1, 86_400)),
            ("timeout", Whole(5, 600)),
        ],
        children: &["Number", "Queue", "Client", "Sip"],
        text: Text::Perhaps,
    },
    Rule {
        name: "Number",
        attributes: &[
            ("sendDigits", Tones),
            ("url", Url),
            ("method", Method),
            ("statusCallback", Url),
            ("statusCallbackMethod", Method),
            ("statusCallbackEvent", EVENTS),
        ],
        children: &[],
        text: Text::Needed,
    },
    Rule {
        name: "Client",
        attributes: &[
            ("url", Url),
            ("method", Method),
            ("statusCallback", Url),
            ("statusCallbackMethod", Method),
            ("statusCallbackEvent", EVENTS),
        ],
        children: &[],
        text: Text::Needed,
    },
    Rule {
        name: "Sip",
        attributes: &[
            ("url", Url),
            ("method", Method),
            ("username", Any),
            ("password", Any),
            ("statusCallback", Url),
            ("statusCallbackMethod", Method),
            ("statusCallbackEvent", EVENTS),
        ],
        children: &[],
        text: Text::Needed,
    },
    Rule { name: "Queue", attributes: &[("url", Url), ("method", Method)], children: &[], text: Text::Needed },
    Rule { name: "break", attributes: &[("strength", Any), ("time", Any)], children: &[], text: Text::None },
    Rule { name: "emphasis", attributes: &[("level", Any)], children: SPEECH, text: Text::Perhaps },
    Rule { name: "lang", attributes: &[("lang", Any)], children: SPEECH, text: Text::Perhaps },
    Rule { name: "p", attributes: &[], children: SPEECH, text: Text::Perhaps },
    Rule { name: "phoneme", attributes: &[("alphabet", Any), ("ph", Any)], children: &[], text: Text::Perhaps },
    Rule {
        name: "prosody",
        attributes: &[("volume", Any), ("rate", Any), ("pitch", Any)],
        children: SPEECH,
        text: Text::Perhaps,
    },
    Rule { name: "s", attributes: &[], children: SPEECH, text: Text::Perhaps },
    Rule { name: "say-as", attributes: &[("interpret-as", Any), ("format", Any)], children: &[], text: Text::Perhaps },
    Rule { name: "sub", attributes: &[("alias", Any)], children: &[], text: Text::Perhaps },
    Rule { name: "w", attributes: &[("role", Any)], children: &[], text: Text::Perhaps },
];

/// The rule for an element.
pub(super) fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The error code for a bad value of an attribute.
pub(super) fn code_of_value(element: &str, attribute: &str) -> u32 {
    match (element, attribute) {
        ("Gather", "timeout") => 13_313,
        ("Gather", "actionOnEmptyResult") => 13_338,
        ("Gather", "speechTimeout") => 13_327,
        ("Record", "timeout") => 13_611,
        (_, "action" | "url" | "waitUrl" | "statusCallback" | "recordingStatusCallback" | "transcribeCallback") => {
            11_100
        }
        _ => 12_200,
    }
}

/// Why a value does not fit, if it does not.
pub(super) fn misfit(kind: Value, value: &str) -> Option<String> {
    let wanted = match kind {
        Any => return None,
        Bool if matches!(value, "true" | "false") => return None,
        Bool => "`true` or `false`".to_owned(),
        Method if matches!(value, "GET" | "POST") => return None,
        Method => "`GET` or `POST`".to_owned(),
        Whole(low, high) if value.parse::<u32>().is_ok_and(|number| (low..=high).contains(&number)) => return None,
        Whole(low, high) => format!("a whole number from {low} to {high}"),
        UrlOrNone if value.is_empty() => return None,
        Url | UrlOrNone => return super::url::complaint(value),
        OneOf(words) if words.contains(&value) => return None,
        OneOf(words) => format!("one of `{}`", words.join("`, `")),
        SomeOf(words) if value.split_whitespace().all(|word| words.contains(&word)) => return None,
        SomeOf(words) => format!("some of `{}`", words.join("`, `")),
        Keys(most) if value.chars().count() <= most && value.chars().all(|key| "0123456789*#".contains(key)) => {
            return None;
        }
        Keys(most) => format!("at most {most} of `0123456789*#`"),
        Tones if value.chars().all(|tone| "0123456789ABCD*#wW".contains(tone)) => return None,
        Tones => "digits, `*`, `#`, `A` to `D` and the pauses `w` and `W`".to_owned(),
    };
    Some(format!("must be {wanted}"))
}
