//! The voices that Twilio speaks in (<https://www.twilio.com/docs/voice/twiml/say/text-speech>), as far as they are
//! known here. Those behind `Polly.` are Amazon's (<https://docs.aws.amazon.com/polly/latest/dg/available-voices.html>),
//! those behind `Google.` are Google's (<https://cloud.google.com/text-to-speech/docs/list-voices-and-types>). The lists
//! of both grow: a voice that is missing here need not be wrong.

/// The voice of a flow that names none.
pub const VOICE: &str = "Polly.Joanna-Neural";

/// Who makes a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `man`, `woman`: Twilio's own.
    Basic,
    /// `Polly.…`.
    Polly,
    /// `Google.…`.
    Google,
}

/// A voice that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Who makes it.
    pub family: Family,
    /// The languages it speaks, `en-US`; none of one that speaks whatever it is told to.
    pub languages: Vec<&'static str>,
}

/// Why a name is not that of a known voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// No name of a voice looks like this.
    NoVoice,
    /// It could be a voice, but is none of those known here.
    NotListed,
}

/// How a voice of Amazon is made; the ending of its name says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Standard,
    Neural,
    Generative,
}

use Engine::{Generative as G, Neural as N, Standard as S};

/// Language, and the voices that speak it with their engines.
type Line = (&'static str, &'static [(&'static str, &'static [Engine])]);

const POLLY: &[Line] = &[
    ("ar-AE", &[("Hala", &[N]), ("Zayd", &[N])]),
    ("arb", &[("Zeina", &[S])]),
    ("ca-ES", &[("Arlet", &[N])]),
    ("cmn-CN", &[("Zhiyu", &[S, N])]),
    ("cs-CZ", &[("Jitka", &[N])]),
    ("cy-GB", &[("Gwyneth", &[S])]),
    ("da-DK", &[("Naja", &[S]), ("Mads", &[S]), ("Sofie", &[N])]),
    ("de-AT", &[("Hannah", &[N])]),
    ("de-CH", &[("Sabrina", &[N])]),
    ("de-DE", &[("Marlene", &[S]), ("Vicki", &[S, N, G]), ("Hans", &[S]), ("Daniel", &[N, G])]),
    ("en-AU", &[("Nicole", &[S]), ("Olivia", &[N, G]), ("Russell", &[S])]),
    ("en-GB", &[("Amy", &[S, N, G]), ("Emma", &[S, N]), ("Brian", &[S, N, G]), ("Arthur", &[N])]),
    ("en-GB-WLS", &[("Geraint", &[S])]),
    ("en-IE", &[("Niamh", &[N, G])]),
    ("en-IN", &[("Aditi", &[S]), ("Raveena", &[S]), ("Kajal", &[N, G])]),
    ("en-NZ", &[("Aria", &[N, G])]),
    ("en-SG", &[("Jasmine", &[N, G])]),
    (
        "en-US",
        &[
            ("Danielle", &[N, G]),
            ("Gregory", &[N]),
            ("Ivy", &[S, N]),
            ("Joanna", &[S, N, G]),
            ("Joey", &[S, N]),
            ("Justin", &[S, N]),
            ("Kendra", &[S, N]),
            ("Kevin", &[N]),
            ("Kimberly", &[S, N]),
            ("Matthew", &[S, N, G]),
            ("Ruth", &[N, G]),
            ("Salli", &[S, N, G]),
            ("Stephen", &[N, G]),
            ("Tiffany", &[G]),
        ],
    ),
    ("en-ZA", &[("Ayanda", &[N, G])]),
    ("es-ES", &[("Conchita", &[S]), ("Lucia", &[S, N, G]), ("Enrique", &[S]), ("Sergio", &[N, G])]),
    ("es-MX", &[("Mia", &[S, N, G]), ("Andres", &[N, G])]),
    ("es-US", &[("Lupe", &[S, N, G]), ("Penelope", &[S]), ("Miguel", &[S]), ("Pedro", &[N, G])]),
    ("fi-FI", &[("Suvi", &[N])]),
    ("fr-BE", &[("Isabelle", &[N, G])]),
    ("fr-CA", &[("Chantal", &[S]), ("Gabrielle", &[N, G]), ("Liam", &[N, G])]),
    ("fr-FR", &[("Celine", &[S]), ("Lea", &[S, N, G]), ("Mathieu", &[S]), ("Remi", &[N, G])]),
    ("hi-IN", &[("Aditi", &[S]), ("Kajal", &[N, G])]),
    ("is-IS", &[("Dora", &[S]), ("Karl", &[S])]),
    ("it-IT", &[("Carla", &[S]), ("Bianca", &[S, N, G]), ("Giorgio", &[S]), ("Adriano", &[N])]),
    ("ja-JP", &[("Mizuki", &[S]), ("Takumi", &[S, N]), ("Kazuha", &[N]), ("Tomoko", &[N])]),
    ("ko-KR", &[("Seoyeon", &[S, N, G]), ("Jihye", &[N])]),
    ("nb-NO", &[("Liv", &[S]), ("Ida", &[N])]),
    ("nl-BE", &[("Lisa", &[N, G])]),
    ("nl-NL", &[("Laura", &[N, G]), ("Lotte", &[S]), ("Ruben", &[S])]),
    ("pl-PL", &[("Ewa", &[S]), ("Maja", &[S]), ("Jacek", &[S]), ("Jan", &[S]), ("Ola", &[N, G])]),
    ("pt-BR", &[("Camila", &[S, N, G]), ("Vitoria", &[S, N]), ("Ricardo", &[S]), ("Thiago", &[N])]),
    ("pt-PT", &[("Ines", &[S, N]), ("Cristiano", &[S])]),
    ("ro-RO", &[("Carmen", &[S])]),
    ("ru-RU", &[("Tatyana", &[S]), ("Maxim", &[S])]),
    ("sv-SE", &[("Astrid", &[S]), ("Elin", &[N])]),
    ("tr-TR", &[("Filiz", &[S]), ("Burcu", &[N])]),
    ("yue-CN", &[("Hiujin", &[N])]),
];

