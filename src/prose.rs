//! Checked expressions and words in readable form, as the language writes them: for scripts and drawings.
//!
//! What the checker has resolved is shown under the names the author gave; what it has rewritten (`x is not none`,
//! rows of tables) is shown as it was meant.

mod operators;

use crate::expr::{CallField, Expr, Function, OperationId, Quantifier, QueryId, SettingId, Template, Test, Words};
use crate::program::Program;
use crate::value::{Value, number_text};
use operators::Tightness;

/// Shows what belongs to one program.
#[derive(Debug, Clone, Copy)]
pub struct Prose<'a> {
    program: &'a Program,
}

impl<'a> Prose<'a> {
    /// For what belongs to this program.
    #[must_use]
    pub fn of(program: &'a Program) -> Self {
        Self { program }
    }

    /// An expression as the language writes it.
    #[must_use]
    pub fn expr(self, expr: &Expr) -> String {
        self.within(expr, Tightness::Loose)
    }

    /// The opposite of a condition.
    #[must_use]
    pub fn negated(self, condition: &Expr) -> String {
        self.expr(&opposite(condition))
    }

    /// The services' operations and the queries that an expression asks, each once: `xmatters.summary`.
    #[must_use]
    pub fn asked(self, expr: &Expr) -> Vec<String> {
        let mut names = Vec::new();
        expr.visit(&mut |part| {
            let name = match part {
                Expr::Request(operation, _) => self.operation(*operation),
                Expr::Query(query, _) => self.query(*query),
                _ => return,
            };
            if !names.contains(&name) {
                names.push(name);
            }
        });
        names
    }

    /// The name of an operation: `xmatters.summary`.
    #[must_use]
    pub fn operation(self, id: OperationId) -> String {
        self.program.operations.get(usize::from(id.0)).map_or_else(String::new, |operation| operation.name.to_string())
    }

    /// A call of an operation, or of anything else with arguments.
    #[must_use]
    pub fn call(self, name: &str, args: &[Expr]) -> String {
        let args: Vec<String> = args.iter().map(|arg| self.expr(arg)).collect();
        format!("{name}({})", args.join(", "))
    }

    /// What a step says: the name of the phrase, or the text of the first try in quotes.
    #[must_use]
    pub fn words(self, words: &Words) -> String {
        match (&words.phrase, words.nth(1)) {
            (Some(phrase), _) => phrase.to_string(),
            (None, Some(template)) => self.said(template),
            (None, None) => String::new(),
        }
    }

    /// A text in quotes; a value that is spoken as a whole stands without them.
    #[must_use]
    pub fn said(self, template: &Template) -> String {
        match spoken_value(template) {
            Some(value) => self.expr(value),
            None => quoted(template.pattern.text()),
        }
    }

    fn query(self, id: QueryId) -> String {
        self.program.queries.get(usize::from(id.0)).map_or_else(String::new, |query| query.name.to_string())
    }

    fn setting(self, id: SettingId) -> String {
        self.program.settings.get(usize::from(id.0)).map_or_else(String::new, |setting| setting.name.to_string())
    }

    /// In parentheses if what stands around binds more tightly.
    fn within(self, expr: &Expr, around: Tightness) -> String {
        let (text, own) = self.plain(expr);
        if own < around { format!("({text})") } else { text }
    }

