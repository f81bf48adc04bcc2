use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Spoken, Usage, survey};
use crate::check::check;
use crate::diagnostic::Code;
use crate::overrides::{Origin, Override, Overrides, Raw, RawKind};
use crate::source::{SourceId, Span};
use crate::syntax::parse;
use crate::syntax::tree::File;
use crate::types::Name;

/// Phrases that are spoken in one place or in several, where names have one type or several, are narrowed or not.
const FLOW: &str = r#"
enum Mood { good, bad }
type Person { spoken: text, phone: phone, age: number? }
type Ticket { id: number, owner: Person?, link: url }
settings { people: Person[1..9]  city: text? = none  loud = true  base: url  secret key: text }
service api at base, bearer key { get tickets(who: text) "/{{who}}" gives data as Ticket[] }
phrases {
  hello    = "Hello."
  question = "Who?"
  chosen   = "You chose {{it}}."
  either   = "It is {{n}}."
  guarded  = "It is."
  first    = "The first."
  to_go_on = "to go on."
  wrong    = "Wrong key."
  refused  = "No."
}
admit city is not none else { say refused; hang up }
on invalid => say wrong
on error   { say refused; hang up }
scene main {
  say hello
  let who = pick people asking question alone chosen
  let found = api.tickets(who.spoken)
  if found is empty => one(1, good)
  let ticket = found.first
  say first
  if ticket.owner is not none { say first }
  menu hello { 1 to_go_on => other("x", none) }
}
scene one(n: number, mood: Mood) { say either; hang up }
scene other(n: text, mood: Mood?) {
  say either
  say guarded
  if mood is none => main
  say guarded
  hang up
}
"#;

fn parsed(text: &str) -> File {
    parse(SourceId(0), text).file
}

fn overriding<'a>(texts: impl IntoIterator<Item = (&'a str, String)>) -> Overrides {
    let list = texts.into_iter().map(|(phrase, text)| {
        let value = Raw { span: Span::new(SourceId(1), 0, 1), kind: RawKind::Text(text) };
        Override { name: phrase.into(), name_span: value.span, in_phrases: true, value, origin: Origin::File }
    });
    Overrides { list: list.collect() }
}

/// Whether words are refused because of a variable.
fn refused(file: &File, overrides: &Overrides) -> bool {
    let (_, found) = check("test", file, overrides);
    found.iter().any(|finding| finding.code == Code::OverrideVariable)
}

fn surveyed(text: &str) -> IndexMap<Name, Spoken> {
    let (program, found) = check("test", &parsed(text), &Overrides::default());
    assert!(program.is_some(), "{found:?}");
    survey("test", &parsed(text), &Overrides::default())
}

fn shown(spoken: &Spoken) -> Vec<String> {
    let local = spoken.variables.iter().filter(|variable| !variable.global);
    local.map(|v| format!("{}: {}", v.usage.text(&v.path), v.types.join(" or "))).collect()
}

#[test]
fn what_is_in_scope_everywhere_with_the_types_there() {
    let survey = surveyed(FLOW);
    let of = |phrase: &str| shown(survey.get(phrase).unwrap());
    assert_eq!(of("hello"), [""; 0]);
    assert_eq!(of("chosen"), ["{{it}}: Person", "{{it.phone}}: phone", "{{#if it.age}}{{it.age}}{{/if}}: number?"]);
    assert_eq!(of("either"), ["{{n}}: number or text"]);
    assert_eq!(of("guarded"), ["{{n}}: text", "{{#if mood}}{{mood}}{{/if}}: Mood? or Mood"]);
    let first = of("first");
    let owner = "{{#if ticket.owner}}{{ticket.owner}}{{/if}}: Person? or Person";
    assert!(first.iter().any(|known| known == "{{found.count}}: number"), "{first:?}");
    assert!(first.iter().any(|known| known == owner) && !first.iter().any(|known| known.contains("link")), "{first:?}");
    assert!(of("to_go_on").iter().any(|known| known == "{{digit}}: text"));
    assert!(of("option").iter().any(|known| known == "{{label}}: text"));
    let refused = of("refused");
    assert_eq!(refused, [""; 0], "`error` is not there in `admit`");
}

#[test]
fn settings_are_narrowed_by_what_was_asked_before() {
    let survey = surveyed(FLOW);
    let city = |phrase: &str| {
        survey[phrase].variables.iter().find(|v| v.path == "city").map(|v| (v.usage, v.types.join(" or ")))
    };
    assert_eq!(city("hello"), Some((Usage::Spoken, "text".into())));
    assert_eq!(city("apology"), Some((Usage::Guarded, "text?".into())));
    let paths: BTreeSet<&str> = survey["hello"].variables.iter().map(|v| v.path.as_str()).collect();
    let globals =
        ["call.from", "call.language", "call.sid", "call.started", "call.to", "call.verified", "city", "loud"];
    assert!(globals.iter().all(|global| paths.contains(global)), "{paths:?}");
    assert!(!paths.contains("key") && !paths.contains("base"));
}

#[test]
fn places_are_told_and_a_phrase_without_one_knows_nothing() {
    let survey = surveyed(FLOW);
    let at =
        |phrase: &str| survey[phrase].places.iter().map(|place| FLOW.get(place.range()).unwrap()).collect::<Vec<_>>();
    assert_eq!(at("hello"), ["hello", "hello"]);
    assert_eq!((at("apology").len(), at("first").len()), (0, 2));
    assert!(survey.get("choice").is_some(), "the `pick` has no `each`");
    assert!(surveyed("scene main { hang up }").get("choice").is_none());
}

/// Every phrase with words that use all they may.
fn with_all(survey: &IndexMap<Name, Spoken>) -> Overrides {
    let all = |spoken: &Spoken| spoken.variables.iter().map(|v| v.usage.text(&v.path)).collect();
    overriding(survey.iter().map(|(phrase, spoken)| (&**phrase, all(spoken))))
}

/// The survey says exactly what IVR503 says.
#[test]
fn words_with_what_is_allowed_pass_and_all_others_are_refused() {
    let survey = surveyed(FLOW);
    let file = parsed(FLOW);
    assert!(!refused(&file, &with_all(&survey)));
    let mut paths: BTreeSet<&str> = ["nobody", "who.link", "key", "city"].into();
    let locals = survey.values().flat_map(|spoken| spoken.variables.iter().filter(|v| !v.global));
    paths.extend(locals.map(|v| v.path.as_str()));
    for (phrase, spoken) in &survey {
        for path in &paths {
            let usage = spoken.variables.iter().find(|v| v.path == *path).map(|v| v.usage);
            for unknown in Usage::ALL.into_iter().take_while(|wanted| Some(*wanted) != usage) {
                let words = unknown.text(path);
                assert!(refused(&file, &overriding([(&**phrase, words.clone())])), "{phrase}: {words}");
            }
        }
    }
}

#[test]
fn every_phrase_of_the_shipped_flow_passes_with_all_it_may_use() {
    let flow = include_str!("../../../flows/xmatters.ivr");
    let survey = surveyed(flow);
    assert_eq!(survey.len(), 47 + 5);
    assert!(!refused(&parsed(flow), &with_all(&survey)));
}
