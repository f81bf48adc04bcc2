//! What must hold at the end of every call, whatever it was about.

use ivrc::simulator::{Webhook, What};

use super::{Outcome, Play};

impl Play {
    pub(super) async fn end(&mut self) -> Outcome {
        self.stage.network.settle().await.map_err(|error| error.to_string())?;
        let mut wrong = Vec::new();
        let transcript = self.stage.network.transcript().await.map_err(|error| error.to_string())?;
        for it in &transcript {
            let bad = matches!(
                it.what,
                What::Problem(_) | What::CannotDo(_) | What::ApplicationError | What::WebhookFailed { .. }
            );
            if bad {
                wrong.push(it.to_string());
            }
        }
        for webhook in self.webhooks().await? {
            wrong.extend(document(&webhook));
        }
        wrong.extend(self.stage.services.complaints());
        for request in self.stage.services.requests() {
            if !request.seen && request.operation.starts_with("workflow.") {
                wrong.push(format!("{} was sent, and nobody expected it", request.operation));
            }
        }
        if self.stage.write() {
            wrong.push("a file was edited, and the server was never told".to_owned());
        }
        if !self.stage.server.is_well() {
            wrong.push("the server has ended".to_owned());
        }
        if self.stage.server.log().contains("panicked at") {
            wrong.push("the server panicked".to_owned());
        }
        wrong.retain(|wrong| !self.forgiven.iter().any(|forgiven| wrong.contains(forgiven)));
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    }
}

/// What a real XML parser has to say about an answer.
fn document(webhook: &Webhook) -> Option<String> {
    let kind = webhook.headers.get("content-type").unwrap_or_default();
    if !kind.contains("xml") {
        return None;
    }
    let wrong = match roxmltree::Document::parse(&webhook.body) {
        Err(error) => error.to_string(),
        Ok(document) if document.root_element().tag_name().name() != "Response" => "it is no <Response>".to_owned(),
        Ok(_) => return None,
    };
    Some(format!("the answer to {} is no XML: {wrong}\n{}", webhook.url, webhook.body))
}