    fn plain(self, expr: &Expr) -> (String, Tightness) {
        let atom = |text: String| (text, Tightness::Atom);
        match expr {
            Expr::Literal(value) => atom(self.value(value)),
            Expr::Local(name) => atom(name.to_string()),
            Expr::Setting(id) => atom(self.setting(*id)),
            Expr::SecretIsSet(id) => (format!("{} is not none", self.setting(*id)), Tightness::Comparison),
            Expr::Call(field) => atom(format!("call.{}", call_field(*field))),
            Expr::Now => atom("now".to_owned()),
            Expr::Field(of, name) => atom(format!("{}.{name}", self.within(of, Tightness::Atom))),
            Expr::Index(of, at) => atom(format!("{}[{}]", self.within(of, Tightness::Atom), self.expr(at))),
            Expr::Not(of) => self.not(of),
            Expr::Negative(of) => (format!("-{}", self.within(of, Tightness::Unary)), Tightness::Unary),
            Expr::Binary(op, left, right) => self.binary(*op, left, right),
            Expr::In { item, list, negated } => {
                let not = if *negated { "not in" } else { "in" };
                let (item, list) = (self.within(item, Tightness::Sum), self.within(list, Tightness::Sum));
                (format!("{item} {not} {list}"), Tightness::Comparison)
            }
            Expr::Is(test, of) => self.is(*test, of, false),
            Expr::If(condition, yes, no) => {
                let parts = [condition, yes, no].map(|part| self.expr(part));
                let [condition, yes, no] = parts;
                (format!("if {condition} then {yes} else {no}"), Tightness::Loose)
            }
            // Its parentheses belong to it.
            Expr::Else(value, otherwise) => atom(format!("({} else {})", self.expr(value), self.expr(otherwise))),
            Expr::Quantified { quantifier, name, list, condition } => {
                let quantifier = match quantifier {
                    Quantifier::Any => "any",
                    Quantifier::All => "all",
                    Quantifier::First => "first",
                };
                let text = format!(
                    "{quantifier} {name} in {}{}",
                    self.within(list, Tightness::Sum),
                    self.filter(condition.as_deref())
                );
                (text, Tightness::Loose)
            }
            Expr::Comprehension { name, list, condition, value } => {
                atom(self.comprehension(name, list, condition.as_deref(), value))
            }
            Expr::List(items) => atom(format!("[{}]", self.all(items))),
            Expr::Record(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, value)| self.field(name, value)).collect();
                atom(format!("{{ {} }}", fields.join(", ")))
            }
            Expr::Template(template) => atom(quoted(template.pattern.text())),
            Expr::Function(function, of, args) => {
                let of = self.within(of, Tightness::Atom);
                let args = if args.is_empty() { String::new() } else { format!("({})", self.all(args)) };
                atom(format!("{of}.{}{args}", function_name(*function)))
            }
            Expr::Request(operation, args) => atom(self.call(&self.operation(*operation), args)),
            Expr::Query(query, args) => atom(self.call(&self.query(*query), args)),
        }
    }

    fn all(self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    /// `name: value`, or the name alone where the value is called so, too.
    fn field(self, name: &str, value: &Expr) -> String {
        match value {
            Expr::Local(local) if **local == *name => name.to_owned(),
            _ => format!("{name}: {}", self.expr(value)),
        }
    }

    fn filter(self, condition: Option<&Expr>) -> String {
        let shown = condition.map(|condition| format!(" where {}", self.within(condition, Tightness::And)));
        shown.unwrap_or_default()
    }

    /// A list that is only filtered is shown without its brackets: that is what a `for` walks through.
    fn comprehension(self, name: &str, list: &Expr, condition: Option<&Expr>, value: &Expr) -> String {
        let (list, filter) = (self.within(list, Tightness::Sum), self.filter(condition));
        match value {
            Expr::Local(local) if **local == *name && filter.is_empty() => list,
            _ => format!("[for {name} in {list}{filter}: {}]", self.expr(value)),
        }
    }

    fn not(self, of: &Expr) -> (String, Tightness) {
        match of {
            Expr::Is(test, of) => self.is(*test, of, true),
            Expr::Not(of) => self.plain(of),
            Expr::SecretIsSet(id) => (format!("{} is none", self.setting(*id)), Tightness::Comparison),
            _ => (format!("not {}", self.within(of, Tightness::Not)), Tightness::Not),
        }
    }

    fn is(self, test: Test, of: &Expr, negated: bool) -> (String, Tightness) {
        let not = if negated { "not " } else { "" };
        let what = match test {
            Test::None => "none",
            Test::Empty => "empty",
        };
        (format!("{} is {not}{what}", self.within(of, Tightness::Sum)), Tightness::Comparison)
    }

    fn value(self, value: &Value) -> String {
        match value {
            Value::None => "none".to_owned(),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number_text(*number),
            // A value of an enum, too: a single word can be one.
            Value::Text(text) if is_word(text) => text.to_string(),
            Value::Text(text) | Value::Pending(text) => quoted(text),
            Value::Time(time) => time.to_string(),
            Value::Duration(millis) => duration(u64::try_from(*millis).unwrap_or_default()),
            Value::List(items) => match self.program.types.tables.iter().find(|table| table.rows == **items) {
                Some(table) => table.name.to_string(),
                None => format!("[{}]", items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", ")),
            },
            Value::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{name}: {}", self.value(value))).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            Value::Json(json) => json.to_string(),
        }
    }
}

/// The value that a text consists of: `say joke`, which speaks no words of the flow.
#[must_use]
pub fn spoken_value(template: &Template) -> Option<&Expr> {
    match template.slots.as_slice() {
        [slot] if template.pattern.text() == "{{value}}" => Some(&slot.value),
        _ => None,
    }
}

/// Milliseconds as the language writes them: `500ms`, `5s`, `4min`, `1h`, in the largest unit that is exact.
#[must_use]
pub fn duration(millis: u64) -> String {
    let units = [(3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")];
    let unit = units.into_iter().find(|(length, _)| millis.is_multiple_of(*length) && millis > 0);
    unit.map_or_else(|| "0s".to_owned(), |(length, unit)| format!("{}{unit}", millis / length))
}

/// A text in the language's quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

/// A text of at most `most` characters, with `…` for what was left out, up to a whole word if there is one.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    let whole = cut.rsplit_once(' ').map(|(words, _)| words).filter(|words| words.chars().count() * 2 > most);
    format!("{}…", whole.unwrap_or(&cut).trim_end())
}

fn is_word(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn call_field(field: CallField) -> &'static str {
    match field {
        CallField::From => "from",
        CallField::To => "to",
        CallField::Verified => "verified",
        CallField::Sid => "sid",
        CallField::Started => "started",
        CallField::Language => "language",
    }
}

fn function_name(function: Function) -> &'static str {
    match function {
        Function::First => "first",
        Function::Last => "last",
        Function::Cycle => "cycle",
        Function::Count => "count",
        Function::UpTo => "up_to",
        Function::Unique => "unique",
        Function::Short => "short",
        Function::Text => "text",
    }
}

/// What holds when a condition does not.
fn opposite(condition: &Expr) -> Expr {
    match condition {
        Expr::Not(of) => of.as_ref().clone(),
        Expr::In { item, list, negated } => Expr::In { item: item.clone(), list: list.clone(), negated: !negated },
        _ => operators::opposite(condition).unwrap_or_else(|| Expr::Not(Box::new(condition.clone()))),
    }
}

#[cfg(test)]
mod tests;
