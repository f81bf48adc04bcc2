//! Flows made by chance: scenes of all kinds of steps, with words that no format may trip over.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

const HEAD: &str = r#"
type Person { spoken: text, phone: phone }
settings { people: Person[1..9] = [{ spoken: "Ann", phone: "+15557770001" }]  open = true  base: url = "https://a.example" }
service s at base { get look(word: text) "/{{word}}" gives word as text?   post note(word: text) "/" json { word } }
music waltz { play "https://a.example/waltz.mp3" }
on silence => say "Hm?"
on error { say "That does not work."; hang up }
anywhere *, # => s0
scene main { => s0 }
scene helper(word: text) -> text { if open { return word }; send s.note(word) else { return "none" }; return word }
"#;

/// A step, with what it says, and a number for what is chosen in it.
#[derive(Debug, Clone)]
struct Step {
    kind: u8,
    words: String,
    number: usize,
}

fn step() -> impl Strategy<Value = Step> {
    // What would end a string or begin a slot is escaped or left out; all else may stand there.
    let words = prop_oneof!["[a-zA-Z ,.?]{1,60}", "[<>&|;#'\\[\\]()`$%é漢字→…-]{1,20}", "(\\\\\"|[a-z ]){1,40}"];
    (0..12_u8, words, 0..64_usize).prop_map(|(kind, words, number)| Step { kind, words, number })
}

/// A flow that compiles.
pub(super) fn flow() -> impl Strategy<Value = String> {
    vec((vec(step(), 1..7), 0..3_u8), 1..7).prop_map(|scenes| {
        let mut text = HEAD.to_owned();
        let count = scenes.len();
        for (index, (steps, end)) in scenes.into_iter().enumerate() {
            let _ = writeln!(text, "scene s{index} {{");
            for (n, step) in steps.iter().enumerate() {
                let _ = writeln!(text, "  {}", written(step, index * 100 + n, count));
            }
            // Only down: machines must not go round in circles.
            let end = if end > 0 && index + 1 < count { format!("=> s{}", index + 1) } else { "hang up".to_owned() };
            let _ = writeln!(text, "  {end}\n}}");
        }
        text
    })
}

fn written(step: &Step, name: usize, scenes: usize) -> String {
    let (words, other) = (&step.words, step.number % scenes);
    match step.kind {
        0 => format!("say \"{words}\""),
        1 => format!("if open {{ say \"{words}\" }} else {{ pause 2s }}"),
        2 => format!(
            "menu \"{words}\" {{ 1 \"{words}\" => s{other}; 2 {{}}; any {{ say \"{words}\" }} }} else => hang up"
        ),
        3 => format!("let v{name} = pick people asking \"{words}\" alone \"{words}\"\n  say \"{{{{v{name}}}}}\""),
        4 => format!(
            "let v{name} = record \"{words}\" up to 30s {{ 1 => keep; 2 => s{other}; any => retry; short {{ say \"{words}\"; retry up to 2 \
             times; hang up }} }} else => hang up\n  say \"{{{{v{name}.seconds}}}}\""
        ),
        5 => format!("let v{name} = s.look(\"{}\") else {{ say \"{words}\"; give \"x\" }}\n  say v{name}", step.number),
        6 => "send s.note(\"a\") else { say \"No.\" }".to_owned(),
        7 => format!("let v{name} = do helper(\"a\")\n  say v{name}"),
        8 => format!(
            "escalate p{name} in people, ringing 20s, music waltz {{\n    caller hears {{ say \"{words}\" }}\n    callee hears {{ menu \
             \"{words}\" {{ 1 => connect }} }}\n    busy => say \"{words}\"\n  }} else {{ say \"{words}\" }}"
        ),
        9 => format!("for p{name} in people where open {{ say \"{{{{p{name}}}}}\" }}"),
        10 => format!(
            "let v{name} = wait for s.look(\"b\") every 5s up to 1min {{ say \"{words}\" }} else {{ give \"late\" }}\n  say v{name}"
        ),
        _ => "dial people.first.phone ringing 20s, star drops else { say \"Nobody.\" }".to_owned(),
    }
}
