//! What programs read of `ivrc check`: the documents of the real command against their schemas, and against each other.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::cli::Directory;

/// Flows with a mistake each.
const CASES: &str = "tests/cases/check";
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All that can be wrong at once: every fixture, and what is in [`few`].
fn broken(test: &str) -> Directory {
    let directory = few(test);
    for entry in std::fs::read_dir(root().join(CASES)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("case_{}", path.file_name().unwrap().display());
        directory.file(&name, &std::fs::read_to_string(&path).unwrap());
    }
    directory
}

/// Mistakes in settings, in a variable and in canned services, letters of every length, line ends of both kinds, an end
/// too early, a test file without a flow, something that is not used, and nothing wrong.
fn few(test: &str) -> Directory {
    let directory = Directory::new(test);
    for name in ["902_unused.ivr", "201_do.ivr", "ok_values.ivr"] {
        directory.file(&format!("case_{name}"), &std::fs::read_to_string(root().join(CASES).join(name)).unwrap());
    }
    let flow = "settings { base: url\n greetings: 1..9 = 1\n secret key: text }\n\
                service s at base, bearer key { get look() \"/look\" gives word as text }\n\
                scene main { let word = s.look() else { hang up }; say word; hang up }\n";
    directory.file("line.ivr", flow);
    directory.file("line.toml", "base = \"é😀\"\nkey = \"hünter2\" # 😀\nnothing = { a = \"é\", b = 1 }\n");
    directory.file("line.test.ivr", "given base = \"https://s.example.com\"\nstub s.look => 200 { word: [] }\n");
    directory
        .file("letters.ivr", "scene main {\r\n\t/* */ say \"é😀e\u{301}👩‍🚒\" oops\r\n\tsay 'x'\r\n  hang up\r\n}\r\n");
    directory.file("end.ivr", "scene main {\n  say \"a\"\n  hang up\n\n\n");
    directory.file("mark.ivr", "\u{feff}sceen main { hang up }\n");
    directory.file("empty.ivr", "");
    directory.file("orphan.test.ivr", "");
    directory
}

/// Runs `ivrc check` in a format: status, stdout, stderr.
fn check(directory: &Directory, format: &str, args: &[&str]) -> (i32, String, String) {
    let args: Vec<&str> = ["check", "--format", format].iter().chain(args).copied().collect();
    directory.run(&args, &[("IVR_LINE_GREETINGS", "10"), ("IVR_LINE_KEYY", "hunter2")], "")
}

fn documents(directory: &Directory, format: &str) -> Vec<Value> {
    let runs: [&[&str]; 4] =
        [&[".", "--facts"], &[".", "--deny", "warnings"], &["case_ok_values.ivr"], &["nowhere.ivr"]];
    runs.iter().map(|args| serde_json::from_str(&check(directory, format, args).1).unwrap()).collect()
}

fn assert_valid(schema: &Value, documents: &[Value]) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    for document in documents {
        let errors: Vec<String> =
            validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = std::fs::read(root().join("book/src/reference/check.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let directory = broken("json");
    let shipped = std::fs::read_to_string(root().join("flows/xmatters.ivr")).unwrap();
    directory.file("a_shipped.ivr", &shipped);
    let documents = documents(&directory, "json");
    let files = documents[0]["files"].as_array().unwrap();
    let shipped = files.iter().position(|file| file["file"] == "./a_shipped.ivr").unwrap();
    assert!(!files[shipped]["facts"]["secrets"].as_array().unwrap().is_empty(), "{}", files[shipped]);
    assert!(files.iter().all(|file| file.get("facts").is_none() == (file["errors"] != 0)));
    assert!(documents[1]["files"][shipped].get("facts").is_none(), "nobody asked");
    let millis = format!("/files/{shipped}/facts/silent/millis");
    assert!(documents[0]["findings"].as_array().unwrap().len() > 150);
    assert_valid(&schema, &documents);
    // The schema refuses what is wrong.
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (pointer, value) in [
        ("/version", Value::from(2)),
        ("/findings/9/code", Value::from("IVR1")),
        ("/findings/9/place/start/line", Value::from(0)),
        ("/findings/9/place/file", Value::Null),
        (millis.as_str(), Value::from("long")),
    ] {
        let mut wrong = documents[0].clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert!(!validator.is_valid(&wrong), "{pointer}");
    }
}

#[test]
fn sarif_is_what_its_published_schema_says() {
    let schema = sarif_schema();
    let documents = documents(&broken("sarif"), "sarif");
    assert_valid(&schema, &documents);
    for document in documents {
        let log: serde_sarif::sarif::Sarif = serde_json::from_value(document).unwrap();
        assert_eq!(log.runs.len(), 1);
    }
    let wrong = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&wrong), "a run without a tool");
}

