//! `send`, `do`, and the steps that wait.

use super::examples::Possible;
use super::walk::{Place, Speaks, Walk};
use super::words::{Bit, Tries, put};
use super::{Hearer, Sound, conditions};
use crate::expr::Expr;
use crate::program::{Act, ActKind, Arm, Escalate, Keys, Label, LegOutcome, Menu, Pick, Record};
use crate::source::Span;
use crate::types::Name;
use crate::value::Value;

impl Walk<'_> {
    /// What is heard in an act; the values it can have, as far as they are known.
    pub(super) fn act(&mut self, act: &Act) -> Possible {
        match &act.kind {
            ActKind::Send { .. } | ActKind::Dial(_) => {}
            ActKind::Do { scene, args } => self.calls(*scene, args),
            ActKind::Menu(menu) => self.menu(menu, act.span),
            ActKind::Pick(pick) => return self.pick(pick, act.span),
            ActKind::Record(record) => self.record(record, act.span),
            ActKind::Wait(wait) => {
                let waiting = format!("while waiting for {}", self.prose.expr(&wait.value));
                self.under(waiting, |walk| walk.block(&wait.body));
            }
            ActKind::Escalate(escalate) => self.escalate(escalate),
        }
        Possible::default()
    }

    fn menu(&mut self, menu: &Menu, span: Span) {
        if let Some(place) = self.at(span, Speaks::Menu) {
            self.say(place.clone(), &menu.words);
            let values = self.values(menu);
            for (arm, key) in announced(menu, values.as_deref()) {
                self.label(&place, arm, &key, menu);
            }
            if let Some(closing) = &menu.closing {
                self.say(place, closing);
            }
        }
        let mut told: Vec<Span> = Vec::new();
        for arm in &menu.arms {
            // Values that share an arm share what happens.
            if !told.contains(&arm.span) {
                told.push(arm.span);
                let keys: Vec<&Keys> =
                    menu.arms.iter().filter(|other| other.span == arm.span).map(|other| &other.keys).collect();
                let pressed = conditions::pressed(&keys, menu.arms.len() == 1);
                self.under(pressed, |walk| walk.block(&arm.body));
            }
        }
    }

    /// The values whose places are digits, if the settings tell.
    fn values(&self, menu: &Menu) -> Option<Vec<Name>> {
        let possible = self.examples.of(menu.from.as_ref()?);
        match possible.values.as_slice() {
            [Value::List(values)] if possible.all => {
                Some(values.iter().filter_map(|value| value.as_text().map(Name::from)).collect())
            }
            _ => None,
        }
    }

    /// The sentence that announces an arm.
    fn label(&mut self, place: &Place, arm: &Arm, key: &Key, menu: &Menu) {
        let Some(label) = &arm.label else { return };
        let texts = self.composed(label, key);
        let phrase = match (&label.around, &label.words.phrase) {
            (Some(_), Some(phrase)) => Some(format!("option({phrase})")),
            (Some(_), None) => Some("option".to_owned()),
            (None, phrase) => phrase.as_ref().map(ToString::to_string),
        };
        let mut conditions: Vec<String> =
            arm.condition.iter().map(|condition| format!("if {}", self.prose.expr(condition))).collect();
        if let (Key::NotOffered(value), Some(from)) = (key, &menu.from) {
            conditions.push(format!("if {} has {value}, which it has not now", self.prose.expr(from)));
        }
        let depth = self.when.len();
        self.when.extend(conditions);
        self.line(place.clone(), phrase, Sound::Speech, &[(String::new(), texts)]);
        self.when.truncate(depth);
    }

    /// The label, in the phrase around it, for every try.
    fn composed(&mut self, label: &Label, key: &Key) -> Tries {
        // So that both count as spoken.
        let _ = (self.texts(&label.words), label.around.as_ref().map(|around| self.texts(around)));
        let most = label.words.tries.len().max(label.around.as_ref().map_or(1, |around| around.tries.len()));
        let digit = match key {
            Key::Is(key) => vec![Bit::Text(key.to_string())],
            Key::NotOffered(_) | Key::Unknown => Vec::new(),
        };
        let resolver = self.resolver();
        let fill = |bits: Vec<Bit>| if digit.is_empty() { bits } else { put(bits, "digit", &digit) };
        (1..=u32::try_from(most).unwrap_or(1))
            .map(|n| {
                let own = label.words.nth(n).map(|template| fill(resolver.bits(template))).unwrap_or_default();
                match label.around.as_ref().and_then(|around| around.nth(n)) {
                    Some(around) => put(fill(resolver.bits(around)), "label", &own),
                    None => own,
                }
            })
            .collect()
    }

    fn pick(&mut self, pick: &Pick, span: Span) -> Possible {
        let (it, digit): (Name, Name) = ("it".into(), "digit".into());
        self.examples.bind_element(&it, &pick.list);
        let element = self.examples.of(&Expr::Local(it));
        let digits = match &pick.by {
            Some(column) => self.examples.of(&Expr::Field(Box::new(Expr::Local("it".into())), column.clone())),
            None => Possible { values: ('1'..='9').take(element.values.len()).map(digit_text).collect(), all: false },
        };
        self.examples.bind(&digit, digits);
        let Some(place) = self.at(span, Speaks::Pick) else { return element };
        let list = self.prose.expr(&pick.list);
        if pick.length.max != Some(1) {
            self.say(place.clone(), &pick.asking);
            if let Some(each) = &pick.each {
                self.under(format!("for each of {list}"), |walk| walk.say(place.clone(), each));
            }
        }
        if let Some(alone) = pick.alone.as_ref().filter(|_| pick.length.min <= 1) {
            self.under(format!("if {list} has a single element"), |walk| walk.say(place, alone));
        }
        element
    }

    fn record(&mut self, record: &Record, span: Span) {
        if let Some(place) = self.at(span, Speaks::Record) {
            self.say(place, &record.words);
        }
        for (keys, block) in &record.arms {
            self.under(conditions::pressed(&[keys], record.arms.len() == 1), |walk| walk.block(block));
        }
        for (block, when) in
            [(&record.short, "if the recording is too short"), (&record.limit, "if there is no room for more")]
        {
            if let Some(block) = block {
                self.under(when.to_owned(), |walk| walk.block(block));
            }
        }
    }

    fn escalate(&mut self, escalate: &Escalate) {
        self.examples.bind_element(&escalate.name, &escalate.list);
        self.under("before a phone rings".to_owned(), |walk| walk.block(&escalate.caller_hears));
        self.heard_by(Hearer::Callee, "when the phone was answered".to_owned(), |walk| {
            walk.block(&escalate.callee_hears);
        });
        for (outcomes, block) in &escalate.outcomes {
            let callee = |outcome: &LegOutcome| matches!(outcome, LegOutcome::CallerGone | LegOutcome::Taken);
            for (hearer, own) in [(Hearer::Caller, false), (Hearer::Callee, true)] {
                let heard: Vec<LegOutcome> = outcomes.iter().copied().filter(|one| callee(one) == own).collect();
                if !heard.is_empty() {
                    self.heard_by(hearer, conditions::outcomes(&heard), |walk| walk.block(block));
                }
            }
        }
    }

    fn heard_by(&mut self, hearer: Hearer, when: String, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.hearer, hearer);
        self.under(when, work);
        self.hearer = before;
    }
}

