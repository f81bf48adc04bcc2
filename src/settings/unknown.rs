//! Overrides that name nothing: an error, not a silent typo.

use super::names::variable;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::overrides::{Origin, Override, RawKind};
use crate::program::Program;

/// Reports the overrides whose name is no setting, phrase or music of the flow, or stands in the wrong place; the names
/// that were probably meant.
pub(super) fn report<'a>(program: &'a Program, overrides: &[Override], found: &mut Diagnostics) -> Vec<&'a str> {
    let mut meant = Vec::new();
    let settings: Vec<&str> = program.settings.iter().map(|setting| &*setting.name).collect();
    let music: Vec<&str> = program.music.iter().map(|music| &*music.name).collect();
    let phrases: Vec<&str> = program.phrases.iter().map(|phrase| &*phrase.name).collect();
    for entry in overrides {
        let name = entry.name.as_str();
        let (valued, phrase) = (settings.contains(&name) || music.contains(&name), phrases.contains(&name));
        let problem = match (entry.origin, entry.in_phrases) {
            (Origin::File, true) if phrase => continue,
            (Origin::File, true) if valued => misplaced(entry, "no phrase", "move it above the line `[phrases]`"),
            (Origin::File, false) if valued => continue,
            (Origin::File, false) if phrase => misplaced(entry, "a phrase", "move it below the line `[phrases]`"),
            (Origin::Environment | Origin::Test, _) if valued || phrase => continue,
            _ => {
                let known = settings.iter().chain(&music).chain(&phrases).copied();
                let near = nearest(name, known);
                meant.extend(near);
                unknown(program, entry, near)
            }
        };
        found.push(problem);
    }
    meant
}

fn misplaced(entry: &Override, is: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownSetting, format!("`{}` is {is}", entry.name)).at(entry.name_span, "").help(help)
}

fn unknown(program: &Program, entry: &Override, near: Option<&str>) -> Diagnostic {
    let flow = &program.name;
    let written = match entry.origin {
        Origin::Environment => variable(flow, &entry.name),
        Origin::File | Origin::Test => entry.name.clone(),
    };
    let message = format!("`{written}` names no setting, phrase or music of `{flow}`");
    let known = format!("what can be set stands in `{flow}.ivr` under `settings`, `phrases` and `music`");
    let is_table = matches!(entry.value.kind, RawKind::Record(_));
    let help = match (near, entry.origin) {
        (_, Origin::File) if is_table && nearest(&entry.name, ["phrases"]).is_some() => {
            "did you mean `[phrases]`?".to_owned()
        }
        (Some(near), Origin::Environment) => format!("did you mean `{}`?", variable(flow, near)),
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Origin::Environment) => format!("unset it; {known}"),
        (None, _) => format!("remove it; {known}"),
    };
    Diagnostic::new(Code::UnknownSetting, message).at(entry.name_span, "unknown").help(help)
}
