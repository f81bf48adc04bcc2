//! What values may do to a URL or a header: nothing.

use super::*;

/// The target that reaches the server for a path and an argument, or the failure.
async fn target(path: &str, argument: Value) -> Result<String, FailureKind> {
    let stand = Stand::new(|_| ok());
    let reply = perform(&services(), get(path), &format!("{}/v4", stand.base()), &[argument]).await;
    match reply {
        Reply::Response { .. } => Ok(stand.seen()[0].target.clone()),
        Reply::Failure(kind) => {
            assert!(stand.seen().is_empty());
            Err(kind)
        }
    }
}

#[tokio::test]
async fn values_are_encoded_for_the_place_where_they_land() {
    for (value, encoded) in [
        ("ann", "ann"),
        ("a/b", "a%2Fb"),
        ("%2F..", "%252F.."),
        ("../../admin", "..%2F..%2Fadmin"),
        ("a&b=c", "a%26b%3Dc"),
        ("a#b", "a%23b"),
        ("a?b", "a%3Fb"),
        ("a\"b'c", "a%22b%27c"),
        ("a\r\nHost: evil.example", "a%0D%0AHost%3A%20evil.example"),
        ("a\\b", "a%5Cb"),
        ("a\0b", "a%00b"),
        ("Zoë 日本", "Zo%C3%AB%20%E6%97%A5%E6%9C%AC"),
        ("@evil.example", "%40evil.example"),
        ("{{token}}", "%7B%7Btoken%7D%7D"),
        ("-._~", "-._~"),
        ("...", "..."),
    ] {
        let seen = target("/people/{{a}}/devices?q={{a}}", Value::text(value)).await;
        assert_eq!(seen, Ok(format!("/v4/people/{encoded}/devices?q={encoded}")), "{value:?}");
    }
    let number = target("/people/{{a}}", Value::Number(12.0)).await;
    assert_eq!(number, Ok("/v4/people/12".to_owned()));
}

#[tokio::test]
async fn a_path_segment_is_never_empty_nor_dots() {
    for value in ["", ".", ".."] {
        for path in ["/people/{{a}}/devices", "/people/{{a}}", "/{{a}}?x=1"] {
            assert_eq!(target(path, Value::text(value)).await, Err(FailureKind::Path), "{path} {value:?}");
        }
        assert_eq!(target("/x?q={{a}}", Value::text(value)).await, Ok(format!("/v4/x?q={value}")));
    }
    for (path, value) in [("/people/.{{a}}", "."), ("/people/{{a}}{{a}}", "."), ("/people/%2{{a}}", "e")] {
        assert_eq!(target(path, Value::text(value)).await, Err(FailureKind::Path), "{path} {value:?}");
    }
    assert_eq!(target("/people/{{a}}", Value::None).await, Err(FailureKind::Path));
    assert_eq!(target("/x?q={{a}}", Value::None).await, Err(FailureKind::Path));
}

#[tokio::test]
async fn what_is_left_out_need_not_have_a_form() {
    let path = "/people{{#if a}}/{{a}}{{/if}}";
    assert_eq!(target(path, Value::None).await, Ok("/v4/people".to_owned()));
    assert_eq!(target(path, Value::text("ann")).await, Ok("/v4/people/ann".to_owned()));
    assert_eq!(target(path, Value::text("..")).await, Err(FailureKind::Path));
    let otherwise = "/x{{#unless a}}?all=yes{{else}}?q={{a}}{{/unless}}";
    assert_eq!(target(otherwise, Value::None).await, Ok("/v4/x?all=yes".to_owned()));
    assert_eq!(target(otherwise, Value::text("b")).await, Ok("/v4/x?q=b".to_owned()));

    let stand = Stand::new(|_| ok());
    let operation = header(get("/x"), "X-Who", "{{#if a}}{{a}}{{else}}nobody{{/if}}");
    perform(&services(), operation, &stand.base(), &[Value::None]).await;
    assert_eq!(stand.seen()[0].headers.get("x-who"), Some("nobody"));
}

#[tokio::test]
async fn a_url_keeps_the_beginning_that_was_written() {
    assert_eq!(target("{{prefix}}&q={{a}}", Value::text("x")).await, Ok("/v4/api/1?key=a%20b&q=x".to_owned()));
    assert_eq!(target("", Value::None).await, Ok("/v4".to_owned()));
    assert_eq!(target("/a//b/", Value::None).await, Ok("/v4/a//b/".to_owned()));
    assert_eq!(target("people", Value::None).await, Err(FailureKind::Path), "it would continue the host's name");
    assert_eq!(target("@evil.example/", Value::None).await, Err(FailureKind::Path));
    assert_eq!(target("/../../x", Value::None).await, Err(FailureKind::Path), "it would leave the base URL");
}

#[tokio::test]
async fn a_path_setting_cannot_leave_the_base_url() {
    let stand = Stand::new(|_| ok());
    for (prefix, arrives) in [("/x", true), ("/../x", false), ("/%2e%2E/x", false), ("/a/../x", true)] {
        let base = Value::text(format!("{}/v4", stand.base()));
        let settings = Settings::of(&[("base", base), ("email", Value::None), ("prefix", Value::text(prefix))], &[]);
        let reply = perform_with(&services(), get("{{prefix}}"), &settings, &[]).await;
        assert_eq!(reply != Reply::Failure(FailureKind::Path), arrives, "{prefix}");
    }
    assert!(stand.seen().iter().all(|request| request.target.starts_with("/v4/")));
}

#[tokio::test]
async fn a_header_cannot_be_ended_by_its_value() {
    let stand = Stand::new(|_| ok());
    for wrong in ["a\r\nX-Evil: 1", "a\nb", "é", "a\tb", "a\0", " a"] {
        let operation = header(get("/x"), "X-Name", "{{a}}");
        let reply = perform(&services(), operation, &stand.base(), &[Value::text(wrong)]).await;
        assert_eq!(reply, Reply::Failure(FailureKind::Header), "{wrong:?}");
        let operation = header(get("/x"), wrong, "a");
        let reply = perform(&services(), operation, &stand.base(), &[]).await;
        assert_eq!(reply, Reply::Failure(FailureKind::Header), "{wrong:?}");
    }
    assert!(stand.seen().is_empty());
}

#[tokio::test]
async fn a_secret_that_fits_in_no_header_is_the_failure_header() {
    let stand = Stand::new(|_| ok());
    let open = [("base", Value::text(stand.base())), ("email", Value::None), ("prefix", Value::None)];
    let plain = |name: &str| text(&format!("{{{{{name}}}}}"), &Form::Plain);
    for (user, token, credentials) in [
        ("svc", "t\r\nX-Evil: 1", Credentials::Bearer(plain("token"))),
        ("svc", "tôken", Credentials::Bearer(plain("token"))),
        ("a:b", "x", Credentials::Basic(plain("user"), plain("token"))),
        ("a\n", "x", Credentials::Basic(plain("user"), plain("token"))),
    ] {
        let settings = Settings::of(&open, &[("user", user), ("token", token)]);
        let operation = Operation { credentials: Some(credentials), ..get("/x") };
        let reply = perform_with(&services(), operation, &settings, &[]).await;
        assert_eq!(reply, Reply::Failure(FailureKind::Header), "{user:?} {token:?}");
    }
    assert!(stand.seen().is_empty());
}
