//! What is known about a flow: for people, and plain data for everything else.

use std::fmt;

use serde::Serialize;

use super::bound::Bound;

/// What was proved about a flow, and under which assumptions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// The flow's name.
    pub flow: String,
    /// What the times rest on.
    pub assumptions: Assumptions,
    /// What can happen at the steps that wait.
    pub outcomes: Outcomes,
    /// How many steps a call takes at most while nobody does anything.
    pub steps: Bound,
    /// How long callers can be held, the longest first.
    pub held: Vec<Held>,
    /// The longest silence.
    pub silent: Silent,
    /// Who gets past `admit`.
    pub admission: Admission,
    /// Where each secret goes.
    pub secrets: Vec<Secret>,
}

/// What cannot be known before the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Assumptions {
    /// Milliseconds that a character takes to be spoken.
    pub character: u64,
    /// Characters of a value that comes from a service, a caller or the call.
    pub value: u64,
    /// Milliseconds that audio lasts.
    pub audio: u64,
}

/// What can happen at the steps that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Steps that wait for somebody or something.
    pub steps: usize,
    /// What can happen at all of them together.
    pub outcomes: usize,
    /// What leads nowhere; nothing.
    pub unhandled: Vec<String>,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// What the caller did last.
    pub since: String,
    /// Milliseconds at most.
    pub millis: Bound,
    /// Where the time goes.
    pub stretches: Vec<Stretch>,
}

/// The longest silence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silent {
    /// Milliseconds at most.
    pub millis: Bound,
    /// Where the time goes.
    pub stretches: Vec<Stretch>,
}

/// A part of a way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stretch {
    /// The node's stable name.
    pub step: String,
    /// `file:line:column`; empty for what the language does by itself.
    pub place: String,
    /// Milliseconds at most.
    pub millis: Bound,
    /// If it is what a `retry` adds: how often it leads back.
    pub again: Option<u32>,
}

/// Who gets past `admit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Admission {
    /// Whether there is an `admit`.
    pub gate: bool,
    /// Whether nobody comes to `main` without it.
    pub holds: bool,
    /// Scenes that those come to whom it refuses.
    pub refused_scenes: Vec<String>,
    /// Operations that are asked or sent for them.
    pub refused_operations: Vec<String>,
    /// Whether somebody can be phoned for them.
    pub refused_phone: bool,
}

/// Where a secret goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// The setting's name.
    pub name: String,
    /// The setting that holds the base URL it is sent to; none if it is sent nowhere.
    pub to: Option<String>,
    /// The operations, each with what the secret is in its request: `basic`, `bearer`, `header`, `path`, `body`.
    pub operations: Vec<(String, String)>,
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcomes { steps, outcomes, unhandled } = &self.outcomes;
        let all = if unhandled.is_empty() { "all of them handled".to_owned() } else { unhandled.join(", ") };
        let waiting = if *steps == 1 { "1 step that waits".to_owned() } else { format!("{steps} steps that wait") };
        writeln!(f, "  outcomes  {outcomes} at {waiting}, {all}")?;
        match self.steps {
            Bound::Within(steps) => writeln!(f, "  ends      after at most {} steps without anybody", grouped(steps))?,
            Bound::Open => writeln!(f, "  ends      without anybody, after as many steps as its lists are long")?,
        }
        for (n, held) in self.held.iter().enumerate() {
            let head = if n == 0 { "held" } else { "" };
            writeln!(f, "  {head:<8}  {} at most, {}", held.millis.time(), held.since)?;
            if n == 0 {
                stretches(f, &held.stretches)?;
            }
        }
        writeln!(f, "  silent    {} at most", self.silent.millis.time())?;
        stretches(f, &self.silent.stretches)?;
        self.admission.fmt(f)?;
        for (n, secret) in self.secrets.iter().enumerate() {
            let head = if n == 0 { "secrets" } else { "" };
            writeln!(f, "  {head:<8}  {secret}")?;
        }
        let Assumptions { character, value, audio } = self.assumptions;
        let audio = Bound::Within(audio).time();
        writeln!(f, "  assumed   {character} ms a character, {value} characters a value from outside, {audio} of audio")
    }
}

fn stretches(f: &mut fmt::Formatter<'_>, stretches: &[Stretch]) -> fmt::Result {
    for stretch in stretches {
        let times = stretch.again.map_or_else(String::new, |times| format!(", {times} times more"));
        let place = if stretch.place.is_empty() { String::new() } else { format!("  ({})", stretch.place) };
        writeln!(f, "  {:<8}    {:>10}  {}{times}{place}", "", stretch.millis.time(), stretch.step)?;
    }
    Ok(())
}

impl fmt::Display for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.gate {
            return writeln!(f, "  admits    everybody: there is no `admit`");
        }
        let holds = if self.holds { "nobody comes to `main` without it" } else { "it can be passed by" };
        let phoned = self.refused_phone.then(|| "a phone".to_owned());
        let list: Vec<String> =
            self.refused_scenes.iter().chain(&self.refused_operations).cloned().chain(phoned).collect();
        let others = if list.is_empty() { "nothing but words".to_owned() } else { list.join(", ") };
        writeln!(f, "  admits    by `admit`, {holds}; those it refuses come to {others}")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(to) = &self.to else { return write!(f, "{} is sent nowhere", self.name) };
        // Operations in the same role stand together, those of one service behind its name.
        let mut roles: Vec<(&str, String, &str)> = Vec::new();
        for (operation, role) in &self.operations {
            let (service, name) = operation.split_once('.').unwrap_or(("", operation));
            match roles.last_mut() {
                Some((of, text, last)) if of == role && *last == service => text.extend([", ", name]),
                _ => roles.push((role, operation.clone(), service)),
            }
        }
        let shown: Vec<String> = roles.iter().map(|(role, text, _)| format!("{role} of {text}")).collect();
        write!(f, "{} to `{to}`: {}", self.name, shown.join("; "))
    }
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Secret, grouped};

    #[test]
    fn operations_stand_together() {
        let operations = ["a.read basic", "a.write basic", "a.write body", "b.ask body"];
        let pairs = operations.iter().filter_map(|pair| pair.split_once(' '));
        let operations = pairs.map(|(name, role)| (name.to_owned(), role.to_owned())).collect();
        let secret = Secret { name: "key".to_owned(), to: Some("u".to_owned()), operations };
        assert_eq!(secret.to_string(), "key to `u`: basic of a.read, write; body of a.write; body of b.ask");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 12, 999, 1_000, 1_234_567].map(grouped), ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
