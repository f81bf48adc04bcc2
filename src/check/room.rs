//! What an expression may use where it stands.

/// What may be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Settings.
    pub(super) settings: bool,
    /// `call`.
    pub(super) call: bool,
    /// `now`.
    pub(super) now: bool,
    /// Secret settings.
    pub(super) secrets: bool,
    /// Rows of tables by their first column.
    pub(super) rows_by_key: bool,
    /// Texts for whatever can be read from a text: the result is decoded like a value from the wire.
    pub(super) wire: bool,
    /// Why no service can be asked; none if it can.
    pub(super) no_requests: Option<&'static str>,
}

impl Room {
    /// Scenes, rules, queries.
    pub(super) const CONVERSATION: Self = Self {
        settings: true,
        call: true,
        now: true,
        secrets: false,
        rows_by_key: false,
        wire: false,
        no_requests: None,
    };

    /// Words of the language and of rules: put together without waiting.
    pub(super) const WORDS: Self = Self { no_requests: Some("in words that are spoken"), ..Self::CONVERSATION };

    /// Requests of a service.
    pub(super) const SERVICE: Self =
        Self { call: false, secrets: true, no_requests: Some("inside a request of a service"), ..Self::CONVERSATION };

    /// Defaults of parameters.
    pub(super) const PARAMETER: Self =
        Self { no_requests: Some("for the default of a parameter"), ..Self::CONVERSATION };

    /// Defaults of fields: siblings only.
    pub(super) const FIELD: Self = Self {
        settings: false,
        call: false,
        now: false,
        wire: true,
        no_requests: Some("for the default of a field"),
        ..Self::CONVERSATION
    };

    /// Defaults of settings, and values that stand for statuses: constants.
    pub(super) const CONSTANT: Self = Self {
        settings: false,
        call: false,
        now: false,
        rows_by_key: true,
        no_requests: Some("for a constant"),
        ..Self::CONVERSATION
    };
}
