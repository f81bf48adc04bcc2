//! The listing for people.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::written::{quoted, toml};
use super::{Catalog, MusicEntry, PhraseEntry, Place, Set, SettingEntry, VariableEntry};

/// The listing.
#[must_use]
pub fn text(catalog: &Catalog) -> String {
    let mut page = Page::default();
    page.line(0, &format!("{}  {}", catalog.flow, catalog.file));
    if !catalog.settings.is_empty() {
        page.title("settings");
        catalog.settings.iter().for_each(|setting| page.setting(setting));
    }
    page.title("phrases");
    page.line(
        2,
        "A value is spoken where its name stands in braces: {{name}}. One whose type ends in ? may be absent:",
    );
    page.line(2, "{{#if name}}{{name}}{{/if}}. Wherever words are spoken, they may use");
    page.line(2, &format!("{}.", uses(&catalog.everywhere)));
    catalog.phrases.iter().for_each(|phrase| page.phrase(phrase));
    if !catalog.music.is_empty() {
        page.title("music");
        catalog.music.iter().for_each(|music| page.music(music));
    }
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn title(&mut self, title: &str) {
        self.line(0, "");
        self.line(0, title);
    }

    fn setting(&mut self, setting: &SettingEntry) {
        self.line(0, "");
        let required = if setting.required { ", must be given" } else { "" };
        self.line(2, &format!("{}: {}{required}", setting.name, setting.ty));
        self.doc(setting.doc.as_deref());
        setting.explained.iter().for_each(|sentence| self.line(6, sentence));
        let default = setting.default.as_ref().map(shown);
        let value = setting.value.as_ref().map(shown);
        self.value(&setting.set, default.as_deref(), value.as_deref());
        self.places(&setting.variable, setting.place.as_ref());
    }

    fn phrase(&mut self, phrase: &PhraseEntry) {
        self.line(0, "");
        let built_in = match (phrase.built_in, &phrase.place) {
            (true, None) => ", of the language",
            (true, Some(_)) => ", instead of that of the language",
            (false, _) => "",
        };
        self.line(2, &format!("{}{built_in}", phrase.name));
        self.doc(phrase.doc.as_deref());
        let default = texts(&phrase.default);
        self.value(&phrase.set, Some(&default), Some(&texts(&phrase.value)));
        if !phrase.variables.is_empty() {
            self.line(6, &format!("may use  {}", uses(&phrase.variables)));
        }
        if !phrase.spoken.is_empty() {
            let places: Vec<String> = phrase.spoken.iter().map(shown_place).collect();
            self.line(6, &format!("spoken   {}", places.join(", ")));
        }
        self.places(&phrase.variable, phrase.place.as_ref());
    }

    fn music(&mut self, music: &MusicEntry) {
        self.line(0, "");
        self.line(2, &music.name);
        self.doc(music.doc.as_deref());
        let default = music.default.join("; ");
        let value = music.value.as_deref().map(quoted);
        self.value(&music.set, Some(&default), Some(value.as_deref().unwrap_or(&default)));
        self.places(&music.variable, music.place.as_ref());
    }

    fn doc(&mut self, doc: Option<&str>) {
        doc.unwrap_or_default().lines().for_each(|line| self.line(6, line));
    }

    /// What holds and where it comes from, and the default if that is something else.
    fn value(&mut self, set: &Set, default: Option<&str>, value: Option<&str>) {
        let nothing = "none";
        match set {
            Set::Default => self.line(6, &format!("default  {}", default.unwrap_or(nothing))),
            Set::Nobody => self.line(6, "not set"),
            Set::File { place, reads } => {
                let place = place.as_ref().map(shown_place).unwrap_or_default();
                let value = reads.as_deref().or(value).unwrap_or("a secret, written out");
                self.line(6, &format!("set      {value}  in {place}"));
            }
            Set::Environment { variable } => {
                self.line(6, &format!("set      {}  by {variable}", value.unwrap_or("a secret")));
            }
        }
        if let (false, Some(default)) = (matches!(set, Set::Default | Set::Nobody), default) {
            self.line(6, &format!("default  {default}"));
        }
    }

    fn places(&mut self, variable: &str, place: Option<&Place>) {
        self.line(6, &format!("variable {variable}"));
        place.iter().for_each(|place| self.line(6, &format!("at       {}", shown_place(place))));
    }

    fn line(&mut self, indent: usize, line: &str) {
        // A write to a text does not fail.
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }
}

fn shown(value: &Json) -> String {
    if value.is_null() { "none".to_owned() } else { toml(value) }
}

/// Texts as the flow writes them: `"first" then "second"`.
fn texts(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" then ")
}

fn uses(variables: &[VariableEntry]) -> String {
    variables.iter().map(VariableEntry::shown).collect::<Vec<_>>().join(", ")
}

fn shown_place(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}
