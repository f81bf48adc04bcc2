//! Fixtures in `tests/cases/check`: a flow each, whose first lines say what is to be found in it
//! (`// expect IVR205 at "{{group}}"`: the code and the text that is underlined; behind a colon perhaps a part of the
//! message or of the help). One without such lines is clean.

use std::fmt::Write as _;
use std::path::Path;

use super::check;
use crate::expr::{Expr, Form};
use crate::overrides::{Origin, Override, Overrides, Raw, RawKind};
use crate::program::{
    Act, ActKind, Credentials, Hearing, Keys, Menu, Otherwise, Program, Scene, SourceValue, Step, StepKind,
};
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::parse;
use crate::value::Value;

const XMATTERS: &str = include_str!("../../flows/xmatters.ivr");
const HELLO: &str = include_str!("../../examples/hello.ivr");

/// Code and underlined text of everything found, in the order of the text.
fn found(text: &str, overrides: &Overrides) -> (Vec<String>, Option<Program>) {
    let (told, program) = told(text, overrides);
    (told.into_iter().map(|(found, _)| found).collect(), program)
}

/// The same, each with its message and its help.
fn told(text: &str, overrides: &Overrides) -> (Vec<(String, String)>, Option<Program>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("test.ivr", text));
    let parsed = parse(id, text);
    let (program, diagnostics) = check("test", &parsed.file, overrides);
    assert_eq!(program.is_some(), !diagnostics.has_errors());
    for diagnostic in &diagnostics {
        assert!(diagnostic.help.as_ref().is_some_and(|help| !help.is_empty()), "{diagnostic:?}");
        assert!(!diagnostic.message.ends_with('.'), "{}", diagnostic.message);
    }
    let mut all = parsed.diagnostics;
    all.extend(diagnostics);
    let all = all.sorted();
    let show = |d: &crate::diagnostic::Diagnostic| match d.span() {
        Some(span) => format!("{} at \"{}\"", d.code, sources.slice(span)),
        None => d.code.to_string(),
    };
    let words =
        |d: &crate::diagnostic::Diagnostic| format!("{} / {}", d.message, d.help.as_deref().unwrap_or_default());
    (all.iter().map(|finding| (show(finding), words(finding))).collect(), program)
}

fn findings(text: &str) -> Vec<String> {
    found(text, &Overrides::default()).0
}

#[test]
fn shipped_flows_are_clean() {
    for text in [XMATTERS, HELLO] {
        assert_eq!(findings(text), Vec::<String>::new());
    }
}

/// Flows that use forms which are not built yet: nothing else is said about them.
#[test]
fn what_is_not_built_has_no_consequences() {
    for (text, codes) in [
        (include_str!("../../tests/cases/syntax/ok/oncall.ivr"), &[][..]),
        (include_str!("../../tests/cases/syntax/ok/outage.ivr"), &["IVR107"]),
        (include_str!("../../tests/cases/syntax/ok/clinic.ivr"), &["IVR107"]),
    ] {
        let mut found: Vec<String> = findings(text);
        found.iter_mut().for_each(|finding| finding.truncate("IVR107".len()));
        found.dedup();
        assert_eq!(found, codes);
    }
}

