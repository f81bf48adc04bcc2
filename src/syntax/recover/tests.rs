//! Every form of mistake: its code, what is underlined, what is said.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::SourceId;
use crate::syntax::{parse, parse_tests};

/// The only finding in a text.
fn only(text: &str) -> Diagnostic {
    let found = parse(SourceId(0), text).diagnostics;
    let list: Vec<&Diagnostic> = found.iter().collect();
    assert_eq!(list.len(), 1, "{text}: {list:#?}");
    list[0].clone()
}

fn check(text: &str, found: &Diagnostic, code: Code, under: &str, message: &str) {
    let span = found.span().unwrap();
    assert_eq!((found.code, text.get(span.range()).unwrap(), found.message.as_str()), (code, under, message), "{text}");
}

/// One finding in the steps of a scene.
#[track_caller]
fn step(steps: &str, code: Code, under: &str, message: &str) -> Diagnostic {
    let text = format!("scene main {{\n  say a\n  {steps}\n  hang up\n}}\nscene next {{ hang up }}\n");
    let found = only(&text);
    check(&text, &found, code, under, message);
    found
}

/// One finding in a whole file.
#[track_caller]
fn item(text: &str, code: Code, under: &str, message: &str) -> Diagnostic {
    let found = only(text);
    check(text, &found, code, under, message);
    found
}

#[track_caller]
fn said(found: &Diagnostic, label: &str, help: Option<&str>) {
    assert_eq!((found.labels[0].text.as_str(), found.help.as_deref()), (label, help));
}

use Code::{Malformed, NotUnderstood, OpenSlot, OpenString, ReservedWord, RowWidth, StepBeginsWithName};

#[test]
fn misspelt_words_are_recognised() {
    let found = step("menu a withn 5s { 1 => b }", NotUnderstood, "withn", "`withn` is not understood here");
    said(&found, "expected a number, `{`, `from` or `within`", Some("did you mean `within`?"));
    let found = step("dial b ringng 30s", NotUnderstood, "ringng", "`ringng` is not understood here");
    said(&found, "expected `}`, a step, `else`, `keys`, `ringing` or `star`", Some("did you mean `ringing`?"));
    let near = |found: Diagnostic, word: &str| assert_eq!(found.help.unwrap(), format!("did you mean `{word}`?"));
    near(step("sya \"x\"", NotUnderstood, "sya", "`sya` is not understood here"), "say");
    near(step("say \"x\" thn \"y\"", NotUnderstood, "thn", "`thn` is not understood here"), "then");
    near(step("wait for x evry 5s", NotUnderstood, "evry", "`evry` is not understood here"), "every");
    near(step("Hang up", NotUnderstood, "Hang", "`Hang` is not understood here"), "hang");
    near(step("escalate x in y { busyy => say b }", NotUnderstood, "busyy", "`busyy` is not understood here"), "busy");
    near(item("sceen main { hang up }", NotUnderstood, "sceen", "`sceen` is not understood here"), "scene");
    near(item("on slience => say a", NotUnderstood, "slience", "`slience` is not understood here"), "silence");
    near(item("service s at u { gte a() \"/\" }", NotUnderstood, "gte", "`gte` is not understood here"), "get");
}

#[test]
fn what_was_expected_is_named_at_the_furthest_place() {
    let missing = |found: Diagnostic, sign: &str| {
        assert_eq!(found.labels[0].text, format!("expected `{sign}` before this"));
    };
    missing(step("let x = [a b]", NotUnderstood, "b", "`,` is missing before `b`"), ",");
    missing(item("enum A { b c }", NotUnderstood, "c", "`,` is missing before `c`"), ",");
    missing(item("settings { a number }", NotUnderstood, "number", "`:` is missing before `number`"), ":");
    missing(item("phrases { a \"x\" }", NotUnderstood, "\"x\"", "`=` is missing before this string"), "=");
    missing(step("match a { b say c }", NotUnderstood, "say", "`=>` is missing before `say`"), "=>");
    missing(item("scene main(a: text { hang up }", NotUnderstood, "{", "`)` is missing before `{`"), ")");
    step("if a = b => next", NotUnderstood, "=", "`=` does not compare");
    let found = step("let x =", NotUnderstood, "=", "something is missing after `=`");
    said(&found, "expected a value", None);
    let found = step("send a.b", NotUnderstood, "b", "`()` is missing after `b`");
    said(&found, "expected `()` behind this", Some("write `()` here; the rest was checked as if it were there"));
    let found = item("query q(a: text) -> text", NotUnderstood, "text", "`{` is missing after `text`");
    assert_eq!(found.labels[0].text, "expected `{` behind this");
    step("let x = a \u{a0}+ b", NotUnderstood, "\u{a0}", "U+00A0 is not understood here");
    step("say \0", NotUnderstood, "\0", "U+0000 is not understood here");
}

