//! Settings that are read by their names: `voice`, `timezone`, `caller_id`, `hold_budget` (section 4 of the language).

use jiff::tz::TimeZone;

use super::defaults::written_default;
use super::report::Report;
use super::world::{World, did_you_mean};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::limits::{TWILIO, Unknown, Voice};
use crate::overrides::{Overrides, RawKind};
use crate::program::HOLD_BUDGET;
use crate::source::Span;
use crate::syntax::tree::File;
use crate::types::Type;
use crate::value::Value;

fn runtime_type(name: &str, span: Span, want: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("the setting `{name}` is read by its name, as {want}"))
        .at(span, "")
        .help(format!("write `{name}: {want}`, or choose another name"))
}

fn unknown_zone(zone: &str, span: Span, near: Option<String>) -> Diagnostic {
    Diagnostic::new(Code::SettingValue, format!("`{zone}` is no time zone this machine knows"))
        .at(span, "")
        .help(near.unwrap_or_else(|| "write an IANA name such as `America/Toronto`, or `UTC`".into()))
}

fn no_voice(voice: &str, span: Span, near: Option<String>) -> Diagnostic {
    let help = || {
        format!(
            "write it as in \"Polly.Joanna-Neural\" or \"Google.en-US-Standard-C\"; all of them: {}",
            TWILIO.voices_page
        )
    };
    Diagnostic::new(Code::UnknownVoice, format!("`{voice}` is no voice")).at(span, "").help(near.unwrap_or_else(help))
}

/// The list of voices grows without us: this can only be a warning.
fn unlisted_voice(voice: &str, span: Span, near: Option<String>) -> Diagnostic {
    let help = || format!("look it up: {}", TWILIO.voices_page);
    let diagnostic = Diagnostic::new(Code::UnknownVoice, format!("the voice `{voice}` is not known"))
        .at(span, "none of those known to this version of ivrc")
        .help(near.unwrap_or_else(help));
    Diagnostic { severity: Severity::Warning, ..diagnostic }
}

/// The words may be in the language of the voice, except for those that the language itself speaks.
fn foreign_voice(voice: &str, span: Span, languages: &[&str], phrases: &[&str]) -> Diagnostic {
    let list: Vec<String> = phrases.iter().map(|name| format!("`{name}`")).collect();
    let diagnostic =
        Diagnostic::new(Code::UnknownVoice, format!("`{voice}` speaks no English, but some phrases are English"))
            .at(span, languages.join(", "))
            .help(format!("choose another voice, or declare the phrases {} in its language", list.join(", ")));
    Diagnostic { severity: Severity::Warning, ..diagnostic }
}

/// Whether the settings that the runtime reads have the type and a value that it can do something with.
pub(super) fn check(world: &World, file: &File, overrides: &Overrides, report: &Report) {
    for (name, want, shown) in [
        ("voice", Type::Text, "text"),
        ("timezone", Type::Text, "text"),
        ("caller_id", Type::Phone, "phone?"),
        (HOLD_BUDGET, Type::Duration, "duration"),
    ] {
        if let Some((_, setting)) = world.setting(name)
            && (setting.secret || !(*setting.ty.present() == want || setting.ty == Type::Unknown))
        {
            report.add(runtime_type(name, setting.ty_span, shown));
        }
    }
    if let Some((zone, span)) = default_of(world, file, "timezone")
        && TimeZone::get(&zone).is_err()
    {
        let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.as_str().to_owned()).collect();
        report.add(unknown_zone(&zone, span, did_you_mean(&zone, known.iter().map(String::as_str))));
    }
    let overridden = overrides.get("voice").and_then(|given| match &given.value.kind {
        RawKind::Text(voice) => Some((voice.clone(), given.value.span)),
        _ => None,
    });
    let declared = world.setting("voice").is_some();
    if let Some((voice, span)) = overridden.filter(|_| declared).or_else(|| default_of(world, file, "voice")) {
        check_voice(world, &voice, span, report);
    }
}

fn check_voice(world: &World, voice: &str, span: Span, report: &Report) {
    let near = || {
        let names: Vec<String> = Voice::names().collect();
        did_you_mean(voice, names.iter().map(String::as_str))
    };
    match Voice::named(voice) {
        Err(Unknown::NoVoice) => report.add(no_voice(voice, span, near())),
        Err(Unknown::NotListed) => report.add(unlisted_voice(voice, span, near())),
        Ok(known) if !known.speaks("en") => {
            let phrases = world.phrases.iter().filter(|(_, phrase)| phrase.wording.is_of_the_language());
            let phrases: Vec<&str> = phrases.map(|(name, _)| &**name).collect();
            if !phrases.is_empty() {
                report.add(foreign_voice(voice, span, &known.languages, &phrases));
            }
        }
        Ok(_) => {}
    }
}

/// The text that a setting has by default, and where it is written.
fn default_of(world: &World, file: &File, name: &str) -> Option<(String, Span)> {
    let (_, setting) = world.setting(name)?;
    let text = setting.default.as_ref().and_then(Value::as_text)?.to_owned();
    Some((text, written_default(file, setting)?.span))
}
