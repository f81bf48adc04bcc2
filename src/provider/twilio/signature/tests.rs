//! The vectors of Twilio's libraries and documentation; all were recomputed with another implementation of HMAC.

use secrecy::SecretString;

use super::{HEADER, sign};
use crate::http::{Headers, Method, Request};
use crate::provider::Refused;
use crate::provider::form::Form;

const NO_FIELDS: &[(&str, &str)] = &[];
const U: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const JSON: &str = "{\"property\": \"value\", \"boolean\": true}";
const H: &str = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
const P: &[(&str, &str)] = &[
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
];

enum Body {
    Form(Vec<(&'static str, &'static str)>),
    Json(&'static str),
}

struct Vector {
    name: &'static str,
    url: String,
    body: Body,
    signature: &'static str,
}

fn form(name: &'static str, url: &str, fields: &[(&'static str, &'static str)], signature: &'static str) -> Vector {
    Vector { name, url: url.to_owned(), body: Body::Form(fields.to_vec()), signature }
}

fn json(name: &'static str, url: String, body: &'static str, signature: &'static str) -> Vector {
    Vector { name, url, body: Body::Json(body), signature }
}

fn with(extra: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    P.iter().chain(extra).copied().collect()
}

fn vectors() -> Vec<Vector> {
    let mut vectors = of_ports_and_bodies();
    vectors.extend(of_hosts());
    vectors.extend(of_fields());
    vectors
}

fn of_ports_and_bodies() -> Vec<Vector> {
    let digits =
        [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")];
    let bindings = [("MessagingBinding.Address", "+1325xxxxxxx"), ("MessagingBinding.Address", "+1415xxxxxxx")];
    vec![
        form("1", U, P, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        form("2", "https://mycompany.com:443/myapp.php?foo=1&bar=2", P, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        form("3", "http://mycompany.com:80/myapp.php?foo=1&bar=2", P, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        form("4", "http://mycompany.com:1234/myapp.php?foo=1&bar=2", P, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        form("5", U, &digits, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        form("6", U, &bindings, "83O6e2vORAoJHUNzJjDWN1jz+BA="),
        json("7", format!("{U}&bodySHA256={H}"), JSON, "a9nBmqA0ju/hNViExpshrM61xv4="),
        json("8", empty_object("https://mycompany.com:443"), "{}", "Ldidvp12m26NI7eqEvxnEpkd9Hc="),
        json("8 without port", empty_object("https://mycompany.com"), "{}", "rw/jVviOgicj2+kHZULvebnA4ag="),
        json("9", format!("https://mycompany.com/myapp.php?bodySHA256={H}"), JSON, "y77kIzt2vzLz71DgmJGsen2scGs="),
        form("10", &format!("{U}&Body=It%27s+amazing"), P, "TfZzewPq8wqrGlMfyAud8+/IvJ0="),
        form("10 raw", &format!("{U}&Body=It's+amazing"), P, "dsq4Ehbj6cs+KdTkpF5sSSplOWw="),
    ]
}

fn empty_object(base: &str) -> String {
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    format!("{base}/myapp.php?foo=1&bar=2&bodySHA256={digest}")
}

fn of_hosts() -> Vec<Vector> {
    let other = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ];
    vec![
        form("11", "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", P, "CukzLTc1tT5dXEDIHm/tKBanW10="),
        form("12", "https://user@mycompany.com/myapp.php?foo=1&bar=2", P, "2YRLlVAflCqxaNicjMpJcSTgzSs="),
        form("13", "https://user:pass@mycompany.com:443/myapp.php?foo=1&bar=2", P, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="),
        form("14", "https://example.com/myapp.php?foo=1&bar=2", &other, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        form("15", U, &[], "zYQTYrRWXE7LtzbG4PfP7/bkkGo="),
        form("16", "https://mycompany.com/myapp.php", P, "1xaxFBvyzXYvWplzNOSs28HWO94="),
        form("21", "https://MyCompany.com/myapp.php?foo=1&bar=2", P, "g9IN/x4Cft2g517EjYvEvM/W7LU="),
        form("22b", "https://MyCompany.com:1234/myapp.php?foo=1&bar=2", P, "PCqOZm8cnu/L6+u5i5fuEd+Iac4="),
        form("22c", "http://MyCompany.com/myapp.php?foo=1&bar=2", P, "XY7AlKOKL6im4yWyX84gldUrtis="),
        form("22d", "http://username:password@MyCompany.com/myapp.php?foo=1&bar=2", P, "PJ08CxXr7KLPjEQCTc8LkUSMwSM="),
    ]
}

fn of_fields() -> Vec<Vector> {
    let greek = [("Zebra", "last"), ("Alpha", "first"), ("Beta", "second"), ("Gamma", "third")];
    let cases = [("callSid", "lowercase"), ("CallSid", "uppercase"), ("CALLSID", "allcaps")];
    let special =
        [("Message", "Hello & goodbye! @#$%^*()"), ("From", "+1 (415) 867-5309"), ("Special", "unicode: ñáéíóú")];
    let empty = [("Digits", ""), ("CallSid", "CA1234567890ABCDE"), ("EmptyParam", "")];
    let reason = with(&[("Reason", "Participant"), ("ReasonConferenceEnded", "test")]);
    vec![
        form("17", U, &greek, "enveUe73ZTVLAekHxez3Qx6JuuQ="),
        form("18", U, &cases, "jDK7WKT8wiNrwggd4ceTv4e1MJ4="),
        form("19", U, &special, "dCPiR4WtQ6QFN6pJh81CtlCcWLQ="),
        form("20", U, &empty, "9HHp/OqQMEwdrVebHDdA/+tqjX8="),
        form("22", U, &reason, "vOEb5UThFn24KEfnOFLQY2AE5FY="),
        form(
            "23",
            "https://example.com/voice",
            &[("CallerName", ""), ("CallSid", "CA1")],
            "rDWzQ6dJyoEYpHFOC8L1jPWBNQE=",
        ),
        form("24", "https://example.com/voice", &[("a", "1"), ("B", "2")], "FMeVmzrSw2vylM775Kaw8GpWkiA="),
    ]
}

fn fields(body: &Body) -> Vec<(Vec<u8>, Vec<u8>)> {
    match body {
        Body::Form(fields) => fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        Body::Json(_) => Vec::new(),
    }
}

/// The request Twilio would send, and the public URL it would have been sent to.
fn request(url: &str, body: &Body, signature: &str) -> (String, Request) {
    let path = url.match_indices('/').nth(2).unwrap().0;
    let (public_url, target) = url.split_at(path);
    let (content_type, body) = match body {
        Body::Form(fields) => {
            ("application/x-www-form-urlencoded; charset=UTF-8", Form::encode(fields.iter().copied()).into())
        }
        Body::Json(body) => ("application/json", (*body).into()),
    };
    let headers = [("x-twilio-signature", signature), ("Content-Type", content_type)];
    let headers = Headers(headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
    (public_url.to_owned(), Request { method: Method::Post, target: target.to_owned(), headers, body })
}

/// Verifies a request as it came and, if its form can be decoded, with that: it must make no difference.
fn verify(tokens: &[SecretString], public_url: &str, request: &Request) -> Result<(), Refused> {
    let result = super::verify(tokens, public_url, request, None);
    if let Ok(form) = Form::parse(&request.body) {
        assert_eq!(super::verify(tokens, public_url, request, Some(&form)), result);
    }
    result
}

fn check(token: &str, url: &str, body: &Body, signature: &str) -> Result<(), Refused> {
    let (public_url, request) = request(url, body, signature);
    verify(&[token.into()], &public_url, &request)
}

#[test]
fn every_vector_is_signed_and_verified() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 27 + 2, "27 rows, two of them with a second signature");
    for Vector { name, url, body, signature } in &vectors {
        assert_eq!(sign("12345", url, &fields(body)), *signature, "{name}");
        assert_eq!(check("12345", url, body, signature), Ok(()), "{name}");
        assert_eq!(check("12346", url, body, signature), Err(Refused::Wrong), "{name}, another token");
        assert_eq!(check("12345", &format!("{url}/"), body, signature), Err(Refused::Wrong), "{name}, another URL");
    }
}

#[test]
fn a_changed_field_is_refused() {
    for Vector { name, url, body, signature } in vectors() {
        let Body::Form(fields) = body else { continue };
        let mut added = fields.clone();
        added.push(("Extra", ""));
        assert_eq!(check("12345", &url, &Body::Form(added), signature), Err(Refused::Wrong), "{name}, added");
        for at in 0..fields.len() {
            let mut changed = fields.clone();
            changed[at].1 = "0";
            assert_eq!(check("12345", &url, &Body::Form(changed), signature), Err(Refused::Wrong), "{name}, changed");
        }
    }
}

#[test]
fn the_wrong_order_of_names_is_another_signature() {
    let fields = with(&[("Reason", "Participant"), ("ReasonConferenceEnded", "test")]);
    let wrong = "95+Bu0JVPi0r/SsESZCVf0dWAjw=";
    assert_eq!(check("12345", U, &Body::Form(fields), wrong), Err(Refused::Wrong));
}

#[test]
fn the_case_of_the_host_counts() {
    let form = Body::Form(P.to_vec());
    assert_eq!(check("12345", U, &form, "g9IN/x4Cft2g517EjYvEvM/W7LU="), Err(Refused::Wrong));
    let upper = "https://MyCompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(check("12345", upper, &form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Err(Refused::Wrong));
}

#[test]
fn the_default_port_and_credentials_may_be_there_or_not() {
    let form = || Body::Form(P.to_vec());
    let check = |url: &str, signature| check("12345", url, &form(), signature);
    let with_port = "https://mycompany.com:443/myapp.php?foo=1&bar=2";
    assert_eq!(check(U, "kvajT1Ptam85bY51eRf/AJRuM3w="), Ok(()));
    assert_eq!(check(with_port, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
    assert_eq!(check("http://mycompany.com/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="), Ok(()));
    let other_port = "https://mycompany.com:8443/myapp.php?foo=1&bar=2";
    assert_eq!(check(other_port, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
    assert_eq!(check(other_port, "kvajT1Ptam85bY51eRf/AJRuM3w="), Err(Refused::Wrong));
    for user in ["user:pass", "user"] {
        let url = format!("https://{user}@mycompany.com:443/myapp.php?foo=1&bar=2");
        assert_eq!(check(&url, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
    }
    assert_eq!(check(U, "CukzLTc1tT5dXEDIHm/tKBanW10="), Err(Refused::Wrong), "credentials we do not have");
}

#[test]
fn any_of_several_tokens_may_have_signed() {
    let (public_url, request) = request(U, &Body::Form(P.to_vec()), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_eq!(verify(&["new".into(), "12345".into()], &public_url, &request), Ok(()));
    assert_eq!(verify(&["new".into(), "newer".into()], &public_url, &request), Err(Refused::Wrong));
    assert_eq!(verify(&[], &public_url, &request), Err(Refused::Wrong));
}

#[test]
fn an_empty_token_signs_nothing() {
    let form = Body::Form(P.to_vec());
    let signature = sign("", U, &fields(&form));
    assert_eq!(check("", U, &form, &signature), Err(Refused::Wrong));
}

#[test]
fn signatures_that_are_none_are_refused() {
    let (public_url, mut request) = request(U, &Body::Form(P.to_vec()), "");
    for signature in ["", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "RSOYDt4T1cUTdK1PDd93", "not base64!", "ä", "RSOY"] {
        request.headers = Headers(vec![(HEADER.to_owned(), signature.to_owned())]);
        assert_eq!(verify(&["12345".into()], &public_url, &request), Err(Refused::Wrong), "{signature}");
    }
    request.headers = Headers::default();
    assert_eq!(verify(&["12345".into()], &public_url, &request), Err(Refused::Missing));
}

#[test]
fn a_body_must_be_the_one_that_was_signed() {
    let url = format!("{U}&bodySHA256={H}");
    let signature = "a9nBmqA0ju/hNViExpshrM61xv4=";
    assert_eq!(check("12345", &url, &Body::Json("{}"), signature), Err(Refused::Body));
    assert_eq!(check("12345", U, &Body::Json(JSON), &sign("12345", U, NO_FIELDS)), Err(Refused::Body));
    assert_eq!(check("12345", &url, &Body::Form(P.to_vec()), signature), Err(Refused::Wrong), "a form instead");
}

#[test]
fn the_query_of_a_get_is_signed_as_it_stands() {
    let url = "https://example.com/voice?CallSid=CA1&From=%2B1416";
    let (public_url, mut request) = request(url, &Body::Form(Vec::new()), &sign("12345", url, NO_FIELDS));
    request.method = Method::Get;
    assert_eq!(verify(&["12345".into()], &public_url, &request), Ok(()));
    assert_eq!(verify(&["12345".into()], "https://example.com/", &request), Ok(()), "a slash at the end");
    request.target = request.target.replace("%2B", "+");
    assert_eq!(verify(&["12345".into()], &public_url, &request), Err(Refused::Wrong));
}
