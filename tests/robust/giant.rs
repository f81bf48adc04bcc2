//! Much of everything: many parts, and single ones that are very long.

use std::fmt::Write as _;

use super::feed::Texts;

/// Something for each number up to `n`.
fn many(n: usize, part: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, k| {
        let _ = write!(text, "{}", part(k));
        text
    })
}

/// Flows, tests and settings with `n` of something.
pub(super) fn giants(n: usize) -> Vec<(&'static str, Texts)> {
    let flow = |flow: String| Texts { flow, ..Texts::default() };
    let steps = |steps: String| {
        flow(format!("settings {{ f = true t = \"t\" l: text[1..9] = [\"a\"] }} scene main {{ {steps} hang up }}"))
    };
    let items = |items: String| flow(format!("{items} scene main {{ hang up }}"));
    let tested = |tests: String| Texts {
        flow: "settings { u: url } service s at u { get a(x: text) \"/a/{{x}}\" gives text[] }
               phrases { p = \"a\" } scene main { if s.a(\"b\") is empty { say p } hang up } on error => hang up"
            .replace("} on error", "}\non error"),
        tests: Some(tests),
        settings: None,
    };
    let set = |settings: String| {
        Texts {
        flow: "settings { l: text[] = [] f = true } phrases { p = \"a\" } scene main { say p; if l is empty and f { say p } hang up }".to_owned(),
        tests: None,
        settings: Some(settings),
    }
    };
    vec![
        ("settings", items(format!("settings {{ {} }}", many(n, |k| format!("s{k} = {k}\n"))))),
        ("names of a setting", items(format!("settings {{ {}z: text = \"a\" }}", many(n, |k| format!("s{k}, "))))),
        ("phrases", items(format!("phrases {{ {} }}", many(n, |k| format!("p{k} = \"Hello {k}.\"\n"))))),
        (
            "phrases that are spoken",
            flow(format!(
                "phrases {{ {} }} scene main {{ {} hang up }}",
                many(n, |k| format!("p{k} = \"a\"\n")),
                many(n, |k| format!("say p{k}\n"))
            )),
        ),
        ("counted texts", steps(format!("menu \"a\"{} {{ 1 {{}} }}", many(n, |k| format!(" then \"{k}\""))))),
        ("values of an enum", items(format!("enum E {{ a{} }}", many(n, |k| format!(", v{k}"))))),
        ("values of a choice", items(format!("settings {{ c: a{} = a }}", many(n, |k| format!(" | v{k}"))))),
        ("rows", items(format!("table T {{ a | b{} }}", many(n, |k| format!(", {k} | w{k}"))))),
        (
            "columns",
            items(format!("table T {{ a{}, 1{} }}", many(n, |k| format!(" | c{k}")), many(n, |k| format!(" | {k}")))),
        ),
        ("fields", items(format!("type T {{ a: text{} }}", many(n, |k| format!(", f{k}: text = \"a\""))))),
        ("types", items(many(n, |k| format!("type T{k} {{ a: text }}\n")))),
        ("names of a field", items(format!("type T {{ a{}: text }}", many(n, |k| format!(", f{k}"))))),
        (
            "services",
            items(many(n, |k| {
                format!("settings {{ u{k}: url }} service s{k} at u{k} {{ get a() \"/\" gives json }}\n")
            })),
        ),
        (
            "operations",
            items(format!(
                "settings {{ u: url }} service s at u {{ {} }}",
                many(n, |k| format!("get o{k}() \"/{k}\" gives json\n"))
            )),
        ),
        (
            "headers",
            items(format!(
                "settings {{ u: url }} service s at u{} {{ get a() \"/\" gives json }}",
                many(n, |k| format!(", header \"X-{k}\" \"a\""))
            )),
        ),
        ("parameters", items(format!("scene a(p: text{}) {{ hang up }}", many(n, |k| format!(", p{k}: text"))))),
        ("scenes", items(many(n, |k| format!("scene s{k} {{ say \"a\" => main }}\n")))),
        (
            "scenes in a row",
            flow(format!(
                "{}scene s{n} {{ hang up }} scene main {{ => s0 }}",
                many(n, |k| format!("scene s{k} {{ say \"a\" => s{} }}\n", k + 1))
            )),
        ),
        (
            "scenes that run one",
            flow(format!(
                "scene one {{ say \"a\" }} {} scene main {{ {} hang up }}",
                many(n, |k| format!("scene s{k} {{ do one }}\n")),
                many(n, |k| format!("do s{k}\n"))
            )),
        ),
        ("queries", items(many(n, |k| format!("query q{k}(x: text) -> text {{ yield x }}\n")))),
        ("steps", steps(many(n, |_| "say \"a\"\n".to_owned()))),
        ("bindings", steps(many(n, |k| format!("let x{k} = {k}\n")))),
        ("ifs", steps(many(n, |_| "if f { say t }\n".to_owned()))),
        ("ifs that leave", steps(many(n, |_| "if f => main\n".to_owned()))),
        ("menus", steps(many(n, |_| "menu \"a\" { 1 {} }\n".to_owned()))),
        ("arms", steps(format!("menu \"a\" {{ {} }}", many(n, |k| format!("{} \"a\" => hang up\n", k % 10))))),
        ("keys", steps(format!("menu \"a\" {{ 1{} => hang up }}", many(n, |k| format!(", {}", k % 10))))),
        ("keys without end", steps(format!("menu \"a\" {{ 1{} }}", many(n, |k| format!(", {}", k % 10))))),
        ("cases", steps(format!("match t {{ {} else {{}} }}", many(n, |k| format!("\"{k}\" {{}}\n"))))),
        ("patterns", steps(format!("match t {{ \"a\"{} {{}} else {{}} }}", many(n, |k| format!(", \"{k}\""))))),
        ("patterns without end", steps(format!("match t {{ \"a\"{} }}", many(n, |k| format!(", \"{k}\""))))),
        ("outcomes", steps(format!("escalate w in l {{ busy{} }}", many(n, |_| ", busy".to_owned())))),
        ("words without end", steps(format!("escalate w in l {{ other{} }}", many(n, |_| ", other".to_owned())))),
        ("elements", steps(format!("let x = [1{}]", many(n, |k| format!(", {k}"))))),
        ("pairs", steps(format!("let x = {{ a: 1{} }}", many(n, |k| format!(", a{k}: {k}"))))),
        (
            "elements of a default",
            items(format!("settings {{ l: text[] = [\"a\"{}] }}", many(n, |k| format!(", \"{k}\"")))),
        ),
        ("slots", steps(format!("say \"{}\"", "{{t}}".repeat(n)))),
        ("conditions in slots", steps(format!("say \"{}\"", "{{#if f}}a{{/if}}".repeat(n)))),
        ("escapes", steps(format!("say \"{}\"", "\\\"".repeat(n)))),
        ("wrong escapes", steps(format!("say \"{}\"", "\\q".repeat(n)))),
        ("joined lines", steps(format!("say \"{}\"", "a\\\n   ".repeat(n)))),
        ("music", items(format!("music m {{ {} }}", many(n, |_| "say \"a\"\n".to_owned())))),
        ("rules", items(many(n, |_| "on error => hang up\n".to_owned()))),
        ("comments", items("// a comment\n".repeat(n))),
        ("documentation", items(format!("{}settings {{ a = 1 }}", "/// a comment\n".repeat(n)))),
        ("comments in a scene", steps("// a comment\n".repeat(n))),
        ("comments between arms", steps(format!("menu \"a\" {{ 1 {{}} {} }}", "// a comment\n".repeat(n)))),
        ("blank lines", items("\n".repeat(n))),
        ("a long comment", items(format!("// {}\n", "a".repeat(10 * n)))),
        ("a long string", steps(format!("say \"{}\"", "a ".repeat(10 * n)))),
        ("a long name", steps(format!("let {} = 1", "a".repeat(10 * n)))),
        ("a long name that is not known", steps(format!("say {}", "a".repeat(10 * n)))),
        ("a long number", steps(format!("let x = {}", "1".repeat(10 * n)))),
        ("a long line of blanks", steps(" ".repeat(10 * n))),
        // Further right than 65,535 columns.
        ("a mistake far to the right", steps(format!("{}say nobody;", " ".repeat(70_000 + n)))),
        ("a long line of steps", steps("say \"a\"; ".repeat(n))),
        ("a long line of mistakes", steps("say \"a\"; foo; ".repeat(n))),
        ("a long line of unknown names", steps(many(n, |k| format!("say n{k}; ")))),
        ("unknown names", steps(many(n, |k| format!("say n{k}\n")))),
        ("unknown scenes", flow(format!("scene main {{ {} hang up }}", many(n, |k| format!("do n{k}\n"))))),
        (
            "unknown variables",
            flow(format!(
                "phrases {{ {} }} scene main {{ {} hang up }}",
                many(n, |k| format!("p{k} = \"{{{{x{k}}}}}\"\n")),
                many(n, |k| format!("say p{k}\n"))
            )),
        ),
        ("one name declared often", items("settings { a = 1 }\n".repeat(n))),
        ("one scene declared often", items("scene a { hang up }\n".repeat(n))),
        ("wrong steps", steps("foo(1)\n".repeat(n))),
        ("wrong items", items("foo { bar }\n".repeat(n))),
        ("wrong entries", items(format!("settings {{ {} }}", "a b c\n".repeat(n)))),
        ("wrong arms", steps(format!("menu \"a\" {{ {} }}", "foo bar\n".repeat(n)))),
        ("wrong cases", steps(format!("match t {{ {} }}", "foo bar\n".repeat(n)))),
        ("wrong calls", steps("a.b.c(d(e)) ".repeat(n))),
        ("open strings", steps("say \"a\n".repeat(n))),
        ("open slots", steps("say \"{{a\"\n".repeat(n))),
        ("open slots in a line", steps(format!("say \"{}\"", "{{a ".repeat(n)))),
        ("quotes in slots", steps(format!("say \"{}\"", "{{a \"b\"}} ".repeat(n)))),
        ("quotes in open slots", steps(format!("say \"{}\"", "{{a \"b ".repeat(n)))),
        ("open items", flow("scene a {\n  say \"a\"\n".repeat(n))),
        ("open braces in items", flow("scene a {\n  if f {\n    say \"a\"\n}\n".repeat(n))),
        ("braces in parentheses", flow(format!("scene a {{ {}\nscene main {{ hang up }}", "( { ) } ".repeat(n)))),
        ("closed braces", items("} ".repeat(n))),
        ("commas", steps(format!("let x = [{}]", ",".repeat(n)))),
        ("arrows", steps("=> ".repeat(n))),
        ("keywords", steps("say ".repeat(n))),
        ("lets", steps("let x = ".repeat(n))),
        ("elses", steps("else ".repeat(n))),
        ("variants", items(format!("phrases {{ p = {{ {} }} }}", "en \"a\" ".repeat(n)))),
        ("labels", steps(format!("menu \"a\" {{ 1 {{ {} }} }}", "en \"a\" ".repeat(n)))),
        ("given", tested(many(n, |k| format!("given g{k} = {k}\n")))),
        ("stubs", tested(many(n, |k| format!("stub s.a(\"{k}\") => 200 []\n")))),
        ("replies", tested(format!("stub s.a => 200 []{}", many(n, |_| " then 503".to_owned())))),
        ("fixtures", tested(many(n, |k| format!("let f{k}(x) = [x]\n")))),
        ("tests", tested(many(n, |k| format!("test \"{k}\" {{ caller calls }}\n")))),
        ("tests of one title", tested("test \"a\" { caller calls }\n".repeat(n))),
        ("deeds", tested(format!("test \"a\" {{ caller calls{} }}", " then hears p".repeat(n)))),
        (
            "people",
            tested(format!(
                "test \"a\" {{ {} caller calls }}",
                many(n, |k| format!("p{k} is \"+1555777{:04}\"\n", k % 10_000))
            )),
        ),
        (
            "cases of a test",
            tested(format!(
                "test \"a {{{{n}}}}\" for each {{ n{} }} {{ caller calls }}",
                many(n, |k| format!(", {k}"))
            )),
        ),
        ("wrong lines", tested(format!("test \"a\" {{ {} }}", "caller foo\n".repeat(n)))),
        ("wrong preparations", tested("foo bar\n".repeat(n))),
        ("words of settings", set(format!("l = [\"a\"{}]", many(n, |k| format!(", \"{k}\""))))),
        ("unknown settings", set(many(n, |k| format!("s{k} = {k}\n")))),
        ("unknown phrases", set(format!("[phrases]\n{}", many(n, |k| format!("p{k} = \"a\"\n"))))),
        ("a setting twice", set("f = true\n".repeat(n))),
        ("a long text", set(format!("[phrases]\np = \"{}\"", "a ".repeat(10 * n)))),
        ("comments in settings", set("# a comment\n".repeat(n))),
        ("wrong lines of settings", set("foo\n".repeat(n))),
    ]
}

#[test]
fn giants_end_well() {
    super::feed_each(giants(if super::wanted().is_some() { 3_000 } else { 60 }));
}
