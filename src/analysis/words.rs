//! How long words take to be spoken, and whether they are heard at all.
//!
//! A character takes [`server::A_CHARACTER`]. What a slot holds is put in where it is known before the call (settings,
//! elements of lists that are written out); a value from a service, a caller or the call is taken to have no more than
//! [`VALUE`] characters.

use jiff::Timestamp;

use super::bound::Bound;
use crate::eval::{self, BREAK_CLOSE, BREAK_OPEN, Context, Nothing, Scope};
use crate::expr::{Expr, Form, Slot, Speech, Template, Words};
use crate::graph::{Graph, Menu, Pick};
use crate::limits::server;
use crate::program::Label;
use crate::types::Name;
use crate::value::{Fields, Value};

/// Characters of a value that is not known before the call.
pub(super) const VALUE: u64 = 100;

/// What speaks the words of a graph.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    graph: &'a Graph,
}

impl<'a> Speaker<'a> {
    pub(super) fn of(graph: &'a Graph) -> Self {
        Self { graph }
    }

    /// Milliseconds that words take, whichever try it is.
    pub(super) fn longest(self, words: &Words) -> u64 {
        words.tries.iter().map(|template| self.text(template, &Fields::new())).max().unwrap_or_default()
    }

    /// Milliseconds that words take at a try, from 1.
    pub(super) fn nth(self, words: &Words, n: u32) -> u64 {
        words.nth(n).map_or(0, |template| self.text(template, &Fields::new()))
    }

    /// The prompt of a menu at a try; arms with conditions are counted.
    pub(super) fn menu(self, menu: &Menu, n: u32) -> u64 {
        let labels = menu.arms.iter().filter_map(|arm| arm.label.as_ref()).map(|label| self.label(label, n));
        let closing = menu.closing.as_ref().map_or(0, |words| self.nth(words, n));
        labels.fold(self.nth(&menu.words, n).saturating_add(closing), u64::saturating_add)
    }

    fn label(self, label: &Label, n: u32) -> u64 {
        let own = label.words.nth(n).map_or(0, |template| self.text(template, &digit('0')));
        let Some(around) = label.around.as_ref().and_then(|words| words.nth(n)) else { return own };
        let mut locals = digit('0');
        locals.insert("label".into(), Value::text(""));
        own.saturating_add(self.text(around, &locals))
    }

    /// The question of a pick at a try, with its elements.
    pub(super) fn pick(self, pick: &Pick, n: u32) -> u64 {
        let asking = self.nth(&pick.asking, n);
        let Some(each) = pick.each.as_ref().and_then(|words| words.nth(n)) else { return asking };
        let spoken = match known(self.graph, &pick.list) {
            Some(items) => items.iter().map(|item| self.text(each, &about(item))).fold(0, u64::saturating_add),
            // Nine keys, nine elements.
            None => self.text(each, &digit('0')).saturating_mul(9),
        };
        asking.saturating_add(spoken)
    }

    fn text(self, template: &Template, locals: &Fields) -> u64 {
        if template.slots.iter().all(|slot| is_known(&slot.value, locals))
            && let Ok(text) = self.render(template, locals)
        {
            return spoken(&text);
        }
        let literal = literal(template.pattern.text());
        template.slots.iter().map(|slot| self.slot(slot, locals)).fold(literal, u64::saturating_add)
    }

    fn slot(self, slot: &Slot, locals: &Fields) -> u64 {
        let characters = match &slot.form {
            Form::Truth => 0,
            Form::Spoken(Speech::Break(millis)) => return u64::from(*millis),
            _ if is_known(&slot.value, locals) => return self.value(slot, locals),
            Form::Spoken(speech) => most(speech),
            _ => VALUE,
        };
        characters.saturating_mul(server::A_CHARACTER)
    }

    /// A slot whose value is known.
    fn value(self, slot: &Slot, locals: &Fields) -> u64 {
        let scope = Scope::over(locals);
        let Form::Spoken(speech) = &slot.form else { return 0 };
        let pattern = crate::template::Pattern::parse("{{value}}").map(|(pattern, _)| pattern);
        let Ok(pattern) = pattern else { return most(speech).saturating_mul(server::A_CHARACTER) };
        let template = Template { pattern: pattern.into(), slots: vec![slot.clone()] };
        eval::render(&template, &scope, &self.context()).map_or(0, |text| spoken(&text))
    }

    fn render(self, template: &Template, locals: &Fields) -> Result<String, crate::failure::Failure> {
        eval::render(template, &Scope::over(locals), &self.context())
    }

    fn context(self) -> Context<'a> {
        let graph = self.graph;
        let (settings, zone) = (graph.settings.as_slice(), &graph.zone);
        Context { settings, call: None, now: Timestamp::UNIX_EPOCH, zone, outside: &Nothing }
    }

    /// Whether words are heard whatever their values are: something is said outside of conditions.
    pub(super) fn certain(self, words: &Words) -> bool {
        let sure = |template: &Template| {
            let unconditional = !template.slots.iter().any(|slot| slot.form == Form::Truth);
            says_something(template.pattern.text())
                || unconditional && template.slots.iter().any(|slot| self.has_words(slot))
        };
        !words.tries.is_empty() && words.tries.iter().all(sure)
    }

    /// Whether a value has words. One that is not known before the call is taken to have some.
    fn has_words(self, slot: &Slot) -> bool {
        match &slot.form {
            Form::Spoken(Speech::Break(_)) | Form::Truth => false,
            _ => !is_known(&slot.value, &Fields::new()) || self.value(slot, &Fields::new()) > 0,
        }
    }
}

