//! The header `Range` (RFC 9110, section 14): which part of a body is wanted.
//!
//! Players need it: Safari plays no audio from a server that ignores it
//! (<https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/SafariWebContent/CreatingVideoforSafarioniPhone/CreatingVideoforSafarioniPhone.html>).

use std::ops::RangeInclusive;

/// What a request wants of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of it, also where the header is one that a server ignores: another unit, several ranges, nonsense.
    Whole,
    /// These bytes of it.
    Part(RangeInclusive<usize>),
    /// Nothing that is there: status 416.
    Beyond,
}

/// What a `Range` wants of a body with so many bytes.
#[must_use]
pub fn wanted(range: Option<&str>, length: usize) -> Wanted {
    let Some((from, to)) = range.and_then(only_range) else { return Wanted::Whole };
    let last = length.saturating_sub(1);
    let part = match (from, to) {
        (Some(from), Some(to)) => from..=to.min(last),
        (Some(from), None) => from..=last,
        // The last so many bytes.
        (None, Some(count)) => length.saturating_sub(count)..=last,
        (None, None) => return Wanted::Whole,
    };
    // An empty body has no byte 0, whatever the arithmetic says.
    if length == 0 || part.is_empty() || *part.start() >= length { Wanted::Beyond } else { Wanted::Part(part) }
}

/// The numbers of the only range in `bytes=…`; none if there are several, or it is not understood.
fn only_range(header: &str) -> Option<(Option<usize>, Option<usize>)> {
    let (unit, set) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let mut ranges = set.split(',').map(str::trim).filter(|range| !range.is_empty());
    let (first, others) = (ranges.next()?, ranges.next());
    let (from, to) = first.split_once('-').filter(|_| others.is_none())?;
    let (from, to) = (position(from)?, position(to)?);
    let backwards = matches!((from, to), (Some(from), Some(to)) if from > to);
    (!backwards).then_some((from, to))
}

/// A number, if one is given; one that is too large for this machine is larger than every body. None if it is no number.
#[expect(clippy::option_option, reason = "not given and not understood are two things")]
fn position(digits: &str) -> Option<Option<usize>> {
    if digits.is_empty() {
        return Some(None);
    }
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| Some(digits.parse().unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Wanted, wanted};

    const HUGE: &str = "99999999999999999999999999";

    fn of_ten(range: &str) -> Wanted {
        wanted(Some(range), 10)
    }

    #[test]
    fn one_range_is_a_part() {
        for (range, part) in [
            ("bytes=0-1", 0..=1),
            ("bytes=0-", 0..=9),
            ("bytes=0-0", 0..=0),
            ("bytes=9-", 9..=9),
            ("bytes=3-99", 3..=9),
            ("bytes=-1", 9..=9),
            ("bytes=-10", 0..=9),
            ("bytes=-11", 0..=9),
            ("BYTES = 2-4 ", 2..=4),
            ("bytes=,2-4, ", 2..=4),
            ("bytes=007-8", 7..=8),
        ] {
            assert_eq!(of_ten(range), Wanted::Part(part), "{range}");
        }
        assert_eq!(of_ten(&format!("bytes=1-{HUGE}")), Wanted::Part(1..=9));
        assert_eq!(of_ten(&format!("bytes=-{HUGE}")), Wanted::Part(0..=9));
    }

    #[test]
    fn what_is_not_understood_is_ignored() {
        for range in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=,",
            "items=0-1",
            "0-1",
            "bytes=1",
            "bytes=4-2",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=1-2-3",
            "bytes=0x1-2",
            "bytes=1 - 2",
            "bytes=0-1,3-4",
            "bytes=0-1;q=1",
            "bytes=٣-",
        ] {
            assert_eq!(of_ten(range), Wanted::Whole, "{range}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
    }

    #[test]
    fn what_is_not_there_cannot_be_had() {
        for range in
            ["bytes=10-", "bytes=10-12", "bytes=-0", &format!("bytes={HUGE}-"), &format!("bytes={HUGE}-{HUGE}")]
        {
            assert_eq!(of_ten(range), Wanted::Beyond, "{range}");
        }
        for range in ["bytes=0-", "bytes=-5", "bytes=0-0"] {
            assert_eq!(wanted(Some(range), 0), Wanted::Beyond, "{range}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_always_inside(range in "bytes=[0-9]{0,3}-[0-9]{0,3}", length in 0_usize..500) {
            if let Wanted::Part(part) = wanted(Some(&range), length) {
                prop_assert!(!part.is_empty() && *part.end() < length);
            }
        }

        #[test]
        fn no_text_panics(range in any::<String>(), length in any::<usize>()) {
            let _ = wanted(Some(&range), length);
            let _ = wanted(Some(&format!("bytes={range}")), length);
        }
    }
}
