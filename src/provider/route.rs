//! What a URL of ours means: every URL a provider is ever given, and back.
//!
//! All paths are made of letters, digits, `_`, `-` and `.` only, so that nothing in them needs percent-encoding and no
//! proxy can rewrite them.

use std::fmt;

use crate::engine::event::{Leg, LegToken};

/// The longest flow name, call token or leg token in a path, in characters.
pub const LONGEST_NAME: usize = 64;

/// A URL's meaning. Everything but the number's own three URLs and links to recordings belongs to one call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// `/{flow}`: a call begins.
    Call {
        /// The flow.
        flow: String,
    },
    /// `/{flow}/c/{call}/{turn}[/{mark}]`, and `/{flow}/l/{call}/{leg}/{turn}[/{mark}]` for a callee's leg: what comes
    /// back after a document. Turn 0 of a callee's leg is the phone being answered, so documents count from 1.
    Turn {
        /// The flow.
        flow: String,
        /// The token of the call.
        call: String,
        /// Which leg asks.
        leg: Leg,
        /// The turn of the document that carried the URL.
        turn: u32,
        /// Which part of that document asks.
        mark: Mark,
    },
    /// `/{flow}/m/{call}/{visit}.{round}[/{mark}]`: a caller on hold.
    Hold {
        /// The flow.
        flow: String,
        /// The token of the call.
        call: String,
        /// Which visit of an `escalate`.
        visit: u32,
        /// Which round of it.
        round: u32,
        /// What about it.
        mark: HoldMark,
    },
    /// `/{flow}/h/{call}/transcript`: a transcript is there, or never will be.
    Transcript {
        /// The flow.
        flow: String,
        /// The token of the call.
        call: String,
    },
    /// `/{flow}/h/{call}/leg/{leg}`: the status callback of a callee's leg.
    LegStatus {
        /// The flow.
        flow: String,
        /// The token of the call.
        call: String,
        /// Which callee.
        leg: LegToken,
    },
    /// `/{flow}/status`: the number's status callback.
    Status {
        /// The flow.
        flow: String,
    },
    /// `/{flow}/fallback`: asked when another URL failed.
    Fallback {
        /// The flow.
        flow: String,
    },
    /// `/{flow}/r/{recording}/{tag}`: somebody wants to hear a recording. Not a webhook: whoever has the link asks.
    Recording {
        /// The flow.
        flow: String,
        /// The provider's id of the recording.
        recording: String,
        /// What proves that the link is of our making: [`super::Provider::tag`].
        tag: String,
    },
}

/// Which part of a document asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// No mark: the leg asks for its next words. Redirects by the provider's API come here, too.
    Plain,
    /// `keys`: a leg that listened has pressed keys, or has not.
    Keys,
    /// `none`: the document went on behind the listening, so nothing was pressed.
    None,
    /// `wait`: a pause is over, by a key or by itself.
    Wait,
    /// `skip`: a key during the words before a recording. The caller's leg only, like the next three.
    Skip,
    /// `record`: a recording is over.
    Record,
    /// `empty`: the document went on behind the recording, so there is none.
    Empty,
    /// `dial`: a dialled number is over.
    Dial,
    /// `join`: the attempt to join with the caller is over. A callee's leg only.
    Join,
}

impl Mark {
    const ALL: [(&'static str, Self); 9] = [
        ("", Self::Plain),
        ("keys", Self::Keys),
        ("none", Self::None),
        ("wait", Self::Wait),
        ("skip", Self::Skip),
        ("record", Self::Record),
        ("empty", Self::Empty),
        ("dial", Self::Dial),
        ("join", Self::Join),
    ];

    /// Whether documents of this leg can carry it.
    fn fits(self, leg: &Leg) -> bool {
        match self {
            Self::Plain | Self::Keys | Self::None | Self::Wait => true,
            Self::Skip | Self::Record | Self::Empty | Self::Dial => *leg == Leg::Caller,
            Self::Join => *leg != Leg::Caller,
        }
    }
}

/// What a URL of a caller on hold is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldMark {
    /// No mark: the next piece of music.
    Music,
    /// `keys`: keys were pressed.
    Keys,
    /// `left`: the caller is no longer on hold.
    Left,
    /// `join`: the caller is about to be joined.
    Join,
}

