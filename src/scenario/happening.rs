//! What happened in a test, for whoever reads why it failed.

use std::fmt;

use jiff::Timestamp;

use crate::canned::{Received, Replied};

/// Longer values are cut.
const LONGEST: usize = 200;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// When, in virtual time.
    pub at: Timestamp,
    /// To whom: `caller`, a name of the test, or a number; none: the line itself.
    pub who: Option<String>,
    /// What.
    pub what: What,
}

/// The kinds of happenings.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A deed of the test: `presses 1`.
    Does(String),
    /// Words were heard.
    Hears(String),
    /// A telephone rings.
    Rings,
    /// It stops ringing without having been answered.
    StopsRinging,
    /// Somebody is put on hold.
    Holds,
    /// Two people are joined.
    Talks {
        /// With whom.
        with: String,
    },
    /// A telephone was hung up, or the line hung up.
    Over,
    /// A service was asked.
    Requests {
        /// The operation with what it was given.
        request: String,
        /// What came back.
        replied: String,
    },
    /// A step failed, and the flow went on where that leads.
    Fails {
        /// Which step.
        step: String,
        /// Why.
        why: String,
    },
}

impl What {
    /// A request, as it is shown.
    pub(super) fn request(received: &Received) -> Self {
        let args = || received.args.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let body = received.body.as_ref().map_or_else(|| format!("({})", args()), |body| format!(" {body}"));
        let replied = match received.replied {
            Replied::Status(status) => status.to_string(),
            Replied::Timeout => "no reply in time".to_owned(),
            Replied::NoStub => "no stub".to_owned(),
            Replied::NotMade(why) => format!("not sent: {}", why.word()),
        };
        Self::Requests { request: shortened(&format!("{}{body}", received.operation)), replied }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.who.as_deref().unwrap_or("the line");
        match &self.what {
            What::Does(deed) => write!(f, "{who} {deed}"),
            What::Hears(words) => write!(f, "{who} hears \"{words}\""),
            What::Rings => write!(f, "{who} rings"),
            What::StopsRinging => write!(f, "{who} stops ringing"),
            What::Holds => write!(f, "{who} holds"),
            What::Talks { with } => write!(f, "{who} and {with} are connected"),
            What::Over => write!(f, "{who} is off the line"),
            What::Requests { request, replied } => write!(f, "→ {request}  {replied}"),
            What::Fails { step, why } => write!(f, "! {step} failed: {why}"),
        }
    }
}
