//! Names that people write who know other languages.

/// The type of this language for one of another.
pub(super) fn type_of(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "string" | "str" | "char" | "varchar" => "text",
        "int" | "integer" | "float" | "double" | "decimal" | "long" | "num" | "uint" => "number",
        "bool" | "boolean" => "flag",
        "datetime" | "date" | "timestamp" | "instant" => "time",
        "uri" | "link" => "url",
        "tel" | "phonenumber" | "phone_number" => "phone",
        "object" | "dict" | "map" => "json",
        _ => return None,
    })
}

/// The value of this language for one of another.
pub(super) fn value_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "null" | "nil" | "undefined" | "None" | "NULL" | "Null" | "nothing" => "none",
        "True" | "TRUE" | "yes" | "on" => "true",
        "False" | "FALSE" | "no" | "off" => "false",
        _ => return None,
    })
}

/// Whether a scene that does not exist is called like the end of a call.
pub(super) fn ends_the_call(word: &str) -> bool {
    matches!(
        word,
        "hangup" | "hang_up" | "end" | "exit" | "quit" | "goodbye" | "disconnect" | "stop" | "bye" | "terminate"
    )
}