impl HoldMark {
    const ALL: [(&'static str, Self); 4] =
        [("", Self::Music), ("keys", Self::Keys), ("left", Self::Left), ("join", Self::Join)];
}

impl Route {
    /// Which flow it belongs to.
    #[must_use]
    pub fn flow(&self) -> &str {
        match self {
            Self::Call { flow }
            | Self::Turn { flow, .. }
            | Self::Hold { flow, .. }
            | Self::Transcript { flow, .. }
            | Self::LegStatus { flow, .. }
            | Self::Status { flow }
            | Self::Fallback { flow }
            | Self::Recording { flow, .. } => flow,
        }
    }

    /// Which call it belongs to; none for the three URLs of the number, and for links to recordings, which outlive it.
    #[must_use]
    pub fn call(&self) -> Option<&str> {
        match self {
            Self::Turn { call, .. }
            | Self::Hold { call, .. }
            | Self::Transcript { call, .. }
            | Self::LegStatus { call, .. } => Some(call),
            Self::Call { .. } | Self::Status { .. } | Self::Fallback { .. } | Self::Recording { .. } => None,
        }
    }

    /// The path, from the `/`.
    #[must_use]
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// What a path (without query) means; none if it is none of ours, in exactly the spelling of [`Route::path`].
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (flow, rest) = split(path.strip_prefix('/')?);
        let flow = flow_name(flow)?;
        let Some(rest) = rest else { return Some(Self::Call { flow }) };
        match split(rest) {
            ("c", Some(rest)) => caller(flow, rest),
            ("l", Some(rest)) => callee(flow, rest),
            ("m", Some(rest)) => hold(flow, rest),
            ("h", Some(rest)) => notice(flow, rest),
            ("r", Some(rest)) => recording(flow, rest),
            ("status", None) => Some(Self::Status { flow }),
            ("fallback", None) => Some(Self::Fallback { flow }),
            _ => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { flow } => write!(f, "/{flow}"),
            Self::Turn { flow, call, leg, turn, mark } => {
                match leg {
                    Leg::Caller => write!(f, "/{flow}/c/{call}/{turn}")?,
                    Leg::Callee(leg) => write!(f, "/{flow}/l/{call}/{leg}/{turn}")?,
                }
                write_mark(f, word_of(&Mark::ALL, *mark))
            }
            Self::Hold { flow, call, visit, round, mark } => {
                write!(f, "/{flow}/m/{call}/{visit}.{round}")?;
                write_mark(f, word_of(&HoldMark::ALL, *mark))
            }
            Self::Transcript { flow, call } => write!(f, "/{flow}/h/{call}/transcript"),
            Self::LegStatus { flow, call, leg } => write!(f, "/{flow}/h/{call}/leg/{leg}"),
            Self::Status { flow } => write!(f, "/{flow}/status"),
            Self::Fallback { flow } => write!(f, "/{flow}/fallback"),
            Self::Recording { flow, recording, tag } => write!(f, "/{flow}/r/{recording}/{tag}"),
        }
    }
}

fn write_mark(f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
    if word.is_empty() { Ok(()) } else { write!(f, "/{word}") }
}

/// `{call}/{turn}[/{mark}]`
fn caller(flow: String, rest: &str) -> Option<Route> {
    let (call, rest) = rest.split_once('/')?;
    turn(flow, call, Leg::Caller, rest)
}

/// `{call}/{leg}/{turn}[/{mark}]`
fn callee(flow: String, rest: &str) -> Option<Route> {
    let (call, rest) = rest.split_once('/')?;
    let (leg, rest) = rest.split_once('/')?;
    turn(flow, call, Leg::Callee(token(leg)?.into()), rest)
}

fn turn(flow: String, call: &str, leg: Leg, rest: &str) -> Option<Route> {
    let (turn, mark) = split(rest);
    let mark = mark_of(&Mark::ALL, mark)?;
    let (call, turn) = (token(call)?, number(turn)?);
    mark.fits(&leg).then_some(Route::Turn { flow, call, leg, turn, mark })
}

/// `{call}/{visit}.{round}[/{mark}]`
fn hold(flow: String, rest: &str) -> Option<Route> {
    let (call, rest) = rest.split_once('/')?;
    let (place, mark) = split(rest);
    let (visit, round) = place.split_once('.')?;
    let mark = mark_of(&HoldMark::ALL, mark)?;
    Some(Route::Hold { flow, call: token(call)?, visit: number(visit)?, round: number(round)?, mark })
}

/// `{call}/transcript` or `{call}/leg/{leg}`
fn notice(flow: String, rest: &str) -> Option<Route> {
    let (call, rest) = rest.split_once('/')?;
    let call = token(call)?;
    match split(rest) {
        ("transcript", None) => Some(Route::Transcript { flow, call }),
        ("leg", Some(leg)) => Some(Route::LegStatus { flow, call, leg: token(leg)?.into() }),
        _ => None,
    }
}

/// `{recording}/{tag}`
fn recording(flow: String, rest: &str) -> Option<Route> {
    let (recording, tag) = rest.split_once('/')?;
    Some(Route::Recording { flow, recording: token(recording)?, tag: token(tag)? })
}

fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)))
}

