//! The rules that hold everywhere.

use super::checker::Checker;
use super::declare::anywhere_keys;
use super::facts::Facts;
use super::fails::Fails;
use super::frames::{Around, Part, Unhandled};
use super::handling::Misses;
use super::report::Report;
use super::room::Room;
use super::spans;
use super::speech::Counted;
use super::world::World;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::Expr;
use crate::failure::FailureKind;
use crate::limits::server;
use crate::program::{Block, Rules};
use crate::source::Span;
use crate::syntax::tree::{File, Happens, Hearing, ItemKind, Word};

fn does_not_leave(rule: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::FallibleHandler, format!("`{rule}` must leave"))
        .at(span, "the conversation would have nowhere to go on")
        .help("end every way with `=> scene` or `hang up`")
}

fn unknown_event(span: Span, event: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownName, format!("there is no rule `on {event}`"))
        .at(span, "")
        .help("the rules are `on silence`, `on invalid`, `on giveup`, `on error` and `on hangup`")
}

/// `admit` alone: what it proves is known in everything else.
pub(super) fn admit(world: &World, report: &Report, file: &File) -> (Option<(Expr, Block)>, Facts) {
    let found = file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Admit { condition, otherwise } => Some((condition, otherwise)),
        _ => None,
    });
    let Some((condition, otherwise)) = found else { return (None, Facts::default()) };
    let mut checker = Checker::new(world, report, Room::CONVERSATION, Facts::default());
    // It fails closed: a failure leads where a caller who is not admitted is led.
    let (condition, fails) = checker.failing(|checker| checker.condition(condition));
    let misses = Misses { fails, gives_up: false, absent: true };
    let mut passed = Facts::default();
    passed.assume(&condition, true);
    checker.flow.facts.assume(&condition, false);
    if condition.asks_outside() {
        checker.flow.facts = Facts::default();
    }
    let around = Around::of(Part::Rule, Unhandled::Handler(true));
    let block = checker.inside(around, |checker| checker.happens_else(otherwise, &misses));
    checker.must_leave("admit … else", otherwise);
    (Some((condition, block)), passed)
}

/// All rules but `admit`.
pub(super) fn check(world: &World, report: &Report, file: &File, facts: &Facts, admit: Option<(Expr, Block)>) -> Rules {
    let mut rules = Rules {
        admit,
        listen: world.rules.listen.unwrap_or(server::LISTEN),
        tries: world.rules.tries.unwrap_or(server::TRIES),
        silence: None,
        invalid: None,
        giveup: None,
        error: None,
        hangup: None,
        anywhere: Vec::new(),
    };
    for item in &file.items {
        match &item.kind {
            ItemKind::Listen { within, tries } => {
                let checker = Checker::new(world, report, Room::CONVERSATION, Facts::default());
                checker.hearing(Hearing { within: Some(*within), tries: *tries });
            }
            ItemKind::On { event, happens } => on(world, report, event, happens, facts, &mut rules),
            ItemKind::Anywhere { keys, happens } => {
                let block = leaving(world, report, "anywhere", happens, facts, false);
                rules.anywhere.push((keys.iter().flat_map(anywhere_keys).collect(), block));
            }
            _ => {}
        }
    }
    rules
}

fn on(world: &World, report: &Report, event: &Word, happens: &Happens, facts: &Facts, rules: &mut Rules) {
    match event.text.as_str() {
        "silence" => rules.silence = Some(repeating(world, report, happens, facts)),
        "invalid" => rules.invalid = Some(repeating(world, report, happens, facts)),
        "giveup" => rules.giveup = Some(leaving(world, report, "on giveup", happens, facts, true)),
        "error" => rules.error = Some(on_error(world, report, happens, facts)),
        "hangup" => {
            let mut checker = Checker::new(world, report, Room::CONVERSATION, facts.clone());
            let around = Around::of(Part::Nobody, Unhandled::Ends);
            rules.hangup = Some(checker.inside(around, |checker| checker.happens(happens)));
        }
        other => report.add(unknown_event(event.span, other)),
    }
}

/// `on silence`, `on invalid`: words before the prompt is repeated.
fn repeating(world: &World, report: &Report, happens: &Happens, facts: &Facts) -> Block {
    let mut checker = Checker::new(world, report, Room::WORDS, facts.clone());
    let around = Around { counted: Counted::Yes, ..Around::of(Part::Repeat, Unhandled::Rules) };
    checker.inside(around, |checker| checker.happens(happens))
}

/// A rule that leaves.
fn leaving(world: &World, report: &Report, rule: &str, happens: &Happens, facts: &Facts, giveup: bool) -> Block {
    let mut checker = Checker::new(world, report, Room::CONVERSATION, facts.clone());
    let around = Around::of(Part::Rule, Unhandled::Handler(giveup));
    let block = checker.inside(around, |checker| checker.happens(happens));
    checker.must_leave(rule, happens);
    block
}

fn on_error(world: &World, report: &Report, happens: &Happens, facts: &Facts) -> Block {
    let mut checker = Checker::new(world, report, Room::CONVERSATION, facts.clone());
    let around = Around::of(Part::Rule, Unhandled::Handler(true));
    let any = Fails::of(happens.span, "", &[FailureKind::Failed]);
    let misses = Misses { fails: any, ..Misses::default() };
    let block = checker.inside(around, |checker| checker.happens_else(happens, &misses));
    checker.must_leave("on error", happens);
    block
}

impl Checker<'_> {
    fn must_leave(&self, rule: &str, happens: &Happens) {
        if self.flow.live && !self.hazy {
            let span = happens.body.steps.last().map_or(happens.span, spans::of_step);
            self.report.add(does_not_leave(rule, span));
        }
    }
}
