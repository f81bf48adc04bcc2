//! What was ready to be heard, and what has happened since.

use std::time::Duration;

use super::{ANN, CALLER, Death, Stage, conditions};
use crate::compile::{Inputs, Line, compile};
use crate::simulator::{AnsweredBy, Deed, Number, What};

const HELPERS: &str = "+15550100300";

/// Whoever answers hears what a service says.
const HELP: &str = r#"
settings { desk_url: url = "https://desk.example.com"  people: { phone: phone }[1..] = [{ phone: "+15557770001" }] }
service desk at desk_url { get word() "/word" gives text }
music hold { play "https://music.example.com/a.mp3" }
scene main {
  escalate who in people, music hold {
    callee hears {
      let word = desk.word() else { give "nothing" }
      menu "Somebody says {{word}}." { any => connect }
    }
    caller_gone => say "The caller is gone."
  } else { say "Nobody." }
  hang up
}
"#;

fn help() -> Line {
    compile(Inputs::alone("help", HELP), &conditions()).line.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callee_is_not_asked_for_a_caller_who_has_gone_meanwhile() {
    let stage = Stage::new(Death::Never).await;
    let network = &stage.network;
    stage.serve(help()).await;
    let url = |path: &str| format!("{}/help{path}#rc=3&rp=all", stage.base());
    let number =
        Number { voice_url: url(""), status_callback: Some(url("/status")), fallback_url: Some(url("/fallback")) };
    network.set_number(HELPERS, number).await.unwrap();

    stage.services.silent.send_replace(vec!["desk.word"]);
    let call = network.call(CALLER, HELPERS).await.unwrap();
    network.run().await.unwrap();
    let ann = network.legs().await.unwrap().iter().find(|leg| leg.to == ANN).unwrap().id;
    network.act(ann, Deed::Answer(AnsweredBy::Human)).await.unwrap();
    // The service is slow: Ann gets a moment of silence, and while it lasts the reply comes.
    network.advance(Duration::from_secs(10)).await.unwrap();
    stage.services.silent.send_replace(Vec::new());
    network.settle().await.unwrap();
    network.hang_up(call).await.unwrap();
    let passed = network.advance(Duration::from_secs(20)).await.unwrap();
    let heard: Vec<&str> = passed
        .iter()
        .filter(|occurrence| occurrence.leg == Some(ann))
        .filter_map(|o| if let What::Hears { text, .. } = &o.what { Some(text.as_str()) } else { None })
        .collect();
    assert_eq!(heard, ["The caller is gone."]);
    stage.close().await;
}