#[test]
fn steps_that_begin_with_a_name() {
    let help = |found: Diagnostic| found.help.unwrap();
    assert_eq!(
        help(step("foo(a, b)", StepBeginsWithName, "foo", "a step cannot begin with the name `foo`")),
        "write `do foo(a, b)` to run a scene, `=> foo(a, b)` to leave for it, `let x = foo(a, b)` to ask a query"
    );
    assert_eq!(
        help(step("s.op(x) else { say b }", StepBeginsWithName, "s.op", "a step cannot begin with the name `s.op`")),
        "write `send s.op(x)` if it changes something, `let x = s.op(x)` if it reads"
    );
    assert_eq!(
        help(step("x = 5", StepBeginsWithName, "x", "a step cannot begin with the name `x`")),
        "write `let x = …`: a name is bound once"
    );
    assert_eq!(
        help(step("greeting", StepBeginsWithName, "greeting", "a step cannot begin with the name `greeting`")),
        "write `=> greeting` to leave for a scene, `do greeting` to run one, `say greeting` to speak a phrase"
    );
    // Two of them are two mistakes.
    let text = "scene main { foo(a) bar.baz(b); hang up }";
    let codes: Vec<Code> = parse(SourceId(0), text).diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, [StepBeginsWithName, StepBeginsWithName]);
}

#[test]
fn reserved_words_are_no_names() {
    let found = step("let from = 5", ReservedWord, "from", "`from` is a reserved word");
    said(&found, "cannot be a name", Some("choose another name, for instance `my_from`"));
    step("let x = from", ReservedWord, "from", "`from` is a reserved word");
    step("let x = f(each)", ReservedWord, "each", "`each` is a reserved word");
    item("settings { keys: text }", ReservedWord, "keys", "`keys` is a reserved word");
    item("scene record { hang up }", ReservedWord, "record", "`record` is a reserved word");
    item("phrases { a = \"x\" up = \"y\" }", ReservedWord, "up", "`up` is a reserved word");
    item("scene a(by: text) { hang up }", ReservedWord, "by", "`by` is a reserved word");
    // A reserved word of the next line is no name.
    step("say\n  pause 1s", NotUnderstood, "say", "something is missing after `say`");
}

#[test]
fn numbers_and_durations() {
    let found = step("pause 5sec", Malformed, "5sec", "`5sec` is not a duration");
    said(&found, "", Some("write `5s`"));
    let found = step("pause 5", Malformed, "5", "`5` has no unit");
    said(&found, "", Some("write `5s`; the units are `ms`, `s`, `min` and `h`"));
    step("pause 1.5h", Malformed, "1.5h", "`1.5h` is not a whole number of a unit");
    step("let x = 3x + 1", Malformed, "3x", "`3x` is neither a number nor a name");
    step(
        "pause 99999999999999999999h",
        Malformed,
        "99999999999999999999h",
        "`99999999999999999999h` is too long a duration",
    );
    step(
        "pause 9999999999999999999h",
        Malformed,
        "9999999999999999999h",
        "`9999999999999999999h` is too long a duration",
    );
    step("retry up to 99999999999 times", Malformed, "99999999999", "`99999999999` is too large a number");
    item(
        "type A { a: 1..99999999999999999999 }",
        Malformed,
        "99999999999999999999",
        "`99999999999999999999` is too large a number",
    );
    item("type A { a: .. }", Malformed, "..", "a span needs a bound");
    item("hours a { mon 08:3-12:00 }", Malformed, "08:3", "`08:3` is not a clock time");
    item("hours a { closed 2026-1-5 }", Malformed, "2026-1-5", "`2026-1-5` is not a date");
}

