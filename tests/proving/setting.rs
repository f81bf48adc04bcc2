//! What the line is made of: flow, settings file, environment.
//!
//! | sentence | |
//! | --- | --- |
//! | `clock 2026-03-02T14:00:00Z` | when the fixture begins |
//! | `with NAME = VALUE` | a line of `xmatters.toml`, in place of the usual one |
//! | `without NAME` | a setting or secret that is usually given is not |
//! | `phrase NAME = VALUE` | a line of its table `[phrases]` |
//! | `env NAME = VALUE` | a variable of the server's environment |
//! | `in the flow "…" becomes "…"` | the text of the flow is edited |
//! | `bitly is down` | nobody listens at the address of a service |
//! | `every phrase is overridden` | each one is its name and its values; in two variants: file and environment |
//! | `the account may show +1…` | a verified number |
//! | `the provider …` | which of two documented behaviours the network has |
//! | `the account protects its audio` | recordings are given to whoever has its name and password |
//! | `audio is ready after 5s` | when a recording can be fetched |
//!
//! Once the line runs, `with`, `without`, `phrase` and `in the flow` edit its files.

use std::fmt::Write as _;
use std::path::Path;

use ivrc::simulator::{Behaviour, Media, Timing};
use jiff::Timestamp;

use super::sentence::matches;
use super::services::{Doors, Keys};

/// The files of a line and its environment.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) start: Timestamp,
    pub(crate) keys: Keys,
    pub(crate) down: Vec<String>,
    pub(crate) behaviour: Behaviour,
    pub(crate) timing: Timing,
    pub(crate) media: Media,
    /// Whether the server watches its files, and has a clock that is moved by hand.
    pub(crate) dev: bool,
    pub(crate) verified_callers: Vec<String>,
    variant: Variant,
    flow: String,
    settings: Vec<(String, String)>,
    phrases: Vec<(String, String)>,
    variables: Vec<(String, String)>,
}

/// Where phrases are overridden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    File,
    Environment,
}

/// The sentence that makes a fixture be played in both variants.
pub(crate) const EVERY_PHRASE: &str = "every phrase is overridden";

/// The number of the bridge.
pub(crate) const BRIDGE: &str = "+18777777777";

impl Setting {
    pub(crate) fn new(variant: Variant) -> Self {
        let keys = Keys::default();
        let variables = [
            ("IVR_XMATTERS_XM_USER", keys.user.as_str()),
            ("IVR_XMATTERS_XM_PASS", keys.password.as_str()),
            ("IVR_XMATTERS_BITLY_TOKEN", keys.bitly_token.as_str()),
            ("IVR_XMATTERS_EVENT_TRIGGER", keys.event_trigger.as_str()),
            ("IVR_XMATTERS_MISSED_TRIGGER", keys.missed_trigger.as_str()),
        ];
        let groups = r#"[{ name = "CAB Approval", spoken = "C.A.B. Approval" }, { name = "Network" }]"#;
        let settings = [("groups", groups.to_owned()), ("conference_number", format!("\"{BRIDGE}\""))];
        Self {
            start: "2026-03-02T14:00:00Z".parse().unwrap(),
            down: Vec::new(),
            behaviour: Behaviour::default(),
            timing: Timing::default(),
            media: Media::default(),
            dev: true,
            verified_callers: Vec::new(),
            variant,
            flow: std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/flows/xmatters.ivr")).unwrap(),
            settings: settings.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            phrases: Vec::new(),
            variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            keys,
        }
    }

    /// Takes a sentence about the setting; false if it is about something else.
    pub(crate) fn take(&mut self, line: &str) -> Result<bool, String> {
        if let Some(args) = matches("clock <word>", line) {
            self.start = args.text("word").parse().map_err(|_| "no time in ISO 8601")?;
        } else if let Some(args) = matches("env <word> = <rest>", line) {
            self.env(args.text("word"), args.text("rest"));
        } else if let Some(args) = matches("<service> is down", line)
            .filter(|args| ["xmatters", "bitly", "jokes"].contains(&args.text("service")))
        {
            self.down.push(args.text("service").to_owned());
        } else if let Some(args) = matches("the account may show <word>", line) {
            self.verified_callers.push(args.text("word").to_owned());
        } else if line == EVERY_PHRASE {
            self.override_phrases();
        } else if line == "the server does not watch its files" {
            self.dev = false;
        } else if let Some(args) = matches("audio is ready after <time>", line) {
            self.timing.recording = args.time();
        } else if line == "the account protects its audio" {
            self.media.protected = true;
        } else if line == "the provider keeps audio at a storage host" {
            self.media.stored_elsewhere = true;
        } else if line == "the provider says nothing of empty recordings" {
            self.behaviour.empty_recording_calls_action = false;
        } else if line == "the provider says nothing of dialled calls after a hang-up" {
            self.behaviour.dial_action_after_hangup = false;
        } else if line == "the provider asks for the next step after a hang-up" {
            self.behaviour.gather_action_after_hangup = true;
        } else if line == "the provider sends empty digits" {
            self.behaviour.empty_digits_are_sent = true;
        } else {
            return self.edit(line);
        }
        Ok(true)
    }

