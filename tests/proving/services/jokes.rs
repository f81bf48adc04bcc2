//! icanhazdadjoke: <https://icanhazdadjoke.com/api>. It asks every client to say who it is.

use serde_json::json;

use super::{Request, State};
use crate::proving::http::{Answer, Asked};

pub(super) fn operation(asked: &Asked) -> Option<&'static str> {
    (asked.method == "GET" && asked.target == "/").then_some("jokes.random")
}

pub(super) fn answer(state: &mut State, request: &Request) -> Answer {
    if !request.asked.header("user-agent").is_some_and(|agent| agent.contains("xMatters by phone")) {
        state.complaints.push("jokes.random: the User-Agent does not say who it is".to_owned());
    }
    let joke = "What do you call corn that joins the army? Kernel.";
    Answer::json(200, &json!({ "id": "R7UfaahVfFd", "joke": joke, "status": 200 }))
}
