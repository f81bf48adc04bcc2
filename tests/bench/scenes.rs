//! Flows of any size: what it costs to check a scene must not depend on how many there are.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Scenes of the flows that are checked.
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
/// The fastest of so many runs counts.
const RUNS: usize = 5;

/// Prints how long `ivrc check` takes for flows of different sizes, and by how much a scene costs more than in the flow
/// of a tenth of the size. What the process itself takes is measured with a flow of a single scene, and taken off.
pub(crate) fn check(ivrc: &str, directory: &Path) {
    let start = fastest(ivrc, &written(directory, 1));
    println!("\n{:<34}{:>10}{:>14}{:>10}", "ivrc check, whole process", "ms", "µs a scene", "ratio");
    println!("{:<34}{:>10.1}", "1 scene", start.as_secs_f64() * 1e3);
    let mut before: Option<f64> = None;
    for scenes in SIZES {
        let time = fastest(ivrc, &written(directory, scenes));
        let each = time.saturating_sub(start).as_secs_f64() * 1e6 / scenes as f64;
        let ratio = before.map_or(String::new(), |before| format!("{:.2}", each / before));
        println!("{:<34}{:>10.1}{each:>14.1}{ratio:>10}", format!("{scenes} scenes"), time.as_secs_f64() * 1e3);
        before = Some(each);
    }
}

fn written(directory: &Path, scenes: usize) -> std::path::PathBuf {
    let path = directory.join(format!("of{scenes}.ivr"));
    std::fs::write(&path, flow(scenes)).expect("a file");
    path
}

fn fastest(ivrc: &str, flow: &Path) -> Duration {
    let run = || {
        let began = Instant::now();
        let mut command = Command::new(ivrc);
        command.arg("check").arg(flow).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().expect("a process").success(), "{} is clean", flow.display());
        began.elapsed()
    };
    (0..RUNS).map(|_| run()).min().unwrap_or_default()
}

/// A flow of so many scenes, with all that a scene can do: a menu in each, a choice, a request, a message, a recording
/// and another scene that is run in some, and ways to scenes nearby and far away.
pub(crate) fn flow(scenes: usize) -> String {
    let mut text = String::from(HEAD);
    for n in 0..scenes {
        let (next, far) = ((n + 1) % scenes, (n * 7 + 3) % scenes);
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
  }} else {last}
}}
scene told{n}(name: text) {{
  say "{{{{name}}}} was told."
  let state = desk.state("{n}") else {{ say "Nobody knows more."; hang up }}
  match state {{ open => room{next}  closed {{ say "It is closed."; hang up }} }}
}}
scene joke{n}() {{
  if date(now).day == {day} {{ say "No joke today." }} else {{ say "It is joke {n}." }}
}}
phrases {{ rooms{n} = "This is room {n}." }}
"#,
            day = n % 28 + 1,
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
