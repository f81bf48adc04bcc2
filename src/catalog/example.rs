//! An example settings file.
//!
//! It says everything that can be said, with the words that document it. What has a default is switched off by a `#`,
//! so that the file changes nothing by itself. What must be given is not: a secret is read from a variable, and anything
//! else is absent, which every check with settings refuses until somebody has filled it in.

use super::written::assignment;
use super::{Catalog, MusicEntry, PhraseEntry, SettingEntry, VariableEntry};
use serde_json::Value as Json;

/// Columns of a comment.
const WIDTH: usize = 120;

/// The text of a settings file for a flow; parts are set apart by lines of comment.
#[must_use]
pub fn example(catalog: &Catalog) -> String {
    let mut page = Page::default();
    page.head(catalog);
    let (required, optional): (Vec<&SettingEntry>, Vec<&SettingEntry>) =
        catalog.settings.iter().partition(|setting| setting.required);
    page.part("to be filled in", &required, Page::setting);
    page.part("settings", &optional, Page::setting);
    page.part("music", &catalog.music.iter().collect::<Vec<_>>(), Page::music);
    page.phrases(catalog);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn head(&mut self, catalog: &Catalog) {
        let flow = &catalog.flow;
        self.comment(&format!(
            "Settings of {flow}.ivr. Copy this file to {flow}.toml beside the flow and change what you need; then run"
        ));
        self.line("#");
        self.line(&format!("#     ivrc check --settings {flow}.toml {flow}.ivr"));
        self.line("#");
        let variable = catalog.settings.first().map(|setting| &setting.variable);
        let variable = variable.or(catalog.phrases.first().map(|phrase| &phrase.variable));
        let variable =
            variable.map(|name| format!(" Every name can also come from the environment, in capitals: {name}."));
        self.comment(&format!(
            "Lines that begin with a # without a space behind it show what the flow itself says: take the # away to say \
             something else.{}",
            variable.unwrap_or_default()
        ));
    }

    /// A part of the file, if there is anything in it.
    fn part<T>(&mut self, title: &str, entries: &[&T], write: impl Fn(&mut Self, &T)) {
        if !entries.is_empty() {
            self.title(title);
            entries.iter().for_each(|entry| write(self, entry));
        }
    }

    fn setting(&mut self, setting: &SettingEntry) {
        self.line("");
        self.doc(setting.doc.as_deref());
        let kind = std::iter::once(setting.ty.as_str()).chain(setting.explained.iter().map(String::as_str));
        self.comment(&format!("Type: {}", kind.collect::<Vec<_>>().join("; ")));
        if setting.secret {
            let line = format!("{} = {{ env = \"{}\" }}", setting.name, setting.name.to_uppercase());
            return self.assign(&[line], setting.required);
        }
        match &setting.default {
            Some(Json::Null) => {
                self.comment("Not set by the flow. An example:");
                self.assign(&[format!("{} = {}", setting.name, setting.example)], false);
            }
            Some(default) => self.assign(&assignment(&setting.name, default), false),
            None => {
                let line = format!("{} = {{ none = true }}", setting.name);
                self.assign(&[format!("{line}   # to be filled in, for example {}", setting.example)], true);
            }
        }
    }

    fn music(&mut self, music: &MusicEntry) {
        self.line("");
        self.doc(music.doc.as_deref());
        self.comment("The flow has:");
        music.default.iter().for_each(|step| self.line(&format!("#   {step}")));
        self.assign(&[format!("{} = \"https://example.com/music.mp3\"", music.name)], false);
    }

    fn phrases(&mut self, catalog: &Catalog) {
        self.title("words");
        self.line("");
        self.comment(
            "A list is spoken try by try: the first time, the second time, and so on. \"\" is silence. A value is spoken \
             where",
        );
        self.comment(
            "its name stands in braces, {{name}}. One whose type ends in ? may be absent: {{#if name}}{{name}}{{/if}}.",
        );
        self.comment("Wherever words are spoken, they may use");
        let everywhere: Vec<String> = catalog.everywhere.iter().map(VariableEntry::shown).collect();
        self.comment(&format!("{}.", everywhere.join(", ")));
        self.line("[phrases]");
        let (built_in, own): (Vec<&PhraseEntry>, Vec<&PhraseEntry>) =
            catalog.phrases.iter().partition(|phrase| phrase.place.is_none());
        own.into_iter().for_each(|phrase| self.phrase(phrase));
        if !built_in.is_empty() {
            self.line("");
            self.comment("What every flow says by itself:");
            built_in.into_iter().for_each(|phrase| self.phrase(phrase));
        }
    }

    fn phrase(&mut self, phrase: &PhraseEntry) {
        let commented = phrase.doc.is_some() || !phrase.variables.is_empty();
        if commented {
            self.line("");
        }
        self.doc(phrase.doc.as_deref());
        if !phrase.variables.is_empty() {
            let may: Vec<String> = phrase.variables.iter().map(VariableEntry::shown).collect();
            self.comment(&format!("May use {}.", may.join(", ")));
        }
        let texts: Vec<Json> = phrase.default.iter().map(|text| Json::String(text.clone())).collect();
        let value = match texts.as_slice() {
            [only] => only.clone(),
            _ => Json::Array(texts),
        };
        self.assign(&assignment(&phrase.name, &value), false);
        if commented {
            self.line("");
        }
    }

    fn title(&mut self, title: &str) {
        self.line("");
        let head = format!("# ---- {title} ");
        self.line(&format!("{head}{}", "-".repeat(WIDTH.saturating_sub(head.chars().count()))));
    }

    fn doc(&mut self, doc: Option<&str>) {
        doc.unwrap_or_default().lines().for_each(|line| self.comment(line));
    }

    /// Lines that set something, perhaps switched off: then no space stands behind the `#` of any of them.
    fn assign(&mut self, lines: &[String], on: bool) {
        lines.iter().for_each(|line| if on { self.line(line) } else { self.line(&format!("#{}", line.trim_start())) });
    }

    /// A comment, in lines that are not too long.
    fn comment(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH && line != "#" {
                self.line(&line);
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// A line; one empty line is enough.
    fn line(&mut self, line: &str) {
        if !(line.is_empty() && self.text.ends_with("\n\n")) {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}
