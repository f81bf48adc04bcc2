//! What correct texts become.

use crate::source::{SourceId, Span};
use crate::syntax::scenario::{DeedKind, Pressed, ReplyKind, ScenarioLine, Setup};
use crate::syntax::tree::{
    ActKind, BinaryOp, Expr, ExprKind, File, ItemKind, KeyKind, Literal, Method, Otherwise, PatternKind, Piece,
    ServiceOption, SourceValue, Step, StepKind, Text, TyKind,
};
use crate::syntax::{parse, parse_tests};

fn file(text: &str) -> File {
    let parsed = parse(SourceId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{text}: {:#?}", parsed.diagnostics);
    parsed.file
}

fn first(text: &str) -> ItemKind {
    file(text).items.swap_remove(0).kind
}

fn steps(text: &str) -> Vec<Step> {
    match first(&format!("scene main {{ {text} }}")) {
        ItemKind::Scene(scene) => scene.body.steps,
        other => panic!("{other:?}"),
    }
}

fn only_step(text: &str) -> StepKind {
    let mut steps = steps(text);
    assert_eq!(steps.len(), 1, "{steps:#?}");
    steps.swap_remove(0).kind
}

fn expr(text: &str) -> Expr {
    match only_step(&format!("play {text}")) {
        StepKind::Play(value) => value,
        other => panic!("{other:?}"),
    }
}

/// An expression with every grouping made visible.
fn shape(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number(n) => n.to_string(),
        ExprKind::Duration(millis) => format!("{millis}ms"),
        ExprKind::Literal(literal) => format!("{:?}", literal.template()),
        ExprKind::Flag(flag) => flag.to_string(),
        ExprKind::None => "none".into(),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Call { name, args } => format!("{}({})", name.text, shapes(args)),
        ExprKind::Member { of, name, args: None } => format!("{}.{}", shape(of), name.text),
        ExprKind::Member { of, name, args: Some(args) } => format!("{}.{}({})", shape(of), name.text, shapes(args)),
        ExprKind::Index { of, at } => format!("{}[{}]", shape(of), shape(at)),
        ExprKind::Not(of) => format!("(not {})", shape(of)),
        ExprKind::Negative(of) => format!("(-{})", shape(of)),
        ExprKind::Binary { op, left, right, .. } => format!("({} {op:?} {})", shape(left), shape(right)),
        ExprKind::In { negated, item, list } => format!("({} in{} {})", shape(item), u8::from(*negated), shape(list)),
        ExprKind::Is { negated, of, what } => format!("({} is{} {})", shape(of), u8::from(*negated), what.text),
        ExprKind::If { condition, yes, no } => format!("({} ? {} : {})", shape(condition), shape(yes), shape(no)),
        ExprKind::Else { value, otherwise } => format!("({} else {})", shape(value), shape(otherwise)),
        ExprKind::Quantified { quantifier, name, list, condition } => {
            let condition = condition.as_ref().map_or(String::new(), |c| shape(c));
            format!("({quantifier:?} {} of {} if {condition})", name.text, shape(list))
        }
        ExprKind::Comprehension { name, list, condition, value } => {
            let condition = condition.as_ref().map_or(String::new(), |c| shape(c));
            format!("[{} of {} if {condition}: {}]", name.text, shape(list), shape(value))
        }
        ExprKind::List(items) => format!("[{}]", shapes(items)),
        ExprKind::Record(pairs) => {
            let pairs = pairs.iter().map(|p| format!("{}={}", p.name.text, p.value.as_ref().map_or("_".into(), shape)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
        }
        ExprKind::Range(low, high) => format!("{low}..{high}"),
        ExprKind::Misplaced(act) => format!("misplaced {:?}", act.kind).chars().take(14).collect(),
        ExprKind::Bad => "bad".into(),
    }
}

fn shapes(list: &[Expr]) -> String {
    list.iter().map(shape).collect::<Vec<_>>().join(",")
}

#[test]
fn precedence() {
    for (text, wanted) in [
        ("a or b and not c == d + e * -f.g", "(a Or (b And (not (c Equal (d Add (e Multiply (-f.g)))))))"),
        ("a - b - c * d / e % f + g", "(((a Subtract b) Subtract (((c Multiply d) Divide e) Remainder f)) Add g)"),
        ("(a or b) and c", "((a Or b) And c)"),
        ("not not a", "(not (not a))"),
        ("not a in b", "(not (a in0 b))"),
        ("a not in [b, none,]", "(a in1 [b,none])"),
        ("a.b is not none and c is open", "((a.b is1 none) And (c is0 open))"),
        ("a <= b or c >= 2.5", "((a LessEqual b) Or (c GreaterEqual 2.5))"),
        ("f(a, 1).g(2)[0].h", "f(a,1).g(2)[0].h"),
        ("(a else b)", "(a else b)"),
        ("((a).first else none)", "(a.first else none)"),
        ("any u in us where a in (f(u) else [])", "(Any u of us if (a in0 (f(u) else [])))"),
        ("x is empty or any u in us where u == v", "((x is0 empty) Or (Any u of us if (u Equal v)))"),
        ("first a in b.c where d and e or f", "((First a of b.c if (d And e)) Or f)"),
        ("if a is none then m else a.b", "((a is0 none) ? m : a.b)"),
        ("[for x in l.m where x > 1: x + 1]", "[x of l.m if (x Greater 1): (x Add 1)]"),
        ("[for x in l: x]", "[x of l if : x]"),
        ("{ a, b: c, \"d e\": { f: [1] } }", "{a=_,b=c,d e={f=[1]}}"),
        ("1..9", "1..9"),
        ("4min", "240000ms"),
        ("500ms", "500ms"),
        ("1h", "3600000ms"),
        ("send a.b(c)", "misplaced Send"),
        ("f(menu a { 1 => b })", "f(misplaced Menu)"),
        ("true", "true"),
    ] {
        assert_eq!(shape(&expr(text)), wanted, "{text}");
    }
}

#[test]
fn words_that_look_like_keywords_are_names() {
    for name in [
        "letter", "sender", "orders", "isolate", "music", "ringing", "reads", "short", "status", "first", "time",
        "note",
    ] {
        assert_eq!(shape(&expr(name)), name);
        assert!(matches!(only_step(&format!("let {name} = 1")), StepKind::Let { name: word, .. } if word.text == name));
    }
}

#[test]
fn spans_end_with_the_last_token() {
    let text = "scene main {\n  let x = a + b // why\n\n  say x\n}\n";
    let file = file(text);
    let ItemKind::Scene(scene) = &file.items[0].kind else { panic!() };
    let slice = |span: Span| text.get(span.range()).unwrap();
    assert_eq!(slice(scene.body.steps[0].span), "let x = a + b");
    assert_eq!(slice(scene.head), "scene main");
    assert_eq!(slice(file.items[0].span), text.trim_end());
    let StepKind::Let { source, .. } = &scene.body.steps[0].kind else { panic!() };
    let SourceValue::Expr(value) = &source.value else { panic!() };
    let ExprKind::Binary { op: BinaryOp::Add, op_span, .. } = &value.kind else { panic!() };
    assert_eq!((slice(value.span), slice(*op_span)), ("a + b", "+"));
    assert_eq!(file.comments.iter().map(|span| slice(*span)).collect::<Vec<_>>(), ["// why"]);
}

#[test]
fn strings_have_pieces() {
    let text =
        "scene main { play \"a \\\"b\\\" \\\\ \\n{{x}} and \\\n      on {{plural n \"call\" \"calls\"}} {{{raw}}}\" }";
    let file = file(text);
    let ItemKind::Scene(scene) = &file.items[0].kind else { panic!() };
    let StepKind::Play(Expr { kind: ExprKind::Literal(literal), .. }) = &scene.body.steps[0].kind else { panic!() };
    assert_eq!(literal.template(), "a \"b\" \\ \n{{x}} and on {{plural n \"call\" \"calls\"}} {{{raw}}}");
    assert_eq!(literal.plain(), None);
    let slots: Vec<(&str, &str)> =
        slots(literal).into_iter().map(|(inner, span)| (inner, text.get(span.range()).unwrap())).collect();
    assert_eq!(
        slots,
        [("x", "{{x}}"), ("plural n \"call\" \"calls\"", "{{plural n \"call\" \"calls\"}}"), ("{raw", "{{{raw}}"),]
    );
    for piece in &literal.pieces {
        if let Piece::Chars { text: chars, span } = piece
            && !text.get(span.range()).unwrap().starts_with('\\')
        {
            assert_eq!(chars, text.get(span.range()).unwrap(), "blanks at the end belong to the piece");
        }
    }
    let ExprKind::Literal(plain) = expr("\"http://a.b/c\"").kind else { panic!() };
    assert_eq!(plain.plain().as_deref(), Some("http://a.b/c"), "no comment inside of a string");
}

fn slots(literal: &Literal) -> Vec<(&str, Span)> {
    let slot = |piece| match piece {
        &Piece::Slot { ref inner, span } => Some((inner.as_str(), span)),
        Piece::Chars { .. } => None,
    };
    literal.pieces.iter().filter_map(slot).collect()
}

#[test]
fn texts() {
    assert!(matches!(only_step("say \"a\" then \"b\""), StepKind::Say(Text::Texts(texts)) if texts.tries.len() == 2));
    assert!(matches!(
        only_step("say { en \"a\" fr \"b\" then \"c\" }"),
        StepKind::Say(Text::Variants(list, _)) if list.len() == 2 && list[1].0.text == "fr" && list[1].1.tries.len() == 2
    ));
    assert!(matches!(only_step("say greeting.words"), StepKind::Say(Text::Expr(_))));
    assert!(matches!(only_step("say (a else \"b\")"), StepKind::Say(Text::Expr(_))));
}

#[test]
fn documentation_stands_directly_above() {
    let text = "\
/// About
///  the type.
type A { a: text }

/// Lost: a blank line follows.

// Not documentation.
type B { a: text }
settings { // of all
  /// One.
  secret a, b: text? = none /// not of c
  c = 1
}
/// P.
phrases { /// not of d
  /// Spoken.
  d = \"x\" }
service s at c {
  /// Read.
  get e() \"/\"
}
";
    let items = file(text).items;
    let docs: Vec<Option<&str>> = items.iter().map(|item| item.doc.as_deref()).collect();
    assert_eq!(docs, [Some("About\n the type."), None, None, Some("P."), None]);
    let ItemKind::Settings(settings) = &items[2].kind else { panic!() };
    assert_eq!(settings.iter().map(|s| s.doc.as_deref()).collect::<Vec<_>>(), [Some("One."), None]);
    assert!(settings[0].secret && settings[0].names.len() == 2 && settings[1].ty.is_none());
    let ItemKind::Phrases(phrases) = &items[3].kind else { panic!() };
    assert_eq!(phrases[0].doc.as_deref(), Some("Spoken."));
    let ItemKind::Service(service) = &items[4].kind else { panic!() };
    assert_eq!(service.operations[0].doc.as_deref(), Some("Read."));
}

#[test]
fn types() {
    let ItemKind::Type { fields, .. } = first(
        "type T { a, b.c: text = \"\", d: 1..20, e: ..9, f: 3.., g: x | y, h: phone?, i: typed phone, j: phone \"CA\", \
         k: T[], l: T?[1..9], m: { n: text } }",
    ) else {
        panic!()
    };
    assert_eq!(fields[0].names[1].words.len(), 2);
    let bounds = |kind: &TyKind| match kind {
        TyKind::Span(bounds) => (bounds.min, bounds.max),
        other => panic!("{other:?}"),
    };
    assert_eq!(bounds(&fields[1].ty.kind), (Some(1), Some(20)));
    assert_eq!(bounds(&fields[2].ty.kind), (None, Some(9)));
    assert_eq!(bounds(&fields[3].ty.kind), (Some(3), None));
    assert!(matches!(&fields[4].ty.kind, TyKind::Choice(words) if words.len() == 2));
    assert!(
        matches!(&fields[5].ty.kind, TyKind::Optional(of) if matches!(of.kind, TyKind::Phone { typed: false, country: None }))
    );
    assert!(matches!(fields[6].ty.kind, TyKind::Phone { typed: true, .. }));
    assert!(matches!(fields[7].ty.kind, TyKind::Phone { country: Some(_), .. }));
    assert!(matches!(fields[8].ty.kind, TyKind::List(_, None)));
    assert!(
        matches!(&fields[9].ty.kind, TyKind::List(of, Some(b)) if matches!(of.kind, TyKind::Optional(_)) && b.max == Some(9))
    );
    assert!(matches!(&fields[10].ty.kind, TyKind::Record(fields) if fields.len() == 1));
}

#[test]
fn services() {
    let ItemKind::Service(service) = first(
        "service s at base, basic u : p, timeout 8s, header \"A\" \"b {{c}}\" {
           reads post f(a: text, b: number = 1) \"/x\" json { a } gives data.list as T[], 404 means [], bearer t
           delete g() \"/\" form a gives text
         }",
    ) else {
        panic!()
    };
    assert!(matches!(
        service.options[..],
        [ServiceOption::Basic(..), ServiceOption::Timeout(_), ServiceOption::Header(..)]
    ));
    let [f, g] = &service.operations[..] else { panic!() };
    assert!(f.reads && f.method == Method::Post && f.params.len() == 2 && f.params[1].default.is_some());
    assert_eq!(f.gives.as_ref().unwrap().0.as_ref().unwrap().words.len(), 2);
    assert!(
        matches!(&f.options[..], [ServiceOption::Means(status, _), ServiceOption::Bearer(..)] if status.value == 404)
    );
    assert!(!g.reads && g.method == Method::Delete && g.gives.as_ref().unwrap().0.is_none());
}

#[test]
fn arms_have_keys() {
    let StepKind::Act { act, otherwise } = only_step(
        "menu a from b within 5s, 2 tries { 1, 2-4, * \"x\" => c  short if d { } #, \"yes\" => e; say f } else => g",
    ) else {
        panic!()
    };
    let ActKind::Menu(menu) = act.kind else { panic!() };
    assert!(otherwise.is_some() && menu.from.is_some() && menu.closing.is_some());
    assert_eq!((menu.hearing.within.unwrap().millis, menu.hearing.tries.unwrap().value), (5_000, 2));
    let keys: Vec<Vec<KeyKind>> =
        menu.arms.iter().map(|arm| arm.keys.iter().map(|key| key.kind.clone()).collect()).collect();
    assert_eq!(
        keys,
        [
            vec![KeyKind::One('1'), KeyKind::Range('2', '4'), KeyKind::One('*')],
            vec![KeyKind::Value("short".into())],
            vec![KeyKind::One('#'), KeyKind::Spoken("yes".into())],
        ]
    );
    assert!(menu.arms[1].condition.is_some() && menu.arms[1].label.is_none());
}

#[test]
fn recordings_have_ends_and_keep_labels_for_the_checker() {
    let StepKind::Let { source, .. } = only_step(
        "let t = record a from 2s, up to 90s transcribed 3 tries { 1 \"label\" => keep; any, short { retry t up to 2 times } limit => keep }",
    ) else {
        panic!()
    };
    let SourceValue::Act(act) = source.value else { panic!() };
    let ActKind::Record(record) = act.kind else { panic!() };
    assert_eq!((record.least.unwrap().millis, record.longest.unwrap().millis), (2_000, 90_000));
    assert!(record.transcribed.is_some() && record.tries.unwrap().value == 3);
    let arms = record.arms.unwrap();
    assert!(arms[0].label.is_some());
    assert_eq!(
        [&arms[1].keys[0].kind, &arms[1].keys[1].kind, &arms[2].keys[0].kind],
        [&KeyKind::Any, &KeyKind::Short, &KeyKind::Limit]
    );
    let StepKind::Retry { name: Some(_), times: Some(times) } = &arms[1].happens.body.steps[0].kind else { panic!() };
    assert_eq!(times.value, 2);
}

#[test]
fn an_else_belongs_to_what_stands_before_it() {
    let StepKind::Match { cases, .. } = only_step("match t { \"A\" => send s.op()  none, 1, b { } else => main }")
    else {
        panic!()
    };
    let patterns: Vec<usize> = cases.iter().map(|case| case.patterns.len()).collect();
    assert_eq!(patterns, [1, 3, 1]);
    assert!(matches!(cases[2].patterns[0].kind, PatternKind::Else));
    assert!(matches!(cases[1].patterns[0].kind, PatternKind::None));
    assert!(matches!(&cases[0].happens.body.steps[0].kind, StepKind::Act { otherwise: None, .. }));

    let StepKind::Let { source, .. } = only_step("let n = a else enter b as phone \"CA\" else => main") else {
        panic!()
    };
    let Some(Otherwise::Source(second)) = source.otherwise.map(|otherwise| *otherwise) else { panic!() };
    assert!(matches!(&second.value, SourceValue::Act(act) if matches!(act.kind, ActKind::Enter)));
    assert!(matches!(second.otherwise.as_deref(), Some(Otherwise::Happens(_))));

    let StepKind::If { otherwise: Some(chain), .. } = only_step("if a => b else if c { } else => d") else { panic!() };
    assert!(!chain.braces);
    assert!(matches!(&chain.body.steps[0].kind, StepKind::If { otherwise: Some(_), .. }));
    assert!(matches!(only_step("let x = a else { }"), StepKind::Let { .. }));
}

#[test]
fn options_stand_in_any_order() {
    let StepKind::Act { act, .. } = only_step(
        "escalate who in people music m, ringing 20s up to 3 { callee hears { connect } busy, failed => say a }",
    ) else {
        panic!()
    };
    let ActKind::Escalate(escalate) = act.kind else { panic!() };
    assert!(escalate.most.is_some() && escalate.music.is_some() && escalate.ringing.unwrap().millis == 20_000);
    assert!(escalate.callee_hears.is_some() && escalate.outcomes[0].outcomes.len() == 2);
    let StepKind::Act { act, .. } = only_step("dial n star drops, keys \"1\" ringing 5s") else { panic!() };
    let ActKind::Dial(dial) = act.kind else { panic!() };
    assert!(dial.star_drops == Some(true) && dial.keys.is_some() && dial.ringing.is_some());
    let StepKind::Act { act, .. } = only_step("pick l 2 tries alone a asking b by c") else { panic!() };
    assert!(matches!(act.kind, ActKind::Pick(pick) if pick.by.is_some() && pick.alone.is_some()));
}

#[test]
fn what_this_version_does_not_build_is_read() {
    for text in [
        "use \"other.ivr\"",
        "languages en \"V\", fr-CA \"W\"",
        "hours o { mon-thu 08:30-12:00, 13:00-17:00 fri 22:00-06:00 closed 2026-12-25, 2027-01-01 }",
        "phrases { a = { en \"x\" fr \"y\" } }",
        "scene main { speak fr menu in every language a { 1 => b } }",
        "scene main { escalate d in ds all at once { taken => say a machine => say b } }",
        "scene main { menu a { 1, \"hours\", \"opening hours\" \"label\" => b } }",
        "scene main { enter a as 1..12 enter b as digits 4..6 within 8s, 2 tries enter c as digits 6 }",
        "scene main { if office is open and shop is not closed => a }",
        "type T { a: typed phone, b: phone \"CA\"? }",
    ] {
        file(text);
    }
}

#[test]
fn bodies_without_braces() {
    for (text, kind) in [
        ("=> keep", "Keep"),
        ("=> retry up to 3 times", "Retry"),
        ("=> return", "Return"),
        ("=> hang up then { send a.b() }", "HangUp"),
        ("=> for x in l yield x", "For"),
        ("=> do f(a)", "Act"),
        ("=> f(a)", "Goto"),
        ("=> connect", "Connect"),
    ] {
        let StepKind::If { then, .. } = only_step(&format!("if a {text}")) else { panic!() };
        assert!(!then.braces);
        assert!(format!("{:?}", then.body.steps[0].kind).starts_with(kind), "{text}");
    }
}

#[test]
fn scenarios() {
    let text = "
given a = [1]
stub s.op(\"x\", none) => 200 f(1) then 503 then timeout
clock \"2026-01-01T00:00:00Z\"
let f(a, b) = { a }
let g = []
test \"one\" {
  given b = none
  ann is \"+1\" then is busy
  caller calls hidden then presses 1*# then stays silent 3 times then hears only a, \"b\" then never hears c
  caller calls from \"+1\" then records 4s \"words\" then types 12# then waits 2min then hangs up
  transcript arrives after 2 rounds then never arrives then fails
  ann rings then stops ringing then does not answer then answers then meets caller then holds
  ivr dials \"+1\" keys \"1w\" then sent nothing then sent nothing to s.op then sent s.op { a: none } then sent s.op
  call logs ann busy, carl no_answer then ends
}
";
    let parsed = parse_tests(SourceId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    let tests = parsed.tests;
    assert_eq!(tests.head.len(), 5);
    let Setup::Stub { args: Some(args), replies, .. } = &tests.head[1] else { panic!() };
    assert_eq!(args.len(), 2);
    assert!(
        matches!(&replies[0].kind, ReplyKind::Status(status, Some(body)) if status.value == 200 && matches!(body.kind, ExprKind::Call { .. }))
    );
    assert!(matches!(replies[1].kind, ReplyKind::Status(_, None)));
    assert!(matches!(replies[2].kind, ReplyKind::Timeout));
    assert!(matches!(&tests.head[3], Setup::Fixture { params, .. } if params.len() == 2));
    let [one] = &tests.scenarios[..] else { panic!() };
    assert_eq!((one.title.as_str(), text.get(one.span.range()).unwrap()), ("one", "\"one\""));
    let deeds: Vec<&DeedKind> = one
        .lines
        .iter()
        .filter_map(|line| match line {
            ScenarioLine::Deeds { deeds, .. } => Some(deeds),
            ScenarioLine::Setup(_) => None,
        })
        .flatten()
        .map(|deed| &deed.kind)
        .collect();
    assert_eq!(deeds.len(), 28);
    assert!(deeds.iter().any(|deed| matches!(deed, DeedKind::IsNumber(number) if number.starts_with("+1"))));
    assert!(matches!(deeds[3], DeedKind::Presses(Pressed::Keys(keys)) if keys.text == "1*#"));
    assert!(matches!(deeds[5], DeedKind::Hears { only: true, heard } if heard.len() == 2));
    assert!(matches!(deeds[8], DeedKind::Records { length, words: Some(_) } if length.millis == 4_000));
    assert!(matches!(deeds[26], DeedKind::Logs(legs) if legs.len() == 2));
}
