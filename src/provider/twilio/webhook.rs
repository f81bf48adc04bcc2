//! Twilio's requests (<https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application>).

use super::signature::has_form;
use crate::engine::event::LegStatus;
use crate::http::{Method, Request};
use crate::phone::from_carrier;
use crate::provider::form::Form;
use crate::provider::{BadWebhook, Webhook};

/// The same on each repetition of one webhook
/// (<https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>).
const IDEMPOTENCY_TOKEN: &str = "I-Twilio-Idempotency-Token";

/// The longest id and idempotency token that is taken as one; Twilio's have 34 and 36 characters.
const LONGEST_ID: usize = 64;

/// The parameters in a request.
pub(super) fn form(request: &Request) -> Result<Form, BadWebhook> {
    match request.method {
        Method::Get => Form::parse(request.query().as_bytes()),
        Method::Post if has_form(request) => Form::parse(&request.body),
        Method::Post => Err(BadWebhook::ContentType),
        Method::Head | Method::Put | Method::Delete | Method::Other => Err(BadWebhook::Method),
    }
}

/// The webhook in a request with these parameters.
pub(super) fn read(request: &Request, form: Form) -> Result<Webhook, BadWebhook> {
    Ok(Webhook {
        call_sid: id(form.required("CallSid")?).ok_or(BadWebhook::Value("CallSid"))?,
        parent: form.given("ParentCallSid")?.and_then(id),
        from: form.given("From")?.and_then(from_carrier),
        to: form.given("To")?.and_then(from_carrier),
        // Only attestation A vouches that the caller may use the number.
        verified: form.get("StirVerstat")? == Some("TN-Validation-Passed-A"),
        status: form.get("CallStatus")?.and_then(ended),
        machine: form.get("AnsweredBy")?.is_some_and(is_machine),
        idempotency_token: request.headers.get(IDEMPOTENCY_TOKEN).and_then(id),
        error_code: form.get("ErrorCode")?.and_then(|code| code.parse().ok()),
        error_url: form.given("ErrorUrl")?.map(str::to_owned),
        form,
    })
}

/// An id in the characters that Twilio and providers like it use; it may become part of a URL.
pub(super) fn id(text: &str) -> Option<String> {
    let fits = (1..=LONGEST_ID).contains(&text.len());
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (fits && plain).then(|| text.to_owned())
}

/// How a leg has ended; none for the states of one that has not, and for words that are none of Twilio's.
pub(super) fn ended(status: &str) -> Option<LegStatus> {
    match status {
        "completed" => Some(LegStatus::Completed),
        "busy" => Some(LegStatus::Busy),
        "no-answer" => Some(LegStatus::NoAnswer),
        "failed" => Some(LegStatus::Failed),
        "canceled" => Some(LegStatus::Canceled),
        _ => None,
    }
}

