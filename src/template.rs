//! Handlebars: what may stand in a string, and putting values into its slots.
//!
//! The only module that knows the crate. A string is parsed once, at compile time, into a [`Pattern`] with numbered
//! [`Hole`]s; the checker resolves each hole's path as an expression of the language, and at run time the encoded values
//! are put in, by Handlebars where a text has conditions. Values are never parsed as templates, and neither are the characters between the slots:
//! they are put in behind the parser, so that nothing in them (a backslash, a line break) can mean anything.

mod outline;

use std::sync::{Arc, LazyLock};

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Context, Handlebars, Path, RenderContext, Renderable, StringOutput, Template};
use serde_json::{Map, Value as Json};

pub use outline::Piece;

/// A parsed template. Two are equal if their texts are.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Arc<str>,
    compiled: Option<Arc<Compiled>>,
}

/// What values are put into.
#[derive(Debug)]
enum Compiled {
    /// Without conditions: texts, and for each hole whether it takes a value; what comes one after the other needs no
    /// template engine, which takes ten times as long for it, and most words that callers hear are of this kind.
    Row(Vec<Element>),
    /// For Handlebars: `text{{#if c0}}text{{v1}}{{/if}}`, with the conditions around each hole.
    Nested(Template, Vec<Vec<Guard>>),
}

/// A part of a text without conditions.
#[derive(Debug)]
enum Element {
    Text(String),
    /// The next hole.
    Hole,
}

/// A place in a pattern that wants a value; its number is its place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Which `{{ }}` of the text it is, counting all of them (`{{else}}` and `{{/if}}` too) from 0.
    pub slot: usize,
    /// What it takes.
    pub kind: HoleKind,
    /// The conditions around it, outermost first.
    pub guards: Vec<Guard>,
}

/// What a hole takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoleKind {
    /// `{{path}}` or `{{helper path}}`.
    Value {
        /// The words of the path; never empty.
        path: Vec<String>,
        /// The helper.
        helper: Option<Helper>,
    },
    /// `{{#if path}}` or `{{#unless path}}`: the truth of the path, for `unless` too.
    Condition {
        /// The words of the path; never empty.
        path: Vec<String>,
    },
    /// `{{break 500}}`: no value, a silence of so many milliseconds.
    Break(u32),
}

/// A helper with its literal parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "section 11 of the language describes each")]
pub enum Helper {
    Spell,
    Date,
    Time,
    Short(u32),
    Plural { one: String, many: String },
}

/// A condition around a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The number of the hole with the condition.
    pub condition: usize,
    /// Whether it holds there.
    pub holds: bool,
}

impl Hole {
    /// The first word of its path; none of a silence.
    #[must_use]
    pub fn root(&self) -> Option<&str> {
        match &self.kind {
            HoleKind::Value { path, .. } | HoleKind::Condition { path } => path.first().map(String::as_str),
            HoleKind::Break(_) => None,
        }
    }
}

/// What fills a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotValue {
    /// The encoded value.
    Text(String),
    /// For a condition.
    Truth(bool),
}

/// Something that may not stand in a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} cannot stand in a text")]
pub struct TemplateError {
    /// Which `{{ }}` of the text is to blame, from 0.
    pub slot: usize,
    /// The offending part, ready to be read in a message: "`{{#each}}`", "the helper `shout`".
    pub part: String,
    /// A word that is no helper, and where it stands between the braces.
    pub unknown: Option<(usize, String)>,
    /// What to write instead, if that is plain.
    pub help: Option<String>,
}

/// The helpers.
pub const HELPERS: [&str; 6] = ["spell", "date", "time", "short", "plural", "break"];

/// How a helper is used; none if there is no such helper.
#[must_use]
pub fn usage(helper: &str) -> Option<&'static str> {
    Some(match helper {
        "spell" => "{{spell call.sid}}",
        "date" => "{{date now}}",
        "time" => "{{time now}}",
        "short" => "{{short NAME 30}}",
        "plural" => "{{plural COUNT \"call\" \"calls\"}}",
        "break" => "{{break 500}}",
        _ => return None,
    })
}

/// A pattern was rendered with values that do not fit its holes.
#[derive(Debug, thiserror::Error)]
#[error("a text could not be put together: {0}")]
pub struct RenderFailure(String);

/// The character that stands for the text between slots while Handlebars looks at their structure.
const TEXT: char = '\u{E000}';

