use super::{Prose, duration, quoted, shortened};
use crate::check::check;
use crate::expr::Expr;
use crate::overrides::Overrides;
use crate::program::{Program, Source, SourceValue, StepKind};
use crate::source::SourceId;
use crate::syntax::parse;

/// Expressions as the language writes them; each is shown as it was written.
const WRITTEN: &[&str] = &[
    "open",
    "not open",
    "call.from is none",
    "call.from is not none",
    "people is empty",
    "people is not empty and open",
    "key is none",
    "key is not none",
    "kind == Alert",
    "kind in [Alert, Other]",
    "\"two words\" in names",
    "1 + 2 * 3 == 7",
    "(1 + 2) * 3 > 7",
    "1 - (2 - 3) == 2",
    "-(1 + 2) < 0",
    "(open or open) and open",
    "open or open and not open",
    "not (open or open)",
    "(people.first.phone else none) is none",
    "people.count == 2",
    "names.cycle(2) == \"x y\"",
    "names[0] is none",
    "any p in people where p.phone == call.from",
    "(first p in people where p.spoken == \"A B\") is none",
    "[for p in people where p.spoken != \"A B\": p.phone] is empty",
    "s.look(\"a{{names.first}}\") is empty",
    "found(1, { a: 1, kind }) is empty",
    "Row is empty",
    "wait_time > 90s",
    "now - call.started > 1min",
    "(if open then 1 else 2) == 1",
];

fn program(condition: &str) -> Program {
    let text = format!(
        "enum Kind {{ Alert, Other }}
         table Row {{ digit | word, 1 | one, 2 | two }}
         type Person {{ spoken: text, phone: phone }}
         settings {{ open = true  people: Person[] = []  names: text[1..] = [\"a\"]  wait_time: duration = 1s
                     url: url  secret key: text? }}
         service s at url, bearer key {{ get look(word: text) \"/{{{{word}}}}\" gives text[] }}
         query found(n: number, of: json) -> text {{ for x in s.look(\"a\") yield x }}
         on error => hang up
         scene main {{ => go(Alert) }}
         scene go(kind: Kind) {{ let x = {condition}\n say \"{{{{#if x}}}}a{{{{/if}}}}\"; hang up }}"
    );
    let parsed = parse(SourceId(0), &text);
    let (program, found) = check("test", &parsed.file, &Overrides::default());
    program.unwrap_or_else(|| panic!("{condition}: {:?} {found:?}", parsed.diagnostics))
}

fn condition(program: &Program) -> &Expr {
    let steps = &program.scenes.last().unwrap().body.steps;
    match &steps[0].kind {
        StepKind::Let { source: Source { value: SourceValue::Expr(expr), .. }, .. } => expr,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_expression_is_shown_as_it_was_written() {
    for written in WRITTEN {
        let program = program(written);
        assert_eq!(Prose::of(&program).expr(condition(&program)), *written);
    }
}

#[test]
fn the_opposite_of_a_condition_is_short() {
    for (written, opposite) in [
        ("call.from is none", "call.from is not none"),
        ("key is not none", "key is none"),
        ("kind == Alert", "kind != Alert"),
        ("kind in [Alert]", "kind not in [Alert]"),
        ("not open", "open"),
        ("people.count > 1", "people.count <= 1"),
        ("people.count <= 1", "people.count > 1"),
        ("open and open", "not (open and open)"),
    ] {
        let program = program(written);
        assert_eq!(Prose::of(&program).negated(condition(&program)), opposite);
    }
}

#[test]
fn what_is_asked_is_named_once() {
    let program = program("s.look(\"a\") is empty or s.look(\"b\") is empty or found(1, 2) is empty");
    assert_eq!(Prose::of(&program).asked(condition(&program)), ["s.look", "found"]);
}

#[test]
fn texts_are_quoted_and_shortened() {
    assert_eq!(quoted("a \"b\"\n\\"), "\"a \\\"b\\\"\\n\\\\\"");
    assert_eq!(shortened("one two three", 13), "one two three");
    assert_eq!(shortened("one two three", 12), "one two…");
    assert_eq!(shortened("éééééééé", 4), "ééé…");
    assert_eq!([duration(0), duration(500), duration(90_000), duration(120_000)], ["0s", "500ms", "90s", "2min"]);
}
