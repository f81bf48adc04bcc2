//! `ivrc explain`.

use std::fmt::Write as _;

use clap::Args;

use super::environment::Surroundings;
use super::exit::Exit;
use super::messages::{Complaint, Messages};
use super::output;
use crate::diagnostic::page::Page;
use crate::diagnostic::render::Style;
use crate::diagnostic::{Code, Severity};

/// Says what a code means: the page of the book about it, with an example that is wrong and one that is right.
///
/// Without a code, it lists all of them. A code is written like `IVR205`, or `205`.
///
/// The exit status is 0, and 2 if there is no such code.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// What to explain.
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
}

pub(super) fn run(explain: &Explain, surroundings: &Surroundings, messages: &Messages) -> Exit {
    let style = Style { color: surroundings.wants_color_on_stdout(), ..messages.style() };
    match text(explain, style).and_then(|text| output::print(&text)) {
        Ok(()) => Exit::Clean,
        Err(complaint) => {
            messages.complain(&complaint);
            Exit::Impossible
        }
    }
}

fn text(explain: &Explain, style: Style) -> Result<String, Complaint> {
    if explain.codes.is_empty() {
        return Ok(list());
    }
    let codes = explain.codes.iter().map(|text| Code::parse(text).ok_or_else(|| unknown(text)));
    let codes = codes.collect::<Result<Vec<Code>, Complaint>>()?;
    let pages: Vec<String> = codes.into_iter().map(|code| Page::of(code).render(style)).collect();
    Ok(pages.join("\n\n"))
}

/// Every code in a line, with a gap where another hundred begins.
fn list() -> String {
    let mut text = String::new();
    let mut before = None;
    for code in Code::ALL {
        let hundred = code.number() / 100;
        if before.replace(hundred).is_some_and(|before| before != hundred) {
            text.push('\n');
        }
        let kind = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        // A write to a text does not fail.
        let _ = writeln!(text, "{code}  {kind:<7}  {}", code.summary());
    }
    text
}

fn unknown(text: &str) -> Complaint {
    let message = format!("there is no code `{text}`");
    let near = nearest(text);
    if near.is_empty() {
        return Complaint::new(message, "a code looks like `IVR205`; `ivrc explain` lists them all");
    }
    let near: Vec<String> = near.iter().map(Code::to_string).collect();
    Complaint::new(message, format!("did you mean {}? `ivrc explain` lists them all", near.join(" or ")))
}

/// How many codes are offered in the place of one that does not exist.
const OFFERED: usize = 3;

/// The codes that were probably meant: one digit is another, two are swapped, one is missing or one too many.
fn nearest(text: &str) -> Vec<Code> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Vec::new();
    }
    let mut near: Vec<(usize, u16, Code)> = Vec::new();
    let number: u16 = digits.parse().unwrap_or(u16::MAX);
    for code in Code::ALL {
        let distance = crate::diagnostic::nearest::distance(&digits, &code.number().to_string());
        if distance <= 1 {
            near.push((distance, code.number().abs_diff(number), *code));
        }
    }
    near.sort_unstable();
    near.into_iter().take(OFFERED).map(|(_, _, code)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::{Explain, Style, list, text};
    use crate::diagnostic::Code;

    fn explained(codes: &[&str]) -> Result<String, String> {
        let explain = Explain { codes: codes.iter().map(|code| (*code).to_owned()).collect() };
        text(&explain, Style::default())
            .map_err(|complaint| format!("{}; {}", complaint.message, complaint.help.unwrap_or_default()))
    }

    #[test]
    fn pages_follow_each_other() {
        let text = explained(&["ivr205", "301"]).unwrap();
        assert!(text.starts_with("IVR205: "), "{text}");
        assert!(text.contains("\n\n\nIVR301: "), "{text}");
    }

    #[test]
    fn every_code_is_listed() {
        assert_eq!(explained(&[]).unwrap(), list());
        for code in Code::ALL {
            assert!(list().contains(&format!("{code}  ")) && list().contains(code.summary()), "{code}");
        }
        assert!(list().contains("\n\nIVR201  error    unknown scene\n"), "{}", list());
    }

    #[test]
    fn what_is_no_code_leads_to_those_that_were_meant() {
        let said = |code: &str| explained(&["205", code]).unwrap_err();
        assert_eq!(
            said("IVR421"),
            "there is no code `IVR421`; did you mean IVR420 or IVR422 or IVR424? `ivrc explain` lists them all"
        );
        assert!(said("25").contains("did you mean IVR205 or "), "{}", said("25"));
        assert!(said("phrases").ends_with("`ivrc explain` lists them all"), "{}", said("phrases"));
        assert!(said("IVR777").ends_with("`ivrc explain` lists them all"), "{}", said("IVR777"));
    }
}