static ENGINE: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(handlebars::no_escape);
    engine
});

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    /// A pattern without holes: `text` as it is, braces included.
    pub fn plain(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), compiled: None }
    }

    /// Parses a text with `{{ }}`; the holes are in the order of the text.
    pub fn parse(text: &str) -> Result<(Self, Vec<Hole>), TemplateError> {
        let parts = split(text)?;
        let inners: Vec<&str> = parts.iter().filter_map(Part::inner).collect();
        if inners.is_empty() {
            return Ok((Self::plain(text), Vec::new()));
        }
        for (slot, inner) in inners.iter().enumerate() {
            refuse_by_spelling(slot, inner)?;
        }
        let template = compile(&parts, &inners)?;
        let mut walk = Walk { inners: &inners, next: 0, holes: Vec::new(), guards: Vec::new(), out: String::new() };
        walk.elements(&template)?;
        let (holes, source) = (walk.holes, walk.out);
        let compiled = if holes.iter().any(|hole| matches!(hole.kind, HoleKind::Condition { .. })) {
            let mut template = Template::compile(&source).map_err(|_| refused(0, "this combination of slots"))?;
            put_texts(&mut template, &mut parts.into_iter().filter_map(Part::into_text));
            Compiled::Nested(template, holes.iter().map(|hole| hole.guards.clone()).collect())
        } else {
            Compiled::Row(parts.into_iter().map(|part| part.into_text().map_or(Element::Hole, Element::Text)).collect())
        };
        Ok((Self { text: text.into(), compiled: Some(Arc::new(compiled)) }, holes))
    }

    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts one value into each hole, in their order.
    pub fn render(&self, slots: &[SlotValue]) -> Result<String, RenderFailure> {
        match self.compiled.as_deref() {
            None => Ok(self.text.to_string()),
            Some(Compiled::Row(elements)) => in_a_row(elements, slots),
            Some(Compiled::Nested(template, _)) => nested(template, slots),
        }
    }

    /// Whether a hole is in the text, given what fills the holes before it. What is behind a condition that is not
    /// known yet is not.
    #[must_use]
    pub fn is_reached(&self, hole: usize, before: &[Option<SlotValue>]) -> bool {
        let Some(Compiled::Nested(_, guards)) = self.compiled.as_deref() else { return true };
        let holds = |guard: &Guard| before.get(guard.condition) == Some(&Some(SlotValue::Truth(guard.holds)));
        guards.get(hole).is_none_or(|guards| guards.iter().all(holds))
    }
}

fn in_a_row(elements: &[Element], slots: &[SlotValue]) -> Result<String, RenderFailure> {
    let (mut out, mut slots) = (String::new(), slots.iter());
    for element in elements {
        match element {
            Element::Text(text) => out.push_str(text),
            Element::Hole => match slots.next() {
                Some(SlotValue::Text(text)) => out.push_str(text),
                Some(SlotValue::Truth(_)) | None => return Err(RenderFailure("a value is missing".to_owned())),
            },
        }
    }
    Ok(out)
}

fn nested(template: &Template, slots: &[SlotValue]) -> Result<String, RenderFailure> {
    let mut data = Map::new();
    for (n, slot) in slots.iter().enumerate() {
        match slot {
            SlotValue::Text(text) => data.insert(format!("v{n}"), Json::String(text.clone())),
            SlotValue::Truth(truth) => data.insert(format!("c{n}"), Json::Bool(*truth)),
        };
    }
    let mut context = Context::null();
    *context.data_mut() = Json::Object(data);
    let mut out = StringOutput::new();
    template
        .render(&ENGINE, &context, &mut RenderContext::new(None), &mut out)
        .map_err(|error| RenderFailure(error.to_string()))?;
    out.into_string().map_err(|error| RenderFailure(error.to_string()))
}

fn refused(slot: usize, part: impl Into<String>) -> TemplateError {
    TemplateError { slot, part: part.into(), unknown: None, help: None }
}

/// A stretch of a text.
enum Part<'t> {
    Text(&'t str),
    Slot(&'t str),
}

impl<'t> Part<'t> {
    fn inner(&self) -> Option<&'t str> {
        match self {
            Self::Text(_) => None,
            Self::Slot(inner) => Some(inner),
        }
    }

    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_owned()),
            Self::Slot(_) => None,
        }
    }
}

