//! Telephone numbers, as far as the network looks at them.

/// Whether it is in E.164: a plus and up to 15 digits, the first not zero.
pub(super) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Whether a carrier would look for it.
pub(super) fn can_be_dialled(text: &str) -> bool {
    is_e164(text) || text.starts_with("sip:") && text.contains('@') || text.starts_with("client:")
}
