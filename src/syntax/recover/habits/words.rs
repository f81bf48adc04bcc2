//! Words and signs of other languages, and those of this one for them.

use crate::syntax::recover::Token;

/// Signs of other languages.
pub(in crate::syntax) fn sign(text: &str) -> Option<&'static str> {
    Some(match text {
        "&&" | "&" => "and",
        "||" => "or",
        "!" => "not",
        "<>" | "~=" | "/=" => "!=",
        _ => return None,
    })
}

/// The length of a comment of another language at the beginning of a text; `#` is one where nothing has begun.
pub(in crate::syntax) fn foreign_comment(text: &str, at_beginning: bool) -> Option<usize> {
    let line = text.lines().next().unwrap_or_default().trim_end().len();
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(line, |end| end + 2));
    }
    let to_the_end = text.starts_with("--") || text.starts_with("<!--") || at_beginning && text.starts_with('#');
    to_the_end.then_some(line)
}

/// The word of this language for one of another, where a step begins.
pub(super) fn step(word: &str) -> Option<&'static str> {
    Some(match word {
        "goto" | "go" | "jump" | "transition" | "next" => "=>",
        "hangup" | "hang_up" | "end" | "exit" | "quit" | "disconnect" | "stop" | "terminate" => "hang up",
        "sleep" | "delay" => "pause",
        "var" | "const" | "set" | "local" | "assign" => "let",
        "elif" | "elsif" | "elseif" => "else if",
        "print" | "tell" | "speech" | "announce" | "prompt" | "output" | "echo" | "tts" => "say",
        "call" | "transfer" | "forward" | "bridge" => "dial",
        "gather" | "ask" | "input" | "choose" | "options" => "menu",
        "switch" | "case" | "select" => "match",
        "while" | "loop" | "repeat" | "until" => "retry",
        "post" | "request" | "fetch" | "http" => "send",
        "audio" | "playback" => "play",
        _ => return None,
    })
}

/// The same where an item begins.
pub(super) fn item(word: &str) -> Option<&'static str> {
    Some(match word {
        "function" | "def" | "fn" | "func" | "sub" | "procedure" | "node" | "state" | "flow" | "dialog" | "label"
        | "block" | "menu" => "scene",
        "var" | "let" | "const" | "config" | "setting" | "variables" => "settings",
        "import" | "include" | "require" => "use",
        "class" | "struct" | "record" | "interface" => "type",
        "prompts" | "texts" | "messages" | "phrase" => "phrases",
        "api" | "http" | "webhook" => "service",
        _ => return None,
    })
}

/// What to write for a step of another language, whose word is followed by `behind`.
pub(super) fn help_for_step(meant: &str, behind: &str) -> String {
    let next = Token::at(behind.split('\n').next().unwrap_or_default(), 0);
    match meant {
        "=>" if next.is_name() && next.text != "to" => format!("write `=> {}`", next.text),
        "=>" => "write `=> NAME`, with the name of a scene".to_owned(),
        "hang up" => "write `hang up`, to end the call".to_owned(),
        "pause" if next.text.starts_with(|c: char| c.is_ascii_digit()) => format!("write `pause {}`", next.text),
        "let" if next.is_name() => format!("write `let {} = …`", next.text),
        "say" => "write `say \"…\"`".to_owned(),
        "dial" => "write `dial NUMBER`; to run a scene, `do NAME`".to_owned(),
        "menu" => "write `menu \"…\" { 1 \"…\" => … }`".to_owned(),
        "match" => "write `match VALUE { A => …  else => … }`".to_owned(),
        "retry" => {
            "there are no loops: a `menu` repeats by itself, `retry` goes back to a step, `wait for … every …` asks again"
                .to_owned()
        }
        "send" => "declare a `service`, and write `send SERVICE.OPERATION(…)`".to_owned(),
        "else if" => "write `else if`".to_owned(),
        _ => format!("write `{meant}`"),
    }
}
