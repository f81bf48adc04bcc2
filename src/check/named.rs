//! Declared things in their order, found by their names.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

use crate::types::Name;

/// Things in the order of their declaration. Of two with one name the first is found.
#[derive(Debug)]
pub(super) struct Named<T> {
    list: Vec<T>,
    places: HashMap<Name, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Named<T> {
    pub(super) fn add(&mut self, name: Name, thing: T) {
        self.places.entry(name).or_insert(self.list.len());
        self.list.push(thing);
    }

    /// The thing of this name, with its place in the list.
    pub(super) fn named(&self, name: &str) -> Option<(usize, &T)> {
        let place = *self.places.get(name)?;
        Some((place, self.list.get(place)?))
    }
}

impl<T> Deref for Named<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.list
    }
}

impl<T> DerefMut for Named<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.list
    }
}

impl<'a, T> IntoIterator for &'a Named<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
