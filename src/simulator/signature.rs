//! The signature of webhooks: `X-Twilio-Signature`.
//!
//! Source: <https://www.twilio.com/docs/usage/security>. The vectors below are those of the provider's own libraries.
//! The server's check is written apart from this on purpose: two readings of one page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// Signs a request: HMAC-SHA1 over the URL as it stands (without fragment) and, for a form that is posted, every
/// parameter's name and value in the order of the names' code points.
#[must_use]
pub(super) fn sign(token: &str, url: &str, form: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = form.iter().collect();
    sorted.sort();
    sorted.dedup();
    // An HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return String::new() };
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::sign;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    fn check(url: &str, params: &[(&str, &str)], signature: &str) {
        let params: Vec<_> = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(sign("12345", url, &params), signature, "{url} {params:?}");
    }

    #[test]
    fn signatures_are_those_of_the_providers_libraries() {
        let call = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ];
        check(URL, &call, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        check("http://mycompany.com:1234/myapp.php?foo=1&bar=2", &call, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=");
        check(URL, &[], "zYQTYrRWXE7LtzbG4PfP7/bkkGo=");
        check(
            URL,
            &[("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")],
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        );
        check(
            URL,
            &[("callSid", "lowercase"), ("CallSid", "uppercase"), ("CALLSID", "allcaps")],
            "jDK7WKT8wiNrwggd4ceTv4e1MJ4=",
        );
        check(
            URL,
            &[("Message", "Hello & goodbye! @#$%^*()"), ("From", "+1 (415) 867-5309"), ("Special", "unicode: ñáéíóú")],
            "dCPiR4WtQ6QFN6pJh81CtlCcWLQ=",
        );
        check(
            URL,
            &[("Digits", ""), ("CallSid", "CA1234567890ABCDE"), ("EmptyParam", "")],
            "9HHp/OqQMEwdrVebHDdA/+tqjX8=",
        );
        check("https://example.com/voice", &[("CallerName", ""), ("CallSid", "CA1")], "rDWzQ6dJyoEYpHFOC8L1jPWBNQE=");
        check("https://example.com/voice", &[("a", "1"), ("B", "2")], "FMeVmzrSw2vylM775Kaw8GpWkiA=");
    }
}
