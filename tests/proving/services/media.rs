//! A place where music lies: audio, and a document of it.

use crate::proving::http::{Answer, Asked};

const DOCUMENT: &str = "<?xml version=\"1.0\"?>\n<Response>\n  <Play>\n    {self}/first.mp3\n  </Play>\n  \
<Say>You are in good hands</Say>\n  <Dial>+19005551234</Dial>\n  <Redirect/>\n</Response>";

pub(super) fn answer(asked: &Asked) -> Answer {
    match asked.path() {
        "/own.mp3" | "/first.mp3" => Answer::of(200, "audio/mpeg", vec![0xff, 0xfb, 0x90, 0x64]),
        "/music.xml" => {
            let host = asked.header("host").unwrap_or_default();
            Answer::of(200, "text/xml", DOCUMENT.replace("{self}", &format!("http://{host}")))
        }
        _ => Answer::of(404, "text/plain", "nothing here"),
    }
}
