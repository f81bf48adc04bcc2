//! `menu`: one key.

use super::super::checker::Checker;
use super::super::exprs::describe;
use super::super::flow::Flow;
use super::super::frames::{Arm as ArmKind, Around};
use super::super::report::{Report, Thing};
use super::super::spans::keyword;
use super::super::speech::Counted;
use super::super::unbuilt::unbuilt;
use super::super::wording::Wording;
use super::Made;
use super::announced::Spoken;
use super::keys::{Offered, Pressed, named};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, Words};
use crate::program::{ActKind, Arm, Block, Keys, Label, Menu};
use crate::source::Span;
use crate::syntax::tree::{self, ExprKind, Text};
use crate::types::{Name, Type};

fn no_arm_for(from: &tree::Expr, declared: Option<(Span, String)>, missing: &[String]) -> Diagnostic {
    let list = missing.join(", ");
    let message = format!("{} may contain {list}, which this menu cannot handle", describe(from));
    let diagnostic = Diagnostic::new(Code::MissingArm, message);
    let diagnostic = match declared {
        Some((span, values)) => diagnostic.at(span, values).at(from.span, format!("no arm for {list}")),
        None => diagnostic.at(from.span, format!("no arm for {list}")),
    };
    let first = missing.first().map_or("", String::as_str);
    diagnostic.help(format!("add an arm `{first} \"…\" => …`, or `any => …`"))
}

fn not_an_enum(from: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} is no list of values of an enum", describe(from)))
        .at(from.span, ty)
        .help("`menu … from` names its arms by the values of an enum; elements of other lists are chosen by `pick`")
}

fn value_without_list(span: Span, value: &str) -> Diagnostic {
    let help = if matches!(value, "default" | "other" | "others" | "otherwise" | "invalid" | "rest") {
        "write `any` for all other keys"
    } else {
        "keys are 0–9, `*`, `#` and `any`; values of an enum need `menu … from LIST`"
    };
    Diagnostic::new(Code::UnknownType, format!("`{value}` is no key")).at(span, "").help(help)
}

fn no_such_value(span: Span, value: &str, of: &str, values: &[Name]) -> Diagnostic {
    let list: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    let help = nearest(value, values.iter().map(|value| &**value))
        .map_or_else(|| format!("its values are {}", list.join(", ")), |near| format!("did you mean `{near}`?"));
    Diagnostic::new(Code::UnknownType, format!("`{value}` is no value of `{of}`")).at(span, "").help(help)
}

fn too_many(from: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::TooManyChoices, "there may be more choices than keys")
        .at(from.span, ty)
        .help("nine at most: bound the list, `[1..9]`")
}

fn no_choice(span: Span, label: &str) -> Diagnostic {
    Diagnostic::new(Code::NoChoice, "this menu may have nothing to choose from")
        .at(span, label)
        .help("add an arm without `if`, or bound the list from below: `[1..9]`")
}

fn several_keys(span: Span) -> Diagnostic {
    Diagnostic::new(Code::NothingMeant, "an arm with several keys cannot be announced: `digit` means nothing")
        .at(span, "")
        .help("give the arm a single key, or announce it in the text of the menu")
}

