//! Whom `admit` lets in, and where everybody else comes to.

use super::super::gate::refused;
use super::{compiled, flows};
use crate::graph::Op;

/// Whether there is a gate, whether it can be passed by, and the scenes of those whom it refuses.
fn gate(text: &str) -> (bool, bool, Vec<String>) {
    let compiled = compiled(text);
    assert!(!compiled.diagnostics.has_errors(), "{:?}", compiled.diagnostics);
    let graph = &compiled.line.as_ref().unwrap().graph;
    let outside = refused(graph);
    let entered = graph.scenes.iter().filter(|scene| outside.nodes.contains(&scene.entry));
    (outside.gate, outside.passed, entered.map(|scene| scene.name.to_string()).collect())
}

#[test]
fn no_flow_lets_anybody_pass_by() {
    let mut gates = 0;
    for (name, compiled) in flows() {
        let graph = &compiled.line.as_ref().unwrap().graph;
        let outside = refused(graph);
        gates += usize::from(outside.gate);
        assert!(!outside.passed, "{name}");
        assert_eq!(outside.gate, matches!(graph.node(graph.entry).unwrap().op, Op::Branch { .. }), "{name}");
    }
    assert!(gates > 2, "{gates} gates are too few");
}

#[test]
fn rules_let_nobody_in() {
    let start = r#"settings { u: url = "https://u.example" }
        service s at u { get l() "/l" gives text }
        anywhere 0 => desk
        on error => desk
        on silence { say "Hm." }
        "#;
    let end = r#"
        scene main { let x = s.l(); say x; => desk }
        scene desk { say "The desk."; hang up }
        scene sorry { let x = s.l(); menu "{{x}}" { 1 => sorry } }"#;
    // Failures lead those who were not admitted to the apology, and `anywhere` keys do nothing.
    let refused = format!("{start} admit call.from in [\"+15550100\"] else => sorry {end}");
    assert_eq!(gate(&refused), (true, false, vec!["sorry".to_owned()]));
    // What the author leads them to, they come to.
    let led = format!("{start} admit call.from in [\"+15550100\"] else => desk {end}").replace("=> sorry", "=> desk");
    assert_eq!(gate(&led), (true, false, vec!["desk".to_owned()]));
    assert_eq!(gate(&format!("{start} {end}").replace("sorry", "main2")), (false, false, Vec::new()));
}
