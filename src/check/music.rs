//! `music`: what a waiting caller hears.

use super::checker::Checker;
use super::exprs::constant_text;
use super::facts::Facts;
use super::frames::{Around, Part, Unhandled};
use super::report::Report;
use super::room::Room;
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::overrides::{Overrides, RawKind};
use crate::program::Music;
use crate::source::Span;
use crate::syntax::tree::{Block, File, ItemKind, Step, StepKind};
use crate::types::Type;

fn no_url(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::SettingValue, format!("`{name}` is music: a URL is wanted"))
        .at(span, "")
        .help("write the URL of audio, or of a TwiML document")
}

fn silent(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::OutOfPlace, format!("the music `{name}` plays nothing")).at(span, "").help("add `play \"…\"`")
}

/// All music, in the order of its declaration.
pub(super) fn check(world: &World, report: &Report, file: &File, overrides: &Overrides) -> Vec<Music> {
    let mut music: Vec<Music> = Vec::new();
    for item in &file.items {
        let ItemKind::Music { name, steps } = &item.kind else { continue };
        if world.music.get(name.text.as_str()) != Some(&name.span) {
            continue;
        }
        if !steps.iter().any(|step| matches!(step.kind, StepKind::Play(_) | StepKind::Say(_) | StepKind::Bad)) {
            report.add(silent(&name.text, name.span));
        }
        music.push(Music {
            name: name.text.as_str().into(),
            doc: item.doc.clone(),
            span: name.span,
            steps: words(world, report, steps, item.span),
            url: url(&name.text, report, overrides),
        });
    }
    music
}

/// Settings and `call` are all that it may use: music has no locals, and nothing is known for certain.
fn words(world: &World, report: &Report, steps: &[Step], span: Span) -> Vec<crate::program::Step> {
    let mut checker = Checker::new(world, report, Room::WORDS, Facts::default());
    let around = Around::of(Part::Music, Unhandled::Rules);
    let block = Block { steps: steps.to_vec(), span };
    checker.inside(around, |checker| checker.block(&block)).steps
}

fn url(name: &str, report: &Report, overrides: &Overrides) -> Option<String> {
    let given = overrides.get(name)?;
    match &given.value.kind {
        RawKind::Text(text) if matches!(constant_text(text, &Type::Url), Some(Ok(_))) => Some(text.clone()),
        _ => {
            report.add(no_url(name, given.value.span));
            None
        }
    }
}