#[test]
fn every_fixture_has_the_findings_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 80, "the fixtures are missing");
    let mut wrong = String::new();
    for path in paths {
        let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("// expect "));
        let mut wanted: Vec<(&str, &str)> = lines.map(|line| line.rsplit_once("\": ").unwrap_or((line, ""))).collect();
        let (mut found, _) = told(&text, &Overrides::default());
        wanted.sort_unstable();
        found.sort_unstable();
        let fits = |((place, part), (found, words)): (&(&str, &str), &(String, String))| {
            *found == *place || (*found == format!("{place}\"") && words.contains(part))
        };
        if wanted.len() != found.len() || !wanted.iter().zip(&found).all(fits) {
            let _ = write!(wrong, "{}\n  wanted {wanted:?}\n  found  {found:?}\n", path.file_name().unwrap().display());
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// `xmatters.ivr` with one stretch replaced.
fn mutated(from: &str, to: &str) -> Vec<String> {
    assert_eq!(XMATTERS.matches(from).count(), 1, "`{from}` must stand there once");
    findings(&XMATTERS.replace(from, to))
}

#[test]
fn one_mistake_in_a_large_flow_is_one_message() {
    let cases: &[(&str, &str, &str)] = &[
        ("=> report(Alert, group)", "=> reprot(Alert, group)", r#"IVR201 at "reprot""#),
        ("let link = do short_link(take.url)", "let link = do shortlink(take.url)", r#"IVR201 at "shortlink""#),
        ("=> live(group)\n", "=> live(grup)\n", r#"IVR202 at "grup""#),
        ("{ say restart_phrase; => main }", "{ say restart_phrse; => main }", r#"IVR203 at "restart_phrse""#),
        ("asking alert_phrase", "asking alert_phrases", r#"IVR203 at "alert_phrases""#),
        ("  say xmatters_fail_phrase\n", "  say nobody_phrase\n", r#"IVR205 at "{{group}}""#),
        ("match wait_style", "match wait_styles", r#"IVR202 at "wait_styles""#),
        (
            "  let primary = people.first\n",
            "  let primary = people.first\n  let group = primary\n",
            r#"IVR206 at "group""#,
        ),
        ("let primary = people.first\n", "", r#"IVR205 at "{{primary}}""#),
        ("severity.priority,", "severity.prio,", r#"IVR208 at "prio""#),
        ("xmatters.summary(group.name)", "xmatters.sumary(group.name)", r#"IVR209 at "sumary""#),
        ("send bitly.shorten(long)", "send bitli.shorten(long)", r#"IVR209 at "bitli""#),
        ("yield all responders(m.targetName)", "yield all responder(m.targetName)", r#"IVR209 at "responder""#),
        ("what: Kind, group: Group,", "what: Kind, group: Grop,", r#"IVR210 at "Grop""#),
        ("music hold_music {\n    caller", "music holdmusic {\n    caller", r#"IVR211 at "holdmusic""#),
        ("  say xmatters_unsure_phrase", "  say \"{{xm_pass}}\"", r#"IVR212 at "{{xm_pass}}""#),
        ("what == Conference and", "what == Conferences and", r#"IVR210 at "Conferences""#),
        (" and conference_number is not none", "", r#"IVR301 at "conference_number""#),
        (" and request is not none", "", r#"IVR301 at "request""#),
        ("  if people is empty { say emptyoncall_phrase; => main }\n", "", r#"IVR301 at "{{primary}}""#),
        ("wait_phrases: text[1..]", "wait_phrases: text[]", r#"IVR301 at "wait_phrases.cycle(round)""#),
        ("do pass_time(round) }", "do pass_time(\"x\") }", r#"IVR302 at ""x"""#),
        ("do pass_time(round) }", "do pass_time() }", r#"IVR303 at "pass_time()""#),
        ("wait for take.transcript every", "wait for take.url every", r#"IVR302 at "take.url""#),
        ("transcriptionText: words", "transcriptionText: take.transcript", r#"IVR305 at "take.transcript""#),
        (
            "call.from in (voice_numbers(u) else [])",
            "not call.from in (voice_numbers(u) else [])",
            r#"IVR308 at "call.from""#,
        ),
        ("{{it}} group.\"\n  conference_only", "{{{it}}} group.\"\n  conference_only", r#"IVR309 at "{{{it}}""#),
        ("  dial number keys", "  dial number ringing 40s, keys", ""),
        ("else { say bridge_fail_phrase }\n  hang up", "else { say bridge_fail_phrase }", r#"IVR401 at "dial""#),
        ("let link = send bitly.shorten(long)", "let link = bitly.shorten(long)", r#"IVR405 at "bitly.shorten""#),
        ("say shorten_fail_phrase; give long }", "say shorten_fail_phrase }", r#"IVR410 at "say""#),
        ("retry take up to 3 times", "retry take", r#"IVR412 at "retry take""#),
        ("retry take up to 3 times", "retry link up to 3 times", r#"IVR411 at "retry""#),
        (
            "short { say transcribe_fail_phrase; retry up to 5 times; hang up }",
            "short { say transcribe_fail_phrase; retry }",
            r#"IVR412 at "retry""#,
        ),
        ("every 5s, up to 3min {", "every 5s {", r#"IVR413 at "wait""#),
        (
            "{ menu connect_phrase within 15s, 1 try { any => connect } }",
            "{ say connect_phrase; connect }",
            r#"IVR414 at "connect""#,
        ),
        ("1 try { any => connect }", "1 try { any => main }", r#"IVR415 at "main""#),
        ("    2 to_menu => main\n", "    1 to_menu => main\n", r#"IVR416 at "1""#),
        ("    2 to_menu => main\n", "    * to_menu => main\n", r#"IVR417 at "*""#),
        (
            "    Livecall to_livecall {\n      let group = pick groups asking livecall_phrase, alone livecall_only_phrase\n      => live(group)\n    }\n",
            "",
            r#"IVR418 at "Kind[1..4]""#,
        ),
        ("groups: Group[1..9]", "groups: Group[1..]", r#"IVR419 at "Group[1..]""#),
        ("groups: Group[1..9]", "groups: Group[..9]", r#"IVR420 at "Group[..9]""#),
        (", up to 8 deep {", " {", r#"IVR422 at "responders""#),
        ("    any   { say record_fail_phrase; retry }\n", "", r#"IVR425 at "record""#),
        ("let people = responders(group.name).unique", "let people = responders(group.name).unique else => main", ""),
        ("service bitly at bitly_url", "service bitly at \"https://x.org\"", r#"IVR506 at ""https://x.org"""#),
        ("bearer bitly_token", "bearer \"abc\"", r#"IVR505 at ""abc"""#),
        ("up to 90s, transcribed", "up to 150s, transcribed", r#"IVR601 at "150s""#),
        (", star passes  //", "  //", r#"IVR603 at "dial""#),
        ("\"wwwwwwwwww{{room}}#\"", "\"ppp{{room}}#\"", r#"IVR605 at "ppp""#),
        ("ringing 60s", "ringing 3s", r#"IVR608 at "3s""#),
        (
            "on error   { say livecall_fail_phrase; => main }",
            "on error   => say livecall_fail_phrase",
            r#"IVR409 at "say""#,
        ),
        ("hang up\n}\n\n/// It may", "\n}\n\n/// It may", r#"IVR401 at "say""#),
    ];
    let mut wrong = String::new();
    for (from, to, wanted) in cases {
        let found = mutated(from, to);
        let wanted: Vec<&str> = if wanted.is_empty() { Vec::new() } else { vec![*wanted] };
        if found != wanted {
            let _ = write!(wrong, "{from:?} -> {to:?}\n  wanted {wanted:?}\n  found  {found:?}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What an override of words for `name` leads to.
fn overridden(flow: &str, name: &str, kind: RawKind) -> Vec<String> {
    let span = Span::new(SourceId(0), 0, 2);
    let value = Raw { span, kind };
    let list = vec![Override { name: name.into(), name_span: span, in_phrases: true, value, origin: Origin::File }];
    found(flow, &Overrides { list }).0
}

fn text(text: &str) -> RawKind {
    RawKind::Text(text.into())
}

#[test]
fn words_from_outside_fit_every_place_that_speaks_them() {
    let flow = |name: &str, kind| overridden(XMATTERS, name, kind);
    assert!(flow("nobody_phrase", text("Nobody in {{group.name}}.")).is_empty());
    assert_eq!(flow("xmatters_fail_phrase", text("Nobody in {{group}}."))[0], "IVR503 at \"//\"");
    assert_eq!(flow("nobody_phrase", text("{{take.seconds}}"))[0], "IVR503 at \"//\"");
    assert_eq!(flow("missed_phrase", text("{{call.from}}"))[0], "IVR503 at \"//\"");
    assert!(flow("missed_phrase", text("{{#if call.from}}{{call.from}}{{/if}}")).is_empty());
    assert_eq!(flow("nobody_phrase", text("{{#each x}}"))[0], "IVR309 at \"//\"");
    assert!(flow("option", text("Dial {{digit}} {{label}}")).is_empty());
    assert_eq!(flow("option", text("Dial {{digits}}"))[0], "IVR503 at \"//\"");
    assert_eq!(flow("choice", text("Dial {{label}}"))[0], "IVR503 at \"//\"");
    assert_eq!(flow("goodbye", text("{{it}}"))[0], "IVR503 at \"//\"");
    assert_eq!(flow("nobody_phrase", RawKind::Flag(true))[0], "IVR504 at \"//\"");
    let texts = |texts: &[&str]| {
        let raw = |text: &&str| Raw { span: Span::default(), kind: RawKind::Text((*text).into()) };
        RawKind::List(texts.iter().map(raw).collect())
    };
    assert!(flow("invalid_phrase", texts(&["No.", "Not that either."])).is_empty());
    assert_eq!(flow("nobody_phrase", texts(&["One.", "Two."]))[0], "IVR307 at \"//\"");
}

#[test]
fn music_from_outside_is_a_url() {
    let music = |kind| overridden(XMATTERS, "hold_music", kind);
    let span = Span::default();
    assert!(music(text("https://example.org/hold.mp3")).is_empty());
    assert_eq!(music(text("hold.mp3")), ["IVR504 at \"//\""]);
    let value = Raw { span, kind: text("https://example.org/hold.mp3") };
    let given = Override { name: "hold_music".into(), name_span: span, in_phrases: false, value, origin: Origin::Test };
    let (_, program) = found(XMATTERS, &Overrides { list: vec![given] });
    assert_eq!(program.unwrap().music[0].url.as_deref(), Some("https://example.org/hold.mp3"));
}

#[test]
fn an_override_replaces_the_words_before_they_are_wrapped() {
    let span = Span::default();
    let value = Raw { span, kind: text("Key {{digit}} alerts a group.") };
    let given =
        Override { name: "to_alert".into(), name_span: span, in_phrases: true, value, origin: Origin::Environment };
    let (_, program) = found(XMATTERS, &Overrides { list: vec![given] });
    let program = program.unwrap();
    let menu = menu_of(&program, "main");
    let wrapped: Vec<bool> = menu.arms.iter().map(|arm| arm.label.as_ref().unwrap().around.is_some()).collect();
    assert_eq!(wrapped, [false, true, true, true]);
}

fn scene<'p>(program: &'p Program, name: &str) -> &'p Scene {
    program.scenes.iter().find(|scene| &*scene.name == name).unwrap()
}

fn menu_of<'p>(program: &'p Program, name: &str) -> &'p Menu {
    let is_menu = |step: &'p Step| match &step.kind {
        StepKind::Act { act: Act { kind: ActKind::Menu(menu), .. }, .. } => Some(menu),
        _ => None,
    };
    scene(program, name).body.steps.iter().find_map(is_menu).unwrap()
}

#[test]
fn a_program_says_everything_lowering_needs() {
    let (_, program) = found(XMATTERS, &Overrides::default());
    let program = program.unwrap();

    let setting = |name: &str| program.settings.iter().find(|setting| &*setting.name == name).unwrap();
    assert!(setting("alert_types").distinct && !setting("alert_types").picked);
    assert!(setting("groups").picked && !setting("groups").distinct);
    assert!(setting("bitly_token").is_secret() && setting("bitly_token").default.is_none());
    assert_eq!(setting("default_severity").default, Some(Value::None));
    assert_eq!(setting("xmatters_url").default, None);
    let second = setting("groups").default.as_ref().unwrap().elements()[2].clone();
    assert_eq!(second.field("spoken"), Value::text("Database Infrastructure"), "defaults of fields are filled in");

    let main = menu_of(&program, "main");
    assert_eq!(main.hearing, Hearing { within: 10_000, tries: 6 });
    assert_eq!(main.arms[0].keys, Keys::Value("Alert".into()));
    assert!(main.closing.is_some() && main.from.is_some());
    let incident = &main.arms[2].body.steps;
    let StepKind::Let { source, .. } = &incident[0].kind else { panic!("{incident:?}") };
    assert!(source.absent_goes_else && source.otherwise.is_some());
    let StepKind::Goto { args, .. } = &incident[2].kind else { panic!("{incident:?}") };
    assert_eq!(args.len(), 3);
    let StepKind::Goto { args, .. } = &main.arms[0].body.steps[1].kind else { panic!("a jump") };
    assert_eq!(args[2], Expr::none(), "defaults of parameters are filled in");

    let asked = menu_of(&program, "nobody_answered");
    assert_eq!(asked.hearing, Hearing { within: 15_000, tries: 6 });
    assert!(asked.arms.iter().all(|arm| arm.label.as_ref().unwrap().around.is_none()));

    let report = &scene(&program, "report").body.steps;
    let StepKind::Let { source, .. } = &report[1].kind else { panic!("the recording") };
    let SourceValue::Act(Act { span, kind: ActKind::Record(record) }) = &source.value else { panic!("the recording") };
    assert_eq!((record.least, record.longest, record.transcribed, record.tries), (Some(2_000), 90_000, true, 6));
    assert_eq!(record.arms[0].0, Keys::These(vec!['1']));
    let StepKind::Keep { record } = &record.arms[0].1.steps[0].kind else { panic!("`keep`") };
    assert_eq!(record, span);
    let StepKind::Let { source, .. } = &report[4].kind else { panic!("the wait") };
    let Some(Otherwise::Happens(late)) = source.otherwise.as_deref() else { panic!("the `else` of the wait") };
    assert!(!source.absent_goes_else);
    let StepKind::Retry { target, times } = &late.steps[2].kind else { panic!("`retry`") };
    assert_eq!((target, *times), (span, Some(3)));

    let tree = include_str!("../../tests/cases/check/ok_values.ivr");
    let values = found(tree, &Overrides::default()).1.unwrap();
    let (_, reply) = values.operations[0].gives.as_ref().unwrap();
    assert!(!reply.may_be_absent(), "`404 means none` makes the result optional, not the reply");

    let operation = |name: &str| program.operations.iter().find(|operation| &*operation.name == name).unwrap();
    let start = operation("workflow.start");
    assert_eq!(start.path.template.slots[0].form, Form::UrlPath);
    assert_eq!(start.path.secrets.len(), 1);
    assert_eq!((start.timeout, operation("xmatters.devices").timeout), (8_000, 8_000));
    assert_eq!(operation("xmatters.devices").meanings, [(404, Value::list(Vec::new()))]);
    assert!(matches!(operation("bitly.shorten").credentials, Some(Credentials::Bearer(_))));
    assert!(operation("jokes.random").reads && !start.reads);
    assert_eq!(program.phrases.len(), 47 + 5);
}

#[test]
fn a_syntax_error_does_not_excuse_what_is_wrong_elsewhere() {
    let text = "
settings { name: text?  url: url }
service api at url { get a() \"/a\" gives text }
scene main {
  say nothing_of_the_kind
  let a = api.a() else => main
  iff name is none => main
  say name
  say \"{{a}} {{b}}\"
}
scene other { say \"{{name}} {{c}}\" }
";
    let id = SourceId(0);
    let parsed = parse(id, text);
    assert!(parsed.diagnostics.has_errors());
    let (_, findings) = check("test", &parsed.file, &Overrides::default());
    let own = super::without_consequences(findings, &parsed.file, &parsed.diagnostics);
    let shown =
        |d: &crate::diagnostic::Diagnostic| format!("{} at {}", d.code, &text.get(d.span().unwrap().range()).unwrap());
    let own: Vec<String> = own.sorted().iter().map(shown).collect();
    let wanted = ["IVR203 at nothing_of_the_kind", "IVR204 at {{b}}", "IVR301 at {{name}}", "IVR204 at {{c}}"];
    assert_eq!(own, wanted);
}