/// Twilio's own voices; `alice` is an old name of one.
const BASIC: [&str; 3] = ["man", "woman", "alice"];

/// The languages of Google's voices.
const GOOGLE: [&str; 58] = [
    "af-ZA", "ar-XA", "bg-BG", "bn-IN", "ca-ES", "cmn-CN", "cmn-TW", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-AU",
    "en-GB", "en-IN", "en-US", "es-ES", "es-US", "et-EE", "eu-ES", "fi-FI", "fil-PH", "fr-CA", "fr-FR", "gl-ES",
    "gu-IN", "he-IL", "hi-IN", "hr-HR", "hu-HU", "id-ID", "is-IS", "it-IT", "ja-JP", "kn-IN", "ko-KR", "lt-LT",
    "lv-LV", "ml-IN", "mr-IN", "ms-MY", "nb-NO", "nl-BE", "nl-NL", "pa-IN", "pl-PL", "pt-BR", "pt-PT", "ro-RO",
    "ru-RU", "sk-SK", "sl-SI", "sr-RS", "sv-SE", "ta-IN", "te-IN", "th-TH", "tr-TR", "uk-UA",
];

/// How Google's voices are made, behind their language.
const GOOGLE_KINDS: [&str; 5] = ["Standard", "Wavenet", "Neural2", "Studio", "Chirp3-HD"];

impl Engine {
    fn ending(self) -> &'static str {
        match self {
            S => "",
            N => "-Neural",
            G => "-Generative",
        }
    }
}

impl Voice {
    /// Who makes a voice of this name.
    #[must_use]
    pub fn family(name: &str) -> Option<Family> {
        if name.starts_with("Polly.") {
            Some(Family::Polly)
        } else if name.starts_with("Google.") {
            Some(Family::Google)
        } else {
            BASIC.contains(&name).then_some(Family::Basic)
        }
    }

    /// The voice of this name.
    ///
    /// # Errors
    ///
    /// Whether it cannot be one, or is only not known.
    pub fn named(name: &str) -> Result<Self, Unknown> {
        let family = Self::family(name).ok_or(Unknown::NoVoice)?;
        let languages = match family {
            Family::Basic => Vec::new(),
            Family::Polly => polly(name.trim_start_matches("Polly."))?,
            Family::Google => vec![google(name.trim_start_matches("Google."))?],
        };
        Ok(Self { family, languages })
    }

    /// Whether it speaks a language, `en` in any of its countries.
    #[must_use]
    pub fn speaks(&self, language: &str) -> bool {
        let of = |tag: &&str| tag.split('-').next() == Some(language);
        self.languages.is_empty() || self.languages.iter().any(of)
    }

