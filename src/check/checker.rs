//! What checks one body: the names in scope, the point of the conversation, and what may be done there.

use std::sync::Arc;

use super::facts::Facts;
use super::fails::Fails;
use super::flow::Flow;
use super::frames::Frames;
use super::locals::Locals;
use super::report::Report;
use super::room::Room;
use super::world::World;
use crate::source::Span;
use crate::types::{Name, Type};

/// Checks one body: a scene, a rule, a query, an operation, a default.
pub(super) struct Checker<'a> {
    pub(super) world: &'a World,
    pub(super) report: &'a Report,
    /// The local names.
    pub(super) locals: Locals,
    /// Where the conversation is.
    pub(super) flow: Flow,
    /// How what was checked since the last step can fail.
    pub(super) fails: Fails,
    /// What an expression may use.
    pub(super) room: Room,
    /// What surrounds a step.
    pub(super) frames: Frames,
    /// Whether an expression stands under a negation (IVR308).
    pub(super) negated: bool,
    /// The query whose body this is: what it calls itself does not count as a use.
    pub(super) query: Option<Name>,
    /// The phrase whose words are being resolved, and the place that speaks it.
    pub(super) speaking: Option<(Name, Span)>,
    /// The texts said so far in this body.
    pub(super) said: Vec<Arc<str>>,
    /// Unknown names that have been reported: each is one mistake, however often it is used.
    pub(super) unknown: Vec<String>,
    /// Whether something was not understood that may have bound a name.
    pub(super) hazy: bool,
    /// In a field's default: fields of the record that have one, too, and get theirs later.
    pub(super) later: Vec<Name>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(world: &'a World, report: &'a Report, room: Room, facts: Facts) -> Self {
        Self {
            world,
            report,
            locals: Locals::default(),
            flow: Flow::begin(facts),
            fails: Fails::default(),
            room,
            frames: Frames::default(),
            negated: false,
            query: None,
            speaking: None,
            said: Vec::new(),
            unknown: Vec::new(),
            hazy: world.incomplete,
            later: Vec::new(),
        }
    }

    /// What to do about a name that is a field with a default of its own, which is filled in later.
    pub(super) fn comes_later(&self, name: &str) -> Option<String> {
        let field = self.later.iter().find(|later| ***later == *name)?;
        Some(format!("`{field}` has a default, too: put it in front of this field"))
    }

    /// Runs `work` and forgets the names it bound.
    pub(super) fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.locals.depth();
        let result = work(self);
        for name in self.locals.leave(depth) {
            self.flow.facts.forget(&name);
        }
        result
    }

    /// Runs `work` from `start` and gives where it ends; the conversation itself stays where it is.
    pub(super) fn branch<T>(&mut self, start: Flow, work: impl FnOnce(&mut Self) -> T) -> (T, Flow) {
        let here = std::mem::replace(&mut self.flow, start);
        let result = work(self);
        (result, std::mem::replace(&mut self.flow, here))
    }

    /// Runs `work` and gives how it can fail, besides what could fail before.
    pub(super) fn failing<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Fails) {
        let before = std::mem::take(&mut self.fails);
        let result = work(self);
        (result, std::mem::replace(&mut self.fails, before))
    }

    /// Runs `work` where no service can be asked: `place` says why.
    pub(super) fn without_requests<T>(&mut self, place: &'static str, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.room.no_requests.replace(place);
        let result = work(self);
        self.room.no_requests = before;
        result
    }

    /// The words for a type.
    pub(super) fn show(&self, ty: &Type) -> String {
        self.world.show(ty)
    }
}
