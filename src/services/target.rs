//! The URL of a request: base URL, path and query.

use url::Url;

use crate::eval::{self, Context, Scope};
use crate::expr::{Form, Template};
use crate::failure::FailureKind;
use crate::template::SlotValue;

/// Stands before every encoded value while a path is looked at. An encoded value has none in it, a `path` setting
/// may not contain control characters, and a URL cannot.
const MARK: char = '\0';

/// The absolute URL, or `path`: a value in a path segment may not be empty, `.` or `..`, and the URL must have the
/// base URL and the literal beginning of the template, however URLs are normalised.
pub(super) fn url(
    base: &str,
    template: &Template,
    scope: &Scope<'_>,
    context: &Context<'_>,
) -> Result<String, FailureKind> {
    let mut values = eval::slot_values(template, scope, context).map_err(|failure| failure.kind)?;
    for (value, slot) in values.iter_mut().zip(&template.slots) {
        if let (SlotValue::Text(text), Form::UrlPart) = (value, &slot.form) {
            text.insert(0, MARK);
        }
    }
    let marked = template.pattern.render(&values).map_err(|_| FailureKind::Path)?;
    let path = marked.split(['?', '#']).next().unwrap_or_default();
    let rooted = marked.is_empty() || marked.starts_with(['/', '?']);
    if !rooted || path.split('/').any(is_hollow) {
        return Err(FailureKind::Path);
    }
    let base = base.trim_end_matches('/');
    let literal = marked.split(MARK).next().unwrap_or_default();
    let parse = |path: &str| Url::parse(&format!("{base}{path}")).map_err(|_| FailureKind::Path);
    let (root, beginning, whole) = (parse("")?, parse(literal)?, parse(&marked.replace(MARK, ""))?);
    let kept = whole.origin() == root.origin()
        && beginning.as_str().starts_with(root.as_str())
        && whole.as_str().starts_with(beginning.as_str());
    if kept { Ok(whole.into()) } else { Err(FailureKind::Path) }
}

/// Whether a segment that contains a value says nothing, or leads elsewhere.
fn is_hollow(segment: &str) -> bool {
    segment.contains(MARK) && {
        let text = segment.replace(MARK, "").to_ascii_lowercase().replace("%2e", ".");
        matches!(text.as_str(), "" | "." | "..")
    }
}
