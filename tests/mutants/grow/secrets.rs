//! A secret where it may not stand.

use ivrc::syntax::tree::{ExprKind, ItemKind, ServiceOption, StepKind};

use super::{Edit, Flow};
use crate::mutants::text::range;

pub(super) fn edits(flow: &Flow<'_>) -> Vec<Edit> {
    const KIND: &str = "use a secret";
    let secrets = flow.secrets();
    let Some(first) = secrets.first() else { return Vec::new() };
    let mut edits = Vec::new();
    for step in &flow.pieces.steps {
        match &step.kind {
            StepKind::Say(text) | StepKind::Give(text) => edits.push(Edit::new(KIND, range(text.span()), *first)),
            StepKind::Return(Some(expr)) | StepKind::Play(expr) => {
                edits.push(Edit::new(KIND, range(expr.span), *first))
            }
            _ => {}
        }
    }
    for (_, span) in flow.pieces.slots() {
        edits.push(Edit::new(KIND, range(span), format!("{{{{{first}}}}}")));
    }
    let args = flow.pieces.args.iter().flat_map(|args| args.iter());
    edits.extend(args.map(|arg| Edit::new(KIND, range(arg.span), *first)));
    for expr in &flow.pieces.exprs {
        match &expr.kind {
            ExprKind::Record(pairs) => {
                let values = pairs.iter().filter_map(|pair| pair.value.as_ref());
                edits.extend(values.map(|value| Edit::new(KIND, range(value.span), *first)));
            }
            ExprKind::Binary { right, .. } => edits.push(Edit::new(KIND, range(right.span), *first)),
            _ => {}
        }
    }
    // What one service knows is told to another.
    for item in &flow.tree.items {
        let ItemKind::Service(service) = &item.kind else { continue };
        for option in &service.options {
            match option {
                ServiceOption::Header(_, value, _) => edits.push(Edit::new(KIND, range(value.span), *first)),
                ServiceOption::Bearer(value, _) => {
                    let name = &flow.text[range(value.span)];
                    edits.extend(
                        secrets
                            .iter()
                            .find(|other| **other != name)
                            .map(|other| Edit::new("swap two secrets", range(value.span), *other)),
                    );
                }
                ServiceOption::Basic(user, password, _) => {
                    edits.push(Edit::swap("swap two secrets", flow.text, range(user.span), range(password.span)));
                }
                ServiceOption::Timeout(_) | ServiceOption::Means(..) => {}
            }
        }
    }
    edits
}
