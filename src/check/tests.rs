use super::check;
use crate::diagnostic::Diagnostics;
use crate::overrides::Overrides;
use crate::source::{Source, Sources};
use crate::syntax::parse;

fn findings(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("test.ivr", text));
    let parsed = parse(id, text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let (program, found) = check("test", &parsed.file, &Overrides::default());
    assert_eq!(program.is_some(), !found.has_errors());
    let _: &Diagnostics = &found;
    found
        .iter()
        .map(|d| {
            format!(
                "{} {} at {:?}: {}",
                d.code,
                d.span().map_or_else(String::new, |s| sources.place(s)),
                d.span().map(|s| sources.slice(s)),
                d.message
            )
        })
        .collect()
}

#[test]
fn shipped_flows_are_clean() {
    for text in [include_str!("../../flows/xmatters.ivr"), include_str!("../../examples/hello.ivr")] {
        assert_eq!(findings(text), Vec::<String>::new());
    }
}
