//! Scenario tests.

use super::Builder;
use crate::source::Span;
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::scenario::{
    Deed, DeedKind, Heard, OnWire, Pressed, Reply, ReplyKind, Scenario, ScenarioLine, Setup, Tests, WireHeader,
};

impl Builder<'_> {
    /// Everything in `tests`. Lines that prepare belong to the head, wherever they stand outside of a test.
    pub(super) fn tests(&mut self, pair: Pair<'_>) -> Tests {
        let mut tests = Tests::default();
        let mut before = None;
        for pair in Kids::of(pair) {
            let span = self.span(&pair);
            let start = pair.as_span().start();
            match pair.as_rule() {
                Rule::bad_setup => {
                    self.bad(&pair, before.take(), Rule::after_setup, Rule::one_setup);
                    continue;
                }
                Rule::scenario => {
                    match self.scenario(pair) {
                        Some(scenario) => tests.scenarios.push(scenario),
                        None => self.lost(span),
                    }
                    // Nothing goes on behind a test: what follows is looked at by itself.
                    before = None;
                    continue;
                }
                _ => match self.setup(pair) {
                    Some(setup) => tests.head.push(setup),
                    None => self.lost(span),
                },
            }
            before = Some(start);
        }
        tests
    }

    fn setup(&mut self, pair: Pair<'_>) -> Option<Setup> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut kids = Kids::of(pair);
        Some(match rule {
            Rule::given => {
                let name = self.next_word(&mut kids)?;
                Setup::Given { name, value: self.expr(kids.next()?) }
            }
            Rule::stub => {
                let operation = self.path(kids.next()?);
                let args = kids.eat(Rule::args).map(|args| self.args(args));
                let replies = kids.map(|reply| self.reply(reply)).collect::<Option<_>>()?;
                Setup::Stub { operation, args, replies, span }
            }
            Rule::clock => Setup::Clock { text: self.literal(kids.next()?).template(), span },
            Rule::fixture => {
                let name = self.next_word(&mut kids)?;
                let params = kids.eat(Rule::fixture_params);
                let params =
                    params.map_or_else(Vec::new, |params| Kids::of(params).map(|param| self.word(&param)).collect());
                Setup::Fixture { name, params, value: self.expr(kids.next()?) }
            }
            Rule::unreached => {
                let edge = kids.next()?;
                let span = self.span(&edge);
                let edge = self.literal(edge).template();
                Setup::Unreached { edge, span, reason: self.literal(kids.next()?).template() }
            }
            _ => return None,
        })
    }

    fn reply(&mut self, pair: Pair<'_>) -> Option<Reply> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        if kids.eats(Rule::k_timeout) {
            return Some(Reply { span, kind: ReplyKind::Timeout });
        }
        let status = kids.next()?;
        let body = kids.next().map(|body| self.expr(body));
        let kind = if status.as_rule() == Rule::column {
            ReplyKind::Column(self.word(&status), body)
        } else {
            ReplyKind::Status(self.count(&status), body)
        };
        Some(Reply { span, kind })
    }

    fn scenario(&mut self, pair: Pair<'_>) -> Option<Scenario> {
        let mut kids = Kids::of(pair);
        let title = kids.next()?;
        let span = self.span(&title);
        let title = self.literal(title).template();
        let cases = kids.eat(Rule::cases).map_or_else(Vec::new, |cases| self.rows(Kids::of(cases)));
        let (mut lines, mut incomplete) = (Vec::new(), false);
        let mut before = None;
        for part in kids {
            let place = self.span(&part);
            let start = part.as_span().start();
            match part.as_rule() {
                Rule::unclosed => {}
                Rule::bad_line => {
                    incomplete = true;
                    self.bad(&part, before.take(), Rule::after_line, Rule::one_line);
                }
                rule => {
                    before = Some(start);
                    let line =
                        if rule == Rule::line { self.deeds(part) } else { self.setup(part).map(ScenarioLine::Setup) };
                    if let Some(line) = line {
                        lines.push(line);
                    } else {
                        incomplete = true;
                        self.lost(place);
                    }
                }
            }
        }
        Some(Scenario { title, span, cases, lines, incomplete })
    }

    fn deeds(&mut self, pair: Pair<'_>) -> Option<ScenarioLine> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let actor = self.next_word(&mut kids)?;
        let deeds = kids.map(|deed| self.deed(deed)).collect::<Option<_>>()?;
        Some(ScenarioLine::Deeds { actor, deeds, span })
    }

    fn deed(&mut self, pair: Pair<'_>) -> Option<Deed> {
        let span = self.span(&pair);
        let inner = Kids::of(pair).next()?;
        Some(Deed { span, kind: self.deed_kind(inner)? })
    }

    fn deed_kind(&mut self, pair: Pair<'_>) -> Option<DeedKind> {
        let rule = pair.as_rule();
        let mut kids = Kids::of(pair);
        Some(match rule {
            Rule::d_number => {
                kids.eats(Rule::k_is);
                DeedKind::IsNumber(self.literal(kids.next()?).template())
            }
            Rule::d_busy => DeedKind::IsBusy,
            Rule::d_calls => {
                let hidden = kids.eats(Rule::k_hidden);
                DeedKind::Calls { hidden, from: kids.next().map(|from| self.expr(from)) }
            }
            Rule::d_presses => DeedKind::Presses(self.pressed(&kids.next()?)),
            Rule::d_types => DeedKind::Types(self.pressed(&kids.next()?)),
            Rule::d_silent => DeedKind::StaysSilent(kids.next().map(|times| self.count(&times))),
            Rule::d_hears => {
                let only = kids.eats(Rule::k_only);
                DeedKind::Hears { only, heard: kids.map(|heard| self.heard(heard)).collect::<Option<_>>()? }
            }
            Rule::d_never_hears => DeedKind::NeverHears(self.heard(kids.next()?)?),
            Rule::d_records => {
                let length = self.time(&kids.next()?);
                DeedKind::Records { length, words: kids.next().map(|words| self.literal(words).template()) }
            }
            Rule::d_after => DeedKind::ArrivesAfter(self.count(&kids.next()?)),
            Rule::d_never_arrives => DeedKind::NeverArrives,
            Rule::d_fails => DeedKind::Fails,
            Rule::d_holds => DeedKind::Holds,
            Rule::d_rings => DeedKind::Rings,
            Rule::d_stops => DeedKind::StopsRinging,
            Rule::d_answers => DeedKind::Answers { machine: kids.eats(Rule::k_machine) },
            Rule::d_refuses => DeedKind::RefusesCalls,
            Rule::d_no_answer => DeedKind::DoesNotAnswer,
            Rule::d_meets => DeedKind::Meets(self.next_word(&mut kids)?),
            Rule::d_hangs_up => DeedKind::HangsUp,
            Rule::d_ends => DeedKind::Ends,
            Rule::d_waits => DeedKind::Waits(self.time(&kids.next()?)),
            Rule::d_dials => {
                let number = self.expr(kids.next()?);
                DeedKind::Dials { number, keys: kids.next().map(|keys| self.literal(keys).template()) }
            }
            Rule::d_logs => {
                let legs = kids.map(|leg| {
                    let mut kids = Kids::of(leg);
                    Some((self.next_word(&mut kids)?, self.next_word(&mut kids)?))
                });
                DeedKind::Logs(legs.collect::<Option<_>>()?)
            }
            Rule::d_sent_nothing => DeedKind::SentNothing(kids.next().map(|path| self.path(path))),
            Rule::d_sent => {
                let operation = self.path(kids.next()?);
                let (mut wire, mut fields) = (None, None);
                for kid in kids {
                    if kid.as_rule() == Rule::on_wire {
                        wire = self.on_wire(kid);
                    } else {
                        fields = Some(self.expr(kid));
                    }
                }
                DeedKind::Sent { operation, wire, fields }
            }
            _ => return None,
        })
    }

    fn on_wire(&mut self, pair: Pair<'_>) -> Option<OnWire> {
        let mut kids = Kids::of(pair);
        let request = self.literal(kids.next()?);
        let header = |header: Pair<'_>| {
            let (span, mut kids) = (self.span(&header), Kids::of(header));
            let (name, value) = (self.literal(kids.next()?).template(), self.literal(kids.next()?).template());
            Some(WireHeader { name, value, span })
        };
        let headers = kids.map(header).collect::<Option<_>>()?;
        Some(OnWire { request: request.template(), span: request.span, headers })
    }

    fn pressed(&self, pair: &Pair<'_>) -> Pressed {
        if pair.as_rule() == Rule::keyseq { Pressed::Keys(self.word(pair)) } else { Pressed::Named(self.word(pair)) }
    }

    fn heard(&mut self, pair: Pair<'_>) -> Option<Heard> {
        let inner = Kids::of(pair).next()?;
        let span: Span = self.span(&inner);
        Some(if inner.as_rule() == Rule::string {
            Heard::Fragment(self.literal(inner).template(), span)
        } else {
            Heard::Phrase(self.word(&inner))
        })
    }
}
