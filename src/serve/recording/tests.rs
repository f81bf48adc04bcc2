use super::{failure, part};
use crate::http::{Headers, Method, Request, Response};
use crate::provider::{Audio, NoAudio};

fn asked(method: Method, headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request = Request { method, target: "/x/r/RE1/t".into(), headers: Headers(headers), body: Vec::new() };
    part("RE1", Audio { kind: "audio/mpeg".into(), bytes: b"0123456789".to_vec() }, &request)
}

fn shown(response: &Response) -> (u16, Option<&str>, &[u8]) {
    (response.status, response.headers.get("content-range"), response.body.as_slice())
}

#[test]
fn a_recording_is_given_as_a_whole_or_in_parts() {
    let whole = (200, None, b"0123456789".as_slice());
    let range = |range| asked(Method::Get, &[("Range", range)]);
    assert_eq!(shown(&asked(Method::Get, &[])), whole);
    assert_eq!(shown(&range("bytes=0-1")), (206, Some("bytes 0-1/10"), b"01".as_slice()));
    assert_eq!(shown(&range("bytes=7-")), (206, Some("bytes 7-9/10"), b"789".as_slice()));
    assert_eq!(shown(&range("bytes=-1")), (206, Some("bytes 9-9/10"), b"9".as_slice()));
    assert_eq!(shown(&range("bytes=0-1,4-5")), whole, "one part or all");
    let beyond = range("bytes=10-");
    assert_eq!((beyond.status, beyond.headers.get("content-range")), (416, Some("bytes */10")));
    assert_eq!(shown(&asked(Method::Head, &[("Range", "bytes=0-1")])), whole, "parts are for GET");
    let conditional = asked(Method::Get, &[("Range", "bytes=0-1"), ("If-Range", "\"an old one\"")]);
    assert_eq!(shown(&conditional), whole);
}

#[test]
fn a_browser_plays_it_and_takes_it_for_nothing_else() {
    for response in [asked(Method::Get, &[]), asked(Method::Get, &[("range", "bytes=1-2")])] {
        for (name, value) in [
            ("content-type", "audio/mpeg"),
            ("accept-ranges", "bytes"),
            ("cache-control", "private"),
            ("content-disposition", "inline; filename=\"RE1.mp3\""),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(response.headers.get(name), Some(value), "{name}");
        }
    }
}

#[test]
fn whoever_hears_nothing_reads_why() {
    for (why, status, retry) in
        [(NoAudio::Gone, 404, None), (NoAudio::NotReady, 503, Some("5")), (NoAudio::Refused, 502, None)]
    {
        let response = failure(why);
        assert_eq!((response.status, response.headers.get("retry-after")), (status, retry));
        assert_eq!(response.headers.get("cache-control"), Some("no-store"));
        assert!(response.headers.get("content-type").unwrap().starts_with("text/plain"));
        assert!(response.body.ends_with(b".\n"));
    }
}
