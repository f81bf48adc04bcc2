//! `send`, `do`, and the steps that wait.

use super::{Around, Lower, NOWHERE, Part};
use crate::graph::{self, Counting, NodeId, Op};
use crate::program::{Act, ActKind, Block, Escalate, LegOutcome, Menu, Record, Wait};
use crate::source::Span;
use crate::types::Name;

impl Lower<'_> {
    /// An act whose value is bound to `bind`, with the node of its `else`. `around.give` is what arms give to.
    pub(super) fn act(&mut self, act: &Act, bind: Option<Name>, otherwise: Option<NodeId>, around: &Around) -> NodeId {
        let id = self.act_at(act.span);
        let place = if bind.is_some() { "" } else { word(&act.kind) };
        let inner = if bind.is_some() { around.clone() } else { around.at(place) };
        let failed = otherwise.unwrap_or(around.failed);
        let giveup = otherwise.unwrap_or(around.giveup);
        let next = around.next;
        let op = match &act.kind {
            ActKind::Send { operation, args } => Op::Send { operation: *operation, args: args.clone(), bind, next },
            ActKind::Do { scene, args } => Op::Do { scene: *scene, args: args.clone(), bind, next, absent: otherwise },
            ActKind::Menu(menu) => self.menu(menu, giveup, &inner),
            ActKind::Pick(pick) => Op::Pick(graph::Pick {
                list: pick.list.clone(),
                single: pick.length.min <= 1,
                several: pick.length.max != Some(1),
                by: pick.by.clone(),
                asking: pick.asking.clone(),
                each: pick.each.clone(),
                alone: pick.alone.clone(),
                hearing: self.hearing(pick.hearing, giveup),
                bind,
                next,
            }),
            ActKind::Record(record) => self.record((record, act.span), bind, id, giveup, &inner),
            ActKind::Wait(wait) => self.wait(wait, bind, &inner),
            ActKind::Escalate(escalate) => self.escalate(escalate, bind, &inner),
            ActKind::Dial(dial) => Op::Dial {
                number: dial.number.clone(),
                ringing: dial.ringing,
                keys: dial.keys.clone(),
                star_drops: dial.star_drops,
                next,
            },
        };
        let failing = Around { failed, ..around.clone() };
        self.fill(id, &failing, place, act.span, op);
        id
    }

    fn menu(&mut self, menu: &Menu, giveup: NodeId, around: &Around) -> Op {
        let arms = menu
            .arms
            .iter()
            .map(|arm| graph::Arm {
                keys: arm.keys.clone(),
                label: arm.label.clone(),
                condition: arm.condition.clone(),
                to: self.landing(&arm.body, &around.at(&arm.keys.to_string()), arm.span),
            })
            .collect();
        Op::Menu(graph::Menu {
            words: menu.words.clone(),
            from: menu.from.clone(),
            arms,
            closing: menu.closing.clone(),
            hearing: self.hearing(menu.hearing, giveup),
        })
    }

    /// The first node of an arm, which is no other arm's first node: also an arm that only goes on has one of its own.
    fn landing(&mut self, block: &Block, around: &Around, span: Span) -> NodeId {
        if block.steps.is_empty() {
            return self.node(around, "", span, Op::pass(around.next));
        }
        self.block(block, around)
    }

    fn record(
        &mut self,
        (record, act): (&Record, Span),
        bind: Option<Name>,
        id: NodeId,
        giveup: NodeId,
        around: &Around,
    ) -> Op {
        // Arms may contain a menu that keeps the take: it needs a name even if the author gave none.
        let bind = bind.unwrap_or_else(|| format!("take {}", id.0).into());
        let inner = around.knowing([bind.clone()]);
        let arms = record
            .arms
            .iter()
            .map(|(keys, block)| (keys.clone(), self.landing(block, &inner.at(&keys.to_string()), act)))
            .collect();
        let short = record.short.as_ref().map(|block| self.block(block, &inner.at("short")));
        let limit = record.limit.as_ref().map(|block| self.block(block, &inner.at("limit")));
        Op::Record(graph::Record {
            words: record.words.clone(),
            least: record.least,
            longest: record.longest,
            transcribed: record.transcribed,
            tries: record.tries,
            arms,
            short,
            limit,
            giveup,
            bind,
            next: around.next,
        })
    }

    fn wait(&mut self, wait: &Wait, bind: Option<Name>, around: &Around) -> Op {
        let inner = Around { counting: Counting::Rounds, ..around.at("round").knowing(["round".into()]) };
        let round = self.node(&inner, "over", NOWHERE, Op::Round);
        let body = self.block(&wait.body, &inner.next(round));
        Op::Wait(graph::Wait {
            value: wait.value.clone(),
            every: wait.every,
            longest: wait.longest,
            body,
            bind,
            next: around.next,
            goes_on: false,
        })
    }

    fn escalate(&mut self, escalate: &Escalate, bind: Option<Name>, around: &Around) -> Op {
        let known = around.knowing([escalate.name.clone(), "round".into()]);

        let hold = self.node(&known, "hold", NOWHERE, Op::Hold);
        let caller_hears = self.block(&escalate.caller_hears, &known.at("caller hears").next(hold));

        let callee = self.callee(&known.at("callee hears"));
        let callee_hears = self.block(&escalate.callee_hears, &callee);

        let next_leg = self.node(&known, "next", NOWHERE, Op::NextLeg);
        let joined = self.node(&known, "joined", NOWHERE, Op::Joined);
        let mut outcomes = Vec::new();
        for (named, block) in &escalate.outcomes {
            for outcome in named {
                let place = known.at(outcome.word());
                let inner = match outcome {
                    LegOutcome::CallerGone | LegOutcome::Taken => {
                        let over = self.node(&place, "over", NOWHERE, Op::LegOver(None));
                        Around { next: over, ..self.callee(&place) }
                    }
                    LegOutcome::Accepted => place.next(joined),
                    _ => place.next(next_leg),
                };
                outcomes.push((*outcome, self.block(block, &inner)));
            }
        }
        Op::Escalate(graph::Escalate {
            name: escalate.name.clone(),
            list: escalate.list.clone(),
            most: escalate.most.clone(),
            bound: escalate.bound,
            ringing: escalate.ringing,
            music: escalate.music,
            caller_hears,
            callee_hears,
            outcomes,
            next_leg,
            bind,
            next: around.next,
        })
    }

    /// What surrounds the callee's part: of the file's rules only `on silence` and `on invalid` hold.
    fn callee(&mut self, place: &Around) -> Around {
        let failed = self.node(place, "failed", NOWHERE, Op::LegOver(Some(LegOutcome::Failed)));
        let silent = self.node(place, "silent", NOWHERE, Op::LegOver(Some(LegOutcome::Silent)));
        let declined = self.node(place, "declined", NOWHERE, Op::LegOver(Some(LegOutcome::Declined)));
        Around { next: declined, give: None, failed, giveup: silent, part: Part::Callee, ..place.clone() }
    }
}

/// What a step that has no name of its own is called.
fn word(kind: &ActKind) -> &'static str {
    match kind {
        ActKind::Send { .. } => "send",
        ActKind::Do { .. } => "do",
        ActKind::Menu(_) => "menu",
        ActKind::Pick(_) => "pick",
        ActKind::Record(_) => "record",
        ActKind::Wait(_) => "wait",
        ActKind::Escalate(_) => "escalate",
        ActKind::Dial(_) => "dial",
    }
}