/// How many elements a list has at most; `most` is what its type allows.
pub(super) fn elements(graph: &Graph, list: &Expr, most: Option<u32>) -> Bound {
    let count = known(graph, list).map_or(most.map(u64::from), |items| Some(items.len() as u64));
    count.map_or(Bound::Open, Bound::Within)
}

/// The elements of a list that is known before the call.
pub(super) fn known(graph: &Graph, list: &Expr) -> Option<Vec<Value>> {
    match list {
        Expr::Setting(id) => graph.settings.get(usize::from(id.0)).map(Value::elements),
        Expr::Literal(value) => Some(value.elements()),
        Expr::List(items) => items
            .iter()
            .map(|item| match item {
                Expr::Literal(value) => Some(value.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// Whether a value does not depend on the call, given these local names.
fn is_known(expr: &Expr, locals: &Fields) -> bool {
    let mut known = true;
    expr.visit(&mut |expr| {
        known &= match expr {
            Expr::Local(name) => locals.contains_key(name),
            // What walks through a list binds a name of its own; it is not looked into.
            Expr::Call(_)
            | Expr::Now
            | Expr::Request(..)
            | Expr::Query(..)
            | Expr::Quantified { .. }
            | Expr::Comprehension { .. } => false,
            _ => true,
        };
    });
    known
}

fn digit(digit: char) -> Fields {
    Fields::from_iter([(Name::from("digit"), Value::text(digit.to_string()))])
}

fn about(item: &Value) -> Fields {
    let mut locals = digit('0');
    locals.insert("it".into(), item.clone());
    locals
}

/// Characters of a value at most, as it is spoken.
fn most(speech: &Speech) -> u64 {
    match speech {
        Speech::AsIs => VALUE,
        Speech::Number | Speech::Clock => 12,
        Speech::Spelled => 40,
        Speech::Date => 16,
        Speech::DateAndClock => 32,
        Speech::Duration => 48,
        Speech::Short(most) => u64::from(*most),
        Speech::Plural { one, many } => 13 + one.len().max(many.len()) as u64,
        Speech::Break(_) => 0,
    }
}

/// Milliseconds of a rendered text, silences included.
fn spoken(text: &str) -> u64 {
    let mut pieces = text.split(BREAK_OPEN);
    let first = pieces.next().map_or(0, characters);
    let rest = pieces.map(|piece| match piece.split_once(BREAK_CLOSE) {
        Some((millis, words)) => millis.parse::<u64>().unwrap_or(0).saturating_add(characters(words)),
        None => characters(piece),
    });
    rest.fold(first, u64::saturating_add)
}

fn characters(text: &str) -> u64 {
    (text.chars().count() as u64).saturating_mul(server::A_CHARACTER)
}

/// Milliseconds of what stands outside of `{{ }}`, of all alternatives together.
fn literal(text: &str) -> u64 {
    outside(text).map(|(part, _)| characters(part)).fold(0, u64::saturating_add)
}

/// Whether there is a word outside of `{{ }}` and of conditions.
fn says_something(text: &str) -> bool {
    outside(text).any(|(part, conditional)| !conditional && part.chars().any(char::is_alphanumeric))
}

/// What stands outside of `{{ }}`, and whether a condition stands around it.
fn outside(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut depth = 0_u32;
    text.split("{{").enumerate().map(move |(n, part)| {
        if n == 0 {
            return (part, false);
        }
        let Some((slot, behind)) = part.split_once("}}") else { return (part, true) };
        match slot.trim_start().chars().next() {
            Some('#') => depth = depth.saturating_add(1),
            Some('/') => depth = depth.saturating_sub(1),
            _ => {}
        }
        (behind, depth > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::{literal, says_something, spoken};
    use crate::limits::server::A_CHARACTER;

    #[test]
    fn breaks_last_as_long_as_they_say() {
        assert_eq!(spoken("ab"), 2 * A_CHARACTER);
        assert_eq!(spoken("a\u{E000}500\u{E001}b"), 2 * A_CHARACTER + 500);
        assert_eq!(literal("a{{x}}b{{#if y}}c{{else}}d{{/if}}e"), 5 * A_CHARACTER);
    }

    #[test]
    fn a_word_is_certain_outside_of_conditions() {
        for text in ["Hello {{x}}", "{{#if x}}{{x}}{{/if}} there", "{{#if x}}{{#if y}}a{{/if}}{{/if}}b"] {
            assert!(says_something(text), "{text}");
        }
        for text in
            ["", "{{x}}", "... {{x}} ...", "{{#if x}}Hello{{else}}Hi{{/if}}", "{{#if x}}{{#if y}}{{/if}}a{{/if}}"]
        {
            assert!(!says_something(text), "{text}");
        }
    }
}
