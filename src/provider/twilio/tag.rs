//! Tags of links to recordings: who has the link may listen, and nobody can make one.
//!
//! A tag is HMAC-SHA256 (RFC 2104, FIPS 180-4) over flow and recording, under a key derived from the auth token, so that
//! nothing needs to be kept: it goes on being right when the process, the call and its row in the store are gone. Of its
//! 256 bits 144 are used: more than the 128 that RFC 2104 section 5 asks for, and a whole number of base64 characters,
//! which gives each tag one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// What the key is for: the auth token itself signs webhooks, and other keys may be derived from it one day.
const PURPOSE: &[u8] = b"ivrc links to recordings 1";

/// The length of a tag in bytes.
const LENGTH: usize = 18;

/// The tag made with the first token; none without a token, because then anybody could make it.
pub(super) fn tag(tokens: &[SecretString], flow: &str, recording: &str) -> Option<String> {
    let token = tokens.first().filter(|token| !token.expose_secret().is_empty())?;
    let mac = mac(token, flow, recording)?.finalize().into_bytes();
    mac.get(..LENGTH).map(|tag| URL_SAFE_NO_PAD.encode(tag))
}

/// Whether one of the tokens has made the tag.
pub(super) fn is_tag(tokens: &[SecretString], flow: &str, recording: &str, tag: &str) -> bool {
    let Some(tag) = URL_SAFE_NO_PAD.decode(tag).ok().filter(|tag| tag.len() == LENGTH) else { return false };
    let tokens = tokens.iter().filter(|token| !token.expose_secret().is_empty());
    // Compares in constant time.
    let made = |token| mac(token, flow, recording).is_some_and(|mac| mac.verify_truncated_left(&tag).is_ok());
    tokens.into_iter().any(made)
}

/// None only if HMAC refused the length of a key, which it does for none.
fn mac(token: &SecretString, flow: &str, recording: &str) -> Option<Hmac<Sha256>> {
    let mut key = Hmac::<Sha256>::new_from_slice(token.expose_secret().as_bytes()).ok()?;
    key.update(PURPOSE);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.finalize().into_bytes()).ok()?;
    // Neither of them contains the slash, so no two pairs are the same text.
    for part in [flow, "/", recording] {
        mac.update(part.as_bytes());
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{is_tag, tag};

    fn tokens(tokens: &[&str]) -> Vec<SecretString> {
        tokens.iter().map(|token| SecretString::from(*token)).collect()
    }

    #[test]
    fn a_tag_is_always_the_same() {
        // Links that were sent out must go on working with later versions of this program.
        // Made with another implementation of HMAC.
        assert_eq!(tag(&tokens(&["12345"]), "xmatters", "RE1").as_deref(), Some("BRO6hNPOA7xgFHpa7yBEsE67"));
    }

    #[test]
    fn a_tag_is_right_as_long_as_its_token_is_in_use() {
        let made = tag(&tokens(&["old"]), "x", "RE1").unwrap();
        for in_use in [&["old"][..], &["new", "old"], &["", "old"]] {
            assert!(is_tag(&tokens(in_use), "x", "RE1", &made), "{in_use:?}");
        }
        for in_use in [&["new"][..], &[], &[""], &["new", "Old"]] {
            assert!(!is_tag(&tokens(in_use), "x", "RE1", &made), "{in_use:?}");
        }
    }

    #[test]
    fn a_tag_is_right_for_one_recording_of_one_flow() {
        let tokens = tokens(&["old"]);
        let made = tag(&tokens, "x", "RE1").unwrap();
        assert_eq!(made.len(), 24);
        for (flow, recording) in [("x", "RE2"), ("y", "RE1"), ("X", "RE1"), ("x", "re1"), ("x", ""), ("xR", "E1")] {
            assert!(!is_tag(&tokens, flow, recording, &made), "{flow} {recording}");
        }
    }

    #[test]
    fn nothing_else_is_a_tag() {
        let in_use = tokens(&["old"]);
        let made = tag(&in_use, "x", "RE1").unwrap();
        let longer = format!("{made}AAAA");
        let shorter = |length: usize| made.chars().take(length).collect::<String>();
        let first = if made.starts_with('A') { 'B' } else { 'A' };
        let other: String = made.chars().skip(1).fold(String::from(first), |text, c| format!("{text}{c}"));
        let padded = format!("{made}=");
        for wrong in ["", &shorter(20), &shorter(4), &shorter(23), &longer, &other, &padded, "ä", "????"] {
            assert!(!is_tag(&in_use, "x", "RE1", wrong), "{wrong}");
        }
        assert!(is_tag(&in_use, "x", "RE1", &made));
    }

    #[test]
    fn without_a_token_there_is_no_tag() {
        assert_eq!(tag(&[], "x", "RE1"), None);
        assert_eq!(tag(&tokens(&[""]), "x", "RE1"), None);
    }
}
