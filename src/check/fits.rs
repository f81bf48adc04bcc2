//! Which type fits where, and what two branches have in common (section 10.1 of the language).

use super::store::Store;
use crate::types::{Length, Name, RecordId, Type};

/// Why a value does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It may be absent (IVR301).
    Absent,
    /// It is still pending (IVR305).
    Pending,
    /// It is of another type (IVR302).
    Type,
}

/// Whether a `from` may stand where a `to` is wanted.
pub(super) fn fits(store: &Store, from: &Type, to: &Type) -> Result<(), Misfit> {
    Fitting { store, assumed: Vec::new() }.fits(from, to)
}

/// Records may contain themselves: a pair that is being compared is taken to fit.
struct Fitting<'a> {
    store: &'a Store,
    assumed: Vec<(Type, Type)>,
}

impl Fitting<'_> {
    fn fits(&mut self, from: &Type, to: &Type) -> Result<(), Misfit> {
        match (from, to) {
            (Type::Unknown, _) | (_, Type::Unknown) | (Type::None, Type::Optional(_)) => Ok(()),
            (Type::Optional(from), Type::Optional(to)) => self.fits(from, to),
            (from, Type::Optional(to)) => self.fits(from, to),
            (from, to) if from == to => Ok(()),
            // What would not fit if it were there is of another type, whether it is there or not.
            (Type::Optional(from), to) => self.fits(from, to).and(Err(Misfit::Absent)),
            (Type::None, _) => Err(Misfit::Absent),
            (Type::Pending(_), _) => Err(Misfit::Pending),
            (from, Type::Json) => self.serialises(from),
            (Type::Span { .. }, Type::Number) | (Type::Phone, Type::TypedPhone) => Ok(()),
            (Type::Span { min, max }, Type::Span { min: least, max: most }) => {
                let low = least.is_none_or(|least| min.is_some_and(|min| min >= least));
                let high = most.is_none_or(|most| max.is_some_and(|max| max <= most));
                if low && high { Ok(()) } else { Err(Misfit::Type) }
            }
            (Type::List(from, length), Type::List(to, wanted)) => {
                self.fits(from, to)?;
                if within(*length, *wanted) { Ok(()) } else { Err(Misfit::Type) }
            }
            (Type::Record(_) | Type::Row(_), Type::Record(to_id)) => self.record(from, to, *to_id),
            _ => Err(Misfit::Type),
        }
    }

    /// Records are structural: every wanted field must be there; one that may be absent may be missing.
    fn record(&mut self, from: &Type, to: &Type, id: RecordId) -> Result<(), Misfit> {
        let pair = (from.clone(), to.clone());
        if self.assumed.contains(&pair) {
            return Ok(());
        }
        self.assumed.push(pair);
        let has = self.store.fields(from).unwrap_or_default();
        for field in self.store.record(id).fields {
            match has.iter().find(|(name, _)| *name == field.name) {
                Some((_, ty)) => self.fits(ty, &field.ty).map_err(|_| Misfit::Type)?,
                None if field.ty.may_be_absent() && field.default.is_none() => {}
                None => return Err(Misfit::Type),
            }
        }
        Ok(())
    }

    fn serialises(&mut self, from: &Type) -> Result<(), Misfit> {
        match from {
            Type::Pending(_) => Err(Misfit::Pending),
            Type::Secret(_) | Type::Path => Err(Misfit::Type),
            Type::Optional(of) | Type::List(of, _) => self.serialises(of),
            Type::Record(_) => {
                let pair = (from.clone(), Type::Json);
                if self.assumed.contains(&pair) {
                    return Ok(());
                }
                self.assumed.push(pair);
                self.store.fields(from).unwrap_or_default().iter().try_for_each(|(_, ty)| self.serialises(ty))
            }
            _ => Ok(()),
        }
    }
}

fn within(length: Length, wanted: Length) -> bool {
    length.min >= wanted.min && wanted.max.is_none_or(|most| length.max.is_some_and(|max| max <= most))
}

/// The type of a value that is an `a` on one way and a `b` on the other; none if they have nothing in common.
pub(super) fn join(store: &Store, a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Unknown, _) | (_, Type::Unknown) => Some(Type::Unknown),
        (a, b) if a == b => Some(a.clone()),
        (Type::None, other) | (other, Type::None) => Some(other.clone().optional()),
        (Type::Optional(_), _) | (_, Type::Optional(_)) => join(store, a.present(), b.present()).map(Type::optional),
        (Type::Span { min: a_min, max: a_max }, Type::Span { min: b_min, max: b_max }) => {
            let min = a_min.zip(*b_min).map(|(a, b)| a.min(b));
            let max = a_max.zip(*b_max).map(|(a, b)| a.max(b));
            Some(if min.is_none() && max.is_none() { Type::Number } else { Type::Span { min, max } })
        }
        (Type::Span { .. }, Type::Number) | (Type::Number, Type::Span { .. }) => Some(Type::Number),
        (Type::Phone, Type::TypedPhone) | (Type::TypedPhone, Type::Phone) => Some(Type::TypedPhone),
        (Type::List(a, a_length), Type::List(b, b_length)) => {
            let length = hull(*a_length, *b_length);
            // An empty list literal has elements of no type yet.
            let of = match (&**a, &**b) {
                (Type::Unknown, known) | (known, Type::Unknown) => known.clone(),
                (a, b) => join(store, a, b)?,
            };
            Some(Type::List(Box::new(of), length))
        }
        (Type::Record(_) | Type::Row(_), Type::Record(_) | Type::Row(_)) => {
            if fits(store, a, b).is_ok() {
                Some(b.clone())
            } else {
                fits(store, b, a).ok().map(|()| a.clone())
            }
        }
        _ => None,
    }
}

fn hull(a: Length, b: Length) -> Length {
    Length { min: a.min.min(b.min), max: a.max.zip(b.max).map(|(a, b)| a.max(b)) }
}

/// Whether values of the type can be compared by `==`; the name of the optional field if that is what forbids it.
pub(super) fn comparable(store: &Store, ty: &Type) -> Result<(), Option<Name>> {
    compares(store, ty, &mut Vec::new())
}

fn compares(store: &Store, ty: &Type, seen: &mut Vec<RecordId>) -> Result<(), Option<Name>> {
    match ty.present() {
        Type::Json | Type::Pending(_) | Type::Secret(_) => Err(None),
        Type::List(of, _) => compares(store, of, seen),
        Type::Record(id) if !seen.contains(id) => {
            seen.push(*id);
            let fields = store.fields(ty.present()).unwrap_or_default();
            fields.iter().try_for_each(|(name, ty)| {
                if ty.may_be_absent() { Err(Some(name.clone())) } else { compares(store, ty, seen) }
            })
        }
        _ => Ok(()),
    }
}