    /// The names of all voices that are listed by name, for "did you mean".
    pub fn names() -> impl Iterator<Item = String> {
        let voices = POLLY.iter().flat_map(|(_, voices)| voices.iter());
        let amazon = voices
            .flat_map(|(name, engines)| engines.iter().map(move |engine| format!("Polly.{name}{}", engine.ending())));
        BASIC.iter().map(ToString::to_string).chain(amazon)
    }
}

/// The languages of a voice of Amazon.
fn polly(name: &str) -> Result<Vec<&'static str>, Unknown> {
    let letters = |part: &str| !part.is_empty() && part.chars().all(char::is_alphabetic);
    if !name.split('-').all(letters) {
        return Err(Unknown::NoVoice);
    }
    let speaks = |(known, engines): &(&str, &[Engine])| {
        name.strip_prefix(known).is_some_and(|ending| engines.iter().any(|engine| engine.ending() == ending))
    };
    let languages: Vec<_> = POLLY.iter().filter(|(_, voices)| voices.iter().any(speaks)).map(|(tag, _)| *tag).collect();
    if languages.is_empty() { Err(Unknown::NotListed) } else { Ok(languages) }
}

/// The language of a voice of Google.
fn google(name: &str) -> Result<&'static str, Unknown> {
    let language = GOOGLE.iter().find(|tag| name.strip_prefix(**tag).is_some_and(|rest| rest.starts_with('-')));
    let Some(language) = language else {
        // At least a language, a country and what it is called.
        return Err(if name.split('-').filter(|part| !part.is_empty()).count() >= 3 {
            Unknown::NotListed
        } else {
            Unknown::NoVoice
        });
    };
    let kind = name.strip_prefix(language).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    let known = |known: &&str| {
        let called = kind.strip_prefix(known).and_then(|rest| rest.strip_prefix('-'));
        called.is_some_and(|name| !name.is_empty() && name.chars().all(char::is_alphabetic))
    };
    if GOOGLE_KINDS.iter().any(known) { Ok(language) } else { Err(Unknown::NotListed) }
}

#[cfg(test)]
mod tests {
    use super::{Unknown, Voice};

    #[test]
    fn voices_are_known_by_their_names() {
        for (name, languages) in [
            ("man", &[][..]),
            ("Polly.Joanna", &["en-US"]),
            ("Polly.Joanna-Neural", &["en-US"]),
            ("Polly.Joanna-Generative", &["en-US"]),
            ("Polly.Aditi", &["en-IN", "hi-IN"]),
            ("Google.en-US-Standard-C", &["en-US"]),
            ("Google.fr-CA-Neural2-A", &["fr-CA"]),
            ("Google.en-US-Chirp3-HD-Aoede", &["en-US"]),
        ] {
            assert_eq!(Voice::named(name).map(|voice| voice.languages), Ok(languages.to_vec()), "{name}");
        }
    }

    #[test]
    fn what_is_not_listed_is_told_from_what_cannot_be() {
        for name in ["Polly.Joana", "Polly.Carla-Neural", "Polly.Joanna-Long-Form", "Google.xx-XX-Standard-A"] {
            assert_eq!(Voice::named(name), Err(Unknown::NotListed), "{name}");
        }
        for name in ["Joanna", "polly.Joanna", "Polly.", "Polly.Joanna Neural", "Google.Aoede", "Google.", "", "alloy"]
        {
            assert_eq!(Voice::named(name), Err(Unknown::NoVoice), "{name}");
        }
    }

    #[test]
    fn every_listed_name_is_known() {
        let mut names: Vec<String> = Voice::names().collect();
        assert!(names.iter().all(|name| Voice::named(name).is_ok()));
        assert!(names.len() > 100);
        names.sort();
        names.dedup();
        assert!(names.contains(&"Polly.Joanna-Neural".to_owned()));
    }

    #[test]
    fn a_voice_speaks_its_languages() {
        let speaks = |name: &str| Voice::named(name).unwrap().speaks("en");
        assert!(speaks("Polly.Amy") && speaks("Polly.Geraint") && speaks("Polly.Kajal-Neural") && speaks("woman"));
        assert!(!speaks("Polly.Celine") && !speaks("Google.de-DE-Wavenet-B"));
    }
}