fn digit_text(digit: char) -> Value {
    Value::text(digit.to_string())
}

/// The key of an arm that is announced.
enum Key {
    Is(char),
    /// The list does not have this value now.
    NotOffered(Name),
    /// Which digit it is, is known during the call only.
    Unknown,
}

/// The arms in the order in which they are announced: values in the order of the list, if it is known, then what has
/// keys of its own. Values that the list does not have now come last.
fn announced<'a>(menu: &'a Menu, values: Option<&[Name]>) -> Vec<(&'a Arm, Key)> {
    let key = |arm: &Arm| match (&arm.keys, values) {
        (Keys::These(keys), _) => keys.first().map_or(Key::Unknown, |key| Key::Is(*key)),
        (Keys::Value(value), Some(values)) => {
            let digits = ('1'..='9').zip(values).find(|(_, known)| *known == value);
            digits.map_or_else(|| Key::NotOffered(value.clone()), |(digit, _)| Key::Is(digit))
        }
        (Keys::Value(_) | Keys::Any, _) => Key::Unknown,
    };
    let mut arms: Vec<(&Arm, Key)> = menu.arms.iter().map(|arm| (arm, key(arm))).collect();
    if menu.from.is_some() {
        arms.sort_by_key(|(arm, key)| match key {
            Key::Is(digit) => (!matches!(arm.keys, Keys::Value(_)), *digit),
            Key::Unknown | Key::NotOffered(_) => (true, char::MAX),
        });
    }
    arms
}