/// `AnsweredBy`: `human`, `machine_start`, `machine_end_…`, `fax`, `unknown`; who is unknown is a person.
fn is_machine(answered_by: &str) -> bool {
    answered_by == "fax" || answered_by.starts_with("machine")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::form;
    use crate::engine::event::LegStatus;
    use crate::http::{Headers, Method, Request};
    use crate::provider::{BadWebhook, Webhook};

    fn request(body: &[u8]) -> Request {
        Request { method: Method::Post, target: "/x".into(), headers: Headers::default(), body: body.to_vec() }
    }

    fn read(request: &Request) -> Result<Webhook, BadWebhook> {
        super::read(request, form(request)?)
    }

    fn post(body: &str) -> Result<Webhook, BadWebhook> {
        read(&request(body.as_bytes()))
    }

    /// As captured: fields for places are empty when unknown, names are doubled.
    const FIRST: &str = "AccountSid=AC1&ApiVersion=2010-04-01&CallSid=CA0123456789abcdef0123456789abcdef\
        &CallStatus=ringing&Called=%2B18005551212&Caller=%2B14165550123&CallerCity=&CallerName=Zo%C3%AB%20%F0%9F%98%80\
        &Direction=inbound&From=%2B14165550123&FromCity=&StirVerstat=TN-Validation-Passed-A&To=%2B18005551212&New=1";

    #[test]
    fn a_new_call_is_read() {
        let mut request = request(FIRST.as_bytes());
        request.headers.push("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8");
        request.headers.push("i-twilio-idempotency-token", "7b0a6a4e-1c3b-4d3c-9d3f-0a7f0f0a7f0f");
        let webhook = read(&request).unwrap();
        assert_eq!(webhook.call_sid, "CA0123456789abcdef0123456789abcdef");
        assert_eq!(webhook.from.as_deref(), Some("+14165550123"));
        assert_eq!(webhook.to.as_deref(), Some("+18005551212"));
        assert!(webhook.verified && !webhook.machine);
        assert_eq!((webhook.parent, webhook.status, webhook.error_code), (None, None, None));
        assert_eq!(webhook.idempotency_token.as_deref(), Some("7b0a6a4e-1c3b-4d3c-9d3f-0a7f0f0a7f0f"));
        assert_eq!(webhook.form.get("CallerName"), Ok(Some("Zoë 😀")));
    }

    #[test]
    fn a_get_carries_the_same_in_its_query() {
        let target = format!("/x?{FIRST}");
        let get = Request { method: Method::Get, target, headers: Headers::default(), body: Vec::new() };
        assert_eq!(read(&get), post(FIRST));
        let post = Request { method: Method::Post, ..get };
        assert_eq!(read(&post), Err(BadWebhook::Missing("CallSid")), "the query of a POST is no form");
    }

    #[test]
    fn callers_without_a_number_are_absent() {
        let froms = ["", "anonymous", "%2B266696687", "sip%3A%2B14165550123%40example.com", "client%3Aalice", "+1416"];
        for from in froms {
            let webhook = post(&format!("CallSid=CA1&From={from}&StirVerstat=TN-Validation-Passed-B")).unwrap();
            assert_eq!(webhook.from, None, "{from}");
            assert!(!webhook.verified);
        }
        assert_eq!(post("CallSid=CA1").unwrap().from, None);
    }

    #[test]
    fn only_ends_are_ends() {
        let status = |status: &str| post(&format!("CallSid=CA1&CallStatus={status}")).unwrap().status;
        for active in ["", "queued", "initiated", "ringing", "in-progress", "something", "Completed"] {
            assert_eq!(status(active), None, "{active}");
        }
        assert_eq!(status("completed"), Some(LegStatus::Completed));
        assert_eq!(status("busy"), Some(LegStatus::Busy));
        assert_eq!(status("no-answer"), Some(LegStatus::NoAnswer));
        assert_eq!(status("failed"), Some(LegStatus::Failed));
        assert_eq!(status("canceled"), Some(LegStatus::Canceled));
    }

    #[test]
    fn machines_are_told_from_people() {
        let machine = |by: &str| post(&format!("CallSid=CA1&AnsweredBy={by}")).unwrap().machine;
        assert!(["machine_start", "machine_end_beep", "machine_end_other", "fax"].into_iter().all(machine));
        assert!(!["human", "unknown", "", "robot"].into_iter().any(machine));
    }

    #[test]
    fn what_is_no_webhook_is_refused_with_a_reason() {
        let long = "a".repeat(65);
        let bodies = [
            ("", BadWebhook::Missing("CallSid")),
            ("CallSid=", BadWebhook::Missing("CallSid")),
            ("CallSid=../1", BadWebhook::Value("CallSid")),
            ("CallSid=CA1&CallSid=CA2", BadWebhook::Duplicate("CallSid")),
            ("CallSid=CA1&From=%2B1&From=%2B2", BadWebhook::Duplicate("From")),
            ("CallSid=CA1&CallerName=%FF", BadWebhook::Utf8),
            ("CallSid=CA1&CallerName=%G0", BadWebhook::Escape),
            (&format!("CallSid={long}"), BadWebhook::Value("CallSid")),
            (&format!("CallSid=CA1&x={}", "a".repeat(70_000)), BadWebhook::TooLarge),
        ];
        for (body, reason) in bodies {
            assert_eq!(post(body), Err(reason), "{body:.40}");
        }
        let mut json = request(b"{}");
        json.headers.push("content-type", "application/json");
        assert_eq!(read(&json), Err(BadWebhook::ContentType));
        let put = Request { method: Method::Put, ..request(FIRST.as_bytes()) };
        assert_eq!(read(&put), Err(BadWebhook::Method));
    }

    #[test]
    fn the_fallback_says_what_failed() {
        assert_eq!(post("CallSid=CA1&ErrorCode=11200&ErrorUrl=x").unwrap().error_code, Some(11200));
        assert_eq!(post("CallSid=CA1&ErrorCode=much").unwrap().error_code, None);
        assert_eq!(post("CallSid=CA2&ParentCallSid=CA1").unwrap().parent.as_deref(), Some("CA1"));
    }

    proptest! {
        #[test]
        fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&request(&body));
        }
    }
}
