//! Strings with slots: each value is encoded for the place where it lands (section 11 of the language).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Context, Evaluated, Evaluator, Scope, Stop, speech};
use crate::expr::{Form, Slot, Template};
use crate::failure::{Failure, FailureKind};
use crate::template::SlotValue;
use crate::value::{Value, number_text};

/// RFC 3986 unreserved characters stay as they are.
const URL_PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The text of a template whose slots ask nothing of the world.
pub fn render(template: &Template, scope: &Scope<'_>, context: &Context<'_>) -> Result<String, Failure> {
    text(template, scope, context).map_err(failure)
}

/// The encoded values of a template's slots, in their order, if they ask nothing of the world: for a place that has
/// to know which parts of the text came from values.
pub fn slot_values(template: &Template, scope: &Scope<'_>, context: &Context<'_>) -> Result<Vec<SlotValue>, Failure> {
    let entered = std::cell::Cell::new(0);
    Evaluator { context, expanding: None, entered: &entered }.slots(template, scope).map_err(failure)
}

/// The text of a template.
pub fn text(template: &Template, scope: &Scope<'_>, context: &Context<'_>) -> Evaluated<String> {
    let entered = std::cell::Cell::new(0);
    Evaluator { context, expanding: None, entered: &entered }.template(template, scope)
}

/// What cannot wait fails.
fn failure(stop: Stop) -> Failure {
    match stop {
        Stop::Failed(failure) => failure,
        Stop::Waiting => Failure::of(FailureKind::Unset),
    }
}

impl Evaluator<'_> {
    pub(super) fn template(&self, template: &Template, scope: &Scope<'_>) -> Evaluated<String> {
        let values = self.slots(template, scope)?;
        // Every slot has its value, so the pattern cannot be left wanting; if it is, the text has no form.
        template.pattern.render(&values).map_err(|_| FailureKind::Shape.into())
    }

    fn slots(&self, template: &Template, scope: &Scope<'_>) -> Evaluated<Vec<SlotValue>> {
        let mut values: Vec<Option<SlotValue>> = Vec::with_capacity(template.slots.len());
        let mut stop = None;
        for (n, slot) in template.slots.iter().enumerate() {
            let value = if template.pattern.is_reached(n, &values) {
                // The first failure counts; what comes behind it is still evaluated, so that all is asked for at once.
                self.slot(slot, scope).map_err(|reason| stop.get_or_insert(reason)).ok()
            } else {
                Some(left_out(slot))
            };
            values.push(value);
        }
        stop.map_or_else(|| Ok(values.into_iter().flatten().collect()), Err)
    }

    fn slot(&self, slot: &Slot, scope: &Scope<'_>) -> Evaluated<SlotValue> {
        let value = self.value(&slot.value, scope)?;
        Ok(match &slot.form {
            Form::Truth => SlotValue::Truth(value != Value::Flag(false) && !value.is_none()),
            Form::Plain => SlotValue::Text(plain(&value)),
            Form::Spoken(form) => SlotValue::Text(speech::spoken(&value, form, self.context.zone)),
            Form::UrlPart => SlotValue::Text(url_part(&value)?),
            Form::UrlPath => SlotValue::Text(value.as_text().ok_or(FailureKind::Unset)?.to_owned()),
            Form::Header => SlotValue::Text(header(&value)?),
            Form::Keys => SlotValue::Text(keys(&value)?),
        })
    }
}

/// What stands in a slot behind a condition that does not hold: nobody sees it, so it need not have a form.
fn left_out(slot: &Slot) -> SlotValue {
    match slot.form {
        Form::Truth => SlotValue::Truth(false),
        _ => SlotValue::Text(String::new()),
    }
}

/// As a text value: numbers in digits, times in ISO 8601, absent as nothing.
fn plain(value: &Value) -> String {
    match value {
        Value::Number(number) => number_text(*number),
        Value::Text(text) | Value::Pending(text) => text.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Duration(_) | Value::Json(_) | Value::List(_) | Value::Record(_) => value.to_wire().to_string(),
        Value::None => String::new(),
    }
}

fn url_part(value: &Value) -> Result<String, Stop> {
    if value.is_none() {
        return Err(FailureKind::Path.into());
    }
    Ok(utf8_percent_encode(&plain(value), URL_PART).to_string())
}

fn header(value: &Value) -> Result<String, Stop> {
    if value.is_none() {
        return Err(FailureKind::Unset.into());
    }
    let text = plain(value);
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) { Ok(text) } else { Err(FailureKind::Header.into()) }
}

fn keys(value: &Value) -> Result<String, Stop> {
    let text = plain(value);
    let sendable = !text.is_empty() && text.chars().all(|key| key.is_ascii_digit() || key == '*' || key == '#');
    if sendable { Ok(text) } else { Err(FailureKind::Keys.into()) }
}