fn flow_name(text: &str) -> Option<String> {
    let begins = text.chars().next()?.is_ascii_alphabetic();
    if begins { token(text) } else { None }
}

fn token(text: &str) -> Option<String> {
    let fits = (1..=LONGEST_NAME).contains(&text.len());
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (fits && plain).then(|| text.to_owned())
}

/// A number in the one spelling that [`Route::path`] writes: no sign, no leading zero.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn word_of<M: Copy + PartialEq>(marks: &[(&'static str, M)], mark: M) -> &'static str {
    marks.iter().find(|(_, candidate)| *candidate == mark).map_or("", |(word, _)| word)
}

/// The mark of a word; no word is the first mark, an empty one (a trailing slash) is none.
fn mark_of<M: Copy>(marks: &[(&'static str, M)], word: Option<&str>) -> Option<M> {
    if word == Some("") {
        return None;
    }
    marks.iter().find(|(candidate, _)| *candidate == word.unwrap_or_default()).map(|(_, mark)| *mark)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HoldMark, Mark, Route};
    use crate::engine::event::Leg;

    fn flow() -> impl Strategy<Value = String> {
        "[A-Za-z][A-Za-z0-9_-]{0,63}"
    }

    fn token() -> impl Strategy<Value = String> {
        "[A-Za-z0-9_-]{1,64}"
    }

    fn turn() -> impl Strategy<Value = Route> {
        let leg = prop_oneof![Just(Leg::Caller), token().prop_map(|leg| Leg::Callee(leg.into()))];
        let mark = prop::sample::select(Mark::ALL.to_vec());
        (flow(), token(), leg, any::<u32>(), mark)
            .prop_map(|(flow, call, leg, turn, (_, mark))| Route::Turn { flow, call, leg, turn, mark })
            .prop_filter("marks fit legs", |route| matches!(route, Route::Turn { leg, mark, .. } if mark.fits(leg)))
    }

    fn hold() -> impl Strategy<Value = Route> {
        let mark = prop::sample::select(HoldMark::ALL.to_vec());
        (flow(), token(), any::<u32>(), any::<u32>(), mark)
            .prop_map(|(flow, call, visit, round, (_, mark))| Route::Hold { flow, call, visit, round, mark })
    }

    fn route() -> impl Strategy<Value = Route> {
        prop_oneof![
            flow().prop_map(|flow| Route::Call { flow }),
            turn(),
            hold(),
            (flow(), token()).prop_map(|(flow, call)| Route::Transcript { flow, call }),
            (flow(), token(), token()).prop_map(|(flow, call, leg)| Route::LegStatus { flow, call, leg: leg.into() }),
            flow().prop_map(|flow| Route::Status { flow }),
            flow().prop_map(|flow| Route::Fallback { flow }),
            (flow(), token(), token()).prop_map(|(flow, recording, tag)| Route::Recording { flow, recording, tag }),
        ]
    }

    proptest! {
        #[test]
        fn every_route_survives_its_path(route in route()) {
            prop_assert_eq!(Route::parse(&route.path()), Some(route));
        }

        #[test]
        fn whatever_is_parsed_is_spelt_in_one_way(path in "/?[A-Za-z]{0,3}(/[clmhrstau0-9.%-]{0,5}){0,5}") {
            if let Some(route) = Route::parse(&path) {
                prop_assert_eq!(route.path(), path);
            }
        }

        #[test]
        fn garbage_is_no_route_and_no_panic(path in any::<String>()) {
            let _ = Route::parse(&path);
        }
    }

    #[test]
    fn paths_are_those_of_the_design() {
        let path = |text: &str| {
            let route = Route::parse(text).unwrap_or_else(|| panic!("{text} is not parsed"));
            assert_eq!(route.path(), text);
            route
        };
        assert_eq!(path("/xmatters"), Route::Call { flow: "xmatters".into() });
        assert_eq!(path("/status"), Route::Call { flow: "status".into() });
        assert_eq!(path("/x/status"), Route::Status { flow: "x".into() });
        assert_eq!(path("/x/fallback"), Route::Fallback { flow: "x".into() });
        let (flow, call) = ("x".to_owned(), "K7f2".to_owned());
        assert_eq!(
            path("/x/c/K7f2/4/none"),
            Route::Turn { flow: flow.clone(), call: call.clone(), leg: Leg::Caller, turn: 4, mark: Mark::None }
        );
        let leg = Leg::Callee("L-1".into());
        assert_eq!(
            path("/x/l/K7f2/L-1/0/join"),
            Route::Turn { flow: flow.clone(), call: call.clone(), leg, turn: 0, mark: Mark::Join }
        );
        let mark = HoldMark::Left;
        assert_eq!(path("/x/m/K7f2/2.1/left"), Route::Hold { flow, call, visit: 2, round: 1, mark });
        assert_eq!(path("/x/h/K7f2/transcript").call(), Some("K7f2"));
        assert_eq!(path("/x/h/K7f2/leg/L-1").flow(), "x");
        let (recording, tag) = ("RE1".to_owned(), "t_-4".to_owned());
        assert_eq!(path("/x/r/RE1/t_-4"), Route::Recording { flow: "x".into(), recording, tag });
        assert_eq!(path("/x/r/RE1/t_-4").call(), None);
    }

    #[test]
    fn other_paths_are_nobodys() {
        let long = "a".repeat(65);
        let paths = [
            "",
            "/",
            "//",
            "x",
            "/1x",
            "/-x",
            "/x/",
            "/x//",
            "/x y",
            "/x%20y",
            "/%ff%fe",
            "/x/%c3%28",
            "/ä",
            "/x?y",
            "/x/c",
            "/x/c/",
            "/x/c/K",
            "/x/c/K/",
            "/x/c//1",
            "/x/c/K/01",
            "/x/c/K/+1",
            "/x/c/K/-1",
            "/x/c/K/1/",
            "/x/c/K/4294967296",
            "/x/c/K/1/nothing",
            "/x/c/K/1/Keys",
            "/x/c/K/1/keys/",
            "/x/c/K/1/join",
            "/x/c/K%2f/1",
            "/x/l/K/L/1/record",
            "/x/l/K/L/1/dial",
            "/x/l/K/1",
            "/x/l/K//1",
            "/x/m/K/1",
            "/x/m/K/1.",
            "/x/m/K/1.2.3",
            "/x/m/K/1.2/none",
            "/x/h/K",
            "/x/h/K/transcript/",
            "/x/h/K/leg",
            "/x/h/K/leg/",
            "/x/h/K/leg/L/1",
            "/x/r",
            "/x/r/RE1",
            "/x/r/RE1/",
            "/x/r//t",
            "/x/r/RE1/t/",
            "/x/r/RE1/t/u",
            "/x/r/RE1/t.mp3",
            "/x/r/RE%31/t",
            "/x/r/../t",
            &format!("/x/r/RE1/{long}"),
            &format!("/x/r/{long}/t"),
            "/x/status/",
            "/x/c/../1",
            "/x/z/K/1",
            &format!("/{long}"),
            &format!("/x/c/{long}/1"),
            &format!("/x/l/K/{long}/1"),
        ];
        for path in paths {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