impl Checker<'_> {
    pub(super) fn menu(&mut self, menu: &tree::Menu, span: Span, bound: bool) -> Made {
        if let Some(span) = menu.every_language {
            unbuilt(self.report, span, "`in every language`");
        }
        let words = self.words(&menu.text, Counted::Yes);
        let (from, list) = self.named_by(menu);
        let hearing = self.hearing(menu.hearing);
        let mut offered = Offered::default();
        let (mut arms, mut ends, mut handled, mut any, mut certain) =
            (Vec::new(), Vec::new(), Vec::new(), false, false);
        let mut labels: Vec<Option<Label>> = Vec::new();
        for arm in &menu.arms {
            let pressed = self.keys(&arm.keys, &mut offered);
            if let Some(condition) = &arm.condition {
                offered.only_if(condition.span, &pressed.keys);
            }
            // A key that means nothing may be the one that is missed.
            let known = !pressed.is_empty() && self.known_values(&pressed, menu.from.as_ref(), &list);
            let (made, end) = self.arm(arm, &pressed, span);
            labels.push(made.label.clone());
            if bound && end.live {
                self.must_give(&arm.happens);
            }
            ends.push(end);
            any |= pressed.any.is_some() || !known;
            certain |= !known || arm.condition.is_none() && (pressed.values.is_empty() || list.least > 0);
            handled.extend(pressed.values.iter().map(|(value, _)| value.clone()));
            arms.extend(keys_of(&pressed).into_iter().map(|keys| Arm { keys, ..made.clone() }));
        }
        if !certain && !self.hazy {
            self.report.add(no_choice(keyword(span, "menu"), "every arm may be left out"));
        }
        self.any_covers(&offered, list.most);
        if let Some(from) = &menu.from {
            self.exhaustive(from, &list, &handled, any);
            self.digits(from, &list, &offered);
        }
        let closing = menu.closing.as_ref().map(|text| self.words(text, Counted::Yes));
        let spoken = Spoken { words: &words, labels: &labels, closing: closing.as_ref() };
        self.announced(menu, span, &spoken, &offered, &list);
        self.flow = Flow::join_all(ends, &self.flow);
        Made::gives_up(ActKind::Menu(Menu { words, from, hearing, arms, closing }), None)
    }

    /// The list that names the arms.
    fn named_by(&mut self, menu: &tree::Menu) -> (Option<Expr>, Values) {
        let Some(from) = &menu.from else { return (None, Values::default()) };
        let typed = self.expr(from, None);
        let typed = self.present(typed, "`from`", from);
        let (values, least, most) = match &typed.ty {
            Type::List(of, length) if matches!(&**of, Type::Enum(_)) => {
                let values = self.world.types.values(of);
                let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
                // No value stands twice in a setting that a menu reads (IVR504).
                let most = length.max.unwrap_or(if matches!(typed.expr, Expr::Setting(_)) { count } else { u32::MAX });
                (values, length.min, most.min(if matches!(typed.expr, Expr::Setting(_)) { count } else { u32::MAX }))
            }
            Type::Unknown => return (Some(typed.expr), Values { unknown: true, least: 1, ..Values::default() }),
            Type::List(of, _) if **of == Type::Unknown => {
                return (Some(typed.expr), Values { unknown: true, least: 1, ..Values::default() });
            }
            other => {
                self.report.add(not_an_enum(from, &self.show(other)));
                return (Some(typed.expr), Values { unknown: true, least: 1, ..Values::default() });
            }
        };
        if most > 9 {
            self.report.add(too_many(from, &self.show(&typed.ty)));
        }
        let setting = match &typed.expr {
            Expr::Setting(id) => self.world.setting_by(*id),
            _ => None,
        };
        if let Some(setting) = setting {
            self.report.uses(Thing::KeysOf(setting.name.clone()));
        }
        let declared = setting.map(|setting| setting.ty_span);
        let now = setting.and_then(|setting| self.world.elements(setting));
        let name = match &typed.ty {
            Type::List(of, _) => self.show(of),
            _ => String::new(),
        };
        (Some(typed.expr), Values { all: values, least, most: most.min(9), declared, now, name, unknown: false })
    }

    /// Whether the values of an arm are those of the list; reports those that are not.
    fn known_values(&self, pressed: &Pressed, from: Option<&tree::Expr>, list: &Values) -> bool {
        let mut known = true;
        for (value, span) in &pressed.values {
            match from {
                None => self.report.add(value_without_list(*span, value)),
                Some(_) if list.unknown || list.all.contains(value) => continue,
                Some(_) => self.report.add(no_such_value(*span, value, &list.name, &list.all)),
            }
            known = false;
        }
        known
    }

    fn exhaustive(&self, from: &tree::Expr, list: &Values, handled: &[Name], any: bool) {
        let missing: Vec<String> =
            list.all.iter().filter(|value| !handled.contains(value)).map(ToString::to_string).collect();
        if any || missing.is_empty() {
            return;
        }
        let names: Vec<&str> = list.all.iter().map(|value| &**value).collect();
        let declared = list.declared.map(|span| (span, names.join(", ")));
        self.report.add(no_arm_for(from, declared, &missing));
    }

    /// The digits of the list's places must be free.
    fn digits(&self, from: &tree::Expr, list: &Values, offered: &Offered) {
        for digit in (1..=list.most).filter_map(|n| char::from_digit(n, 10)) {
            self.leave_anywhere(digit, from.span);
            if offered.has(&named(digit)) {
                self.report.add(
                    Diagnostic::new(Code::KeyTwice, format!("the key {digit} is offered twice"))
                        .at(from.span, "the digits of this list, and an arm of its own")
                        .help("give the other arm a key that the list does not need: 0, `*` or `#`"),
                );
            }
        }
    }

    fn arm(&mut self, arm: &tree::Arm, pressed: &Pressed, menu: Span) -> (Arm, Flow) {
        let condition = arm.condition.as_ref().map(|condition| self.condition(condition));
        let mut start = self.flow.clone();
        if let Some(condition) = &condition {
            start.facts.assume(condition, true);
        }
        let label_start = start.clone();
        let (label, _) =
            self.branch(label_start, |checker| arm.label.as_ref().and_then(|text| checker.label(text, pressed)));
        start.pressed = true;
        let around = Around { arm: ArmKind::Key, step: Some(menu), ..self.around() };
        let (body, end): (Block, Flow) =
            self.branch(start, |checker| checker.inside(around, |checker| checker.happens(&arm.happens)));
        (Arm { keys: Keys::Any, label, condition, body, span: arm.span }, end)
    }

    /// What announces an arm: its own words, in the phrase `option` unless they say the key themselves.
    fn label(&mut self, text: &Text, pressed: &Pressed) -> Option<Label> {
        if pressed.is_empty() {
            return None;
        }
        let single = pressed.any.is_none() && (pressed.keys.len() == 1 || !pressed.values.is_empty());
        if !single {
            self.report.add(several_keys(text.span()));
            return None;
        }
        let whole = self.says_digit(text);
        self.scoped(|checker| {
            checker.bind_given("digit", Type::Text);
            let words = checker.words(text, Counted::Yes);
            let around = (!whole).then(|| checker.option(text.span()));
            Some(Label { words, around })
        })
    }

    fn option(&mut self, place: Span) -> Words {
        self.scoped(|checker| {
            checker.bind_given("label", Type::Text);
            checker.phrase("option", place, Counted::Yes)
        })
    }

    /// Whether a label names the key itself.
    fn says_digit(&self, text: &Text) -> bool {
        match text {
            Text::Texts(texts) => Wording::of(texts, &Report::default()).mentions("digit"),
            Text::Expr(tree::Expr { kind: ExprKind::Name(name), .. }) => {
                self.world.phrases.get(name.as_str()).is_some_and(|phrase| phrase.wording.mentions("digit"))
            }
            Text::Expr(_) | Text::Variants(..) => false,
        }
    }
}

/// What a `menu … from LIST` can offer.
#[derive(Debug, Default)]
pub(super) struct Values {
    all: Vec<Name>,
    least: u32,
    pub(super) most: u32,
    /// Where the type of the setting is declared.
    declared: Option<Span>,
    /// How many elements the setting has as it is, and where, if from outside.
    pub(super) now: Option<(u32, Option<Span>)>,
    name: String,
    unknown: bool,
}

/// One entry for each way to say it: values have digits of their own.
fn keys_of(pressed: &Pressed) -> Vec<Keys> {
    let mut all: Vec<Keys> = pressed.values.iter().map(|(value, _)| Keys::Value(value.clone())).collect();
    if pressed.any.is_some() {
        all.push(Keys::Any);
    } else if !pressed.keys.is_empty() {
        all.push(Keys::These(pressed.keys.clone()));
    }
    all
}