/// The schema of SARIF 2.1.0, as the crate `serde-sarif` carries it among its sources.
fn sarif_schema() -> Value {
    let cargo = |args: &[&str]| {
        let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let version = String::from_utf8(cargo(&["--version", "--verbose"])).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = cargo(&["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host]);
    let metadata: Value = serde_json::from_slice(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let schema = std::fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    // A bracket that closes nothing stands for itself in the regular expressions of JSON schemas, but the validator
    // wants it escaped.
    let schema = schema.replace("{2}]?$", r"{2}\\]?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["title"], "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema");
    schema
}

#[test]
fn every_format_ends_with_the_same_status_and_is_silent_on_stderr() {
    let directory = few("status");
    for (args, status) in [
        (&["."][..], 1),
        (&["case_ok_values.ivr"], 0),
        (&["case_902_unused.ivr"], 0),
        (&["case_902_unused.ivr", "--deny", "warnings"], 1),
        (&["case_902_unused.ivr", "--deny", "902"], 1),
        (&["case_902_unused.ivr", "--deny", "IVR901"], 0),
        (&["case_902_unused.ivr", "--deny", "warnings", "--allow", "IVR902"], 0),
        (&["nowhere.ivr"], 2),
        (&["case_201_do.ivr", "--settings", "nowhere.toml"], 2),
    ] {
        assert_eq!(check(&directory, "human", args).0, status, "{args:?}");
        for format in ["json", "sarif", "github"] {
            let (found, stdout, stderr) = check(&directory, format, args);
            assert_eq!(found, status, "{format} {args:?}");
            assert_eq!(stderr.lines().any(|line| !line.starts_with("  help: ")), status == 2, "{stderr}");
            assert!(status != 2 || stderr.starts_with("error: cannot read `nowhere."), "{stderr}");
            assert!(stdout.is_empty() || stdout.ends_with('\n'));
        }
    }
}

#[test]
fn every_format_shows_the_same_places() {
    let directory = broken("places");
    let json: Value = serde_json::from_str(&check(&directory, "json", &["."]).1).unwrap();
    let (_, _, human) = check(&directory, "human", &["."]);
    let github = check(&directory, "github", &["."]).1;
    let sarif: Value = serde_json::from_str(&check(&directory, "sarif", &["."]).1).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((findings.len(), findings.len()), (github.lines().count(), results.len()));
    for ((finding, note), result) in findings.iter().zip(github.lines()).zip(results) {
        let place = &finding["place"];
        assert_eq!(finding["code"], result["ruleId"]);
        assert!(note.contains(finding["code"].as_str().unwrap()), "{note}");
        let Some(file) = place["file"].as_str() else { continue };
        let (line, column) = (&place["start"]["line"], &place["start"]["column"]);
        assert!(human.contains(&format!("[{file}:{line}:{column}]")), "{finding:#}\n{human}");
        assert!(note.contains(&format!(" file={file},line={line},")), "{note}");
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(
            (&region["startLine"], &region["startColumn"], &region["endLine"], &region["endColumn"]),
            (line, &place["start"]["column_utf16"], &place["end"]["line"], &place["end"]["column_utf16"])
        );
    }
}

#[test]
fn places_are_counted_as_the_files_are_written() {
    let directory = few("counted");
    let json: Value = serde_json::from_str(&check(&directory, "json", &["."]).1).unwrap();
    let mut shown = Vec::new();
    for finding in json["findings"].as_array().unwrap() {
        let related = finding["related"].as_array().unwrap();
        for place in std::iter::once(&finding["place"]).chain(related) {
            let Some(file) = place["file"].as_str() else { continue };
            let text = std::fs::read_to_string(directory.0.join(file)).unwrap();
            let text = text.trim_start_matches('\u{feff}');
            let offset = |end: &str| usize::try_from(place[end]["offset"].as_u64().unwrap()).unwrap();
            for end in ["start", "end"] {
                let before = &text[..offset(end)];
                let line = before.rsplit('\n').next().unwrap();
                let counted = [
                    before.split('\n').count(),
                    line.chars().count() + 1,
                    line.len() + 1,
                    line.encode_utf16().count() + 1,
                ];
                let names = ["line", "column", "column_utf8", "column_utf16"];
                assert_eq!(counted.map(Value::from), names.map(|name| place[end][name].clone()), "{finding:#}");
            }
            shown.push((file.to_owned(), text[offset("start")..offset("end")].to_owned()));
        }
    }
    for (file, text) in [
        ("./letters.ivr", "/* */"),
        ("./line.toml", "\"é😀\""),
        ("./line.toml", "nothing"),
        ("./mark.ivr", "sceen"),
        ("./end.ivr", ""),
    ] {
        assert!(shown.contains(&(file.to_owned(), text.to_owned())), "{file}: {text:?}\n{shown:?}");
    }
    let variables = json["findings"].as_array().unwrap().iter().filter_map(|found| found["place"]["variable"].as_str());
    assert_eq!(variables.collect::<Vec<_>>(), ["IVR_LINE_GREETINGS", "IVR_LINE_KEYY"]);
    assert!(!json.to_string().contains("hunter2") && !json.to_string().contains("hünter"));
}
