//! The script for reading.

use std::fmt::Write as _;

use super::{Line, Script, Sound, Variable};

/// Columns of the page.
const WIDTH: usize = 100;
/// Where a text begins behind its number.
const INDENT: usize = 6;

/// The script as a text.
#[must_use]
pub fn text(script: &Script) -> String {
    let mut page = format!("{}: {}\n", script.flow, script.summary());
    for part in &script.parts {
        let _ = write!(page, "\n{}\n", part.title);
        part.lines.iter().for_each(|line| one(&mut page, line));
    }
    if !script.unheard.is_empty() {
        let _ = write!(page, "\nheard nowhere: {}\n", script.unheard.join(", "));
    }
    page
}

// Writes to a text do not fail.
fn one(page: &mut String, line: &Line) {
    let number = format!("{:>4}", line.number);
    if line.again {
        let _ = write!(page, "\n      see {}\n", line.number);
    } else {
        page.push('\n');
        for (n, variant) in line.variants.iter().enumerate() {
            let label = if variant.label.is_empty() { String::new() } else { format!("{}: ", variant.label) };
            let said = match line.sound {
                _ if variant.text.is_empty() => "(silence)".to_owned(),
                Sound::Audio => format!("♪ {}", variant.text),
                Sound::Speech | Sound::Frame => variant.text.clone(),
            };
            let head = if n == 0 { number.as_str() } else { "    " };
            wrapped(page, &format!("{head}  "), &format!("{label}{said}"));
        }
    }
    let facts = [line.hearer.word().to_owned(), line.step.clone()].into_iter().chain(line.phrase.clone());
    let mut facts = facts.collect::<Vec<_>>().join(" · ");
    if line.words() > 0 {
        let words = if line.words() == 1 { "word" } else { "words" };
        let _ = write!(facts, " · {} {words}, {} s", line.words(), line.millis().div_ceil(1000));
    }
    wrapped(page, "      - ", &facts);
    line.when.iter().for_each(|when| wrapped(page, "      - ", when));
    line.variables.iter().for_each(|variable| wrapped(page, "      - ", &shown(variable)));
}

/// `{{it}} is a Group, for example: Network, Database`.
pub(super) fn shown(variable: &Variable) -> String {
    let spoken = variable.spoken.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
    let examples = match variable.examples.as_slice() {
        [] => String::new(),
        examples => format!(", for example: {}", examples.join(", ")),
    };
    format!("{{{{{}}}}}: {}{spoken}{examples}", variable.name, variable.ty)
}

/// Writes a paragraph; what comes after its first line is indented.
fn wrapped(page: &mut String, head: &str, text: &str) {
    let (mut line, mut begun) = (head.to_owned(), false);
    for word in text.split_whitespace() {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            page.push_str(&line);
            page.push('\n');
            line = " ".repeat(if head.contains('-') { INDENT + 2 } else { INDENT });
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    page.push_str(line.trim_end());
    page.push('\n');
}
