//! `pick`: one element of a list.

use super::super::checker::Checker;
use super::super::exprs::Typed;
use super::super::exprs::describe;
use super::super::report::Thing;
use super::super::spans::keyword;
use super::super::speech::Counted;
use super::Made;
use super::keys::Offered;
use super::prompted::Choices;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Expr, SettingId, Words};
use crate::program::{ActKind, Pick};
use crate::source::Span;
use crate::syntax::tree::{self, Text, Word};
use crate::types::{Length, TableId, Type};
use crate::value::Value;

fn no_list(list: &tree::Expr, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("{} is no list", describe(list)))
        .at(list.span, ty)
        .help("`pick` chooses an element of a list")
}

fn may_be_empty(list: &tree::Expr, declared: Option<Span>, ty: &str) -> Diagnostic {
    at_declaration(Diagnostic::new(Code::NoChoice, format!("{} may be empty", describe(list))), list, declared, ty)
        .help("test it first: `if … is empty { … => … }`, or bound it: `[1..9]`")
}

fn too_many(list: &tree::Expr, keys: u32, declared: Option<Span>, ty: &str) -> Diagnostic {
    let most = if keys == 9 { "nine" } else { "ten" };
    let message = format!("{} may have more elements than there are keys", describe(list));
    at_declaration(Diagnostic::new(Code::TooManyChoices, message), list, declared, ty)
        .help(format!("{most} at most: take some, `.up_to({keys})`, or bound it: `[1..{keys}]`"))
}

fn no_rows(by: &Word, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, "`by` wants rows of a table").at(by.span, ty).help("leave out the `by`")
}

fn no_column(by: &Word, table: &str, columns: &[String]) -> Diagnostic {
    Diagnostic::new(Code::UnknownField, format!("`{}` is no column of `{table}`", by.text))
        .at(by.span, "")
        .help(format!("its columns are {}", columns.join(", ")))
}

fn no_digit(by: &Word, cell: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongType, format!("the cells of `{}` are no keys", by.text))
        .at(by.span, format!("{cell} is no single digit"))
        .help("`by` wants a column of different single digits")
}

fn digit_twice(by: &Word, digit: char) -> Diagnostic {
    Diagnostic::new(Code::KeyTwice, format!("the key {digit} is offered twice"))
        .at(by.span, format!("two rows have {digit} in this column"))
        .help("`by` wants a column of different single digits")
}

/// What is wrong with a setting is said where it is declared, once.
fn at_declaration(diagnostic: Diagnostic, list: &tree::Expr, declared: Option<Span>, ty: &str) -> Diagnostic {
    match declared {
        Some(span) => diagnostic.at(span, ty).at(list.span, "chosen from here"),
        None => diagnostic.at(list.span, ty),
    }
}

