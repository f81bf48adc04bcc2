//! What the line sends to services.

use serde_json::Value as Json;

use url::Url;

use super::{Play, Verdict};
use crate::canned::{Received, Wire};
use crate::source::Span;
use crate::syntax::scenario::{Deed, OnWire};
use crate::syntax::tree::{Expr, Path};

impl Play<'_> {
    /// Exactly one request of an operation since the last one that was looked at.
    pub(super) fn sent(
        &mut self,
        deed: &Deed,
        operation: &Path,
        wire: Option<&OnWire>,
        fields: Option<&Expr>,
    ) -> Verdict {
        let name = name(operation);
        let seen = self.looked_at.get(&name).map_or(0, |(seen, _)| *seen);
        let first = self.until(|play| play.of(&name).nth(seen).cloned());
        let Some(request) = first else {
            return self.fail(deed, format!("`{name}` is not sent"), "expected here");
        };
        let all = self.of(&name).count();
        self.looked_at.insert(name.clone(), (all, deed.span));
        if all - seen > 1 {
            return self.fail(deed, format!("`{name}` is sent {} times", all - seen), "expected once");
        }
        if let Some((span, label)) = wire.and_then(|wanted| unlike(wanted, request.wire.as_ref())) {
            let message = format!("`{name}` is sent in another way");
            return Err(Box::new(super::failure::expected(self, span, &message, label)));
        }
        let Some(fields) = fields else { return Ok(()) };
        let wanted = match self.props.values.json(fields) {
            Ok(wanted) => wanted,
            Err(problem) => return Err(Box::new(problem)),
        };
        match difference(&wanted, &request, self) {
            None => Ok(()),
            Some(label) => {
                let message = format!("`{name}` is sent with something else");
                Err(Box::new(super::failure::expected(self, fields.span, &message, label)))
            }
        }
    }

    pub(super) fn sent_nothing(&mut self, deed: &Deed, operation: Option<&Path>) -> Verdict {
        self.exchange.pass_all();
        let wanted = operation.map(name);
        let changes = |received: &&Received| match &wanted {
            Some(wanted) => *received.operation == **wanted,
            None => !self.only_reads(&received.operation),
        };
        let sent = self.exchange.requests.iter().map(|(received, _)| received);
        let mut fresh = Vec::new();
        let mut counted = std::collections::BTreeMap::<&str, usize>::new();
        for received in sent.filter(changes) {
            let n = counted.entry(&received.operation).or_default();
            *n += 1;
            if *n > self.looked_at.get(&*received.operation).map_or(0, |(seen, _)| *seen) {
                fresh.push(received.operation.to_string());
            }
        }
        match fresh.first() {
            None => Ok(()),
            Some(name) => self.fail(deed, format!("`{name}` is sent"), "nothing was expected"),
        }
    }

    /// What was looked at once has not been sent once more.
    pub(super) fn nothing_more_sent(&self) -> Verdict {
        for (name, (seen, span)) in &self.looked_at {
            if !self.only_reads(name) && self.of(name).count() > *seen {
                let message = format!("`{name}` is sent once more");
                let label = "after the one that was expected here";
                return Err(Box::new(super::failure::expected(self, *span, &message, label)));
            }
        }
        Ok(())
    }

    fn of<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Received> {
        let requests = self.exchange.requests.iter().map(|(received, _)| received);
        requests.filter(move |received| *received.operation == *name)
    }

    fn only_reads(&self, name: &str) -> bool {
        self.props.line.graph.operations.iter().any(|operation| *operation.name == *name && operation.reads)
    }

    /// What a request says under a name: a field of its body, a name in its URL's query, or a parameter.
    fn field(&self, request: &Received, name: &str) -> Json {
        if let Some(found) = request.body.as_ref().and_then(|body| body.get(name)) {
            return found.clone();
        }
        let url = request.wire.as_ref().and_then(|wire| Url::parse(&wire.url).ok());
        let mut query = url.iter().flat_map(Url::query_pairs);
        if let Some((_, value)) = query.find(|(known, _)| known == name) {
            return Json::String(value.into_owned());
        }
        let operations = &self.props.line.graph.operations;
        let operation = operations.iter().find(|operation| operation.name == request.operation);
        let place = operation.and_then(|operation| operation.params.iter().position(|(param, _)| **param == *name));
        place.and_then(|place| request.args.get(place)).cloned().unwrap_or(Json::Null)
    }
}

/// What of a request is not as it was written, and where that stands.
fn unlike(wanted: &OnWire, found: Option<&Wire>) -> Option<(Span, String)> {
    let Some(found) = found else { return Some((wanted.span, "it cannot be sent at all".to_owned())) };
    let place = wanted.request.split_once(' ').map_or("", |(_, place)| place);
    let url = if place.starts_with('/') { relative(&found.url) } else { found.url.clone() };
    let request = format!("{} {url}", found.method);
    let same = match wanted.request.strip_suffix('…') {
        Some(begin) => request.starts_with(begin),
        None => request == wanted.request,
    };
    if !same {
        return Some((wanted.span, format!("it is \"{request}\"")));
    }
    wanted.headers.iter().find_map(|header| match found.headers.get(&header.name) {
        Some(value) if value == header.value => None,
        Some(value) => Some((header.span, format!("it is \"{value}\""))),
        None => Some((header.span, "there is none".to_owned())),
    })
}

/// Path and query of a URL.
fn relative(url: &str) -> String {
    let Ok(parsed) = Url::parse(url) else { return url.to_owned() };
    parsed.query().map_or_else(|| parsed.path().to_owned(), |query| format!("{}?{query}", parsed.path()))
}

fn name(path: &Path) -> String {
    path.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(".")
}

/// The first field that is not as wanted.
fn difference(wanted: &Json, request: &Received, play: &Play<'_>) -> Option<String> {
    let Json::Object(fields) = wanted else { return None };
    fields.iter().find_map(|(name, wanted)| {
        let found = play.field(request, name);
        differs(wanted, &found)
            .then(|| format!("`{name}` is {}", if found.is_null() { "absent".to_owned() } else { found.to_string() }))
    })
}

/// Of a record only the fields that are written out are looked at; `none` means absent.
fn differs(wanted: &Json, found: &Json) -> bool {
    match (wanted, found) {
        (Json::Object(wanted), Json::Object(found)) => {
            wanted.iter().any(|(name, wanted)| differs(wanted, found.get(name).unwrap_or(&Json::Null)))
        }
        (Json::Array(wanted), Json::Array(found)) => {
            wanted.len() != found.len() || wanted.iter().zip(found).any(|(wanted, found)| differs(wanted, found))
        }
        _ => wanted != found,
    }
}
