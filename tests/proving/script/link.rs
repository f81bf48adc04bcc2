//! Links to recordings, and strangers who follow them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ivrc::http::Method;
use ivrc::http::client::{Client, Outgoing};
use serde_json::Value;

use super::{Outcome, Play};

/// Bytes a second of the network's MP3.
const RATE: u64 = 4000;

impl Play {
    /// The path of the link that was sent last, to be shortened or in an event; none if it is no URL of the server.
    pub(super) fn link(&self) -> Option<String> {
        let link =
            |body: &Value| ["long_url", "RecordingUrl"].iter().find_map(|name| body[name].as_str().map(str::to_owned));
        let requests = self.stage.services.requests();
        let sent = requests.iter().rev().find_map(|request| link(request.body.as_ref()?))?;
        sent.strip_prefix(&self.stage.server.url()).map(str::to_owned)
    }

    async fn request(&self, method: Method, path: &str) -> Result<Outgoing, String> {
        Ok(Outgoing::new(method, format!("{}{}", self.stage.server.url(), self.filled(path).await?)))
    }

    pub(super) async fn gets_with(&mut self, path: &str, header: (&str, &str), status: u64) -> Outcome {
        let mut request = self.request(Method::Get, path).await?;
        request.headers.push(header.0, header.1);
        self.ask(request, status).await
    }

    pub(super) async fn looks(&mut self, path: &str, status: u64) -> Outcome {
        let request = self.request(Method::Head, path).await?;
        self.ask(request, status).await
    }

    /// Comes back when the server has asked the provider and waits for time to pass.
    pub(super) async fn begins_to_ask(&mut self, path: &str) -> Outcome {
        let request = self.request(Method::Get, path).await?;
        let before = self.asked_for_recordings().await?;
        let asking = tokio::spawn(async move { Client::new().unwrap().send(request).await });
        while !asking.is_finished() && self.asked_for_recordings().await? == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.asking = Some(asking);
        Ok(())
    }

    async fn asked_for_recordings(&self) -> Result<usize, String> {
        let requests = self.stage.network.requests().await.map_err(|error| error.to_string())?;
        Ok(requests.iter().filter(|request| request.target.contains("/Recordings/")).count())
    }

    pub(super) async fn still_waits(&mut self) -> Outcome {
        let asking = self.asking.take().ok_or("nobody asked")?;
        if asking.is_finished() {
            return Err(format!("there is an answer already: {:?}", asking.await));
        }
        self.asking = Some(asking);
        Ok(())
    }

    pub(super) async fn got(&mut self, status: u64) -> Outcome {
        let asking = self.asking.take().ok_or("nobody asked")?;
        let response = asking.await.unwrap().map_err(|error| error.to_string())?;
        let got = response.status;
        self.reply = Some(response);
        if u64::from(got) == status { Ok(()) } else { Err(format!("the answer is {got}")) }
    }

    pub(super) async fn asks_the_provider(&mut self, path: &str, status: u64) -> Outcome {
        let url = format!("{}{}", self.stage.network.api_url(), self.filled(path).await?);
        self.ask(Outgoing::new(Method::Get, url), status).await
    }

    /// As somebody with the account's key does by hand.
    pub(super) async fn deletes_the_recording(&mut self) -> Outcome {
        let path = self.filled("/2010-04-01/Accounts/{account}/Recordings/{recording}.json").await?;
        let mut request = Outgoing::new(Method::Delete, format!("{}{path}", self.stage.network.api_url()));
        let (account, token) = &self.stage.account;
        let credentials = STANDARD.encode(format!("{account}:{token}"));
        request.headers.push("authorization", format!("Basic {credentials}"));
        self.ask(request, 204).await
    }

    pub(super) fn reply_is_audio(&mut self, length: Duration) -> Outcome {
        let reply = self.last_reply()?;
        let kind = reply.headers.get("content-type");
        let seconds = reply.body.len() as u64 / RATE;
        let fits = kind == Some("audio/mpeg") && seconds == length.as_secs();
        if fits { Ok(()) } else { Err(format!("it is {kind:?}, {} bytes", reply.body.len())) }
    }

    pub(super) fn reply_has_bytes(&mut self, wanted: u64) -> Outcome {
        let bytes = self.last_reply()?.body.len();
        if bytes as u64 == wanted { Ok(()) } else { Err(format!("it has {bytes}")) }
    }

    pub(super) fn reply_has_header(&mut self, name: &str, wanted: &str) -> Outcome {
        let header = self.last_reply()?.headers.get(name);
        if header == Some(wanted) { Ok(()) } else { Err(format!("the header is {header:?}")) }
    }
}
