//! The one registry of diagnostic codes.
//!
//! Never reuse a code that appeared in a release, and never renumber one. Numbers of deleted codes stay unused (421).

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The flow is not compiled.
    Error,
    /// The flow is compiled; something about it is probably not what was meant.
    Warning,
}

macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident = $number:literal $severity:ident $summary:literal; )*) => {
        /// A stable diagnostic code, printed as `IVR205`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $( #[doc = $summary] $(#[$doc])* $name = $number, )*
        }

        impl Code {
    /// Whether it says that something is used which is declared nowhere.
    #[must_use]
    pub fn is_missing_name(self) -> bool {
        matches!(
            self,
            Self::UnknownScene
                | Self::UnknownName
                | Self::NoSuchText
                | Self::UnknownInText
                | Self::UnknownField
                | Self::UnknownOperation
                | Self::UnknownType
                | Self::UnknownMusic
        )
    }

            /// Every code, in the order of the registry.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The severity it has unless a flag raises it.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }

            /// What the code means, in half a line.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$name => $summary),* }
            }

            /// What stands behind the code in the registry: `UnknownInPhrase`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            /// The code's page of the book, Markdown as it is written.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$name => include_str!(
                        concat!(env!("CARGO_MANIFEST_DIR"), "/book/src/errors/IVR", $number, ".md")
                    )),*
                }
            }
        }
    };
}

