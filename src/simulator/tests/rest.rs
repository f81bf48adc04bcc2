use std::time::Duration;

use super::fake::{ANN, BOB, LINE, Stage};
use crate::http::Method;
use crate::http::client::{Client, Outgoing};
use crate::simulator::{AnsweredBy, ApiFault, CallStatus, LegState};

const CALL: [(&str, &str); 5] =
    [("To", BOB), ("From", LINE), ("Url", "{base}/bob"), ("StatusCallback", "{base}/progress"), ("Timeout", "20")];

async fn stage() -> Stage {
    Stage::new(&[
        ("/voice", "<Gather timeout=\"600\"/>"),
        ("/bob", "<Gather timeout=\"30\"><Say>hello</Say></Gather>"),
        ("/progress", ""),
    ])
    .await
}

async fn code(stage: &Stage, path: &str, form: &[(&str, &str)]) -> (u16, u64) {
    let (status, body) = stage.api(Method::Post, path, form).await;
    (status, body["code"].as_u64().unwrap_or_default())
}

#[tokio::test]
async fn a_call_is_placed_rings_and_is_answered() {
    let stage = stage().await;
    let mut form = CALL.to_vec();
    form.extend(["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)));
    let (status, body) = stage.api(Method::Post, "/Calls.json", &form).await;
    assert_eq!(status, 201);
    assert_eq!(
        (&body["status"], &body["direction"], &body["to"]),
        (&"queued".into(), &"outbound-api".into(), &BOB.into())
    );
    assert!(body["start_time"].is_null() && body["duration"].is_null());
    let sid = body["sid"].as_str().unwrap().to_owned();
    stage.run().await;
    stage.network.answer(BOB).await.unwrap();
    assert_eq!(stage.run().await, ["hello"]);
    stage.network.hang_up(BOB).await.unwrap();
    stage.run().await;
    let (_, body) = stage.api(Method::Get, &format!("/Calls/{sid}.json"), &[]).await;
    assert_eq!((&body["status"], &body["duration"]), (&"completed".into(), &"0".into()));
    assert_eq!(stage.progress().await, ["0 initiated", "1 ringing", "2 in-progress", "3 completed"]);
    stage.flawless().await;
}

#[tokio::test]
async fn bad_requests_have_the_providers_codes() {
    let stage = stage().await;
    let with = |name: &'static str, value: &'static str| {
        let mut form = CALL.to_vec();
        form.retain(|(key, _)| *key != name);
        form.push((name, value));
        form
    };
    for (name, value, expected) in [
        ("To", "", 21_201),
        ("To", "12", 21_211),
        ("From", "hello", 21_212),
        ("From", "+15559999999", 21_210),
        ("Url", "", 21_205),
        ("Url", "/relative", 21_205),
        ("StatusCallbackEvent", "picked-up", 21_626),
        ("Timeout", "0", 20_001),
    ] {
        assert_eq!(code(&stage, "/Calls.json", &with(name, value)).await, (400, expected), "{name}={value}");
    }
    assert_eq!(code(&stage, "/Calls/CA00.json", &[("Status", "completed")]).await, (404, 20_404));
    assert_eq!(stage.api(Method::Get, "/Nothing.json", &[]).await.0, 404);
    let request = Outgoing::new(Method::Get, stage.api_path("/Calls.json"));
    let response = Client::new().unwrap().send(request).await.unwrap();
    assert_eq!(response.status, 401);
    assert!(String::from_utf8(response.body).unwrap().contains("20003"));
    assert_eq!(stage.network.requests().await.unwrap().len(), 11);
    assert_eq!(stage.network.legs().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_call_can_be_ended_in_every_state() {
    let stage = stage().await;
    let place = async || stage.api(Method::Post, "/Calls.json", &CALL).await.1["sid"].as_str().unwrap().to_owned();
    // Queued: nobody is told.
    let sid = place().await;
    assert_eq!(code(&stage, &format!("/Calls/{sid}.json"), &[("Status", "canceled")]).await.0, 200);
    stage.run().await;
    assert_eq!(stage.seen(), Vec::<String>::new());
    // Ringing.
    let sid = place().await;
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Ringing);
    let redirect = [("Url", "{base}/bob")];
    assert_eq!(code(&stage, &format!("/Calls/{sid}.json"), &redirect).await, (400, 21_220));
    assert_eq!(code(&stage, &format!("/Calls/{sid}.json"), &[("Status", "completed")]).await.0, 200);
    stage.run().await;
    assert_eq!(stage.webhook("/progress").await.param("CallStatus"), "canceled");
    // Answered.
    let sid = place().await;
    stage.run().await;
    stage.network.answer(BOB).await.unwrap();
    stage.run().await;
    assert_eq!(code(&stage, &format!("/Calls/{sid}.json"), &[("Status", "canceled")]).await, (400, 21_220));
    assert_eq!(code(&stage, &format!("/Calls/{sid}.json"), &[("Status", "completed")]).await.0, 200);
    assert_eq!(code(&stage, &format!("/Calls/{sid}.json"), &redirect).await, (400, 21_220));
    assert_eq!(stage.network.leg(BOB).await.unwrap().status, CallStatus::Completed);
}

#[tokio::test]
async fn a_document_can_be_sent_along() {
    let stage = stage().await;
    let twiml = "<Response><Say>inline</Say><Gather action=\"{base}/bob\" numDigits=\"1\"/></Response>";
    stage.api(Method::Post, "/Calls.json", &[("To", BOB), ("From", LINE), ("Twiml", twiml)]).await;
    stage.run().await;
    stage.network.answer(BOB).await.unwrap();
    assert_eq!(stage.run().await, ["inline"]);
    let sid = stage.network.leg(BOB).await.unwrap().sid;
    let update = [("Twiml", "<Response><Say>other</Say><Gather/></Response>")];
    assert_eq!(stage.api(Method::Post, &format!("/Calls/{sid}.json"), &update).await.0, 200);
    stage.run().await;
    // A `<Gather>` without an action in a document without a URL: there is nobody to ask.
    stage.network.press(BOB, "1#").await.unwrap();
    stage.run().await;
    assert_eq!(stage.network.problems().await.unwrap()[0].code, 11_100);
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Over);
    assert_eq!(
        code(&stage, "/Calls.json", &[("To", BOB), ("From", LINE), ("Twiml", &"x".repeat(4001))]).await.1,
        32_018
    );
}

#[tokio::test]
async fn calls_are_started_one_a_second() {
    let stage = stage().await;
    for to in [BOB, "+15553330000", "+15554440000"] {
        stage.api(Method::Post, "/Calls.json", &[("To", to), ("From", LINE), ("Url", "{base}/bob")]).await;
    }
    let happened = stage.network.run().await.unwrap();
    let rings = happened.iter().filter(|one| matches!(one.what, crate::simulator::What::Rings { .. }));
    let times: Vec<_> = rings.map(|one| one.at.strftime("%S").to_string()).collect();
    assert_eq!(times, ["01", "02", "03"]);
}

#[tokio::test]
async fn calls_are_listed_with_filters_and_pages() {
    let stage = stage().await;
    for to in [BOB, BOB, ANN] {
        stage.api(Method::Post, "/Calls.json", &[("To", to), ("From", LINE), ("Url", "{base}/bob")]).await;
    }
    stage.run().await;
    let list = async |query: &str| stage.api(Method::Get, &format!("/Calls.json?{query}"), &[]).await.1;
    assert_eq!(list("To=%2B15552220000").await["calls"].as_array().unwrap().len(), 2);
    assert_eq!(list("Status=ringing&From=%2B18005550000").await["calls"].as_array().unwrap().len(), 3);
    assert_eq!(list("StartTime%3E=2026-03-01T11:59:00Z").await["calls"].as_array().unwrap().len(), 3);
    assert_eq!(list("StartTime%3E=2026-03-02").await["calls"].as_array().unwrap().len(), 0);
    assert_eq!(list("StartTime=2026-03-01").await["calls"].as_array().unwrap().len(), 3);
    let page = list("PageSize=2").await;
    assert_eq!((&page["page_size"], page["calls"][0]["to"].as_str()), (&2.into(), Some(ANN)));
    let next = page["next_page_uri"].as_str().unwrap().rsplit_once('?').unwrap().1.to_owned();
    let page = list(&next).await;
    assert_eq!(page["calls"].as_array().unwrap().len(), 1);
    assert!(page["next_page_uri"].is_null());
}

#[tokio::test]
async fn a_machine_is_told_from_a_person() {
    for (mode, by, word) in [
        ("Enable", AnsweredBy::Machine, "machine_start"),
        ("DetectMessageEnd", AnsweredBy::Machine, "machine_end_beep"),
        ("Enable", AnsweredBy::Human, "human"),
    ] {
        let stage = stage().await;
        let mut form = CALL.to_vec();
        form.push(("MachineDetection", mode));
        stage.api(Method::Post, "/Calls.json", &form).await;
        stage.run().await;
        stage.network.answer_as(BOB, by).await.unwrap();
        stage.network.advance(Duration::from_secs(4)).await.unwrap();
        assert_eq!(stage.webhook("/bob").await.param("AnsweredBy"), word);
        stage.network.hang_up(BOB).await.unwrap();
        stage.run().await;
        assert_eq!(stage.webhook("/progress").await.param("CallDuration"), "4", "finding out takes time");
    }
    let stage = stage().await;
    let mut form = CALL.to_vec();
    form.extend([("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", "{base}/progress")]);
    stage.api(Method::Post, "/Calls.json", &form).await;
    stage.run().await;
    stage.network.answer_as(BOB, AnsweredBy::Fax).await.unwrap();
    stage.network.advance(Duration::from_secs(5)).await.unwrap();
    assert!(!stage.webhook("/bob").await.has("AnsweredBy"));
    assert_eq!(stage.webhook("/progress").await.param("AnsweredBy"), "fax");
    stage.run().await;
    assert_eq!(stage.network.leg(BOB).await.unwrap().state, LegState::Over, "a machine is silent by itself");
}

#[tokio::test]
async fn the_urls_of_a_number_can_be_read_and_changed() {
    let stage = stage().await;
    let (_, list) = stage.api(Method::Get, "/IncomingPhoneNumbers.json?PhoneNumber=%2B18005550000", &[]).await;
    let number = &list["incoming_phone_numbers"][0];
    assert_eq!(number["phone_number"], LINE);
    let path = format!("/IncomingPhoneNumbers/{}.json", number["sid"].as_str().unwrap());
    assert_eq!(code(&stage, &path, &[("VoiceUrl", "voice")]).await, (400, 21_502));
    stage.api(Method::Post, &path, &[("VoiceUrl", "{base}/bob"), ("StatusCallback", "")]).await;
    stage.network.call(ANN, LINE).await.unwrap();
    assert_eq!(stage.run().await, ["hello"]);
}

#[tokio::test]
async fn requests_can_be_refused_or_lost() {
    let stage = stage().await;
    stage.network.api_fault("POST", ApiFault::Refused { status: 429, code: 20_429 }).await.unwrap();
    assert_eq!(code(&stage, "/Calls.json", &CALL).await, (429, 20_429));
    assert_eq!(stage.network.legs().await.unwrap().len(), 0);
    for (fault, legs) in [(ApiFault::Lost, 0), (ApiFault::DoneWithoutReply, 1)] {
        stage.network.api_fault("/Calls.json", fault).await.unwrap();
        let path = stage.api_path("/Calls.json");
        let mut request = Outgoing::new(Method::Post, path);
        request.timeout = Duration::from_millis(100);
        request.body = Some(b"To=%2B15552220000&From=%2B18005550000&Url=http%3A%2F%2Fa.example%2Fb".to_vec());
        let auth = "QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==";
        request.headers.push("authorization", format!("Basic {auth}"));
        assert!(Client::new().unwrap().send(request).await.is_err());
        assert_eq!(stage.network.legs().await.unwrap().len(), legs);
        assert_eq!(stage.network.requests().await.unwrap().last().unwrap().status, None);
    }
}
