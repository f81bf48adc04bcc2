//! `menu` and `pick`: one key.

use std::collections::BTreeMap;

use super::Machine;
use super::event::Leg;
use super::run::Go;
use super::session::{Choice, State, Thread, Visit};
use super::turn::Then;
use crate::expr::Words;
use crate::failure::{Failure, FailureKind};
use crate::graph::ways::{self, Way};
use crate::graph::{Arm, Hearing, Menu, Node, NodeId, Op, Pick};
use crate::program::Keys;
use crate::types::Name;
use crate::value::{Fields, Value};

/// Keys of a telephone.
const KEYS: [char; 12] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'];

impl Machine<'_> {
    /// A new visit of a menu.
    pub(super) fn menu(&mut self, thread: &mut Thread, leg: &Leg, node: &Node, menu: &Menu) -> Result<Go, Go> {
        let offered = self.offered(thread, leg, node, menu)?;
        thread.visit = Some(Visit { offered, ..Visit::of(thread.at) });
        self.ask_menu(thread, leg, node, menu)
    }

    /// What each key leads to: arms whose condition holds; of `from LIST` the digits in the order of the list.
    fn offered(
        &mut self,
        thread: &mut Thread,
        leg: &Leg,
        node: &Node,
        menu: &Menu,
    ) -> Result<BTreeMap<char, Choice>, Go> {
        let digits = self.digits_of_values(thread, node, menu)?;
        let mut offered = BTreeMap::new();
        let mut any = None;
        for arm in &menu.arms {
            if let Some(condition) = &arm.condition
                && self.value(thread, node, condition)? != Value::Flag(true)
            {
                continue;
            }
            match &arm.keys {
                Keys::These(keys) => offered.extend(keys.iter().map(|key| (*key, Choice::Arm(arm.to)))),
                Keys::Value(value) => {
                    offered.extend(digits.get(value).map(|digit| (*digit, Choice::Arm(arm.to))));
                }
                Keys::Any => any = Some(arm.to),
            }
        }
        if let Some(to) = any {
            // A key that an arm names is that arm's, also when the arm is not offered now.
            let named =
                |key: char| menu.arms.iter().any(|arm| matches!(&arm.keys, Keys::These(keys) if keys.contains(&key)));
            let free = |key: &char| !named(*key) && self.anywhere(leg, *key).is_none();
            for key in KEYS.into_iter().filter(free) {
                offered.entry(key).or_insert(Choice::Arm(to));
            }
        }
        Ok(offered)
    }

    fn digits_of_values(&mut self, thread: &mut Thread, node: &Node, menu: &Menu) -> Result<BTreeMap<Name, char>, Go> {
        let Some(from) = &menu.from else { return Ok(BTreeMap::new()) };
        let values = self.value(thread, node, from)?.elements();
        let digits = ('1'..='9').zip(values);
        Ok(digits.filter_map(|(digit, value)| value.as_text().map(|value| (value.into(), digit))).collect())
    }

    /// Speaks the prompt of this try and listens.
    fn ask_menu(&mut self, thread: &mut Thread, leg: &Leg, node: &Node, menu: &Menu) -> Result<Go, Go> {
        let n = thread.tries();
        let mut prompt = vec![self.words(thread, node, &menu.words, n, Fields::new())?];
        for (key, arm) in announced(thread, menu) {
            if let Some(label) = &arm.label {
                let digit = ("digit".into(), Value::text(key.to_string()));
                let words = self.words(thread, node, &label.words, n, Fields::from_iter([digit.clone()]))?;
                prompt.push(match &label.around {
                    None => words,
                    Some(around) => {
                        let extra = Fields::from_iter([digit, ("label".into(), Value::text(words))]);
                        self.words(thread, node, around, n, extra)?
                    }
                });
            }
        }
        if let Some(closing) = &menu.closing {
            prompt.push(self.words(thread, node, closing, n, Fields::new())?);
        }
        Ok(self.listen(thread, leg, prompt, &menu.hearing))
    }

    fn listen(&mut self, thread: &mut Thread, leg: &Leg, prompt: Vec<String>, hearing: &Hearing) -> Go {
        prompt.into_iter().for_each(|text| self.speak(thread, leg, text));
        thread.state = State::Listening;
        Go::Turn(Then::Listen { digits: 1, within: hearing.within })
    }

    /// A new visit of a pick. A single element is not asked for.
    pub(super) fn pick(&mut self, thread: &mut Thread, leg: &Leg, node: &Node, pick: &Pick) -> Result<Go, Go> {
        let items = self.value(thread, node, &pick.list)?.elements();
        if let [only] = items.as_slice() {
            if let Some(alone) = &pick.alone {
                self.say(thread, leg, node, alone, 1, it(only))?;
            }
            pick.bind.iter().for_each(|name| thread.bind(name, only.clone()));
            return Ok(self.on(thread, Way::Alone, pick.next));
        }
        if *leg == Leg::Caller && self.caller_gone() {
            return Ok(self.end(thread));
        }
        let keys: Vec<Option<char>> = match &pick.by {
            None => ('1'..='9').map(Some).collect(),
            Some(column) => items.iter().map(|item| key_of(&item.field(column))).collect(),
        };
        let offered: BTreeMap<char, Choice> =
            keys.into_iter().zip(items).filter_map(|(key, item)| key.map(|key| (key, Choice::Element(item)))).collect();
        if offered.is_empty() {
            // The checker asks for a list that cannot be empty; a list from elsewhere may still be.
            return Err(self.fail(thread, node, &Failure::of(FailureKind::Shape)));
        }
        thread.visit = Some(Visit { offered, ..Visit::of(thread.at) });
        self.ask_pick(thread, leg, node, pick)
    }

    fn ask_pick(&mut self, thread: &mut Thread, leg: &Leg, node: &Node, pick: &Pick) -> Result<Go, Go> {
        let n = thread.tries();
        let mut prompt = vec![self.words(thread, node, &pick.asking, n, Fields::new())?];
        if let Some(each) = &pick.each {
            prompt.extend(self.choices(thread, node, each, n)?);
        }
        Ok(self.listen(thread, leg, prompt, &pick.hearing))
    }

    fn choices(&mut self, thread: &mut Thread, node: &Node, each: &Words, n: u32) -> Result<Vec<String>, Go> {
        let offered = thread.visit.as_ref().map(|visit| visit.offered.clone()).unwrap_or_default();
        let elements = offered.iter().filter_map(|(key, choice)| match choice {
            Choice::Element(item) => Some((*key, item)),
            Choice::Arm(_) => None,
        });
        elements
            .map(|(key, item)| {
                let mut extra = it(item);
                extra.insert("digit".into(), Value::text(key.to_string()));
                self.words(thread, node, each, n, extra)
            })
            .collect()
    }

    /// The same try again: its words are repeated.
    pub(super) fn repeat(&mut self, thread: &mut Thread, leg: &Leg) {
        let graph = self.graph;
        let Some(node) = thread.visit.as_ref().and_then(|visit| graph.node(visit.node)) else {
            return self.run(thread, leg);
        };
        let go = match &node.op {
            Op::Menu(menu) => self.ask_menu(thread, leg, node, menu),
            Op::Pick(pick) => self.ask_pick(thread, leg, node, pick),
            Op::Record(record) => self.ask_record(thread, leg, node, record, true),
            _ => return self.run(thread, leg),
        };
        self.follow(thread, leg, go);
    }

    /// The next try, after what was wrong with the last one has been said.
    pub(super) fn again(&mut self, thread: &mut Thread, leg: &Leg) -> Result<Go, Go> {
        let graph = self.graph;
        let Some(visit) = &mut thread.visit else { return Ok(self.end(thread)) };
        visit.tries += 1;
        thread.at = visit.node;
        let Some(node) = graph.node(visit.node) else { return Ok(Go::To(graph.apology)) };
        match &node.op {
            Op::Menu(menu) => self.ask_menu(thread, leg, node, menu),
            Op::Pick(pick) => self.ask_pick(thread, leg, node, pick),
            Op::Record(record) => self.ask_record(thread, leg, node, record, true),
            _ => Ok(Go::To(visit.node)),
        }
    }

    /// A key for the step that listens.
    pub(super) fn chosen(&mut self, thread: &mut Thread, leg: &Leg, key: char) {
        let choice = thread.visit.as_ref().and_then(|visit| visit.offered.get(&key)).cloned();
        match choice {
            None => self.missed(thread, leg, Miss::Invalid),
            Some(Choice::Arm(to)) => {
                let arms = match self.graph.node(thread.at).map(|node| &node.op) {
                    Some(Op::Menu(menu)) => menu.arms.as_slice(),
                    _ => &[],
                };
                if let Some(n) = arms.iter().position(|arm| arm.to == to) {
                    self.goes(thread.at, Way::Arm(ways::nth(n)));
                }
                thread.visit = None;
                thread.at = to;
                self.run(thread, leg);
            }
            Some(Choice::Element(item)) => {
                self.goes(thread.at, Way::Picked);
                thread.visit = None;
                if let Some(Op::Pick(pick)) = self.graph.node(thread.at).map(|node| &node.op) {
                    pick.bind.iter().for_each(|name| thread.bind(name, item.clone()));
                    thread.at = pick.next;
                }
                self.run(thread, leg);
            }
        }
    }

    /// A try has failed: what was wrong is said and the step listens again, or it is given up.
    pub(super) fn missed(&mut self, thread: &mut Thread, leg: &Leg, miss: Miss) {
        let graph = self.graph;
        let hearing = match graph.node(thread.at).map(|node| &node.op) {
            Some(Op::Menu(menu)) => &menu.hearing,
            Some(Op::Pick(pick)) => &pick.hearing,
            _ => return self.run(thread, leg),
        };
        let (way, complaint) = match miss {
            Miss::Silence => (Way::Silence, hearing.silence),
            Miss::Invalid => (Way::Invalid, hearing.invalid),
        };
        self.failed_try(thread, leg, hearing.tries, (way, complaint), hearing.giveup);
    }

    /// One of `tries` has failed.
    pub(super) fn failed_try(
        &mut self,
        thread: &mut Thread,
        leg: &Leg,
        tries: u32,
        (way, complaint): (Way, Option<NodeId>),
        giveup: NodeId,
    ) {
        let last = thread.tries() >= tries;
        self.goes(thread.at, if last { Way::GiveUp } else { way });
        if last {
            let go = gave_up(thread, giveup);
            return self.follow(thread, leg, Ok(go));
        }
        if let Some(complaint) = complaint {
            thread.at = complaint;
            self.run(thread, leg);
        } else {
            let go = self.again(thread, leg);
            self.follow(thread, leg, go);
        }
    }

    /// Goes on with what a step decided outside of [`Machine::run`].
    pub(super) fn follow(&mut self, thread: &mut Thread, leg: &Leg, go: Result<Go, Go>) {
        match go.unwrap_or_else(|go| go) {
            Go::To(to) => {
                thread.work.clear();
                thread.at = to;
                self.run(thread, leg);
            }
            Go::Turn(then) => self.tell(thread, leg, then),
            Go::Rest => {}
        }
    }
}

