//! Small changes to a text, and where its bytes were before them.

use crate::diagnostic::{Diagnostic, Label};
use crate::source::Span;

/// A stretch that is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Its first byte.
    pub(super) at: usize,
    /// How many bytes are taken out.
    pub(super) removed: usize,
    /// What is put in their place.
    pub(super) inserted: String,
}

/// Changes to one text, none of which touches another, in order; offsets are those of the text before all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
}

impl Edits {
    /// Adds a change whose offset is that of the text before all changes.
    pub(super) fn add(&mut self, edit: Edit) {
        let place = self.list.partition_point(|other| other.at <= edit.at);
        self.list.insert(place, edit);
    }

    /// Adds all changes of a text that begins at byte `start` of this one.
    pub(super) fn add_all(&mut self, start: usize, others: Self) {
        others.list.into_iter().for_each(|edit| self.add(Edit { at: edit.at + start, ..edit }));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The changed text.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut changed = String::with_capacity(text.len() + 16);
        let mut copied = 0;
        for edit in &self.list {
            changed.push_str(text.get(copied..edit.at).unwrap_or_default());
            changed.push_str(&edit.inserted);
            copied = edit.at + edit.removed;
        }
        changed.push_str(text.get(copied..).unwrap_or_default());
        changed
    }

    /// Where a byte of the changed text was; of one that was put in, where that happened.
    pub(super) fn before(&self, offset: usize) -> usize {
        // How far the changed text is behind what has been passed of the other.
        let (mut old, mut new) = (0, 0);
        for edit in &self.list {
            let reached = new + edit.at.saturating_sub(old);
            if offset <= reached {
                break;
            }
            if offset < reached + edit.inserted.len() {
                return edit.at + (offset - reached).min(edit.removed);
            }
            (old, new) = (edit.at + edit.removed, reached + edit.inserted.len());
        }
        old + offset.saturating_sub(new)
    }

    /// Where a byte of the text before is in the changed one.
    pub(super) fn after(&self, offset: usize) -> usize {
        let (mut old, mut new) = (0, 0);
        for edit in self.list.iter().take_while(|edit| edit.at < offset) {
            new += edit.at.saturating_sub(old) + edit.inserted.len();
            old = edit.at + edit.removed;
        }
        new + offset.saturating_sub(old)
    }

    /// A change of the changed text as one of the text before; none if it touches another one.
    pub(super) fn translated(&self, edit: &Edit) -> Option<Edit> {
        let (start, end) = (self.before(edit.at), self.before(edit.at + edit.removed));
        let same_length = end.checked_sub(start) == Some(edit.removed);
        let touches = |other: &Edit| {
            let other_end = other.at + other.removed;
            match (edit.removed, other.removed) {
                (0, 0) => false,
                (0, _) => (other.at..other_end).contains(&start),
                (_, 0) => (start..end).contains(&other.at),
                _ => start < other_end && other.at < end,
            }
        };
        // What was put in is nowhere in the text before.
        let is_old = self.after(start) <= edit.at && self.list.iter().all(|other| !self.is_inside(other, edit.at));
        (same_length && is_old && !self.list.iter().any(touches)).then(|| Edit { at: start, ..edit.clone() })
    }

    /// Whether a byte of the changed text is one that a change put in, or another one at the same place: what is put in
    /// there again stands behind all of them.
    fn is_inside(&self, edit: &Edit, offset: usize) -> bool {
        let start = self.after(edit.at);
        let here = self.list.iter().filter(|other| other.at == edit.at);
        let inserted: usize = here.map(|other| other.inserted.len()).sum();
        (start..start + inserted).contains(&offset)
    }

    /// A place of the changed text as one of the text before.
    pub(super) fn span(&self, span: Span) -> Span {
        if self.list.is_empty() {
            return span;
        }
        Span::new(span.source, self.before(span.start as usize), self.before(span.end as usize))
    }

    /// A finding in the changed text as one in the text before.
    pub(super) fn diagnostic(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        for Label { span, .. } in &mut diagnostic.labels {
            *span = self.span(*span);
        }
        diagnostic
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, Edits};

    fn edit(at: usize, removed: usize, inserted: &str) -> Edit {
        Edit { at, removed, inserted: inserted.to_owned() }
    }

    #[test]
    fn bytes_are_found_again() {
        let text = "say hello menu x";
        let mut edits = Edits::default();
        edits.add(edit(10, 4, "record"));
        edits.add(edit(4, 0, "\""));
        edits.add(edit(9, 0, "\""));
        let changed = edits.apply(text);
        assert_eq!(changed, "say \"hello\" record x");
        for word in ["say", "hello", "x"] {
            let (old, new) = (text.find(word).unwrap(), changed.find(word).unwrap());
            assert_eq!(edits.before(new), old, "{word}");
            assert_eq!(edits.before(new + word.len()), old + word.len(), "{word}");
        }
        assert_eq!(edits.before(changed.find("record").unwrap()), 10);
        assert_eq!(edits.before(changed.find(" x").unwrap()), 14);
        assert_eq!(edits.after(10), changed.find("record").unwrap());
        assert_eq!(edits.after(15), changed.find('x').unwrap());
        assert_eq!(edits.before(changed.len()), text.len());
    }

    #[test]
    fn changes_of_a_changed_text_are_changes_of_the_first_one() {
        let text = "a b c";
        let mut edits = Edits::default();
        edits.add(edit(1, 0, ","));
        let second = edits.translated(&edit(4, 0, ",")).unwrap();
        assert_eq!(second, edit(3, 0, ","));
        edits.add(second);
        assert_eq!(edits.apply(text), "a, b, c");
        assert_eq!(edits.translated(&edit(1, 1, "")), None, "what was put in is not taken out");
        let mut edits = Edits::default();
        edits.add(edit(2, 1, "word"));
        assert_eq!(edits.apply(text), "a word c");
        for (at, removed) in [(2, 0), (3, 0), (4, 0), (3, 2), (2, 4), (0, 3), (5, 2)] {
            assert_eq!(edits.translated(&edit(at, removed, "x")), None, "{at} {removed}");
        }
        assert_eq!(edits.translated(&edit(6, 0, "x")), Some(edit(3, 0, "x")));
        assert_eq!(edits.translated(&edit(7, 1, "x")), Some(edit(4, 1, "x")));
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        /// Whatever is changed after other changes gives the text that it should, and no offset leads out of a text.
        #[test]
        fn changes_add_up(changes in proptest::collection::vec((0_usize..40, 0_usize..4, "[xyz]{0,3}"), 1..8)) {
            let text = "abcdefghijklmnopqrstuvw";
            let mut edits = Edits::default();
            for (at, removed, inserted) in changes {
                let changed = edits.apply(text);
                let at = at % (changed.len() + 1);
                let change = edit(at, removed.min(changed.len() - at), &inserted);
                if let Some(translated) = edits.translated(&change) {
                    let (head, rest) = changed.split_at(at);
                    let wanted = format!("{head}{inserted}{}", rest.split_at(change.removed).1);
                    edits.add(translated);
                    proptest::prop_assert_eq!(edits.apply(text), wanted);
                }
            }
            for offset in 0..=edits.apply(text).len() {
                proptest::prop_assert!(edits.before(offset) <= text.len());
            }
        }
    }
}
