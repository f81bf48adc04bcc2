//! Telephone numbers as carriers and providers write them.

/// Words that stand for a caller who withholds the number. Carriers also send them spelt on the keypad, as if they were
/// numbers: `+266696687` is ANONYMOUS, `+7378742833` and `+17378742833` are RESTRICTED.
const WITHHELD: [&str; 6] = ["ANONYMOUS", "RESTRICTED", "UNAVAILABLE", "UNKNOWN", "BLOCKED", "PRIVATE"];

/// A number in E.164, without the blanks and punctuation people write into it; none for everything else: words, numbers
/// that are withheld, SIP and client addresses, short codes, numbers without a country.
#[must_use]
pub fn e164(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('+')?;
    let digits: String = digits.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    // ITU-T E.164: at most 15 digits, and no country code begins with 0. The shortest numbers in use have 7.
    let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    if !fits || digits.starts_with('0') || is_withheld(&digits) {
        return None;
    }
    Some(format!("+{digits}"))
}

fn is_withheld(digits: &str) -> bool {
    let national = digits.strip_prefix('1');
    WITHHELD.iter().map(|word| keypad(word)).any(|spelt| digits == spelt || national == Some(&spelt))
}

/// A word on the keypad of a telephone (ITU-T E.161).
fn keypad(word: &str) -> String {
    let key = |letter| match letter {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        _ => '9',
    };
    word.chars().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::e164;

    #[test]
    fn numbers_are_normalised() {
        assert_eq!(e164("+14165550123").as_deref(), Some("+14165550123"));
        assert_eq!(e164(" +1 (416) 555-0123 ").as_deref(), Some("+14165550123"));
        assert_eq!(e164("+2904567").as_deref(), Some("+2904567"));
        assert_eq!(e164("+441632960123").as_deref(), Some("+441632960123"));
    }

    #[test]
    fn withheld_numbers_are_absent_in_every_spelling() {
        let spellings = [
            "anonymous",
            "Anonymous",
            "unknown",
            "restricted",
            "unavailable",
            "blocked",
            "private",
            "+266696687",
            "+1266696687",
            "+7378742833",
            "+17378742833",
            "+86282452253",
            "+186282452253",
            "+8656696",
            "+18656696",
            "+2562533",
            "+12562533",
            "",
        ];
        for spelling in spellings {
            assert_eq!(e164(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn what_is_no_number_is_absent() {
        let others = [
            "sip:+14165550123@example.com",
            "client:alice",
            "4165550123",
            "+",
            "+1",
            "911",
            "+911",
            "+012345678",
            "+1234567890123456",
            "+1416555O123",
            "+1416555٠123",
            "++14165550123",
            "+1416555,0123",
            "whatsapp:+14165550123",
        ];
        for other in others {
            assert_eq!(e164(other), None, "{other}");
        }
    }
}
