//! The script as comma-separated values (RFC 4180): a row for each variant, and for each place where it is heard again.

use super::text::shown;
use super::{Line, Part, Script, Sound, Variant};

const HEAD: [&str; 14] = [
    "number",
    "part",
    "step",
    "heard by",
    "when",
    "phrase",
    "kind",
    "variant",
    "text",
    "variables",
    "words",
    "seconds",
    "see",
    "place",
];

/// The script as a table with a head.
#[must_use]
pub fn csv(script: &Script) -> String {
    let mut table = row(&HEAD.map(str::to_owned));
    for part in &script.parts {
        for line in &part.lines {
            if line.again {
                table.push_str(&row(&cells(part, line, None)));
            }
            line.variants.iter().for_each(|variant| table.push_str(&row(&cells(part, line, Some(variant)))));
        }
    }
    table
}

fn cells(part: &Part, line: &Line, variant: Option<&Variant>) -> [String; 14] {
    let kind = match line.sound {
        Sound::Speech => "speech",
        Sound::Audio => "audio",
        Sound::Frame => "frame",
    };
    let text = |of: fn(&Variant) -> String| variant.map(of).unwrap_or_default();
    let number = line.number.to_string();
    let (own, see) = if line.again { (String::new(), number) } else { (number, String::new()) };
    [
        own,
        part.title.clone(),
        line.step.clone(),
        line.hearer.word().to_owned(),
        line.when.join("; "),
        line.phrase.clone().unwrap_or_default(),
        kind.to_owned(),
        text(|variant| variant.label.clone()),
        text(|variant| variant.text.clone()),
        line.variables.iter().map(shown).collect::<Vec<_>>().join("; "),
        text(|variant| variant.words.to_string()),
        text(|variant| variant.millis.div_ceil(1000).to_string()),
        see,
        line.place.clone(),
    ]
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains(['"', ',', '\n', '\r']);
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}
