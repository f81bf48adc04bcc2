//! What was sent to the services.

use serde_json::{Value, json};

use super::{Outcome, Play};
use crate::proving::services::{OPERATIONS, Request};

impl Play {
    /// Exactly one such request since the last time one was expected; the fields shown fit, `null` is absence, and a
    /// text that begins with `~` is a part of what must stand there.
    pub(super) fn sent(&mut self, operation: &str, wanted: &Value) -> Outcome {
        let request = self.only(operation)?;
        let body = request.body.unwrap_or(Value::Null);
        fits(wanted, &body).map_err(|why| format!("{why} in {body}"))
    }

    /// The same for the query of a reading request.
    pub(super) fn asked(&mut self, operation: &str, wanted: &Value) -> Outcome {
        let request = self.only(operation)?;
        let query = request.query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let query = Value::Object(query);
        fits(wanted, &query).map_err(|why| format!("{why} in {query}"))
    }

    fn only(&mut self, operation: &str) -> Result<Request, String> {
        self.seen = self.stage.services.see(operation);
        match self.seen.as_slice() {
            [one] => Ok(one.clone()),
            others => Err(format!("{} such requests: {}", others.len(), list(others))),
        }
    }

    pub(super) fn asked_times(&mut self, operation: &str, times: u64) -> Outcome {
        self.seen = self.stage.services.see(operation);
        if self.seen.len() as u64 == times {
            return Ok(());
        }
        Err(format!("{} such requests: {}", self.seen.len(), list(&self.seen)))
    }

    /// Nothing that changes something.
    pub(super) fn sent_nothing(&mut self) -> Outcome {
        for operation in OPERATIONS.iter().filter(|name| name.starts_with("workflow.") || **name == "bitly.shorten") {
            self.asked_times(operation, 0).map_err(|why| format!("{operation}: {why}"))?;
        }
        Ok(())
    }

    pub(super) fn had_header(&mut self, name: &str, wanted: &str) -> Outcome {
        let request = self.seen.last().ok_or("no request was talked about")?;
        let header = request.asked.header(name);
        if header == Some(wanted) { Ok(()) } else { Err(format!("the header is {header:?}")) }
    }

    pub(super) fn had_different_bodies(&mut self) -> Outcome {
        let mut bodies: Vec<_> = self.seen.iter().map(|request| request.asked.body.clone()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        let fits = bodies.len() > 1 && bodies.len() == self.seen.len();
        if fits { Ok(()) } else { Err(list(&self.seen)) }
    }

    pub(super) fn had_exactly(&mut self, wanted: &[String]) -> Outcome {
        let request = self.seen.last().ok_or("no request was talked about")?;
        let Some(Value::Object(body)) = &request.body else { return Err("it had no fields".to_owned()) };
        let mut names: Vec<_> = body.keys().collect();
        let mut wanted: Vec<_> = wanted.iter().collect();
        names.sort_unstable();
        wanted.sort_unstable();
        if names == wanted { Ok(()) } else { Err(format!("it had {names:?}")) }
    }

    pub(super) fn nobody_asked_media(&mut self) -> Outcome {
        let asked = self.stage.services.media_requests();
        if asked == 0 { Ok(()) } else { Err(format!("it was asked {asked} times")) }
    }

    pub(super) fn had_different_headers(&mut self, name: &str) -> Outcome {
        let headers: Vec<_> = self.seen.iter().map(|request| request.asked.header(name)).collect();
        let mut different = headers.clone();
        different.sort_unstable();
        different.dedup();
        let fits = headers.len() > 1 && different.len() == headers.len();
        if fits { Ok(()) } else { Err(format!("the headers are {headers:?}")) }
    }
}

/// Whether a value has everything that is wanted of it.
fn fits(wanted: &Value, found: &Value) -> Result<(), String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().try_for_each(|(name, wanted)| {
            fits(wanted, found.get(name).unwrap_or(&Value::Null)).map_err(|why| format!("`{name}`: {why}"))
        }),
        (Value::String(part), Value::String(found)) if part.starts_with('~') => {
            let part = part.trim_start_matches('~');
            if found.contains(part) { Ok(()) } else { Err(format!("{found:?} has no {part:?}")) }
        }
        _ if wanted == found => Ok(()),
        _ => Err(format!("{found} instead of {wanted}")),
    }
}

fn list(requests: &[Request]) -> String {
    let line = |request: &Request| {
        format!("{} {} {}", request.asked.method, request.asked.target, String::from_utf8_lossy(&request.asked.body))
    };
    requests.iter().map(line).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fits;

    #[test]
    fn what_is_not_mentioned_does_not_matter() {
        let body = json!({ "what": "Alert", "url": "https://x/Recordings/RE1", "n": 1 });
        assert!(fits(&json!({ "what": "Alert", "severity": null, "url": "~/Recordings/" }), &body).is_ok());
        assert_eq!(fits(&json!({ "what": null }), &body).unwrap_err(), "`what`: \"Alert\" instead of null");
        assert!(fits(&json!({ "n": "1" }), &body).is_err());
    }
}