codes! {
    NotUnderstood = 101 Error "something was not understood";
    OpenString = 102 Error "a string without closing quote";
    OpenSlot = 103 Error "`{{` without `}}`";
    MissingBrace = 104 Error "a `}` is missing before the item that begins here";
    ReservedWord = 105 Error "a reserved word is used as a name";
    StepBeginsWithName = 106 Error "a step begins with a name: write `let`, `send`, `do` or `=>`";
    NotBuilt = 107 Error "this form is not built yet in this version of ivrc";
    RowWidth = 108 Error "a table row has a different number of cells";
    Malformed = 109 Error "a malformed number, duration, time or date";

    UnknownScene = 201 Error "unknown scene";
    UnknownName = 202 Error "unknown name in an expression";
    NoSuchText = 203 Error "neither a phrase nor a text value";
    UnknownInText = 204 Error "unknown name in an anonymous text";
    UnknownInPhrase = 205 Error "a phrase is spoken where one of its variables does not exist";
    DeclaredTwice = 206 Error "declared or bound twice; shadowing";
    SharedName = 207 Error "phrase, setting and local name would share a name";
    UnknownField = 208 Error "unknown field or column";
    UnknownOperation = 209 Error "unknown service, operation or query";
    UnknownType = 210 Error "unknown type or enum value";
    UnknownMusic = 211 Error "unknown music or hours";
    SecretOutside = 212 Error "a secret outside a `service`";
    NothingMeant = 213 Error "`it`, `digit`, `label`, `round` or `error` where they mean nothing";
    SecretShared = 215 Error "a secret goes to two places";

    MayBeAbsent = 301 Error "the value may be absent here";
    WrongType = 302 Error "wrong type";
    ArgumentCount = 303 Error "wrong number of arguments";
    NotSpeakable = 304 Error "no spoken form";
    StillPending = 305 Error "a pending value is used before `wait for`";
    NothingCounts = 307 Error "counted texts where nothing counts";
    AbsentComparison = 308 Error "a negated or ordered comparison with a value that may be absent";
    ForbiddenTemplate = 309 Error "forbidden in a template: raw output, `#each`, partials, unknown helper";
    PathPlace = 310 Error "a `path` that is no setting or does not stand first; a `url` in a URL";
    BodyMismatch = 311 Error "a GET with a body; two bodies; `gives` with a dead path";
    BranchTypes = 312 Error "the branches of an expression or of `else` have different types";

    RunsOffEnd = 401 Error "the conversation can run off the end of a scene";
    EndlessCycle = 402 Error "a cycle that can turn without anybody pressing or saying anything";
    DoCycle = 403 Error "scenes that run each other by `do` in a cycle";
    Unreachable = 404 Error "a step that can never be reached";
    ChangeWithoutSend = 405 Error "an operation that changes something is called without `send`";
    MisplacedEffect = 406 Error "`send`, `do` or a waiting step inside an expression, a query or `admit`";
    SendOfRead = 407 Error "`send` of an operation that reads";
    UnhandledFailure = 408 Error "nothing handles a failure";
    FallibleHandler = 409 Error "a handler contains a step that can fail and has no `else`, or does not leave";
    NoValue = 410 Error "no value at the end of this arm or `else`";
    RetryTarget = 411 Error "`retry` does not lead back to a waiting step of this scene";
    UnboundedRetry = 412 Error "a `retry` that the caller did not cause needs `up to N times`";
    UnboundedWait = 413 Error "`wait` without `every` or `up to`";
    UnprovenHuman = 414 Error "`connect` can be reached without a key press";
    CalleeWanders = 415 Error "the callee walks into the caller's conversation";
    KeyTwice = 416 Error "a key is offered twice";
    KeyTaken = 417 Error "a step takes an `anywhere` key away";
    MissingArm = 418 Error "values without an arm";
    TooManyChoices = 419 Error "more choices than keys";
    NoChoice = 420 Error "the list to pick from, or the menu, may be empty";
    UnboundedQuery = 422 Error "a query calls itself without `up to N deep`";
    OutOfPlace = 424 Error "a step outside its place";
    RecordingArms = 425 Error "a recording with key arms and no `any`, or with labels";
    UselessElse = 426 Error "`else` at something that cannot be absent, fail or give up";
    NobodyJoined = 427 Error "`escalate` phones people whom nothing can join with the caller";
    PastAdmit = 428 Error "a caller who was not admitted can come to `main`";
    TooManySteps = 429 Error "more steps than one turn may take";

    SettingMissing = 501 Error "a setting has no value";
    UnknownSetting = 502 Error "unknown key in the settings file or the environment";
    OverrideVariable = 503 Error "an override uses a variable the phrase may not use";
    SettingValue = 504 Error "a setting of the wrong type, out of range, or twice in a list of keys";
    LiteralSecret = 505 Error "a literal secret, or credentials in a setting that is not secret";
    BaseUrlNotSetting = 506 Error "the base URL of a service is not a setting";
    PlainHttp = 507 Error "credentials would travel over plain http";
    SecretUnreadable = 508 Error "a secret's file or variable cannot be read";

    CannotTranscribe = 601 Error "a recording of 120 s or more, or with `from` under 2 s, cannot be transcribed";
    TextTooLong = 602 Error "a text exceeds what the voice can speak";
    DeafToKeys = 603 Warning "`anywhere` keys are deaf during this `dial`";
    UnknownVoice = 604 Error "an unknown voice, or one that does not speak the language";
    SentKeys = 605 Error "`dial … keys` allows 0–9, `*`, `#`, `w`, `W`";
    TranscribedLanguage = 607 Warning "transcription exists for US English only";
    TimeRange = 608 Error "a ringing, listening, waiting or recording time outside the provider's range";

    StubShape = 701 Error "a stub's reply does not have the declared shape";
    UnstubbedRequest = 702 Error "a request without a stub";
    ExpectationFailed = 703 Error "an expectation failed";
    UnknownActor = 704 Error "unknown actor, or a deed that actor cannot do";
    NeededByNothing = 705 Warning "a stub that no test needs, or a reason that no edge needs";
    NoFlow = 706 Error "no flow beside this test file";
    CannotFail = 707 Error "a test that cannot fail";

    NeverEntered = 901 Warning "no path leads to a scene";
    NeverUsed = 902 Warning "never used: setting, phrase, service, operation, query, type, parameter, music";
    PromptedKey = 903 Warning "a prompt names a key that is not offered";
    ManyChoices = 904 Warning "more than five choices in one breath";
    DeadAir = 905 Warning "the caller may hear nothing for more than 10 s";
    NoMusic = 907 Warning "`escalate` without `music`";
    HeldTooLong = 908 Warning "a caller can be held for longer than `hold_budget`";
    SilentKey = 910 Warning "a key that no prompt mentions";
    ReplacesBuiltin = 911 Warning "a phrase replaces a built-in one";
    ValueWins = 912 Warning "a local name is also a value of an enum compared there";
    SentAgain = 913 Warning "a `send` that may have arrived is sent again without anybody";
    SingleBrace = 914 Warning "a name between single braces, which is no slot";
}

impl Code {
    /// The number: `205`.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The code with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// The code that is written so: `IVR205`, `ivr205` or `205`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = match text.split_at_checked(3) {
            Some((letters, digits)) if letters.eq_ignore_ascii_case("IVR") => digits,
            _ => text,
        };
        let written_so = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        written_so.then(|| digits.parse().ok().and_then(Self::from_number)).flatten()
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IVR{}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_unique_and_in_order() {
        let numbers: Vec<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "codes must rise: {numbers:?}");
        assert!(!numbers.contains(&421), "421 was deleted and stays unused");
    }

    #[test]
    fn a_code_is_known_with_and_without_letters() {
        for text in ["IVR205", "ivr205", "205"] {
            assert_eq!(Code::parse(text), Some(Code::UnknownInPhrase), "{text}");
        }
        for text in ["", "IVR", "IVR2055", "+205", "0205", "IVR 205", "IVRIVR205", "421", "é05", "phrase"] {
            assert_eq!(Code::parse(text), None, "{text}");
        }
    }
}