/// The same division into characters and slots as the grammar's: a slot ends at the first `}}`.
fn split(text: &str) -> Result<Vec<Part<'_>>, TemplateError> {
    let (mut parts, mut rest, mut slots) = (Vec::new(), text, 0);
    while let Some((before, after)) = rest.split_once("{{") {
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let (inner, behind) = after.split_once("}}").ok_or_else(|| refused(slots, "`{{` without `}}`"))?;
        parts.push(Part::Slot(inner));
        (rest, slots) = (behind, slots + 1);
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

/// What can be refused by looking at the slot alone, with the plainest words.
fn refuse_by_spelling(slot: usize, inner: &str) -> Result<(), TemplateError> {
    let trimmed = inner.trim();
    let word = trimmed.split_whitespace().next().unwrap_or_default();
    match trimmed.chars().next() {
        None => Err(refused(slot, "an empty `{{}}`")),
        Some('{') => Err(refused(slot, "raw output with three braces")),
        Some('&') => Err(refused(slot, "raw output with `&`")),
        Some('>') => Err(refused(slot, "a partial")),
        Some('*') => Err(refused(slot, "a decorator")),
        Some('!') => Err(refused(slot, "a comment")),
        Some('^') => Err(refused(slot, "`{{^}}`")),
        Some('#') if !matches!(word, "#if" | "#unless") => Err(refused(slot, format!("`{{{{{word}}}}}`"))),
        _ if word == "else" && trimmed != "else" => Err(refused(slot, format!("`{{{{{trimmed}}}}}`"))),
        _ if trimmed.starts_with('~') || trimmed.ends_with('~') => Err(refused(slot, "`~`")),
        _ if inner.contains(['(', '\n', TEXT]) => Err(refused(slot, format!("`{{{{{trimmed}}}}}`"))),
        _ => Ok(()),
    }
}

/// Lets Handlebars parse the slots, with one character for every text between them.
fn compile(parts: &[Part<'_>], inners: &[&str]) -> Result<Template, TemplateError> {
    let (mut source, mut starts) = (String::new(), Vec::new());
    for part in parts {
        match part {
            Part::Text(_) => source.push(TEXT),
            Part::Slot(inner) => {
                starts.push(source.chars().count());
                source.extend(["{{", inner, "}}"]);
            }
        }
    }
    Template::compile(&source).map_err(|error| {
        let column = error.pos().map_or(0, |(_, column)| column);
        let slot = starts.iter().rposition(|start| *start < column.max(1)).unwrap_or(0);
        let inner = inners.get(slot).map_or("", |inner| inner.trim());
        refused(slot, format!("`{{{{{inner}}}}}`"))
    })
}

/// Puts the texts between the slots where [`Walk`] has written a tag for each: Handlebars writes them as they are.
fn put_texts(template: &mut Template, texts: &mut impl Iterator<Item = String>) {
    for element in &mut template.elements {
        match element {
            TemplateElement::Expression(expression) if is_text(expression) => {
                *element = TemplateElement::RawString(texts.next().unwrap_or_default());
            }
            TemplateElement::HelperBlock(block) => {
                for part in [&mut block.template, &mut block.inverse].into_iter().flatten() {
                    put_texts(part, texts);
                }
            }
            _ => {}
        }
    }
}

/// Whether this is the tag of a text: `{{t}}`. Those of values have numbers.
fn is_text(expression: &HelperTemplate) -> bool {
    expression.name.as_name() == Some("t")
}

/// Walks over what Handlebars understood, in step with the slots of the text, and writes the pattern with numbers.
struct Walk<'a> {
    inners: &'a [&'a str],
    next: usize,
    holes: Vec<Hole>,
    guards: Vec<Guard>,
    out: String,
}