/// The last try has failed.
fn gave_up(thread: &mut Thread, to: NodeId) -> Go {
    thread.bind(&"error".into(), Failure::of(FailureKind::Giveup).to_value());
    thread.visit = None;
    Go::To(to)
}

/// What was wrong with a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// Nothing was pressed.
    Silence,
    /// A key that is not offered.
    Invalid,
}

/// Arms on offer with the key that announces each, in the order of the keys for `from LIST`, else of the text.
fn announced<'a>(thread: &Thread, menu: &'a Menu) -> Vec<(char, &'a Arm)> {
    let Some(visit) = &thread.visit else { return Vec::new() };
    let key_of = |arm: &Arm| match &arm.keys {
        Keys::These(keys) => keys.iter().copied().find(|key| visit.offered.contains_key(key)),
        _ => visit.offered.iter().find(|(_, choice)| **choice == Choice::Arm(arm.to)).map(|(key, _)| *key),
    };
    let mut arms: Vec<_> = menu.arms.iter().filter_map(|arm| key_of(arm).map(|key| (key, arm))).collect();
    if menu.from.is_some() {
        // Values in the order of the list, then what has keys of its own.
        arms.sort_by_key(|(key, arm)| (!matches!(arm.keys, Keys::Value(_)), *key));
    }
    arms
}

fn it(item: &Value) -> Fields {
    Fields::from_iter([("it".into(), item.clone())])
}

fn key_of(cell: &Value) -> Option<char> {
    let text = match cell {
        Value::Number(number) => crate::value::number_text(*number),
        other => other.as_text()?.to_owned(),
    };
    let mut characters = text.chars();
    characters.next().filter(|key| characters.next().is_none() && KEYS.contains(key))
}
