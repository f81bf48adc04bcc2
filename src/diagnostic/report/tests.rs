use serde_json::{Value, json};

use super::*;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Source, SourceId, Span};

/// A flow with multi-byte words, and a variable; four findings.
fn report() -> Report {
    let flow = "scene main {\r\n\tsay \"é😀\" oops\r\n}\r\n";
    let mut sources = Sources::new();
    let id = sources.add(Source::new("./flows/a b.ivr", flow));
    let variable = sources.add(Source::of_variable("IVR_A_TRIES", "70"));
    let span = |part: &str| Span::new(id, flow.find(part).unwrap(), flow.find(part).unwrap() + part.len());
    let mut found = Diagnostics::new();
    found.push(
        Diagnostic::new(Code::NotUnderstood, "`oops` is not understood: 100 %")
            .at(span("oops"), "a {{label}}")
            .at(span("scene"), "")
            .help("remove it,\nor not"),
    );
    found.push(
        Diagnostic::new(Code::SettingValue, "`tries` is 70")
            .at(Span::new(variable, 0, 2), "too many")
            .at(span("main"), "declared here"),
    );
    found.push(Diagnostic::new(Code::NeverUsed, "all of it").at(Span::new(id, 0, 99), ""));
    found.push(Diagnostic::new(Code::NoFlow, "no place at all").at(Span::new(SourceId(9), 0, 1), "nowhere"));
    let checked = Checked { file: "./flows/a b.ivr".to_owned(), found, sources, known: None };
    let failure = Failure { message: "cannot read `b`".to_owned(), help: Some("look".to_owned()) };
    Report { checked: vec![checked], failures: vec![failure] }
}

#[test]
fn json_counts_columns_in_every_way() {
    let text = report().document(Format::Json);
    let document: Value = serde_json::from_str(&text).unwrap();
    let first = &document["findings"][0];
    assert_eq!(first["place"]["file"], "./flows/a b.ivr");
    assert_eq!(
        first["place"]["start"],
        json!({ "offset": 28, "line": 2, "column": 11, "column_utf8": 15, "column_utf16": 12 })
    );
    assert_eq!(
        first["place"]["end"],
        json!({ "offset": 32, "line": 2, "column": 15, "column_utf8": 19, "column_utf16": 16 })
    );
    assert_eq!(first["related"].as_array().unwrap().len(), 1);
    let second = &document["findings"][1];
    assert_eq!((&second["place"]["file"], &second["place"]["variable"]), (&Value::Null, &json!("IVR_A_TRIES")));
    // To the end of the file means to its end.
    assert_eq!(document["findings"][2]["place"]["end"]["line"], 4);
    assert_eq!(document["findings"][3]["place"], Value::Null);
    assert_eq!(document["summary"], json!({ "files": 1, "errors": 3, "warnings": 1, "failures": 1 }));
    assert_eq!(document["failures"], json!([{ "message": "cannot read `b`", "help": "look" }]));
}

#[test]
fn github_is_told_in_commands() {
    let text = report().document(Format::Github);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "::error file=./flows/a b.ivr,line=2,col=11,endLine=2,endColumn=15,title=IVR101::`oops` is not understood: \
             100 %25%0Aa {{label}}%0A./flows/a b.ivr:1:1%0Ahelp: remove it,%0Aor not",
            "::error title=IVR504::`tries` is 70%0Aenvironment variable IVR_A_TRIES:1:1: too many%0A\
             ./flows/a b.ivr:1:7: declared here",
            "::warning file=./flows/a b.ivr,line=1,endLine=4,title=IVR902::all of it",
            "::error title=IVR706::no place at all",
            "::error title=ivrc::cannot read `b`%0Ahelp: look",
        ]
    );
}

#[test]
fn sarif_says_what_its_columns_count() {
    let log: Value = serde_json::from_str(&report().document(Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(rules, ["IVR101", "IVR504", "IVR706", "IVR902"]);
    let results = run["results"].as_array().unwrap();
    for result in results {
        let rule = rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(result["ruleId"], rule);
    }
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "flows/a%20b.ivr");
    assert_eq!(place["region"], json!({ "startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 16 }));
    assert_eq!(results[0]["locations"][0]["message"]["text"], "a {{{{label}}}}");
    assert_eq!(results[0]["relatedLocations"][0]["id"], 1);
    assert_eq!(results[1]["locations"][0]["logicalLocations"], json!([{ "name": "IVR_A_TRIES", "kind": "variable" }]));
    assert_eq!(results[2]["level"], "warning");
    assert_eq!(results[3]["locations"], json!([]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn a_fingerprint_outlives_lines_above_it() {
    let fingerprints = |text: &str| -> Vec<Value> {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("a.ivr", text));
        let mut found = Diagnostics::new();
        for (at, word) in text.match_indices("oops") {
            found.push(Diagnostic::new(Code::NotUnderstood, "x").at(Span::new(id, at, at + word.len()), ""));
        }
        let report =
            Report { checked: vec![Checked { file: "a.ivr".into(), found, sources, known: None }], failures: vec![] };
        let log: Value = serde_json::from_str(&report.document(Format::Sarif)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let before = fingerprints("say oops\nsay oops\nplay oops\n");
    assert_eq!(before, fingerprints("// new\n  say oops\nnew\n\nsay oops\nplay oops\n"));
    let different: std::collections::BTreeSet<String> = before.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), 3);
}

#[test]
fn nothing_found_is_a_document_too() {
    let report = Report::default();
    assert_eq!(report.document(Format::Github), "");
    let document: Value = serde_json::from_str(&report.document(Format::Json)).unwrap();
    assert_eq!((&document["version"], &document["findings"]), (&json!(1), &json!([])));
    let log: Value = serde_json::from_str(&report.document(Format::Sarif)).unwrap();
    assert_eq!(log["runs"][0]["results"], json!([]));
}
