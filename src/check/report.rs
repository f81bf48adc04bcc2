//! What the checker has found so far: diagnostics, and what has been used.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::survey::Survey;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Label};
use crate::types::Name;

/// A use that is watched, of a declared thing (IVR902).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Setting(Name),
    Phrase(Name),
    Operation(Name),
    Query(Name),
    Type(Name),
    Music(Name),
    /// A setting whose values become keys of a `menu … from`.
    KeysOf(Name),
    /// A setting whose elements a `pick` offers.
    ChoiceOf(Name),
}

/// The findings. Shared by everything that checks, hence the cells.
#[derive(Debug, Default)]
pub(super) struct Report {
    diagnostics: RefCell<Diagnostics>,
    lints: RefCell<Vec<Diagnostic>>,
    used: RefCell<HashSet<Thing>>,
    /// What phrases may use, if somebody asks.
    survey: Option<RefCell<Survey>>,
}

impl Report {
    /// A report that also takes down what phrases may use.
    pub(super) fn surveying() -> Self {
        Self { survey: Some(RefCell::default()), ..Self::default() }
    }

    pub(super) fn survey(&self) -> Option<&RefCell<Survey>> {
        self.survey.as_ref()
    }

    pub(super) fn into_survey(self) -> Survey {
        self.survey.map(RefCell::into_inner).unwrap_or_default()
    }

    pub(super) fn add(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub(super) fn add_all(&self, diagnostics: Diagnostics) {
        self.diagnostics.borrow_mut().extend(diagnostics);
    }

    /// A warning that only makes sense if there is no error: what is not used may be used by what is wrong.
    pub(super) fn lint(&self, diagnostic: Diagnostic) {
        self.lints.borrow_mut().push(diagnostic);
    }

    /// Runs `work` and gives what it finds wrong instead of taking it down.
    pub(super) fn captured<T>(&self, work: impl FnOnce() -> T) -> (T, Diagnostics) {
        let before = self.diagnostics.take();
        let result = work();
        (result, self.diagnostics.replace(before))
    }

    pub(super) fn uses(&self, thing: Thing) {
        self.used.borrow_mut().insert(thing);
    }

    pub(super) fn is_used(&self, thing: &Thing) -> bool {
        self.used.borrow().contains(thing)
    }

    pub(super) fn has_errors(&self) -> bool {
        self.diagnostics.borrow().has_errors()
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        let mut diagnostics = together(self.diagnostics.into_inner());
        if !diagnostics.has_errors() {
            self.lints.into_inner().into_iter().for_each(|lint| diagnostics.push(lint));
        }
        diagnostics.sorted()
    }
}

/// One finding for each name that is missing, with all places that use it: who has misspelt a declaration has made one
/// mistake.
fn together(diagnostics: Diagnostics) -> Diagnostics {
    let mut found = Vec::<Diagnostic>::new();
    let mut first: HashMap<(Code, String, Option<String>), usize> = HashMap::new();
    let diagnostics = diagnostics.sorted();
    for diagnostic in &diagnostics {
        if diagnostic.code.is_missing_name() {
            let key = (diagnostic.code, diagnostic.message.clone(), diagnostic.help.clone());
            let place = *first.entry(key).or_insert(found.len());
            if let (Some(before), Some(span)) = (found.get_mut(place), diagnostic.span()) {
                before.labels.push(Label { span, text: "here, too".to_owned() });
                continue;
            }
        }
        found.push(diagnostic.clone());
    }
    let mut all = Diagnostics::new();
    found.into_iter().for_each(|diagnostic| all.push(diagnostic));
    all
}
