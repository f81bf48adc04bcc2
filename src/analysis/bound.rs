//! How much at most: a number, or no bound that is known.

use serde::{Serialize, Serializer};

/// An upper bound; of times milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// At most so much.
    Within(u64),
    /// No bound is known.
    Open,
}

impl Bound {
    /// Nothing at all.
    pub const NONE: Self = Self::Within(0);

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Within(a), Self::Within(b)) => Self::Within(a.saturating_add(b)),
            _ => Self::Open,
        }
    }

    /// So many times; nothing is nothing, however often.
    #[must_use]
    pub fn times(self, times: Self) -> Self {
        match (self, times) {
            (Self::Within(0), _) | (_, Self::Within(0)) => Self::NONE,
            (Self::Within(a), Self::Within(b)) => Self::Within(a.saturating_mul(b)),
            _ => Self::Open,
        }
    }

    /// By how much it is more; nothing if it is less.
    #[must_use]
    pub fn beyond(self, other: Self) -> Self {
        match (self, other) {
            (Self::Within(a), Self::Within(b)) => Self::Within(a.saturating_sub(b)),
            (Self::Open, _) => Self::Open,
            (Self::Within(_), Self::Open) => Self::NONE,
        }
    }

    /// The number, if there is one.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Within(number) => Some(number),
            Self::Open => None,
        }
    }

    /// A time as a person writes it: `1 min 5 s`.
    #[must_use]
    pub fn time(self) -> String {
        match self {
            Self::Within(millis) => time(millis),
            Self::Open => "no bound".to_owned(),
        }
    }
}

/// The number, or `null`.
impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.number().serialize(serializer)
    }
}

/// `1 h 2 min 5 s`; parts of seconds are rounded up.
pub(super) fn time(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let words: Vec<String> = parts.iter().filter(|(n, _)| *n != 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::Bound::{Open, Within};
    use super::time;

    #[test]
    fn what_has_no_bound_swallows_what_has_one() {
        assert!(Open > Within(u64::MAX));
        assert_eq!(Within(2).plus(Open), Open);
        assert_eq!(Within(u64::MAX).plus(Within(1)), Within(u64::MAX));
        assert_eq!([Open.times(Within(0)), Within(0).times(Open), Open.times(Within(2))], [Within(0), Within(0), Open]);
        assert_eq!(
            [Within(5).beyond(Within(7)), Within(7).beyond(Within(5)), Open.beyond(Open)],
            [Within(0), Within(2), Open]
        );
    }

    #[test]
    fn times_are_written_as_people_do() {
        assert_eq!(
            [0, 1, 999, 60_000, 61_001, 3_600_000].map(time),
            ["0 s", "1 s", "1 s", "1 min", "1 min 2 s", "1 h"]
        );
    }
}
