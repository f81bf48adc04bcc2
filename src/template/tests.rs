use super::{Guard, Helper, Hole, HoleKind, Pattern, SlotValue};

fn text(text: &str) -> SlotValue {
    SlotValue::Text(text.into())
}

fn value(slot: usize, path: &str, helper: Option<Helper>) -> Hole {
    let path = path.split('.').map(str::to_owned).collect();
    Hole { slot, kind: HoleKind::Value { path, helper }, guards: Vec::new() }
}

fn refusal(template: &str) -> (usize, String) {
    let error = Pattern::parse(template).expect_err(template);
    (error.slot, error.part)
}

#[test]
fn holes_come_in_order_with_their_helpers() {
    let (_, holes) =
        Pattern::parse(r#"A {{take.seconds}} {{plural n "call" "calls"}} {{short x 40}} {{ spell y }}"#).unwrap();
    let plural = Helper::Plural { one: "call".into(), many: "calls".into() };
    let wanted = [
        value(0, "take.seconds", None),
        value(1, "n", Some(plural)),
        value(2, "x", Some(Helper::Short(40))),
        value(3, "y", Some(Helper::Spell)),
    ];
    assert_eq!(holes, wanted);
    let (_, holes) = Pattern::parse("One{{break 500}}two {{date t}} {{time t}} {{date}}").unwrap();
    assert_eq!(holes[0].kind, HoleKind::Break(500));
    assert_eq!(holes[3], value(3, "date", None), "a name may be that of a helper");
}

#[test]
fn conditions_guard_what_is_inside() {
    let (pattern, holes) =
        Pattern::parse("{{#if a}}[{{a}}{{#unless b}}!{{c}}{{/unless}}]{{else}}none {{d}}{{/if}}.{{e}}").unwrap();
    let slots: Vec<usize> = holes.iter().map(|hole| hole.slot).collect();
    assert_eq!(slots, [0, 1, 2, 3, 6, 8]);
    let guards: Vec<Vec<Guard>> = holes.iter().map(|hole| hole.guards.clone()).collect();
    let (yes, no) = (Guard { condition: 0, holds: true }, Guard { condition: 0, holds: false });
    let inner = Guard { condition: 2, holds: false };
    assert_eq!(guards, [vec![], vec![yes], vec![yes], vec![yes, inner], vec![no], vec![]]);
    let slots = |a| [SlotValue::Truth(a), text("A"), SlotValue::Truth(false), text("C"), text("D"), text("E")];
    assert_eq!(pattern.render(&slots(true)).unwrap(), "[A!C].E");
    assert_eq!(pattern.render(&slots(false)).unwrap(), "none D.E");
}

#[test]
fn an_empty_else_and_nested_ones_keep_step() {
    let (pattern, holes) = Pattern::parse("{{#if a}}{{else}}{{#if b}}{{x}}{{else}}{{/if}}{{/if}}{{y}}").unwrap();
    assert_eq!(holes.iter().map(|hole| hole.slot).collect::<Vec<_>>(), [0, 2, 3, 7]);
    let slots = [SlotValue::Truth(false), SlotValue::Truth(true), text("X"), text("Y")];
    assert_eq!(pattern.render(&slots).unwrap(), "XY");
}

#[test]
fn nothing_is_escaped_and_no_value_is_a_template() {
    let (pattern, _) = Pattern::parse("<b> & \\{{x}}\n {{y}}").unwrap();
    assert_eq!(pattern.render(&[text("{{y}} & <i>"), text("\\")]).unwrap(), "<b> & \\{{y}} & <i>\n \\");
    let (pattern, _) = Pattern::parse("a\n{{#if c}}\n b\n{{/if}}\n").unwrap();
    assert_eq!(pattern.render(&[SlotValue::Truth(true)]).unwrap(), "a\n\n b\n\n", "line breaks stay");
}

#[test]
fn a_plain_text_may_hold_anything() {
    assert_eq!(Pattern::plain("{{x}}").render(&[]).unwrap(), "{{x}}");
    let (pattern, holes) = Pattern::parse("no } braces {").unwrap();
    assert!(holes.is_empty());
    assert_eq!(pattern.render(&[]).unwrap(), "no } braces {");
}

#[test]
fn a_missing_value_is_an_error_and_no_panic() {
    let (pattern, _) = Pattern::parse("a {{x}}").unwrap();
    assert!(pattern.render(&[]).is_err());
    assert!(pattern.render(&[SlotValue::Truth(true)]).is_err());
}

#[test]
fn what_is_forbidden_is_named_with_its_slot() {
    let cases = [
        ("{{a}} {{{raw}}}", 1, "raw output with three braces"),
        ("{{&x}}", 0, "raw output with `&`"),
        ("{{> part}}", 0, "a partial"),
        ("{{#> part}}{{/part}}", 0, "`{{#>}}`"),
        ("{{* deco}}", 0, "a decorator"),
        ("{{a}}{{#each xs}}{{/each}}", 1, "`{{#each}}`"),
        ("{{#with x}}{{/with}}", 0, "`{{#with}}`"),
        ("{{lookup a b}}", 0, "the helper `lookup`"),
        ("{{log a}}", 0, "the helper `log`"),
        ("{{a}}{{shout b}}", 1, "the helper `shout`"),
        ("{{spell (short a 3)}}", 0, "`{{spell (short a 3)}}`"),
        ("{{this}}", 0, "the path `this`"),
        ("{{this.x}}", 0, "the path `this.x`"),
        ("{{../x}}", 0, "the path `../x`"),
        ("{{@index}}", 0, "`{{@index}}`"),
        ("{{a.[0]}}", 0, "the path `a.[0]`"),
        ("{{}}", 0, "an empty `{{}}`"),
        ("{{~x}}", 0, "`~`"),
        ("{{! note }}", 0, "a comment"),
        ("{{#if a}}{{else if b}}{{/if}}", 1, "`{{else if b}}`"),
        ("{{short x}}", 0, "`{{short x}}`"),
        ("{{plural n \"call\"}}", 0, "`{{plural n \"call\"}}`"),
        ("{{break x}}", 0, "`{{break x}}`"),
        ("{{#if a b}}{{/if}}", 0, "`{{#if a b}}`"),
        ("a {{x", 0, "`{{` without `}}`"),
    ];
    for (template, slot, part) in cases {
        assert_eq!(refusal(template), (slot, part.to_owned()), "{template}");
    }
}

#[test]
fn wrong_nesting_is_refused() {
    for template in
        ["{{#if a}}x", "x{{/if}}", "{{else}}", "{{#if a}}{{/unless}}", "{{a b c d}}", "{{1}}", "{{a-b}}", "{{\"x\"}}"]
    {
        refusal(template);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(template in "(\\{\\{|\\}\\}|#if |/if|else|[a-z .\"\\\\{}~\n])*") {
        if let Ok((pattern, holes)) = Pattern::parse(&template) {
            let fill = |hole: &Hole| match hole.kind {
                HoleKind::Condition { .. } => SlotValue::Truth(true),
                _ => text("v"),
            };
            let slots: Vec<SlotValue> = holes.iter().map(fill).collect();
            pattern.render(&slots).unwrap();
        }
    }
}
