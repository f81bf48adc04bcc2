//! The script as Markdown: a table for each part.

use super::text::shown;
use super::{Line, Script, Sound};

const HEAD: &str = "| no. | what is heard | by | when | step | phrase | words | seconds |\n\
                    | --: | --- | --- | --- | --- | --- | --: | --: |\n";

/// The script as Markdown.
#[must_use]
pub fn markdown(script: &Script) -> String {
    let mut page = format!("# {}\n\n{}.\n", escaped(&script.flow), script.summary());
    for part in &script.parts {
        page.extend(["\n## ", &escaped(&part.title), "\n\n", HEAD]);
        part.lines.iter().for_each(|line| page.push_str(&row(line)));
    }
    if !script.unheard.is_empty() {
        page.extend(["\nHeard nowhere: ", &escaped(&script.unheard.join(", ")), ".\n"]);
    }
    page
}

fn row(line: &Line) -> String {
    let mut said: Vec<String> = line
        .variants
        .iter()
        .map(|variant| {
            let label =
                if variant.label.is_empty() { String::new() } else { format!("*{}:* ", escaped(&variant.label)) };
            let text = match line.sound {
                _ if variant.text.is_empty() => "(silence)".to_owned(),
                Sound::Audio => format!("♪ {}", escaped(&variant.text)),
                Sound::Speech | Sound::Frame => escaped(&variant.text),
            };
            format!("{label}{text}")
        })
        .collect();
    if line.again {
        said.push(format!("see {}", line.number));
    }
    said.extend(line.variables.iter().map(|variable| format!("({})", escaped(&shown(variable)))));
    let number = if line.again { String::new() } else { line.number.to_string() };
    let count = |n: u64| if n == 0 { String::new() } else { n.to_string() };
    let cells = [
        number,
        said.join("<br>"),
        line.hearer.word().to_owned(),
        line.when.iter().map(|when| escaped(when)).collect::<Vec<_>>().join("<br>"),
        escaped(&line.step),
        escaped(line.phrase.as_deref().unwrap_or_default()),
        count(u64::try_from(line.words()).unwrap_or(u64::MAX)),
        count(line.millis().div_ceil(1000)),
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// Text in which nothing is Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}
