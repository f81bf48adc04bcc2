//! Types, fields and parameters.

use super::Builder;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::tree::{Bounds, Field, Param, Ty, TyKind};

impl Builder<'_> {
    /// `ty`: a base with suffixes.
    pub(super) fn ty(&mut self, pair: Pair<'_>) -> Ty {
        let whole = self.span(&pair);
        let mut kids = Kids::of(pair);
        let mut ty = match kids.next() {
            Some(base) => {
                let span = self.span(&base);
                let kind = self.base(base).unwrap_or_else(|| {
                    self.lost(span);
                    TyKind::Bad
                });
                Ty { span, kind }
            }
            None => Ty { span: whole, kind: TyKind::Bad },
        };
        for suffix in kids {
            let span = ty.span.to(self.span(&suffix));
            let kind = if suffix.as_str().starts_with('?') {
                TyKind::Optional(Box::new(ty))
            } else {
                let bounds = Kids::of(suffix).next().map(|bounds| self.bounds(bounds));
                TyKind::List(Box::new(ty), bounds)
            };
            ty = Ty { span, kind };
        }
        ty
    }

    fn base(&mut self, pair: Pair<'_>) -> Option<TyKind> {
        Some(match pair.as_rule() {
            Rule::span => TyKind::Span(self.bounds(pair)),
            Rule::record_ty => TyKind::Record(self.fields(pair)?),
            Rule::phone_ty => {
                let mut kids = Kids::of(pair);
                let typed = kids.eats(Rule::k_typed);
                TyKind::Phone { typed, country: kids.next().map(|country| self.literal(country)) }
            }
            _ => {
                let mut words: Vec<_> = Kids::of(pair).map(|word| self.word(&word)).collect();
                if words.len() == 1 { TyKind::Name(words.pop()?) } else { TyKind::Choice(words) }
            }
        })
    }

    /// `span`: `min..max`.
    pub(super) fn bounds(&mut self, pair: Pair<'_>) -> Bounds {
        let span = self.span(&pair);
        let open_below = pair.as_str().starts_with("..");
        let mut numbers = Kids::of(pair);
        let min = if open_below { None } else { numbers.next().map(|n| self.bound(&n)) };
        let max = numbers.next().map(|n| self.bound(&n));
        if min.is_none() && max.is_none() {
            self.report(
                Diagnostic::new(Code::Malformed, "a span needs a bound")
                    .at(span, "")
                    .help("write `1..9`, `1..` or `..9`"),
            );
        }
        Bounds { min, max, span }
    }

    /// The fields of a `record_ty`.
    pub(super) fn fields(&mut self, pair: Pair<'_>) -> Option<Vec<Field>> {
        Kids::of(pair).map(|field| self.field(field)).collect()
    }

    fn field(&mut self, pair: Pair<'_>) -> Option<Field> {
        let mut kids = Kids::of(pair);
        let mut names = Vec::new();
        while let Some(path) = kids.eat(Rule::path) {
            names.push(self.path(path));
        }
        let ty = self.ty(kids.next()?);
        Some(Field { names, ty, default: kids.next().map(|default| self.expr(default)) })
    }

    /// `params`.
    pub(super) fn params(&mut self, pair: Pair<'_>) -> Option<Vec<Param>> {
        Kids::of(pair)
            .map(|param| {
                let mut kids = Kids::of(param);
                let name = self.next_word(&mut kids)?;
                let ty = self.of_param(kids.next()?);
                Some(Param { name, ty, default: kids.next().map(|default| self.expr(default)) })
            })
            .collect()
    }

    /// The type of a parameter: that of a transcript may stand there, too.
    fn of_param(&mut self, pair: Pair<'_>) -> Ty {
        if pair.as_rule() != Rule::owed {
            return self.ty(pair);
        }
        let span = self.span(&pair);
        let of = Kids::of(pair).next().map(|of| self.ty(of));
        Ty { span, kind: of.map_or(TyKind::Bad, |of| TyKind::Pending(Box::new(of))) }
    }
}