#[test]
fn strings() {
    let found = step("say \"abc", OpenString, "\"abc", "this string has no closing quote");
    said(&found, "opened here", Some("close it with `\"` behind `abc`"));
    step("let x = f(\"abc)", OpenString, "\"abc", "this string has no closing quote");
    step("say \"a {{b\" then \"c\"", OpenSlot, "{{", "`{{` without `}}`");
    step("say \"a \\q\"", NotUnderstood, "\\q", "`\\q` means nothing in a string");
    let found = step("say \"He said \"hi\" to me\"", NotUnderstood, "hi", "`hi` is not understood here");
    assert_eq!(found.help.as_deref(), Some("a `\"` inside of a string is written `\\\"`"));
    let found = step("say “hello”", NotUnderstood, "“hello”", "texts stand in double quotes");
    assert_eq!(found.help.as_deref(), Some("write `\"hello\"`"));
}

#[test]
fn what_happens_needs_braces_or_a_short_step() {
    for arrow in ["->", "→", ":"] {
        let steps = format!("menu \"?\" {{ 1 \"a\" {arrow} next }}");
        let found = step(&steps, Code::NotUnderstood, arrow, "what happens stands behind `=>`");
        assert_eq!(found.help.as_deref(), Some("write `=>`"), "{arrow}");
    }
    let found = step("if a => { say b }", NotUnderstood, "=>", "braces need no arrow");
    said(&found, "one of the two is enough", Some("write `{ … }` for several steps, `=> STEP` for a short one"));
    let found = step("if a => give b", NotUnderstood, "give", "`give` needs braces here");
    said(&found, "behind an arrow stands one short step", Some("write `{ give … }`"));
    let found = step("menu a { 1 => retry take }", NotUnderstood, "retry take", "`retry take` needs braces here");
    assert_eq!(found.help.as_deref(), Some("write `{ retry take }`"));
    step("if a => return 5", NotUnderstood, "return 5", "`return 5` needs braces here");
    step("say a\n  else { say b }", NotUnderstood, "else", "this `else` belongs to nothing");
}

#[test]
fn arms_and_options() {
    let found = step("menu a { 12 => next }", NotUnderstood, "12", "`12` is not a key");
    assert_eq!(found.help.as_deref(), Some("a key is one of 0–9, `*`, `#`, a range `2-9`, or `any`"));
    step("menu a { 1 \"x\" next }", NotUnderstood, "next", "`=>` is missing before `next`");
    step("pick groups alone b", NotUnderstood, "pick groups alone b", "this `pick` asks nothing");
    step("menu a 2 tries within 5s, 3 tries { 1 => next }", NotUnderstood, "3 tries", "`tries` is written twice here");
    let found = item(
        "table T { a | b | c,\n 1 | 2,\n 3 | 4 | 5 }",
        RowWidth,
        "1 | 2",
        "this row has 2 cells, the table has 3 columns",
    );
    assert_eq!(found.labels.len(), 2);
}

#[test]
fn things_in_the_wrong_place() {
    let found = item("scene a { hang up }\n}\nscene b { hang up }", NotUnderstood, "}", "this `}` closes nothing");
    assert!(found.help.is_some());
    item(
        "scene a { say b }\n  hang up\n}\nscene b { hang up }",
        NotUnderstood,
        "hang",
        "`hang` stands outside of a scene",
    );
    item("42", NotUnderstood, "42", "`42` is not understood here");
}

#[test]
fn a_lost_let_binds_its_name_all_the_same() {
    let parsed = parse(SourceId(0), "scene main { let x = [a b] say x hang up }");
    let tree = format!("{:?}", parsed.file);
    assert!(tree.contains("Let { name: Word { text: \"x\""), "{tree}");
}

#[test]
fn test_files_recover_line_by_line() {
    let text = "\
given a 5
stub s.op => 200 {} thn 500
test \"x\" {
  caller presss 1
  caller presses 1 then hear \"x\"
  ann is
  call ends
}
";
    let found = parse_tests(SourceId(0), text);
    let list: Vec<(&str, &str)> = found
        .diagnostics
        .iter()
        .map(|d| (text.get(d.span().unwrap().range()).unwrap(), d.help.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        list,
        [
            ("5", "write `=` here; the rest was checked as if it were there"),
            ("thn", "did you mean `then`?"),
            ("presss", "did you mean `presses`?"),
            ("hear", "did you mean `hears`?"),
            ("is", ""),
        ]
    );
    assert_eq!(found.tests.scenarios.len(), 1);
    assert_eq!(found.tests.scenarios[0].lines.len(), 3);
}