impl Walk<'_> {
    fn elements(&mut self, template: &Template) -> Result<(), TemplateError> {
        template.elements.iter().try_for_each(|element| match element {
            TemplateElement::RawString(text) => {
                text.chars().for_each(|_| self.write("t"));
                Ok(())
            }
            TemplateElement::Expression(expression) => self.expression(expression),
            TemplateElement::HelperBlock(block) => self.block(block),
            _ => Err(self.refuse_this(self.next)),
        })
    }

    fn expression(&mut self, expression: &HelperTemplate) -> Result<(), TemplateError> {
        let slot = self.take();
        let number = self.holes.len();
        let kind = if expression.params.is_empty() && expression.hash.is_empty() {
            HoleKind::Value { path: self.path(slot, &expression.name)?, helper: None }
        } else {
            self.helper(slot, expression)?
        };
        self.holes.push(Hole { slot, kind, guards: self.guards.clone() });
        self.write(&format!("v{number}"));
        Ok(())
    }

    fn helper(&self, slot: usize, expression: &HelperTemplate) -> Result<HoleKind, TemplateError> {
        let name = expression.name.as_name().unwrap_or_default();
        let wrong = || TemplateError { help: self.right_use(slot, name), ..self.refuse_this(slot) };
        if !expression.hash.is_empty() {
            return Err(wrong());
        }
        if !HELPERS.contains(&name) {
            let place = self.inners.get(slot).and_then(|inner| inner.find(name)).unwrap_or_default();
            let unknown = Some((place, name.to_owned()));
            return Err(TemplateError { unknown, ..refused(slot, format!("the helper `{name}`")) });
        }
        let value =
            |path: &Parameter, helper| Ok(HoleKind::Value { path: self.path(slot, path)?, helper: Some(helper) });
        match (name, expression.params.as_slice()) {
            ("break", [Parameter::Literal(millis)]) => small(millis).map(HoleKind::Break).ok_or_else(wrong),
            ("spell", [path]) => value(path, Helper::Spell),
            ("date", [path]) => value(path, Helper::Date),
            ("time", [path]) => value(path, Helper::Time),
            ("short", [path, Parameter::Literal(most)]) => value(path, Helper::Short(small(most).ok_or_else(wrong)?)),
            ("plural", [path, Parameter::Literal(Json::String(one)), Parameter::Literal(Json::String(many))]) => {
                value(path, Helper::Plural { one: one.clone(), many: many.clone() })
            }
            _ => Err(wrong()),
        }
    }

    /// How a helper that was used in a wrong way is to be used: its words are those that stand there, if they can be.
    fn right_use(&self, slot: usize, helper: &str) -> Option<String> {
        let words: Vec<&str> = self.inner(slot).split_whitespace().collect();
        match words.as_slice() {
            ["plural", count, one, many] if count.split('.').all(is_word) && is_word(one) && is_word(many) => {
                Some(format!("words stand in quotes: write `{{{{plural {count} \"{one}\" \"{many}\"}}}}`"))
            }
            _ => usage(helper).map(|usage| format!("write it like `{usage}`")),
        }
    }

    fn block(&mut self, block: &HelperTemplate) -> Result<(), TemplateError> {
        let slot = self.take();
        let word = block.name.as_name().unwrap_or_default();
        let ([path], true, None) = (block.params.as_slice(), block.hash.is_empty(), &block.block_param) else {
            return Err(self.refuse_this(slot));
        };
        let path = self.path(slot, path)?;
        let condition = self.holes.len();
        self.holes.push(Hole { slot, kind: HoleKind::Condition { path }, guards: self.guards.clone() });
        self.write(&format!("#{word} c{condition}"));
        let holds = word == "if";
        self.guarded(Guard { condition, holds }, block.template.as_ref())?;
        if self.inner(self.next) == "else" {
            self.take();
            self.write("else");
            self.guarded(Guard { condition, holds: !holds }, block.inverse.as_ref())?;
        }
        self.take();
        self.write(&format!("/{word}"));
        Ok(())
    }

    fn guarded(&mut self, guard: Guard, template: Option<&Template>) -> Result<(), TemplateError> {
        self.guards.push(guard);
        let result = template.map_or(Ok(()), |template| self.elements(template));
        self.guards.pop();
        result
    }

    /// A path is words with dots: no `this`, no `../`, no `@index`, no `[0]`.
    fn path(&self, slot: usize, parameter: &Parameter) -> Result<Vec<String>, TemplateError> {
        let (Parameter::Path(Path::Relative((_, written))) | Parameter::Name(written)) = parameter else {
            return Err(self.refuse_this(slot));
        };
        let words: Vec<String> = written.split('.').map(str::to_owned).collect();
        let first_is_this = words.first().is_some_and(|word| word == "this");
        if first_is_this || !words.iter().all(|word| is_word(word)) {
            return Err(refused(slot, format!("the path `{written}`")));
        }
        Ok(words)
    }

    /// Writes a tag of the numbered pattern.
    fn write(&mut self, tag: &str) {
        self.out.extend(["{{", tag, "}}"]);
    }

    fn take(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn inner(&self, slot: usize) -> &str {
        self.inners.get(slot).map_or("", |inner| inner.trim())
    }

    fn refuse_this(&self, slot: usize) -> TemplateError {
        refused(slot, format!("`{{{{{}}}}}`", self.inner(slot)))
    }
}

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn small(number: &Json) -> Option<u32> {
    number.as_u64().and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests;
