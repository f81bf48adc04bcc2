//! Telephone numbers in E.164, as people and services write them.
//!
//! No number plan of any country is used here: a number says its country itself, by a `+` or by being too long for
//! a national one, or it is none. A wrong guess would phone a stranger.

/// Withheld numbers that carriers spell on the keypad: ANONYMOUS, RESTRICTED, UNAVAILABLE, UNKNOWN, BLOCKED, PRIVATE, and
/// those of them seen with a `1` in front that no North American number can have.
const SPELT: [&str; 11] = [
    "266696687",
    "7378742833",
    "86282452253",
    "8656696",
    "2562533",
    "7748283",
    "1266696687",
    "186282452253",
    "18656696",
    "12562533",
    "17748283",
];

/// RESTRICTED with a `1` in front: also a number of Austin, Texas.
const SPELT_OR_REAL: &str = "+17378742833";

/// The number that a carrier says is calling or was called. Carriers always write the `+`; whoever seems to call from
/// the one number that may also mean a withheld one is taken to withhold it.
#[must_use]
pub fn from_carrier(text: &str) -> Option<String> {
    let number = text.trim().strip_prefix('+').and_then(|_| normalise(text));
    number.filter(|number| number != SPELT_OR_REAL)
}

/// The number in E.164 (`+16135550142`), or none if the text is not certainly one number.
///
/// Accepted are `+` with 7 to 15 digits, and 11 to 15 bare digits, which are taken as a number whose `+` was left
/// out. Ten bare digits are a national number of many countries, and nothing here says which. The first digit is
/// never 0: no country code begins with it (ITU-T E.164, E.123), so `00…` and national notation are refused, and so
/// is `(0)`, which some countries drop and some dial. Spaces, hyphens, dots, slashes, parentheses and the invisible
/// direction marks of address books may stand between the digits; a `tel:` may stand before them. A number with an
/// extension or with keys to be sent is none: without them it would reach somebody else.
///
/// Withheld numbers are none in all their spellings: empty, `anonymous`, `restricted`, `+266696687`, …
#[must_use]
pub fn normalise(text: &str) -> Option<String> {
    let text = text.trim_matches(is_ignored);
    let text = match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => text.get(4..)?.trim_start_matches(is_ignored),
        _ => text,
    };
    let (international, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
    if rest.contains("(0)") {
        return None;
    }
    let digits: String = rest.chars().filter(|c| !is_ignored(*c) && !is_separator(*c)).collect();
    let shortest = if international { 7 } else { 11 };
    let plausible = (shortest..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0')
        && !SPELT.contains(&digits.as_str());
    plausible.then(|| format!("+{digits}"))
}

/// The number for a log: `+1555•••0000`. Of one too short to hide three digits in the middle, only two digits stand
/// at each end; what is no number in E.164 is `•••`.
#[must_use]
pub fn mask(number: &str) -> String {
    let digits = number.strip_prefix('+').unwrap_or_default();
    if digits.len() < 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return "•••".to_owned();
    }
    let shown = if digits.len() < 11 { 2 } else { 4 };
    let head = digits.get(..shown).unwrap_or_default();
    let tail = digits.get(digits.len() - shown..).unwrap_or_default();
    format!("+{head}•••{tail}")
}

/// White space and marks without width or with direction only.
fn is_ignored(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What people write between groups of digits.
fn is_separator(c: char) -> bool {
    matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::{from_carrier, mask, normalise};

    #[test]
    fn numbers_as_people_and_services_write_them() {
        for (written, wanted) in [
            ("+1 (613) 555-0142", "+16135550142"),
            ("tel:+1-613-555-0142", "+16135550142"),
            ("TEL: +16135550142", "+16135550142"),
            ("  +44 20 7946 0000\n", "+442079460000"),
            ("+33.1.99.00.12.34", "+33199001234"),
            ("\u{202a}+1\u{a0}613\u{2011}555\u{2011}0142\u{202c}", "+16135550142"),
            ("15555555555", "+15555555555"),
            ("1 877 959-5418", "+18779595418"),
            ("+15550100", "+15550100"),
            ("+4912345", "+4912345"),
            ("+123456789012345", "+123456789012345"),
        ] {
            assert_eq!(normalise(written).as_deref(), Some(wanted), "{written:?}");
        }
    }

    #[test]
    fn what_is_not_certainly_one_number_is_none() {
        for written in [
            "",
            " ",
            "+",
            "6135550142",
            "0016135550142",
            "+0016135550142",
            "0611223344",
            "+123456",
            "+1234567890123456",
            "1234567890123456",
            "+44 (0)20 7946 0000",
            "+1 613 555 0142 x123",
            "+1 613 555 0142 ext. 123",
            "tel:+16135550142;ext=123",
            "+16135550142,,123",
            "+16135550142w123",
            "+16135550142#",
            "++16135550142",
            "+1+6135550142",
            "16135550142+",
            "1-800-FLOWERS",
            "+1800FLOWERS",
            "sip:+16135550142@example.com",
            "client:ann",
            "+١٦١٣٥٥٥٠١٤٢",
            "+1613555014２",
            "日本",
            "té",
        ] {
            assert_eq!(normalise(written), None, "{written:?}");
        }
    }

    #[test]
    fn withheld_numbers_are_none_in_all_their_spellings() {
        for written in [
            "anonymous",
            "Anonymous",
            "restricted",
            "unavailable",
            "unknown",
            "blocked",
            "private",
            "+266696687",
            "266696687",
            "+7378742833",
            "7378742833",
            "+86282452253",
            "86282452253",
            "+8656696",
            "+2562533",
            "+1266696687",
            "+12562533",
        ] {
            assert_eq!(normalise(written), None, "{written:?}");
        }
        assert!(normalise("+17378742833").is_some(), "a number of Austin, Texas");
    }

    #[test]
    fn carriers_write_numbers_in_one_way() {
        assert_eq!(from_carrier(" +1 (416) 555-0123 ").as_deref(), Some("+14165550123"));
        assert_eq!(from_carrier("+2904567").as_deref(), Some("+2904567"));
        let none =
            ["", "anonymous", "+266696687", "+17378742833", "+7748283", "+17748283", "14165550123", "911", "+911"];
        for other in none.into_iter().chain(["sip:+14165550123@example.com", "client:alice", "tel:+14165550123"]) {
            assert_eq!(from_carrier(other), None, "{other}");
        }
    }

    #[test]
    fn logs_do_not_show_whole_numbers() {
        assert_eq!(mask("+15551110000"), "+1555•••0000");
        assert_eq!(mask("+15550100"), "+15•••00");
        assert_eq!(mask("+1234567"), "+12•••67");
        assert_eq!(mask("+123456"), "•••");
        assert_eq!(mask("anonymous"), "•••");
        assert_eq!(mask("+1555é110000"), "•••");
        assert_eq!(mask(""), "•••");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_refused_or_becomes_a_number_that_stays_itself(text in "\\PC*|[+0-9 ().-]{0,20}") {
            if let Some(number) = normalise(&text) {
                proptest::prop_assert!(number.len() >= 8 && number.len() <= 16 && number.starts_with('+'));
                proptest::prop_assert_eq!(normalise(&number), Some(number.clone()));
                proptest::prop_assert!(!mask(&number).contains(&number));
            }
        }
    }
}