    /// Takes a sentence that edits a file; false if it is about something else.
    pub(crate) fn edit(&mut self, line: &str) -> Result<bool, String> {
        if let Some(args) = matches("with <word> = <rest>", line) {
            set(&mut self.settings, args.text("word"), args.text("rest"));
        } else if let Some(args) = matches("without <word>", line) {
            self.without(args.text("word"))?;
        } else if let Some(args) = matches("phrase <word> = <rest>", line) {
            set(&mut self.phrases, args.text("word"), args.text("rest"));
        } else if let Some(args) = matches("in the flow <text> becomes <new>", line) {
            if !self.flow.contains(args.text("text")) {
                return Err(format!("the flow does not say `{}`", args.text("text")));
            }
            self.flow = self.flow.replacen(args.text("text"), args.text("new"), 1);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn env(&mut self, name: &str, value: &str) {
        // A value may be quoted, for what cannot stand on a line.
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
        let key = match name {
            "IVR_XMATTERS_XM_USER" => Some(&mut self.keys.user),
            "IVR_XMATTERS_XM_PASS" => Some(&mut self.keys.password),
            "IVR_XMATTERS_BITLY_TOKEN" => Some(&mut self.keys.bitly_token),
            "IVR_XMATTERS_EVENT_TRIGGER" => Some(&mut self.keys.event_trigger),
            "IVR_XMATTERS_MISSED_TRIGGER" => Some(&mut self.keys.missed_trigger),
            _ => None,
        };
        key.into_iter().for_each(|key| key.clone_from(&value));
        set(&mut self.variables, name, &value);
    }

    fn without(&mut self, name: &str) -> Result<(), String> {
        let variable = format!("IVR_XMATTERS_{}", name.to_uppercase());
        let before = self.settings.len() + self.variables.len();
        self.settings.retain(|(known, _)| known != name);
        self.variables.retain(|(known, _)| *known != variable);
        let gone = self.settings.len() + self.variables.len() < before;
        if gone { Ok(()) } else { Err(format!("`{name}` is not given anyway")) }
    }

    /// Every phrase becomes its own name and the values it speaks.
    fn override_phrases(&mut self) {
        for (name, text) in phrases(&self.flow) {
            let slots = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
            let slots: String = slots.flat_map(|(slot, _)| [" {{", slot, "}}"]).collect();
            match self.variant {
                Variant::File => set(&mut self.phrases, &name, &format!("\"{name}{slots}\"")),
                Variant::Environment => {
                    let variable = format!("IVR_XMATTERS_{}", name.to_uppercase());
                    set(&mut self.variables, &variable, &format!("{name}{slots}"));
                }
            }
        }
    }

    /// The environment of the server, beside what it is always told.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// Writes the flow and its settings, each at once: a server that watches them never sees half a file. Says whether
    /// anything has changed.
    pub(crate) fn write(&self, folder: &Path, doors: &Doors) -> bool {
        let mut toml = String::new();
        let mut line = |name: &str, value: &str| writeln!(toml, "{name} = {value}").unwrap();
        line("xmatters_url", &format!("{:?}", doors.xmatters));
        line("bitly_url", &format!("{:?}", doors.bitly));
        line("joke_url", &format!("{:?}", doors.jokes));
        self.settings.iter().for_each(|(name, value)| line(name, value));
        toml.push_str("[phrases]\n");
        self.phrases.iter().for_each(|(name, value)| writeln!(toml, "{name} = {value}").unwrap());
        let settings = replace(&folder.join("xmatters.toml"), &toml.replace("{media}", &doors.media));
        replace(&folder.join("xmatters.ivr"), &self.flow) || settings
    }
}

fn set(list: &mut Vec<(String, String)>, name: &str, value: &str) {
    list.retain(|(known, _)| known != name);
    list.push((name.to_owned(), value.to_owned()));
}

/// The phrases of a flow with their texts, and the built-in ones that it speaks.
pub(crate) fn phrases(flow: &str) -> Vec<(String, String)> {
    let (_, block) = flow.split_once("\nphrases {").unwrap();
    let (block, _) = block.split_once("\n}").unwrap();
    let lines = block.lines().filter_map(|line| line.split_once(" = "));
    let own = lines.map(|(name, text)| (name.trim().to_owned(), text.to_owned()));
    let built_in = [("option", "{{digit}} {{label}}"), ("choice", "{{digit}} {{it}}")];
    own.chain(built_in.map(|(name, text)| (name.to_owned(), text.to_owned()))).collect()
}

/// Puts a text into a file at once; whether it is another one.
fn replace(path: &Path, text: &str) -> bool {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return false;
    }
    let aside = path.with_extension("new");
    std::fs::write(&aside, text).unwrap();
    std::fs::rename(aside, path).unwrap();
    true
}
