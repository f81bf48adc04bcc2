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
