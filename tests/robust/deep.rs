//! Everything inside of itself, up to the depth that is understood and far beyond.

use super::feed::{Texts, feed};

/// Inside of each other, `n` times: brackets, and everything that nests without brackets.
pub(super) fn nests(n: usize) -> Vec<(&'static str, Texts)> {
    let around = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    let flow = |flow: String| Texts { flow, ..Texts::default() };
    let scene = |steps: String| {
        flow(format!(
            "settings {{ f = true  t = \"t\"  o: text?  l: text[1..9] = [\"a\"]  u: url }}
             service s at u {{ get a(x: text) \"/a/{{{{x}}}}\" gives text post b(x: json) \"/b\" json x }}
             scene main {{ {steps} hang up }}
             scene back {{ say \"a\" }}"
        ))
    };
    let value = |value: String| scene(format!("let x = {value}"));
    let head = |tests: String| Texts { flow: "scene main { hang up }".to_owned(), tests: Some(tests), settings: None };
    let toml = |settings: String| {
        let flow = "settings { f = true }  scene main { if f { say \"a\" } hang up }".to_owned();
        Texts { flow, tests: None, settings: Some(settings) }
    };
    vec![
        ("parentheses", value(around("(", "t", ")"))),
        ("lists", value(around("[", "t", "]"))),
        ("records", value(around("{ a: ", "t", " }"))),
        ("arguments", value(around("s.a(", "t", ")"))),
        ("comprehensions", value(around("[for x in ", "l", ": x]"))),
        ("else in parentheses", value(around("(o else ", "t", ")"))),
        ("not", value(format!("{}f", "not ".repeat(n)))),
        ("minus", value(format!("{}1", "-".repeat(n)))),
        ("and", value(format!("f{}", " and f".repeat(n)))),
        ("or", value(format!("f{}", " or f".repeat(n)))),
        ("plus", value(format!("1{}", " + 1".repeat(n)))),
        ("fields", value(format!("t{}", ".text".repeat(n)))),
        ("calls of functions", value(format!("l{}", ".unique".repeat(n)))),
        ("index", value(format!("l{}", "[0]".repeat(n)))),
        ("if in values", value(format!("{}t", "if f then t else ".repeat(n)))),
        ("any", value(format!("{}f", "any x in l where ".repeat(n)))),
        ("else", value(format!("o{}", " else o".repeat(n)))),
        ("strings", value(format!("t{}", " == \"a\"".repeat(n)))),
        ("if", scene(around("if f { ", "say t", " }"))),
        ("else if", scene(format!("if f {{}} {}", "else if f {} ".repeat(n)))),
        ("else blocks", scene(around("if f {} else { ", "", " }"))),
        ("match", scene(around("match t { \"a\" { ", "say t", " } else {} }"))),
        ("for", scene(around("for x in l { ", "say t", " }"))),
        ("menu", scene(around("menu t { 1 { ", "", " } }"))),
        ("menu behind an arrow", scene(around("menu t { 1 => ", "hang up", " }"))),
        ("record", scene(around("record t { any { ", "keep", " } }"))),
        ("wait", scene(around("wait for o every 5s up to 1min { ", "say t", " }"))),
        ("let in else", scene(around("let x = o else { ", "give t", " }"))),
        ("send in else", scene(around("send s.b(t) else { ", "", " }"))),
        ("hang up then", scene(around("hang up then { ", "", " }"))),
        ("escalate", scene(around("escalate w in l { busy { ", "", " } }"))),
        ("pick in asking", scene(format!("let x = {}t", "pick l asking ".repeat(n)))),
        ("optional types", flow(format!("type T {{ a: text{} }} scene main {{ hang up }}", "?".repeat(n)))),
        ("lists of types", flow(format!("type T {{ a: text{} }} scene main {{ hang up }}", "[]".repeat(n)))),
        (
            "records of types",
            flow(format!("type T {{ a: {} }} scene main {{ hang up }}", around("{ a: ", "text", " }"))),
        ),
        ("path of a field", flow(format!("type T {{ a{}: text }} scene main {{ hang up }}", ".a".repeat(n)))),
        (
            "queries",
            flow(format!(
                "query q(x: text) -> text {{ {} }} scene main {{ hang up }}",
                around("for y in [x] { ", "yield y", " }")
            )),
        ),
        (
            "queries without braces",
            flow(format!(
                "query q(x: text) -> text {{ {} yield x }} scene main {{ hang up }}",
                "for y in [x] ".repeat(n)
            )),
        ),
        ("slots", scene(format!("say \"{}\"", around("{{#if f}}", "a", "{{/if}}")))),
        ("else in slots", scene(format!("say \"{{{{#if f}}}}{}{{{{/if}}}}\"", "{{else if f}}a".repeat(n)))),
        ("calls in slots", scene(format!("say \"{{{{{}}}}}\"", around("(spell ", "t", ")")))),
        ("brackets in slots", scene(format!("say \"{}\"", "{".repeat(n)))),
        ("open brackets", flow("{".repeat(n))),
        ("closed brackets", flow("}".repeat(n))),
        ("brackets that cross", flow("([{".repeat(n) + &")]}".repeat(n))),
        ("open scenes", flow("scene a {\n  ".repeat(n))),
        ("open blocks", scene("if f {\n".repeat(n))),
        (
            "do",
            flow(
                (0..n).map(|k| format!("scene s{k} {{ do s{} }}\n", k + 1)).collect::<String>()
                    + &format!("scene s{n} {{ say \"a\" }} scene main {{ do s0; hang up }}"),
            ),
        ),
        (
            "types in types",
            flow(
                (0..n).map(|k| format!("type T{k} {{ a: T{} }}\n", k + 1)).collect::<String>()
                    + &format!("type T{n} {{ a: text }} scene main {{ hang up }}"),
            ),
        ),
        (
            "types in circles",
            flow(
                (0..n).map(|k| format!("type T{k} {{ a: T{}?, b: T{k}[] }}\n", (k + 1) % n)).collect::<String>()
                    + "scene main { hang up }",
            ),
        ),
        (
            "defaults in a row",
            flow(format!(
                "type T {{ f0: text = \"a\"{} }} scene main {{ hang up }}",
                (1..n).map(|k| format!(", f{k}: text = f{}", k - 1)).collect::<String>()
            )),
        ),
        (
            "fixtures in fixtures",
            head(
                (0..n).map(|k| format!("let f{k}(x) = [ f{}(x) ]\n", k + 1)).collect::<String>()
                    + &format!("let f{n}(x) = x\ngiven a = f0(\"a\")\n"),
            ),
        ),
        (
            "fixtures in circles",
            head(
                (0..n).map(|k| format!("let f{k}(x) = f{}(x)\n", (k + 1) % n)).collect::<String>()
                    + "given a = f0(\"a\")\nstub s.a => 200 f0(\"a\")\n",
            ),
        ),
        ("given lists", head(format!("given a = {}", around("[", "1", "]")))),
        ("given records", head(format!("given a = {}", around("{ a: ", "1", " }")))),
        ("lists in settings", toml(format!("f = {}", around("[", "1", "]")))),
        ("tables in settings", toml(format!("f = {}", around("{ a = ", "1", " }")))),
        ("dotted settings", toml(format!("f{} = 1", ".a".repeat(n)))),
        ("headings in settings", toml(format!("[a{}]\nb = 1", ".a".repeat(n)))),
    ]
}

#[test]
fn shallow_nests_are_understood() {
    // What is meant to be read is read: a nest that was misspelt here would test nothing.
    let understood = [
        "parentheses",
        "lists",
        "records",
        "else in parentheses",
        "not",
        "and",
        "or",
        "plus",
        "if in values",
        "if",
        "else if",
        "else blocks",
        "match",
        "menu",
        "menu behind an arrow",
        "wait",
        "optional types",
        "lists of types",
        "records of types",
        "path of a field",
        "queries",
        "slots",
        "do",
        "types in types",
        "types in circles",
        "defaults in a row",
    ];
    for (name, texts) in nests(3) {
        let found = feed(&texts);
        let codes: Vec<String> = found.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
        if understood.contains(&name) {
            assert!(!codes.iter().any(|code| code.starts_with("IVR1")), "{name}: {codes:?}\n{texts:?}");
        }
    }
}

#[test]
fn deep_nests_end_well() {
    for n in [12, 31, 33, 90] {
        super::feed_each(nests(n));
    }
}

#[test]
fn nests_without_a_bottom_end_well() {
    super::feed_each(nests(if super::wanted().is_some() { 3_000 } else { 400 }));
}
