//! What people write who know other languages, or telephones: what they mean, and how it is written here.

mod words;

use super::token::Token;
use super::{Scene, not_understood};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::Rule;
pub(in crate::syntax) use words::{foreign_comment, sign};
use words::{help_for_step, item, step};

impl Scene<'_> {
    /// What was probably meant by somebody who writes it like that elsewhere.
    pub(super) fn habit(&self) -> Option<Diagnostic> {
        self.comment()
            .or_else(|| self.operator())
            .or_else(|| self.words_without_quotes())
            .or_else(|| self.first_word())
            .or_else(|| self.separator())
            .or_else(|| self.quoted_name())
            .or_else(|| self.inside_of_a_step())
            .or_else(|| self.instead_of_braces())
            .or_else(|| self.instead_of_a_name())
    }

    fn before(&self) -> &str {
        self.place.text.get(..self.at).unwrap_or_default().trim_end()
    }

    fn begins_with(&self, word: &str) -> bool {
        Token::at(self.place.text, self.place.start).text == word
    }

    /// `if x then`, `scene main:`, several steps behind an arrow, `else` among the arms.
    fn instead_of_braces(&self) -> Option<Diagnostic> {
        let (found, one) = (self.found.text, self.place.one);
        let (message, help) = if found == "then" && self.begins_with("if") {
            ("an `if` has no `then`", "write `if … { … }`, or `if … => STEP`")
        } else if found == ":" && one == Rule::item && self.expected.has(Rule::gives_arrow) {
            ("the steps of a scene stand in braces", "write `{` instead of `:`, and `}` behind the last step")
        } else if found == "else" && one == Rule::arm {
            (
                "a `menu` has no arm `else`",
                "write `any => …` for all other keys; after silence, what follows `} else` happens",
            )
        } else if super::expected::is_step(found)
            && self.at == self.place.start
            && matches!(one, Rule::arm | Rule::take_arm | Rule::case)
        {
            ("behind `=>` stands one step", "write `{ …; … }` for several")
        } else {
            return None;
        };
        Some(not_understood(message).at(self.here(), "").help(help))
    }

    /// `let x: number`, `hello: "…"`, `service s {`, `hang-up`, `hang up()`
    fn instead_of_a_name(&self) -> Option<Diagnostic> {
        let found = self.found.text;
        let (message, help) = if found == ":" && self.begins_with("let") {
            ("a `let` has no type".to_owned(), "write `let NAME = …`: its type is that of the value".to_owned())
        } else if found == ":" && self.expected.has(Rule::equals) {
            ("`=` stands between a name and what it means".to_owned(), "write `=`".to_owned())
        } else if self.expected.has(Rule::k_at) && self.begins_with("service") {
            (
                "this `service` does not say where it is".to_owned(),
                "write `service NAME at SETTING { … }`, with a setting of type `url`".to_owned(),
            )
        } else if found == "-" && self.before().ends_with("hang") {
            ("`hang up` is written in two words".to_owned(), "write `hang up`".to_owned())
        } else if found == "(" && self.before().ends_with("hang up") {
            ("`hang up` has no parentheses".to_owned(), "write `hang up`".to_owned())
        } else {
            return None;
        };
        Some(not_understood(message).at(self.here(), "").help(help))
    }

    fn rest(&self) -> &str {
        self.place.text.get(self.at..).unwrap_or_default()
    }

    /// The line, from the place on, without what is behind it.
    fn line(&self) -> &str {
        self.rest().lines().next().unwrap_or_default().trim_end()
    }

    fn to(&self, length: usize) -> Span {
        Span::new(self.id, self.at, self.at + length)
    }

    /// `# …`, `/* … */`, `-- …`
    fn comment(&self) -> Option<Diagnostic> {
        let length = foreign_comment(self.rest(), self.at == self.place.start)?;
        let line = self.line();
        let shown = line.get(..length.min(line.len())).unwrap_or(line);
        let words = shown.trim_matches(['#', '/', '*', '-', '<', '>', '!', ' ']);
        Some(not_understood("a comment begins with `//`").at(self.to(shown.len()), "").help(if words.is_empty() {
            "write `// …`".to_owned()
        } else {
            format!("write `// {words}`")
        }))
    }

    /// `&&`, `!x`, `==` where there is a `=` too many, texts that are added.
    fn operator(&self) -> Option<Diagnostic> {
        let found = self.found.text;
        if found == "=" && self.place.text.get(..self.at).is_some_and(|before| before.ends_with("==")) {
            let span = Span::new(self.id, self.at - 2, self.at + 1);
            return Some(not_understood("`===` is no operator").at(span, "").help("write `==` to compare"));
        }
        if found == "+" && self.place.text.get(..self.at).is_some_and(|before| before.trim_end().ends_with('"')) {
            return Some(
                not_understood("texts are not joined by `+`")
                    .at(self.here(), "")
                    .help("write the value into the text: `\"Hello {{name}}.\"`"),
            );
        }
        let word = sign(found).filter(|_| found != "&" || self.expected.has(Rule::cmp_op))?;
        let message = format!("{} is no operator", self.found.quoted());
        Some(not_understood(message).at(self.here(), "").help(format!("write `{word}`")))
    }

    /// `say hello there`: what follows the first word.
    fn words_without_quotes(&self) -> Option<Diagnostic> {
        if self.at != self.place.start || self.place.one != Rule::step || !self.found.is_name() {
            return None;
        }
        let line_start = self.place.text.get(..self.at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let before = self.place.text.get(line_start..self.at)?;
        let (_, spoken) = before.rsplit_once("say ")?;
        let bare = spoken.trim();
        let is_bare = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let words = self.line().split([';', '}']).next().unwrap_or_default().trim_end();
        let start = self.at - spoken.trim_start().len();
        is_bare.then(|| {
            not_understood("words that are spoken stand in quotes")
                .at(Span::new(self.id, start, self.at + words.len()), "")
                .help(format!("write `say \"{bare} {words}\"`"))
        })
    }

    /// The word with which a step or an item begins.
    fn first_word(&self) -> Option<Diagnostic> {
        if self.at != self.place.start {
            return None;
        }
        let word = self.found.text;
        let behind = self.rest().get(word.len()..)?.trim_start_matches([' ', '\t']);
        let is_name = !behind.starts_with(['(', '=', '.']) || matches!(word, "elif" | "print" | "function" | "def");
        match self.place.one {
            Rule::step if is_name => {
                let meant = step(&word.to_ascii_lowercase())?;
                Some(
                    Diagnostic::new(Code::StepBeginsWithName, format!("there is no step `{word}`"))
                        .at(self.here(), "")
                        .help(help_for_step(meant, behind)),
                )
            }
            Rule::item => {
                let meant = item(&word.to_ascii_lowercase())?;
                let name = Token::at(behind, 0);
                let help = match meant {
                    "scene" if name.is_name() => format!("write `scene {} {{ … }}`", name.text),
                    "scene" => "write `scene main { … }`".to_owned(),
                    "settings" if name.is_name() => format!("write `settings {{ {} = … }}`", name.text),
                    _ => format!("write `{meant} …`"),
                };
                Some(not_understood(format!("`{word}` begins no item")).at(self.here(), "").help(help))
            }
            _ => None,
        }
    }

    /// `,` and `;` where nothing is written.
    fn separator(&self) -> Option<Diagnostic> {
        let found = self.found.text;
        let (what, help) = match (found, self.place.one) {
            ("," | ";", Rule::setting) => ("settings", "leave it out: each setting stands on a line of its own"),
            ("," | ";", Rule::phrase) => ("phrases", "leave it out: each phrase stands on a line of its own"),
            ("," | ";", Rule::op) => ("operations", "leave it out: each operation stands on a line of its own"),
            (",", Rule::step) if self.at == self.place.start || self.expected.has(Rule::step) => {
                ("steps", "write `;`, or a line break")
            }
            (",", Rule::arm | Rule::take_arm) => ("arms", "leave it out: each arm stands on a line of its own"),
            (",", Rule::case) => ("cases", "leave it out: each case stands on a line of its own"),
            _ => return None,
        };
        let begins =
            self.at == self.place.start || self.expected.has(self.place.one) || self.expected.has(Rule::rbrace);
        begins.then(|| not_understood(format!("no `{found}` stands between {what}")).at(self.here(), "").help(help))
    }

    /// `"name": …`, as in JSON.
    fn quoted_name(&self) -> Option<Diagnostic> {
        let is_entry = matches!(self.place.one, Rule::setting | Rule::phrase) && self.at == self.place.start;
        let name = self.found.text.strip_prefix('"')?.strip_suffix('"')?;
        is_entry.then(|| {
            not_understood("a name stands without quotes").at(self.here(), "").help(format!("write `{name} = …`"))
        })
    }

    /// Things that belong to another step.
    fn inside_of_a_step(&self) -> Option<Diagnostic> {
        let found = self.found.text;
        let begins = |word: &str| {
            let rest = self.place.text.get(self.place.start..).unwrap_or_default();
            Token::at(rest, 0).text == word
        };
        let first = self.place.text.get(self.place.start..).unwrap_or_default();
        if begins("menu") && first.trim_start_matches("menu").trim_start().starts_with('{') {
            let span = Span::new(self.id, self.place.start, self.place.start + "menu".len());
            return Some(
                not_understood("this `menu` asks nothing")
                    .at(span, "its words stand before the brace")
                    .help("write `menu \"…\" { … }`"),
            );
        }
        if begins("wait") && self.expected.has(Rule::k_for) {
            let help = if found.starts_with(|c: char| c.is_ascii_digit()) {
                format!("write `pause {found}` to be silent; `wait for … every …` waits until something is there")
            } else {
                "write `wait for … every …`; to be silent, `pause 5s`".to_owned()
            };
            return Some(not_understood("this `wait` waits for nothing").at(self.here(), "expected `for`").help(help));
        }
        if self.place.one == Rule::case && begins("else") && found == "if" {
            return Some(
                not_understood("a `match` has no `else if`")
                    .at(self.here(), "")
                    .help("write a case for each value, and `else { … }` for all others"),
            );
        }
        if found == "{" && (self.expected.has(Rule::alone) || self.expected.has(Rule::k_alone)) {
            return Some(
                not_understood("a `pick` has no arms")
                    .at(self.here(), "its keys come from the list")
                    .help("leave the braces out; what happens if nobody chooses stands behind `else`"),
            );
        }
        let end = self.place.comments.trim_end(self.place.text, self.at);
        let before = Token::before(self.place.text, end).text;
        let counts = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
        if counts
            && self.expected.has(Rule::k_tries)
            && (found.starts_with('"') || found == "=>" || self.found.is_name())
        {
            return Some(
                not_understood("the arms of a `menu` stand in braces")
                    .at(Span::new(self.id, end - before.len(), end), "expected `{` before this")
                    .help("write `{` behind the text of the menu, and `}` behind its last arm"),
            );
        }
        if self.place.one == Rule::arm {
            let word = Token::at(self.place.text, self.place.start).text;
            if matches!(word, "press" | "key" | "option" | "digit" | "case" | "when" | "on") {
                let span = Span::new(self.id, self.place.start, self.place.start + word.len());
                return Some(
                    not_understood("an arm begins with its key").at(span, "").help(format!("leave `{word}` out")),
                );
            }
        }
        if found == "{" && self.place.text.get(..self.at).is_some_and(|before| before.trim_end().ends_with("scene")) {
            return Some(
                not_understood("this scene has no name")
                    .at(self.here(), "expected a name")
                    .help("name it; calls begin in `scene main`"),
            );
        }
        None
    }
}
