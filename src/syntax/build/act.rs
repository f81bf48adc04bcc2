//! The steps that wait, `send` and `do`.

use super::Builder;
use super::step::{bad_expr, not_understood};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::tree::{
    Act, ActKind, Arm, Dial, Escalate, Hearing, Key, KeyKind, Menu, OutcomeArm, Pick, Record, Text, Time, Wait,
};

impl Builder<'_> {
    /// `send`, `do` or one of the seven steps that wait.
    pub(super) fn act(&mut self, pair: Pair<'_>) -> Option<Act> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut kids = Kids::of(pair);
        let kind = match rule {
            Rule::send => {
                let path = self.path(kids.next()?);
                ActKind::Send { path, args: self.args(kids.next()?) }
            }
            Rule::do_ => ActKind::Do(self.target(kids.next()?)?),
            Rule::menu => ActKind::Menu(self.menu(kids)?),
            Rule::pick => ActKind::Pick(self.pick(kids, span)?),
            Rule::enter => ActKind::Enter,
            Rule::record => ActKind::Record(self.record(kids)?),
            Rule::wait => ActKind::Wait(self.wait(kids)?),
            Rule::escalate => ActKind::Escalate(self.escalate(kids)?),
            Rule::dial => ActKind::Dial(self.dial(kids)?),
            _ => return None,
        };
        Some(Act { span, kind })
    }

    fn menu(&mut self, mut kids: Kids<'_>) -> Option<Menu> {
        let every_language = kids.eat(Rule::every_language).map(|pair| self.span(&pair));
        let mut menu = Menu {
            every_language,
            text: self.text(kids.next()?)?,
            from: None,
            hearing: Hearing::default(),
            arms: Vec::new(),
            closing: None,
        };
        for option in kids {
            let span = self.span(&option);
            match option.as_rule() {
                Rule::from_list => {
                    let list = self.expr(Kids::of(option).next()?);
                    self.once(&mut menu.from, list, span, "from");
                }
                Rule::arms => self.arms(option, &mut menu)?,
                _ => self.hearing(option, &mut menu.hearing)?,
            }
        }
        Some(menu)
    }

    /// `within D` or `N tries`.
    fn hearing(&mut self, option: Pair<'_>, hearing: &mut Hearing) -> Option<()> {
        let span = self.span(&option);
        let within = option.as_rule() == Rule::within;
        let value = Kids::of(option).next()?;
        if within {
            let time = self.time(&value);
            self.once(&mut hearing.within, time, span, "within");
        } else {
            let tries = self.count(&value);
            self.once(&mut hearing.tries, tries, span, "tries");
        }
        Some(())
    }

    fn arms(&mut self, pair: Pair<'_>, menu: &mut Menu) -> Option<()> {
        let mut before = None;
        for part in Kids::of(pair) {
            match part.as_rule() {
                Rule::unclosed => {}
                Rule::bad_arm => menu.arms.push(self.bad_arm(&part, before.take(), Rule::after_arm, Rule::arm)),
                Rule::say => menu.closing = Some(self.text(Kids::of(part).next()?)?),
                _ => {
                    before = Some(part.as_span().start());
                    menu.arms.push(self.arm(part)?);
                }
            }
        }
        Some(())
    }

    fn bad_arm(&mut self, pair: &Pair<'_>, before: Option<usize>, after: Rule, one: Rule) -> Arm {
        let span = self.bad(pair, before, after, one);
        Arm { keys: Vec::new(), label: None, condition: None, happens: not_understood(span), span }
    }

    /// `arm` or `take_arm`.
    fn arm(&mut self, pair: Pair<'_>) -> Option<Arm> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let mut keys = Vec::new();
        while matches!(kids.peek(), Some(Rule::key | Rule::take_end)) {
            keys.push(self.key(kids.next()?)?);
        }
        let label = match kids.eat(Rule::label) {
            Some(label) => Some(self.text(label)?),
            None => None,
        };
        let condition = match kids.eat(Rule::when) {
            Some(when) => Some(self.expr(Kids::of(when).next()?)),
            None => None,
        };
        Some(Arm { keys, label, condition, happens: self.happens(kids.next()?)?, span })
    }

    /// `key` or `take_end`.
    pub(super) fn key(&mut self, pair: Pair<'_>) -> Option<Key> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let first = kids.next()?;
        let digit = |pair: &Pair<'_>| pair.as_str().chars().next();
        let kind = match first.as_rule() {
            Rule::digit => match kids.next() {
                Some(last) => KeyKind::Range(digit(&first)?, digit(&last)?),
                None => KeyKind::One(digit(&first)?),
            },
            Rule::star_key => KeyKind::One('*'),
            Rule::pound_key => KeyKind::One('#'),
            Rule::k_any => KeyKind::Any,
            Rule::k_short => KeyKind::Short,
            Rule::k_limit => KeyKind::Limit,
            Rule::string => KeyKind::Spoken(self.literal(first).template()),
            _ => KeyKind::Value(first.as_str().to_owned()),
        };
        Some(Key { span, kind })
    }

    fn pick(&mut self, mut kids: Kids<'_>, span: Span) -> Option<Pick> {
        let list = self.expr(kids.next()?);
        let (mut by, mut asking, mut each, mut alone) = (None, None, None, None);
        let mut hearing = Hearing::default();
        for option in kids {
            let span = self.span(&option);
            let rule = option.as_rule();
            if matches!(rule, Rule::within | Rule::tries) {
                self.hearing(option, &mut hearing)?;
                continue;
            }
            let value = Kids::of(option).next()?;
            match rule {
                Rule::by_column => {
                    let column = self.word(&value);
                    self.once(&mut by, column, span, "by");
                }
                Rule::asking => {
                    let text = self.text(value)?;
                    self.once(&mut asking, text, span, "asking");
                }
                Rule::each => {
                    let text = self.text(value)?;
                    self.once(&mut each, text, span, "each");
                }
                _ => {
                    let text = self.text(value)?;
                    self.once(&mut alone, text, span, "alone");
                }
            }
        }
        let asking = asking.unwrap_or_else(|| {
            self.report(
                Diagnostic::new(Code::NotUnderstood, "this `pick` asks nothing")
                    .at(span, "`asking` is missing")
                    .help("write `pick LIST asking \"Which one?\"`"),
            );
            Text::Expr(bad_expr(span))
        });
        Some(Pick { list, by, asking, each, alone, hearing })
    }

    fn record(&mut self, mut kids: Kids<'_>) -> Option<Record> {
        let text = self.text(kids.next()?)?;
        let mut record = Record { text, least: None, longest: None, transcribed: None, tries: None, arms: None };
        for option in kids {
            let span = self.span(&option);
            match option.as_rule() {
                Rule::least => {
                    let time = self.first_time(option)?;
                    self.once(&mut record.least, time, span, "from");
                }
                Rule::longest => {
                    let time = self.first_time(option)?;
                    self.once(&mut record.longest, time, span, "up to");
                }
                Rule::k_transcribed => self.once(&mut record.transcribed, span, span, "transcribed"),
                Rule::tries => {
                    let tries = self.count(&Kids::of(option).next()?);
                    self.once(&mut record.tries, tries, span, "tries");
                }
                _ => record.arms = Some(self.takes(option)?),
            }
        }
        Some(record)
    }

    fn takes(&mut self, pair: Pair<'_>) -> Option<Vec<Arm>> {
        let mut before = None;
        let mut arms = Vec::new();
        for part in Kids::of(pair) {
            match part.as_rule() {
                Rule::unclosed => {}
                Rule::bad_arm => arms.push(self.bad_arm(&part, before.take(), Rule::after_take, Rule::take_arm)),
                _ => {
                    before = Some(part.as_span().start());
                    arms.push(self.arm(part)?);
                }
            }
        }
        Some(arms)
    }

    /// The duration of an option that consists of a keyword and a duration.
    fn first_time(&mut self, option: Pair<'_>) -> Option<Time> {
        Some(self.time(&Kids::of(option).next()?))
    }

    fn wait(&mut self, mut kids: Kids<'_>) -> Option<Wait> {
        let mut wait = Wait { value: self.expr(kids.next()?), every: None, longest: None, body: None };
        for option in kids {
            let span = self.span(&option);
            match option.as_rule() {
                Rule::each_round => {
                    let time = self.first_time(option)?;
                    self.once(&mut wait.every, time, span, "every");
                }
                Rule::longest => {
                    let time = self.first_time(option)?;
                    self.once(&mut wait.longest, time, span, "up to");
                }
                _ => wait.body = Some(self.block(option)),
            }
        }
        Some(wait)
    }

    fn escalate(&mut self, mut kids: Kids<'_>) -> Option<Escalate> {
        let (name, list, _) = self.binding(&mut kids)?;
        let mut escalate = Escalate {
            name,
            list,
            all_at_once: None,
            most: None,
            ringing: None,
            music: None,
            caller_hears: None,
            callee_hears: None,
            outcomes: Vec::new(),
        };
        let mut before = None;
        for part in kids {
            let start = part.as_span().start();
            if part.as_rule() == Rule::bad_part {
                let span = self.bad(&part, before.take(), Rule::after_part, Rule::one_part);
                escalate.outcomes.push(OutcomeArm { outcomes: Vec::new(), happens: not_understood(span) });
            } else if matches!(part.as_rule(), Rule::hears | Rule::outcome_arm) {
                before = Some(start);
                self.part(part, &mut escalate)?;
            } else if part.as_rule() != Rule::unclosed {
                self.escalate_option(part, &mut escalate)?;
            }
        }
        Some(escalate)
    }

    fn escalate_option(&mut self, option: Pair<'_>, escalate: &mut Escalate) -> Option<()> {
        let span = self.span(&option);
        let rule = option.as_rule();
        if rule == Rule::at_once {
            self.once(&mut escalate.all_at_once, span, span, "all at once");
            return Some(());
        }
        let value = Kids::of(option).next()?;
        match rule {
            Rule::most => {
                let most = self.expr(value);
                self.once(&mut escalate.most, most, span, "up to");
            }
            Rule::ringing => {
                let time = self.time(&value);
                self.once(&mut escalate.ringing, time, span, "ringing");
            }
            _ => {
                let music = self.word(&value);
                self.once(&mut escalate.music, music, span, "music");
            }
        }
        Some(())
    }

    fn part(&mut self, part: Pair<'_>, escalate: &mut Escalate) -> Option<()> {
        let span = self.span(&part);
        let hears = part.as_rule() == Rule::hears;
        let mut kids = Kids::of(part);
        if hears {
            let caller = kids.next()?.as_rule() == Rule::k_caller;
            let block = self.block(kids.next()?);
            if caller {
                self.once(&mut escalate.caller_hears, block, span, "caller hears");
            } else {
                self.once(&mut escalate.callee_hears, block, span, "callee hears");
            }
            return Some(());
        }
        let mut outcomes = Vec::new();
        while let Some(outcome) = kids.eat(Rule::outcome) {
            outcomes.push(self.word(&outcome));
        }
        escalate.outcomes.push(OutcomeArm { outcomes, happens: self.happens(kids.next()?)? });
        Some(())
    }

    fn dial(&mut self, mut kids: Kids<'_>) -> Option<Dial> {
        let mut dial = Dial { number: self.expr(kids.next()?), ringing: None, keys: None, star_drops: None };
        for option in kids {
            let span = self.span(&option);
            let rule = option.as_rule();
            let value = Kids::of(option).next()?;
            match rule {
                Rule::ringing => {
                    let time = self.time(&value);
                    self.once(&mut dial.ringing, time, span, "ringing");
                }
                Rule::sending => {
                    let keys = self.literal(value);
                    self.once(&mut dial.keys, keys, span, "keys");
                }
                _ => self.once(&mut dial.star_drops, value.as_rule() == Rule::k_drops, span, "star"),
            }
        }
        Some(dial)
    }
}
