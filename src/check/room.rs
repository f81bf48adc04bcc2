//! What an expression may use where it stands.

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a scene, a rule, a query.
    Conversation,
    /// In a request of a service.
    Service,
    /// Behind a field of a type: what it gives is decoded like a value from the wire.
    Field,
    /// Where nothing but constants are.
    Constant,
}

/// What may be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    place: Place,
    /// Why no service can be asked; none if it can.
    pub(super) no_requests: Option<&'static str>,
}

impl Room {
    /// Scenes, rules, queries.
    pub(super) const CONVERSATION: Self = Self { place: Place::Conversation, no_requests: None };

    /// Words of the language and of rules: put together without waiting.
    pub(super) const WORDS: Self = Self { no_requests: Some("in words that are spoken"), ..Self::CONVERSATION };

    /// Defaults of parameters.
    pub(super) const PARAMETER: Self =
        Self { no_requests: Some("for the default of a parameter"), ..Self::CONVERSATION };

    /// Requests of a service.
    pub(super) const SERVICE: Self = Self { place: Place::Service, no_requests: Some("inside a request of a service") };

    /// Defaults of fields.
    pub(super) const FIELD: Self = Self { place: Place::Field, no_requests: Some("for the default of a field") };

    /// Defaults of settings, and values that stand for statuses.
    pub(super) const CONSTANT: Self = Self { place: Place::Constant, no_requests: Some("for a constant") };

    /// Whether settings have values here.
    pub(super) fn settings(self) -> bool {
        matches!(self.place, Place::Conversation | Place::Service)
    }

    /// Whether there is a `call`.
    pub(super) fn call(self) -> bool {
        self.place == Place::Conversation
    }

    /// Whether there is a `now`.
    pub(super) fn now(self) -> bool {
        self.settings()
    }

    /// Whether secrets may be used.
    pub(super) fn secrets(self) -> bool {
        self.place == Place::Service
    }

    /// Whether rows of tables are named by their first column.
    pub(super) fn rows_by_key(self) -> bool {
        self.place == Place::Constant
    }

    /// Whether a text may stand for whatever can be read from a text.
    pub(super) fn wire(self) -> bool {
        self.place == Place::Field
    }
}
