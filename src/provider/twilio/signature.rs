//! `X-Twilio-Signature` (<https://www.twilio.com/docs/usage/security>).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::http::{Method, Request};
use crate::provider::Refused;
use crate::provider::form::{Form, decoded};

/// The header that carries the signature.
pub const HEADER: &str = "X-Twilio-Signature";

/// The signature of a request for `url` (without fragment) with the decoded fields of a form: none unless it is a POST
/// of one.
#[must_use]
pub fn sign(token: &str, url: &str, fields: &[(impl AsRef<[u8]>, impl AsRef<[u8]>)]) -> String {
    let fields = fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    mac(token, url, &in_order(fields)).map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// Whether one of the tokens has signed the request. `form` is its decoded parameters, if they are there already.
pub(super) fn verify(
    tokens: &[SecretString],
    public_url: &str,
    request: &Request,
    form: Option<&Form>,
) -> Result<(), Refused> {
    let signature = request.headers.get(HEADER).ok_or(Refused::Missing)?;
    let signature = STANDARD.decode(signature).map_err(|_| Refused::Wrong)?;
    let is_form = request.method == Method::Post && has_form(request);
    let lenient: Vec<_> = if is_form && form.is_none() { decoded(&request.body).collect() } else { Vec::new() };
    let fields = match form.filter(|_| is_form) {
        Some(form) => in_order(form.fields().map(|(name, value)| (name.as_bytes(), value.as_bytes()))),
        None => in_order(lenient.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))),
    };
    let urls = spellings(&format!("{}{}", public_url.trim_end_matches('/'), request.target));
    // With an empty token anybody could sign.
    let signed = tokens.iter().map(SecretString::expose_secret).filter(|token| !token.is_empty()).any(|token| {
        urls.iter().filter_map(|url| mac(token, url, &fields)).any(|mac| {
            // Compares in constant time.
            mac.verify_slice(&signature).is_ok()
        })
    });
    if !signed {
        return Err(Refused::Wrong);
    }
    if is_form || request.body.is_empty() || has_signed_digest(request) { Ok(()) } else { Err(Refused::Body) }
}

/// Whether the body is a form, or would be read as one.
pub(super) fn has_form(request: &Request) -> bool {
    let content_type = request.headers.get("content-type").unwrap_or(FORM);
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(FORM)
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Whether the query, which is part of the signed URL, carries the digest of this body.
fn has_signed_digest(request: &Request) -> bool {
    let digest = hex(&Sha256::digest(&request.body));
    let mut fields = decoded(request.query().as_bytes());
    fields.any(|(name, value)| name.as_ref() == b"bodySHA256" && value.eq_ignore_ascii_case(digest.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Fields in the order they are signed in: by name, then by value, each pair once. Names compare by code point,
/// as UTF-8 does.
fn in_order<'f>(fields: impl Iterator<Item = (&'f [u8], &'f [u8])>) -> Vec<(&'f [u8], &'f [u8])> {
    let mut fields: Vec<_> = fields.collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// None only if HMAC refused the length of the key, which it does for none.
fn mac(token: &str, url: &str, fields: &[(&[u8], &[u8])]) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    for (name, value) in fields {
        mac.update(name);
        mac.update(value);
    }
    Some(mac)
}

/// The spellings of a URL that may have been signed. Twilio is not consistent about the port: its own libraries try
/// with the default port and without any. Credentials are dropped for some products and kept for others.
fn spellings(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let Some((authority, path)) = rest.split_at_checked(end) else { return vec![url.to_owned()] };
    let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
    let places = match place.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => [place.to_owned(), host.to_owned()],
        _ => [place.to_owned(), format!("{place}:{}", default_port(scheme))],
    };
    let mut spellings = Vec::with_capacity(4);
    for place in &places {
        if let Some(user) = user {
            spellings.push(format!("{scheme}://{user}@{place}{path}"));
        }
        spellings.push(format!("{scheme}://{place}{path}"));
    }
    spellings
}

fn default_port(scheme: &str) -> u16 {
    if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws") { 80 } else { 443 }
}

#[cfg(test)]
mod tests;
