use super::{check, from_variables};
use crate::diagnostic::Code;

/// Message and underlined text of the only finding for a line of TOML.
#[track_caller]
fn wrong(toml: &str, code: Code, message: &str, at: &str, help: &str) {
    let resolved = check(toml);
    let finding = resolved.finding();
    assert_eq!((finding.code, finding.message.as_str(), resolved.at()), (code, message, at), "{finding:?}");
    assert_eq!(finding.help.as_deref(), Some(help));
    assert!(resolved.settings.is_none());
}

#[test]
fn wrong_numbers_and_choices_are_found_with_what_to_write() {
    let value = Code::SettingValue;
    let levels = "write for example `escalation_levels = 1`";
    wrong(
        "escalation_levels = \"3\"",
        value,
        "`escalation_levels` wants a whole number from 1 to 20, but this is a text",
        "\"3\"",
        levels,
    );
    wrong(
        "escalation_levels = 30",
        value,
        "`escalation_levels` is 30, but wants a whole number from 1 to 20",
        "30",
        levels,
    );
    wrong(
        "escalation_levels = 2.5",
        value,
        "`escalation_levels` is 2.5, but wants a whole number from 1 to 20",
        "2.5",
        levels,
    );
    wrong(
        "escalation_levels = { none = true }",
        value,
        "`escalation_levels` cannot be absent",
        "{ none = true }",
        levels,
    );
    wrong(
        "alert_types = [\"Alert\", \"Livecal\"]",
        value,
        "`alert_types[1]` is `Livecal`, which is no value of `Kind`",
        "\"Livecal\"",
        "did you mean `Livecall`?",
    );
    wrong(
        "alert_types = [\"Alert\", \"Alert\"]",
        value,
        "`Alert` stands twice in `alert_types`, but a menu offers it by one key",
        "\"Alert\"",
        "remove one of the two",
    );
    wrong(
        "alert_types = []",
        value,
        "`alert_types` has 0 elements, but wants 1 to 4 elements",
        "[]",
        "give it 1 to 4 elements",
    );
}

#[test]
fn wrong_records_and_texts_are_found_with_what_to_write() {
    let value = Code::SettingValue;
    wrong(
        "groups = [{ nmae = \"Net\", name = \"Net\" }]",
        value,
        "`groups[0]` has no field `nmae`",
        "nmae",
        "did you mean `name`?",
    );
    wrong(
        "groups = [{ spoken = \"Net\" }]",
        value,
        "`groups[0]` has no `name`",
        "{ spoken = \"Net\" }",
        "write for example `groups = [{ name = \"some text\" }]`",
    );
    wrong(
        "default_severity = 7",
        value,
        "`default_severity` is `7`, but no row of `Severity` has that `digit`",
        "7",
        "write one of `1`, `2`",
    );
    wrong(
        "caller_id = \"anonymous\"",
        value,
        "`caller_id` is `anonymous`, which is no telephone number in E.164",
        "\"anonymous\"",
        "write for example `caller_id = \"+16135550142\"`",
    );
    wrong(
        "joke_url = \"jokes.example\"",
        value,
        "`joke_url` is not a URL: it is not an absolute URL",
        "\"jokes.example\"",
        "write for example `joke_url = \"https://example.com\"`",
    );
    wrong(
        "joke_url = \"https://jokes.example?a=b\"",
        value,
        "`joke_url` cannot be the base URL of service `jokes`: it has a query, but paths are put behind it",
        "\"https://jokes.example?a=b\"",
        "write scheme, host and perhaps the beginning of all paths",
    );
    wrong(
        "patience = \"5 minutes\"",
        value,
        "`patience` is `5 minutes`, which is no duration",
        "\"5 minutes\"",
        "write for example `patience = \"5s\"`",
    );
    wrong(
        "timezone = \"America/Torono\"",
        value,
        "`America/Torono` is no time zone this machine knows",
        "\"America/Torono\"",
        "did you mean `America/Toronto`?",
    );
    wrong(
        "wait_static = { env = \"X\" }",
        value,
        "`wait_static` is no secret: its value must be written here",
        "{ env = \"X\" }",
        "write for example `wait_static = \"some text\"`",
    );
}

#[test]
fn a_list_that_is_picked_from_has_as_many_elements_as_keys() {
    let ten = format!("groups = [{}]", "{ name = \"Net\" }, ".repeat(10));
    let resolved = check(&ten);
    assert_eq!(resolved.finding().message, "`groups` has 10 elements, but a caller picks by one key");
}

#[test]
fn wrong_variables_are_found_with_the_part_that_is_meant() {
    let resolved = from_variables(&[("IVR_XM_GROUPS", "[{\"name\": 3}]")]);
    assert_eq!(resolved.finding().message, "`groups[0].name` wants a text, but this is a number");
    assert_eq!(
        resolved.finding().help.as_deref(),
        Some("write for example `IVR_XM_GROUPS=[{ \"name\": \"some text\" }]`")
    );
    let resolved = from_variables(&[("IVR_XM_GROUPS", "[{\"name\": \"Net\"},\n ]")]);
    assert_eq!(resolved.finding().message, "the value of `groups` is not JSON, as a list or record must be here");
    assert_eq!(resolved.at(), "]");
    let resolved = from_variables(&[("IVR_XM_GROUPS", "Net")]);
    assert_eq!(resolved.finding().code, Code::SettingValue);
    let resolved = from_variables(&[("IVR_XM_ESCALATION_LEVELS", "three")]);
    assert_eq!(resolved.finding().help.as_deref(), Some("write for example `IVR_XM_ESCALATION_LEVELS=1`"));
    for endless in ["inf", "NaN", "1e999"] {
        assert!(from_variables(&[("IVR_XM_ESCALATION_LEVELS", endless)]).settings.is_none(), "{endless}");
    }
}

#[test]
fn what_names_nothing_is_an_error() {
    let unknown = Code::UnknownSetting;
    wrong(
        "grups = []",
        unknown,
        "`grups` names no setting, phrase or music of `xm`",
        "grups",
        "did you mean `groups`?",
    );
    wrong("sorry = \"x\"", unknown, "`sorry` is a phrase", "sorry", "move it below the line `[phrases]`");
    wrong(
        "[phrases]\nwait_static = \"x\"",
        unknown,
        "`wait_static` is no phrase",
        "wait_static",
        "move it above the line `[phrases]`",
    );
    let resolved = from_variables(&[("IVR_XM_XM_PAS", "hunter2")]);
    assert_eq!(resolved.finding().message, "`IVR_XM_XM_PAS` names no setting, phrase or music of `xm`");
    assert_eq!(resolved.finding().help.as_deref(), Some("did you mean `IVR_XM_XM_PASS`?"));
    assert!(!format!("{:?}{:?}", resolved.found, resolved.sources).contains("hunter2"));
}
