//! Putting expressions in the place of local names.

use crate::expr::{Expr, Slot, Template};
use crate::types::Name;

/// The expression with `with(name)` in place of every local name for which there is one.
pub(super) fn replaced(expr: &Expr, with: &dyn Fn(&Name) -> Option<Expr>) -> Expr {
    let one = |expr: &Expr| Box::new(replaced(expr, with));
    let many = |exprs: &[Expr]| exprs.iter().map(|expr| replaced(expr, with)).collect::<Vec<_>>();
    match expr {
        Expr::Local(name) => with(name).unwrap_or_else(|| expr.clone()),
        Expr::Literal(_) | Expr::Setting(_) | Expr::SecretIsSet(_) | Expr::Call(_) | Expr::Now => expr.clone(),
        Expr::Field(of, name) => Expr::Field(one(of), name.clone()),
        Expr::Index(of, at) => Expr::Index(one(of), one(at)),
        Expr::Not(of) => Expr::Not(one(of)),
        Expr::Negative(of) => Expr::Negative(one(of)),
        Expr::Binary(op, left, right) => Expr::Binary(*op, one(left), one(right)),
        Expr::In { item, list, negated } => Expr::In { item: one(item), list: one(list), negated: *negated },
        Expr::Is(test, of) => Expr::Is(*test, one(of)),
        Expr::If(condition, yes, no) => Expr::If(one(condition), one(yes), one(no)),
        Expr::Else(value, otherwise) => Expr::Else(one(value), one(otherwise)),
        Expr::Quantified { quantifier, name, list, condition } => Expr::Quantified {
            quantifier: *quantifier,
            name: name.clone(),
            list: one(list),
            condition: condition.as_deref().map(one),
        },
        Expr::Comprehension { name, list, condition, value } => Expr::Comprehension {
            name: name.clone(),
            list: one(list),
            condition: condition.as_deref().map(one),
            value: one(value),
        },
        Expr::List(items) => Expr::List(many(items)),
        Expr::Record(fields) => {
            Expr::Record(fields.iter().map(|(name, value)| (name.clone(), replaced(value, with))).collect())
        }
        Expr::Template(template) => Expr::Template(Box::new(Template {
            pattern: template.pattern.clone(),
            slots: template
                .slots
                .iter()
                .map(|slot| Slot { value: replaced(&slot.value, with), ..slot.clone() })
                .collect(),
        })),
        Expr::Function(function, of, args) => Expr::Function(*function, one(of), many(args)),
        Expr::Request(operation, args) => Expr::Request(*operation, many(args)),
        Expr::Query(query, args) => Expr::Query(*query, many(args)),
    }
}
