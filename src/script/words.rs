//! Texts as a script tells them: every try, every reading, with its variables and its length.

use super::examples::Examples;
use super::{Variable, Variant};
use crate::engine::MILLIS_A_CHARACTER;
use crate::expr::{Expr, Form, Speech, Template, Words};
use crate::prose::{Prose, duration, spoken_value};
use crate::template::Piece;
use crate::types::Types;

/// Examples that are told of a variable.
const MOST_EXAMPLES: usize = 3;
/// Readings of one text that are told apart; with more, their conditions are told inside of the text.
const MOST_READINGS: usize = 4;

/// A part of a text, its slots resolved.
#[derive(Debug, Clone)]
pub(super) enum Bit {
    Text(String),
    Slot(Variable),
    Break(u32),
    Condition { holds: String, not: String, yes: Vec<Bit>, no: Vec<Bit> },
}

/// What texts are resolved with.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub(super) prose: Prose<'a>,
    pub(super) types: &'a Types,
    pub(super) examples: &'a Examples<'a>,
}

/// What is said: for each try its parts.
pub(super) type Tries = Vec<Vec<Bit>>;

impl Resolver<'_> {
    /// The texts of words. Values that are spoken as they are, and are known, are texts.
    pub(super) fn words(self, words: &Words) -> Vec<(String, Tries)> {
        match words.tries.as_slice() {
            [only] => match spoken_value(only) {
                Some(value) => self.value(only, value),
                None => vec![(String::new(), vec![self.bits(only)])],
            },
            tries => vec![(String::new(), tries.iter().map(|template| self.bits(template)).collect())],
        }
    }

    fn value(self, template: &Template, value: &Expr) -> Vec<(String, Tries)> {
        let possible = self.examples.of(value);
        let texts: Option<Vec<&str>> = possible.values.iter().map(|value| value.as_text()).collect();
        match texts {
            Some(texts) if possible.all => {
                let label = |n: usize| {
                    if texts.len() > 1 { format!("text {} of {}", n + 1, texts.len()) } else { String::new() }
                };
                let one = |(n, text): (usize, &&str)| (label(n), vec![vec![Bit::Text((*text).to_owned())]]);
                texts.iter().enumerate().map(one).collect()
            }
            _ => {
                let name = self.prose.expr(value);
                let bits = self.bits(template).into_iter().map(|bit| match bit {
                    Bit::Slot(variable) => Bit::Slot(Variable { name: name.clone(), ..variable }),
                    other => other,
                });
                vec![(String::new(), vec![bits.collect()])]
            }
        }
    }

    /// The parts of a text.
    pub(super) fn bits(self, template: &Template) -> Vec<Bit> {
        self.pieces(template, template.pattern.outline())
    }

    fn pieces(self, template: &Template, pieces: Vec<Piece>) -> Vec<Bit> {
        let bit = |piece| match piece {
            Piece::Text(text) => Bit::Text(text),
            Piece::Slot { hole, inner } => self.slot(template, hole, inner),
            Piece::Condition { hole, yes, no } => {
                let condition = template.slots.get(hole).map_or(Expr::none(), |slot| slot.value.clone());
                Bit::Condition {
                    holds: format!("if {}", self.prose.expr(&condition)),
                    not: format!("if {}", self.prose.negated(&condition)),
                    yes: self.pieces(template, yes),
                    no: self.pieces(template, no),
                }
            }
        };
        pieces.into_iter().map(bit).collect()
    }

    fn slot(self, template: &Template, hole: usize, name: String) -> Bit {
        let Some(slot) = template.slots.get(hole) else { return Bit::Text(format!("{{{{{name}}}}}")) };
        let spoken = match &slot.form {
            Form::Spoken(Speech::Break(millis)) => return Bit::Break(*millis),
            Form::Spoken(speech) => how(speech),
            _ => None,
        };
        let examples = self.examples.spoken(slot, MOST_EXAMPLES);
        Bit::Slot(Variable { name, ty: self.types.show(&slot.ty), spoken, examples })
    }
}

/// How a value is spoken, if that is not as it is written.
fn how(speech: &Speech) -> Option<String> {
    Some(match speech {
        Speech::AsIs | Speech::Number | Speech::Break(_) => return None,
        Speech::Spelled => "spoken character by character".to_owned(),
        Speech::Date => "spoken as a date".to_owned(),
        Speech::Clock => "spoken as a time of day".to_owned(),
        Speech::DateAndClock => "spoken as date and time".to_owned(),
        Speech::Duration => "spoken as a length of time".to_owned(),
        Speech::Short(most) => format!("at most {most} characters of it"),
        Speech::Plural { one, many } => format!("followed by {one} or {many}"),
    })
}

