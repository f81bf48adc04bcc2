//! Flows of any size.

use std::fmt::Write as _;

/// A clean flow of about so many scenes, with all that a scene can do: of three, one has a menu with a choice, a
/// request, a message and a recording, one asks a service, one is run by `do`; and there are ways to scenes nearby and
/// far away.
pub(crate) fn flow(scenes: usize) -> String {
    let rooms = scenes.div_ceil(3);
    let mut text = String::from(HEAD);
    for n in 0..rooms {
        let (next, far) = ((n + 1) % rooms, (n * 7 + 3) % rooms);
        // Whoever does nothing is led through all of them.
        let last = if next == 0 { "hang up".to_owned() } else { format!("=> room{next}") };
        let _ = write!(
            text,
            r#"
scene room{n} {{
  menu rooms{n} {{
    1 "to go on." => room{next}
    2 "for a room far away." => room{far}
    3 "for a person." {{
      let who = pick people asking "Who?"
      send desk.note("{{{{who.spoken}}}} in room {n}") else {{ say "That did not work."; => room{next} }}
      => told{n}(who.spoken)
    }}
    4 "to be told a joke." {{ do joke{n}(); => room{far} }}
    5 "to speak to us." {{
      let take = record "Speak after the beep." else => room{next}
      send desk.recorded(take.url) else {{}}
      => room{next}
    }}
  }} else {{ {last} }}
}}
scene told{n}(name: text) {{
  say "{{{{name}}}} was told."
  let state = desk.state("{n}") else {{ say "Nobody knows more."; hang up }}
  match state {{ open => room{next}; closed {{ say "It is closed."; hang up }} }}
}}
scene joke{n}() {{
  if call.from is none {{ say "No joke for strangers." }} else {{ say "It is joke {n}." }}
}}
phrases {{ rooms{n} = "This is room {n}." }}
"#
        );
    }
    text
}

const HEAD: &str = r#"/// Rooms.
settings {
  desk_url: url = "https://desk.example.com"
  people: { phone: phone, spoken: text }[1..3] = [
    { phone: "+15550100", spoken: "Ann" }, { phone: "+15550101", spoken: "Bob" }
  ]
}
enum State { open, closed }
service desk at desk_url {
  get state(of: text) "/rooms/{{of}}" gives state as State
  post note(about: text) "/notes" json { about }
  post recorded(at: url) "/recordings" json { at }
}
scene main {
  say "Welcome."
  => room0
}
"#;