impl Checker<'_> {
    pub(super) fn pick(&mut self, pick: &tree::Pick, span: Span) -> Made {
        // Digits in the order of the list begin with 1; those of a column may be all ten.
        let keys = if pick.by.is_some() { 10 } else { 9 };
        let (list, element, length) = self.picked(&pick.list, keys);
        let now = setting_of(&list.expr).and_then(|id| self.world.setting_by(id)).and_then(|s| self.world.elements(s));
        let digits = self.pick_digits(pick, &element, length);
        for digit in &digits {
            self.leave_anywhere(*digit, pick.list.span);
        }
        let asking = self.words(&pick.asking, Counted::Yes);
        let each = self.each(pick, &element);
        let alone = pick.alone.as_ref().map(|text| self.about(text, &element, false));
        let hearing = self.hearing(pick.hearing);
        self.asked_keys(pick, &asking, each.as_ref(), &digits);
        if each.is_some() {
            // A list of any length may be short.
            let count = now.map_or(length.min, |(now, _)| now).min(9);
            let exact = now.is_some() || length.max == Some(length.min);
            let list = now.and_then(|(_, outside)| outside);
            self.memorable("pick", &Choices { count, exact, at: keyword(span, "pick"), list });
        }
        // Of one element nobody is asked, so no key is pressed.
        self.flow.pressed |= length.min > 1;
        let by = pick.by.as_ref().map(|by| by.text.as_str().into());
        Made::gives_up(ActKind::Pick(Pick { list: list.expr, length, by, asking, each, alone, hearing }), Some(element))
    }

    /// The list, its elements, and how many there are.
    fn picked(&mut self, written: &tree::Expr, keys: u32) -> (Typed, Type, Length) {
        let one = Length { min: 1, max: Some(1) };
        let list = self.expr(written, None);
        let list = self.present(list, "`pick`", written);
        let (element, length) = match &list.ty {
            Type::List(of, length) => (of.as_ref().clone(), *length),
            Type::Unknown => return (list, Type::Unknown, one),
            other => {
                self.report.add(no_list(written, &self.show(other)));
                return (list, Type::Unknown, one);
            }
        };
        let setting = setting_of(&list.expr).and_then(|id| self.world.setting_by(id));
        if let Some(setting) = setting {
            self.report.uses(Thing::ChoiceOf(setting.name.clone()));
        }
        let declared = setting.map(|setting| setting.ty_span);
        if length.min == 0 {
            self.report.add(may_be_empty(written, declared, &self.show(&list.ty)));
        }
        if length.max.is_none_or(|max| max > keys) {
            self.report.add(too_many(written, keys, declared, &self.show(&list.ty)));
        }
        (list, element, length)
    }

    /// The keys that choose.
    fn pick_digits(&mut self, pick: &tree::Pick, element: &Type, length: Length) -> Vec<char> {
        match (&pick.by, element) {
            (None, _) => (1..=length.max.unwrap_or(9).min(9)).filter_map(|n| char::from_digit(n, 10)).collect(),
            (Some(by), Type::Row(table)) => self.cells(by, *table),
            (Some(_), Type::Unknown) => Vec::new(),
            (Some(by), other) => {
                self.report.add(no_rows(by, &self.show(other)));
                Vec::new()
            }
        }
    }

    /// The cells of a column as keys.
    fn cells(&mut self, by: &Word, table: TableId) -> Vec<char> {
        let fields = self.world.types.fields(&Type::Row(table)).unwrap_or_default();
        if !fields.iter().any(|(name, _)| **name == *by.text) {
            let columns: Vec<String> = fields.iter().map(|(name, _)| format!("`{name}`")).collect();
            self.report.add(no_column(by, &self.show(&Type::Row(table)), &columns));
            return Vec::new();
        }
        let mut digits = Vec::new();
        for row in self.world.types.rows(table) {
            let cell = match row.field(&by.text) {
                Value::Number(number) => crate::value::number_text(number),
                other => other.as_text().unwrap_or_default().to_owned(),
            };
            let mut characters = cell.chars();
            match (characters.next(), characters.next()) {
                (Some(digit), None) if digit.is_ascii_digit() && digits.contains(&digit) => {
                    self.report.add(digit_twice(by, digit));
                }
                (Some(digit), None) if digit.is_ascii_digit() => digits.push(digit),
                _ => self.report.add(no_digit(by, &cell)),
            }
        }
        digits
    }

    /// What is said for each element: nothing if a column names the keys.
    fn each(&mut self, pick: &tree::Pick, element: &Type) -> Option<Words> {
        match (&pick.each, &pick.by) {
            (Some(text), _) => Some(self.about(text, element, true)),
            (None, Some(_)) => None,
            (None, None) => Some(self.choice(pick.list.span, element)),
        }
    }

    fn choice(&mut self, place: Span, element: &Type) -> Words {
        self.scoped(|checker| {
            checker.bind_given("it", element.clone());
            checker.bind_given("digit", Type::Text);
            checker.phrase("choice", place, Counted::Yes)
        })
    }

    /// Words about an element; `asked` says whether it has a key.
    fn about(&mut self, text: &Text, element: &Type, asked: bool) -> Words {
        self.scoped(|checker| {
            checker.bind_given("it", element.clone());
            if asked {
                checker.bind_given("digit", Type::Text);
            }
            checker.words(text, if asked { Counted::Yes } else { Counted::No })
        })
    }

    fn asked_keys(&self, pick: &tree::Pick, asking: &Words, each: Option<&Words>, digits: &[char]) {
        let span = pick.asking.span();
        let mut offered = Offered::default();
        for digit in digits {
            offered.add(*digit, span);
        }
        let agree = self.prompted(span, asking, &offered, 0);
        if agree && each.is_none() {
            self.any_mentioned(&[asking], digits, "the keys of this `pick`", span);
        }
    }
}

/// The setting that a list is.
fn setting_of(list: &Expr) -> Option<SettingId> {
    match list {
        Expr::Setting(id) => Some(*id),
        _ => None,
    }
}
