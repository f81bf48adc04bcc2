//! What the texts of each type look like.

use url::Url;

use crate::phone;
use crate::types::Type;

/// What is wanted (`a path`) and what is wrong with a text; neither says the text itself, which may be secret.
pub(super) type Wrong = (&'static str, &'static str);

/// Whether a text can stand for a value of a type that is written as a text.
pub(super) fn check(text: &str, ty: &Type) -> Result<(), Wrong> {
    match ty {
        Type::Path => path(text).map_err(|why| ("a path", why)),
        Type::Url => url(text).map(drop).map_err(|why| ("a URL", why)),
        Type::Phone => match phone::normalise(text) {
            Some(_) => Ok(()),
            None => Err(("a phone number", NO_PHONE)),
        },
        _ => Ok(()),
    }
}

/// What is wrong with a text that is no telephone number.
pub(super) const NO_PHONE: &str = "it is no telephone number in E.164";

/// Section 6 of the language: one leading `/`, no `\`, `#` or control character.
pub(super) fn path(text: &str) -> Result<(), &'static str> {
    if !text.starts_with('/') {
        Err("it does not begin with `/`")
    } else if text.starts_with("//") {
        Err("it begins with `//`, which would name another host")
    } else if text.contains('\\') {
        Err("it contains a `\\`")
    } else if text.contains('#') {
        Err("it contains a `#`")
    } else if text.chars().any(char::is_control) {
        Err("it contains a control character")
    } else {
        Ok(())
    }
}

/// An absolute http(s) URL; credentials have secrets of their own.
pub(super) fn url(text: &str) -> Result<Url, &'static str> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("it contains white space or a control character");
    }
    let url = Url::parse(text).map_err(|_| "it is not an absolute URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        Err("it is neither http nor https")
    } else if !url.has_host() {
        Err("it has no host")
    } else if !url.username().is_empty() || url.password().is_some() {
        Err("it contains credentials")
    } else {
        Ok(url)
    }
}

/// The base URL of a service: paths are put behind it.
pub(super) fn base(url: &Url) -> Result<(), &'static str> {
    if url.query().is_some() {
        Err("it has a query, but paths are put behind it")
    } else if url.fragment().is_some() {
        Err("it has a `#`, but paths are put behind it")
    } else {
        Ok(())
    }
}

/// Milliseconds of `500ms`, `5s`, `4min`, `1h`.
pub(super) fn duration(text: &str) -> Option<i64> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit)?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(millis)
}

#[cfg(test)]
mod tests {
    use super::{duration, path, url};

    #[test]
    fn paths_of_settings_cannot_name_another_host() {
        assert_eq!(path("/api/1?key=a%20b&c=d"), Ok(()));
        for wrong in ["", "api", "//evil.example", "/\\evil.example", "/a#b", "/a\nb", "https://evil.example/"] {
            assert!(path(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn urls_are_absolute_and_without_credentials() {
        assert!(url("https://acme.example.com").is_ok() && url("http://127.0.0.1:8080/v4").is_ok());
        for wrong in [
            "acme.example.com",
            "ftp://a.example",
            "https://",
            "https://u:p@a.example",
            "https://u@a.example",
            "ht tp://a",
            " https://a.example",
        ] {
            assert!(url(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(
            [duration("500ms"), duration("5s"), duration("4min"), duration("1h")],
            [Some(500), Some(5_000), Some(240_000), Some(3_600_000)]
        );
        for wrong in ["", "5", "s", "-5s", "5 s", "5m", "1.5s", "99999999999999999999s", "9999999999999999h"] {
            assert_eq!(duration(wrong), None, "{wrong:?}");
        }
    }
}
