//! What the parser does with whole files.

use super::*;

const FLOWS: &[(&str, &str)] = &[
    ("xmatters", include_str!("../../flows/xmatters.ivr")),
    ("hello", include_str!("../../examples/hello.ivr")),
    ("clinic", include_str!("../../tests/cases/syntax/ok/clinic.ivr")),
    ("outage", include_str!("../../tests/cases/syntax/ok/outage.ivr")),
    ("oncall", include_str!("../../tests/cases/syntax/ok/oncall.ivr")),
];

const TESTS: &[(&str, &str)] = &[
    ("xmatters", include_str!("../../flows/xmatters.test.ivr")),
    ("clinic", include_str!("../../tests/cases/syntax/ok/clinic.test.ivr")),
];

#[test]
fn the_design_files_are_understood() {
    for (name, text) in FLOWS {
        let parsed = parse(SourceId(0), text);
        assert!(parsed.diagnostics.is_empty(), "{name}: {:#?}", parsed.diagnostics);
        assert!(!parsed.file.incomplete);
        assert!(!format!("{:?}", parsed.file).contains("Bad"), "{name}");
    }
    for (name, text) in TESTS {
        let parsed = parse_tests(SourceId(0), text);
        assert!(parsed.diagnostics.is_empty(), "{name}: {:#?}", parsed.diagnostics);
    }
}

#[test]
#[ignore]
fn show() {
    for f in std::env::var("CASES").unwrap().split(':') {
        let text = std::fs::read_to_string(f).unwrap();
        let mut s = crate::source::Sources::new();
        let id = s.add(crate::source::Source::new(f, text.clone()));
        let parsed =
            if f.ends_with(".test.ivr") { parse_tests(id, &text).diagnostics } else { parse(id, &text).diagnostics };
        for d in &parsed {
            println!("{}", crate::diagnostic::render::render(d, &s, crate::diagnostic::render::Style::default()));
        }
    }
}

#[test]
#[ignore]
fn braces() {
    let mut worst = 0;
    for (name, text) in FLOWS {
        for (at, _) in text.match_indices('}') {
            let mut broken = (*text).to_owned();
            broken.replace_range(at..=at, "");
            let found = parse(SourceId(0), &broken).diagnostics;
            let list: Vec<String> = found
                .iter()
                .map(|d| {
                    let sp = d.span().unwrap();
                    let s = crate::source::Source::new("x", broken.clone());
                    format!("{} {}@{:?} {:?}", d.code, d.message, s.line_column(sp.start as usize), d.labels[0].text)
                })
                .collect();
            let s = crate::source::Source::new("x", broken.clone());
            let first104 = found.iter().filter(|d| d.code == Code::MissingBrace).count();
            if list.len() != 1 {
                println!("{name} {:?}: {} {list:#?}", s.line_column(at), list.len());
            } else if std::env::var("ALL").is_ok() {
                println!("{name} {:?}: {list:?}", s.line_column(at));
            }
            worst = worst.max(list.len());
            let _ = first104;
        }
    }
    println!("worst {worst}");
}
