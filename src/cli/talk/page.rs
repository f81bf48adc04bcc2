//! What a call looks like in the terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::canned::{Received, Replied};
use crate::simulator::{Direction, LegId, LegView, Occurrence, What};

/// Longer values are cut: what a service receives is for reading along, not for copying.
const LONGEST: usize = 300;

/// Where a call is written down, line by line.
pub(in crate::cli) struct Page {
    out: Box<dyn Write + Send>,
    began: Timestamp,
    people: BTreeMap<LegId, String>,
}

impl Page {
    pub(in crate::cli) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, began: Timestamp::UNIX_EPOCH, people: BTreeMap::new() }
    }

    /// A call begins; times count from here.
    pub(super) fn begin(&mut self, at: Timestamp) {
        self.began = at;
    }

    /// Whose legs there are.
    pub(super) fn learn(&mut self, legs: &[LegView]) {
        for leg in legs {
            let name = if leg.direction == Direction::Inbound { "you".to_owned() } else { leg.to.clone() };
            self.people.insert(leg.id, name);
        }
    }

    /// A line of our own, not of the call.
    pub(in crate::cli) fn remark(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Text without a line break, for somebody to type behind it.
    pub(super) fn prompt(&mut self, text: &str) -> io::Result<()> {
        write!(self.out, "{text}")?;
        self.out.flush()
    }

    /// What happened on the line and what services received meanwhile, in the order in which it happened.
    /// `unprompted` is a leg whose silence nobody typed.
    pub(super) fn show(
        &mut self,
        happened: &[Occurrence],
        received: Vec<Received>,
        unprompted: Option<LegId>,
    ) -> io::Result<()> {
        let mut received = received.into_iter().peekable();
        for (n, occurrence) in happened.iter().enumerate() {
            // At one and the same moment, a request is made behind what people did and before what is heard then.
            let more_deeds =
                || happened.iter().skip(n + 1).any(|later| later.at == occurrence.at && is_deed(&later.what));
            let heard_next = !is_deed(&occurrence.what) && !more_deeds();
            while let Some(request) =
                received.next_if(|request| request.at < occurrence.at || request.at == occurrence.at && heard_next)
            {
                self.request(&request)?;
            }
            if unprompted.is_none() || occurrence.leg != unprompted || occurrence.what != What::StaysSilent {
                self.occurrence(occurrence)?;
            }
        }
        received.try_for_each(|request| self.request(&request))?;
        self.out.flush()
    }

    fn occurrence(&mut self, occurrence: &Occurrence) -> io::Result<()> {
        match line(occurrence, &self.people) {
            Some(text) => self.at(occurrence.at, &text),
            None => Ok(()),
        }
    }

    fn request(&mut self, request: &Received) -> io::Result<()> {
        let args = || request.args.iter().map(Json::to_string).collect::<Vec<_>>().join(", ");
        let body = request.body.as_ref().map(|body| format!(" {}", shortened(&body.to_string())));
        let what = body.unwrap_or_else(|| format!("({})", shortened(&args())));
        let replied = match request.replied {
            Replied::Status(status) => status.to_string(),
            Replied::Timeout => "no reply in time".to_owned(),
            Replied::NoStub => "no stub fits: it fails".to_owned(),
            Replied::NotMade(why) => format!("not sent: {}", why.word()),
        };
        let text = format!("→ {}{what}  {replied}", request.operation);
        self.at(request.at, &text)
    }

    fn at(&mut self, time: Timestamp, text: &str) -> io::Result<()> {
        let seconds = time.duration_since(self.began).as_secs().max(0);
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        writeln!(self.out, "{:>6}  {text}", format!("{minutes}:{seconds:02}"))
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// Whether somebody did something, or a phone did.
fn is_deed(what: &What) -> bool {
    matches!(
        what,
        What::Calls { .. }
            | What::Answers
            | What::Presses(_)
            | What::KeysLost(_)
            | What::Says(_)
            | What::StaysSilent
            | What::Speaks { .. }
            | What::Recorded { .. }
            | What::BrokenOff
            | What::HangsUp
    )
}

/// What is printed about something that happened; nothing about what is of no interest to a caller.
fn line(occurrence: &Occurrence, people: &BTreeMap<LegId, String>) -> Option<String> {
    let name = |leg| people.get(leg).map_or("somebody", String::as_str);
    let with = |leg| name(leg);
    let name = occurrence.leg.as_ref().map_or("", name);
    let you = name == "you";
    // On the caller's own leg it goes without saying who hears it.
    let hears = |what: String| if you { what } else { format!("{name} hears {what}") };
    let does = |singular: &str, plural: &str| format!("{name} {}", if you { singular } else { plural });
    Some(match &occurrence.what {
        What::Calls { from, to } => format!("{} {to}, showing {from}", does("call", "calls")),
        What::Rings { from, .. } => format!("{name} rings, showing {from}"),
        What::Answers if you => return None,
        What::Answers => format!("{name} answers"),
        What::Hears { text, .. } => hears(format!("\"{text}\"")),
        What::Plays { url, .. } => hears(format!("♪ {url}")),
        What::Silence(length) => hears(format!("… {} s of silence", length.as_secs_f32())),
        What::Beep => hears("a beep".to_owned()),
        What::Tones(tones) => hears(format!("the tones {tones}")),
        What::Presses(keys) => format!("{} {keys}", does("press", "presses")),
        What::KeysLost(keys) => format!("nothing listens to {keys}"),
        What::Says(words) => format!("{} \"{words}\"", does("say", "says")),
        What::StaysSilent => does("stay silent", "stays silent"),
        What::Speaks { length, words } => {
            format!("{} for {} s: \"{words}\"", does("speak", "speaks"), length.as_secs_f32())
        }
        What::Recorded { seconds, .. } => format!("recorded: {seconds} s"),
        What::Holds { .. } => does("are put on hold", "is put on hold"),
        // Both legs say so; one of them is enough.
        What::Joined { with: other } if occurrence.leg.is_some_and(|leg| leg < *other) => {
            format!("{name} and {} are connected", with(other))
        }
        What::HangsUp => does("hang up", "hangs up"),
        What::CannotDo(why) => format!("that was not possible: {why}"),
        What::Over(status) if you => format!("the call is over: {status}"),
        What::Over(status) => format!("{name} is off the line: {status}"),
        What::Problem(problem) => format!("! the provider would object: {problem}"),
        What::Requested { line, status, .. } if status.is_none_or(|status| status >= 400) => {
            let reply = status.map_or_else(|| "no reply".to_owned(), |status| status.to_string());
            format!("! the server asked the provider for {line}: {reply}")
        }
        What::WebhookFailed { code, reason, .. } => format!("! a webhook failed ({code}): {reason}"),
        What::ApplicationError => hears("\"an application error has occurred\"".to_owned()),
        What::Listens
        | What::BrokenOff
        | What::Leaves { .. }
        | What::Joined { .. }
        | What::Parted
        | What::Requested { .. } => return None,
    })
}