/// Puts parts in the place of a variable.
pub(super) fn put(bits: Vec<Bit>, name: &str, with: &[Bit]) -> Vec<Bit> {
    let mut done = Vec::new();
    for bit in bits {
        match bit {
            Bit::Slot(variable) if variable.name == name => done.extend(with.iter().cloned()),
            Bit::Condition { holds, not, yes, no } => {
                let (yes, no) = (put(yes, name, with), put(no, name, with));
                done.push(Bit::Condition { holds, not, yes, no });
            }
            other => done.push(other),
        }
    }
    done
}

/// The variables of texts, each once.
pub(super) fn variables(texts: &[(String, Tries)]) -> Vec<Variable> {
    let mut found = Vec::new();
    texts.iter().flat_map(|(_, tries)| tries).for_each(|bits| collect(bits, &mut found));
    found
}

fn collect(bits: &[Bit], found: &mut Vec<Variable>) {
    for bit in bits {
        match bit {
            Bit::Slot(variable) if !found.contains(variable) => found.push(variable.clone()),
            Bit::Condition { yes, no, .. } => {
                collect(yes, found);
                collect(no, found);
            }
            _ => {}
        }
    }
}

/// Every way to say texts.
pub(super) fn variants(texts: &[(String, Tries)]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for (label, tries) in texts {
        for (n, bits) in tries.iter().enumerate() {
            for (conditions, flat) in readings(bits) {
                let parts = [label.clone(), nth(n, tries.len())].into_iter().chain(conditions);
                let label = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                variants.push(variant(label, &flat));
            }
        }
    }
    variants
}

/// Which try it is, of so many texts.
fn nth(n: usize, of: usize) -> String {
    match n {
        _ if of < 2 => String::new(),
        0 => "first time".to_owned(),
        _ if n + 1 == of => "then".to_owned(),
        1 => "second time".to_owned(),
        2 => "third time".to_owned(),
        _ => format!("time {}", n + 1),
    }
}

/// The readings of a text with the conditions of each; the conditions stand in the text if there are too many.
fn readings(bits: &[Bit]) -> Vec<(Vec<String>, Vec<Bit>)> {
    if count(bits) > MOST_READINGS {
        return vec![(Vec::new(), bits.to_vec())];
    }
    let mut readings = vec![(Vec::new(), Vec::new())];
    for bit in bits {
        readings = readings.into_iter().flat_map(|reading| with(reading, bit)).collect();
    }
    readings
}

fn with((conditions, flat): (Vec<String>, Vec<Bit>), bit: &Bit) -> Vec<(Vec<String>, Vec<Bit>)> {
    let Bit::Condition { holds, not, yes, no } = bit else {
        return vec![(conditions, flat.into_iter().chain([bit.clone()]).collect())];
    };
    let mut all = Vec::new();
    for (condition, inner) in [(holds, yes), (not, no)] {
        for (more, bits) in readings(inner) {
            let conditions = conditions.iter().cloned().chain([condition.clone()]).chain(more).collect();
            all.push((conditions, flat.iter().cloned().chain(bits).collect()));
        }
    }
    all
}

fn count(bits: &[Bit]) -> usize {
    let one = |bit: &Bit| match bit {
        Bit::Condition { yes, no, .. } => count(yes).saturating_add(count(no)),
        _ => 1,
    };
    bits.iter().map(one).fold(1, usize::saturating_mul)
}

fn variant(label: String, bits: &[Bit]) -> Variant {
    let (mut text, mut sound, mut pauses) = (String::new(), String::new(), 0);
    write(bits, &mut text, &mut sound, &mut pauses);
    let characters = u64::try_from(sound.trim().chars().count()).unwrap_or(u64::MAX);
    let pace = MILLIS_A_CHARACTER.unsigned_abs();
    let (words, millis) = (sound.split_whitespace().count(), characters.saturating_mul(pace).saturating_add(pauses));
    Variant { label, text: text.trim().to_owned(), words, millis }
}

/// The text with its braces, how it sounds with the first examples, and the milliseconds of its silences.
fn write(bits: &[Bit], text: &mut String, sound: &mut String, pauses: &mut u64) {
    for bit in bits {
        match bit {
            Bit::Text(part) => {
                text.push_str(part);
                sound.push_str(part);
            }
            Bit::Slot(variable) => {
                text.extend(["{{", &variable.name, "}}"]);
                // Of what nobody knows, a word.
                sound.push_str(variable.examples.first().map_or("variable", String::as_str));
            }
            Bit::Break(millis) => {
                *pauses += u64::from(*millis);
                text.extend(["[", &duration(u64::from(*millis)), " of silence]"]);
            }
            Bit::Condition { holds, yes, no, .. } => {
                text.extend(["[", holds, ": "]);
                write(yes, text, sound, pauses);
                if !no.is_empty() {
                    text.push_str(" / otherwise: ");
                    write(no, text, &mut String::new(), &mut 0);
                }
                text.push(']');
            }
        }
    }
}
