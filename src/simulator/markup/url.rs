//! URLs in documents.

use url::Url;

/// Why a URL is not one that a document should carry, if it is not.
pub(super) fn complaint(text: &str) -> Option<String> {
    match Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Some("must be an http or https URL".to_owned()),
        Ok(url) if url.host_str().is_some_and(|host| host.contains('_')) => {
            Some("has an underscore in the name of its host".to_owned())
        }
        Ok(_) if text.len() > 4000 => Some("is longer than 4000 characters".to_owned()),
        Ok(_) => None,
        Err(url::ParseError::RelativeUrlWithoutBase) => Some("is relative; an absolute URL is expected".to_owned()),
        Err(error) => Some(format!("is no URL: {error}")),
    }
}

/// The absolute URL meant by `text` in the document at `base`, as it was written if it is absolute already.
/// The reason if there is none.
pub(in crate::simulator) fn resolve(base: Option<&str>, text: &str) -> Result<String, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(text.to_owned()),
        Ok(_) => Err("not an http or https URL".to_owned()),
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let base = base.ok_or("relative, in a document without a URL of its own")?;
            Url::parse(base).and_then(|base| base.join(text)).map(String::from).map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whether it is an absolute http or https URL.
pub(in crate::simulator) fn is_absolute(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
