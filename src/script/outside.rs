//! What is heard outside of scenes: rules, music, and what the language says by itself.

use std::collections::HashMap;

use super::walk::{Place, Walk};
use super::{Hearer, Sound};
use crate::graph::ways::Way;
use crate::graph::{NodeId, Op};
use crate::program::StepKind;

impl Walk<'_> {
    /// Rules that hold everywhere.
    pub(super) fn rules(&mut self) {
        let rules = &self.program.rules;
        self.examples.begin(HashMap::new());
        for (keys, block) in &rules.anywhere {
            let keys: Vec<String> = keys.iter().map(char::to_string).collect();
            self.under(format!("after pressing {} at any time", keys.join(" or ")), |walk| walk.block(block));
        }
        let rules = [
            (&rules.silence, "after silence"),
            (&rules.invalid, "after a key that is not offered"),
            (&rules.giveup, "after the last try"),
            (&rules.error, "when something fails"),
        ];
        for (block, when) in rules {
            if let Some(block) = block {
                self.under(when.to_owned(), |walk| walk.block(block));
            }
        }
        self.end_of_part("at any time");
    }

    pub(super) fn music(&mut self) {
        for music in &self.program.music {
            self.examples.begin(HashMap::new());
            self.hearer = Hearer::OnHold;
            let place = || Place { step: format!("music {}", music.name), span: music.span };
            match &music.url {
                Some(url) => self.audio(place(), url.clone()),
                None => {
                    for step in &music.steps {
                        match &step.kind {
                            StepKind::Say(words) => self.say(place(), words),
                            StepKind::Play(url) => self.play(place(), url),
                            _ => {}
                        }
                    }
                }
            }
            self.hearer = Hearer::Caller;
            self.end_of_part(&format!("music {}", music.name));
        }
    }

    /// What the language says by itself.
    pub(super) fn language(&mut self) {
        let program = self.program;
        self.examples.begin(HashMap::new());
        let span = |name: &str| program.phrases.iter().find(|p| &*p.name == name).and_then(|p| p.span);
        let place = |name: &str| Place { step: name.to_owned(), span: span(name).unwrap_or_default() };
        if program.rules.giveup.is_none() && self.is_reached("on giveup/say") {
            self.under("after the last try".to_owned(), |walk| walk.say(place("goodbye"), &program.goodbye));
        }
        if self.asks_services() {
            let when = "while a service keeps a caller waiting".to_owned();
            self.under(when, |walk| walk.say(place("one_moment"), &program.one_moment));
        }
        let when = "when a call cannot go on".to_owned();
        self.under(when, |walk| walk.say(place("apology"), &program.apology));
        self.option();
        self.end_of_part("said by the language");
    }

    /// The phrase around labels: it is heard only with a label in it.
    fn option(&mut self) {
        let program = self.program;
        let around = self.graph.nodes.iter().find_map(|node| match &node.op {
            Op::Menu(menu) => menu.arms.iter().find_map(|arm| arm.label.as_ref()?.around.as_ref()),
            _ => None,
        });
        let Some(words) = around else { return };
        let span = program.phrases.iter().find(|p| &*p.name == "option").and_then(|p| p.span).unwrap_or_default();
        let texts = self.texts(words);
        let place = Place { step: "option".to_owned(), span };
        self.under("around each label of a menu".to_owned(), |walk| {
            walk.line(place, Some("option".to_owned()), Sound::Frame, &texts);
        });
    }

    fn is_reached(&self, name: &str) -> bool {
        self.reachable.iter().any(|id| self.graph.node(*id).is_some_and(|node| &*node.name == name))
    }

    fn asks_services(&self) -> bool {
        let asks = |id: &NodeId| match self.graph.node(*id).map(|node| &node.op) {
            Some(Op::Wait(wait)) => wait.value.asks_outside(),
            Some(Op::Escalate(_) | Op::Dial { .. }) | None => false,
            Some(_) => self.graph.ways(*id).iter().any(|(way, _)| *way == Way::Failed),
        };
        self.reachable.iter().any(asks)
    }
}
