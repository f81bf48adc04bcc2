//! What the provider does, and strangers who pretend to be the provider.

use ivrc::http::client::{Client, Outgoing};
use ivrc::http::{Method, Response};
use ivrc::provider::twilio::signature;
use ivrc::simulator::{ApiFault, Astray, Doubling, Kind, Signing, Transcript, Webhook, Which};
use url::form_urlencoded;

use super::{Outcome, Play};
use crate::proving::sentence::matches;

/// With what a request from outside is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The token of the account.
    Account,
    /// Another one.
    Another,
    /// Nothing.
    None,
}

impl Play {
    pub(super) async fn next_transcript(&mut self, fate: &str) -> Outcome {
        let fate = match fate {
            "fails" => Transcript::Fails,
            "never arrives" => Transcript::Never,
            "arrives twice" => Transcript::Twice,
            "arrives before the end of the recording is told" => Transcript::BeforeAction,
            "has no words" => Transcript::Empty,
            "is held back" => Transcript::Held,
            other => match matches("arrives after <time>", other) {
                Some(args) => Transcript::After(args.time()),
                None => return Err(format!("no transcript `{other}`")),
            },
        };
        self.stage.network.next_transcript(fate).await.map_err(|error| error.to_string())
    }

    pub(super) async fn transcribe(&mut self, success: bool) -> Outcome {
        self.stage.network.transcribe(success).await.map_err(|error| error.to_string())?;
        self.stage.network.settle().await.map(drop).map_err(|error| error.to_string())
    }

    /// `kind` is a word for a kind, `any`, or a fragment of a URL in quotes.
    pub(super) async fn next_webhook(&mut self, which: &str, fate: &str) -> Outcome {
        let which = match which {
            "any" => Which::Any,
            word => kind(word).map_or_else(|| Which::Url(word.to_owned()), Which::Kind),
        };
        let network = &self.stage.network;
        let done = match fate {
            "comes twice at once" => network.double(which, Doubling::AtOnce).await,
            "comes twice" => network.double(which, Doubling::Afterwards).await,
            "is signed with another key" => network.sign(which, Signing::Bad).await,
            "is not signed" => network.sign(which, Signing::Missing).await,
            "loses its reply" => network.lose_reply(which).await,
            "goes twice astray" => network.stray(which, Astray::Twice).await,
            "comes after the next one" => network.stray(which, Astray::AfterNext).await,
            "never comes" => network.stray(which, Astray::Never).await,
            other => match matches("comes <time> late", other) {
                Some(args) => network.stray(which, Astray::Late(args.time())).await,
                None => return Err(format!("no webhook `{other}`")),
            },
        };
        done.map_err(|error| error.to_string())
    }

    pub(super) async fn replay(&mut self, which: &str, first: bool) -> Outcome {
        let webhooks = self.webhooks().await?;
        let fits = |webhook: &&Webhook| match kind(which) {
            Some(kind) => webhook.kind == kind,
            None => webhook.url.contains(which),
        };
        let mut fitting = webhooks.iter().filter(fits);
        let webhook = if first { fitting.next() } else { fitting.next_back() };
        let webhook = webhook.ok_or_else(|| format!("there was no {which} webhook"))?;
        self.stage.network.replay(webhook.index).await.map_err(|error| error.to_string())?;
        self.stage.network.settle().await.map(drop).map_err(|error| error.to_string())
    }

    pub(super) async fn webhooks(&self) -> Result<Vec<Webhook>, String> {
        self.stage.network.webhooks().await.map_err(|error| error.to_string())
    }

    pub(super) async fn same_answers(&mut self) -> Outcome {
        let webhooks = self.webhooks().await?;
        let mut repeated = 0;
        for webhook in &webhooks {
            let Some(first) = webhook.repeats.and_then(|index| webhooks.get(index)) else { continue };
            repeated += 1;
            if (webhook.status, &webhook.body) != (first.status, &first.body) {
                return Err(format!("{}: {} instead of {}", webhook.url, webhook.body, first.body));
            }
        }
        if repeated > 0 { Ok(()) } else { Err("no webhook was repeated".to_owned()) }
    }

    /// Neither in what the network sent, nor in what it was answered.
    pub(super) async fn no_webhook_carried(&mut self, unwanted: &[String]) -> Outcome {
        for webhook in self.webhooks().await? {
            let text = format!("{} {:?} {:?} {}", webhook.url, webhook.params, webhook.headers, webhook.body);
            if let Some(unwanted) = unwanted.iter().find(|unwanted| text.contains(unwanted.as_str())) {
                return Err(format!("{unwanted:?} stands in {text}"));
            }
        }
        Ok(())
    }

    // ---- the API

    pub(super) async fn api_refuses(&mut self, line: &str, status: u64) -> Outcome {
        let code = if status == 429 { 20_429 } else { 20_500 };
        let fault = ApiFault::Refused { status: u16::try_from(status).unwrap(), code };
        self.stage.network.api_fault(line, fault).await.map_err(|error| error.to_string())
    }

    pub(super) async fn api_loses(&mut self, line: &str, done: bool) -> Outcome {
        let fault = if done { ApiFault::DoneWithoutReply } else { ApiFault::Lost };
        self.stage.network.api_fault(line, fault).await.map_err(|error| error.to_string())
    }

    pub(super) async fn api_asked(&mut self, line: &str, times: u64) -> Outcome {
        let requests = self.stage.network.requests().await.map_err(|error| error.to_string())?;
        let lines: Vec<String> = requests.iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect();
        let asked = lines.iter().filter(|asked| asked.contains(line)).count();
        if asked as u64 == times { Ok(()) } else { Err(format!("it was asked {asked} times: {}", lines.join(", "))) }
    }

    /// As somebody with the account's key does by hand.
    pub(super) async fn cancels(&mut self, who: &str) -> Outcome {
        let leg = self.leg(who).await?;
        let (account, token) = &self.stage.account;
        let url = format!("{}/2010-04-01/Accounts/{account}/Calls/{}.json", self.stage.network.api_url(), leg.sid);
        let mut request = Outgoing::new(Method::Post, url);
        let credentials =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{account}:{token}"));
        request.headers.push("authorization", format!("Basic {credentials}"));
        request.headers.push("content-type", "application/x-www-form-urlencoded");
        request.body = Some(b"Status=canceled".to_vec());
        let response = Client::new().unwrap().send(request).await.map_err(|error| error.to_string())?;
        if response.status != 200 {
            return Err(format!("the API says {}", response.status));
        }
        self.go().await
    }

    // ---- requests outside of calls

    pub(super) async fn posts(&mut self, path: &str, form: &str, key: Key, status: u64) -> Outcome {
        let form = self.filled(form).await?;
        let fields: Vec<_> = form_urlencoded::parse(form.as_bytes())
            .map(|(name, value)| (name.into_owned().into_bytes(), value.into_owned().into_bytes()))
            .collect();
        self.post(path, form.into_bytes(), key, &fields, status).await
    }

    /// A signed form whose last parameter is very long.
    pub(super) async fn posts_much(&mut self, path: &str, bytes: &str, status: u64) -> Outcome {
        let bytes: usize = bytes.parse().map_err(|_| "no number of bytes")?;
        let form = self.filled("CallSid={sid}&AccountSid={account}&Digits=1&Padding=").await?;
        let form = format!("{form}{}", "x".repeat(bytes - form.len()));
        self.posts(path, &form, Key::Account, status).await
    }

    /// A signed form with a parameter that is no UTF-8.
    pub(super) async fn posts_bytes(&mut self, path: &str, status: u64) -> Outcome {
        let sid = self.filled("{sid}").await?;
        let form = format!("CallSid={sid}&Digits=%FF%FE1&SpeechResult=%C3%28");
        let fields = [("CallSid", sid.as_bytes()), ("Digits", b"\xff\xfe1"), ("SpeechResult", b"\xc3\x28")];
        let fields = fields.map(|(name, value)| (name.as_bytes().to_vec(), value.to_vec())).to_vec();
        self.post(path, form.into_bytes(), Key::Account, &fields, status).await
    }

    async fn post(
        &mut self,
        path: &str,
        body: Vec<u8>,
        key: Key,
        fields: &[(Vec<u8>, Vec<u8>)],
        status: u64,
    ) -> Outcome {
        let url = format!("{}{}", self.stage.server.url(), self.filled(path).await?);
        let mut request = Outgoing::new(Method::Post, url.clone());
        request.headers.push("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
        let token = match key {
            Key::Account => Some(self.stage.account.1.as_str()),
            Key::Another => Some("0123456789abcdef0123456789abcdee"),
            Key::None => None,
        };
        if let Some(token) = token {
            request.headers.push("x-twilio-signature", signature::sign(token, &url, fields));
        }
        request.body = Some(body);
        self.ask(request, status).await
    }

    pub(super) async fn gets(&mut self, path: &str, status: u64) -> Outcome {
        let url = format!("{}{}", self.stage.server.url(), self.filled(path).await?);
        self.ask(Outgoing::new(Method::Get, url), status).await
    }

    pub(super) async fn ask(&mut self, request: Outgoing, status: u64) -> Outcome {
        self.stored = self.stored_calls()?;
        let response = Client::new().unwrap().send(request).await.map_err(|error| error.to_string())?;
        let got = response.status;
        self.reply = Some(response);
        if u64::from(got) == status { Ok(()) } else { Err(format!("the answer is {got}")) }
    }

    /// Puts what only the call knows into a path or form: `{call}`, `{sid}`, `{turn}`, `{account}`, `{recording}`,
    /// `{link}` (the path of the link to it that was sent) and `{tag}` (the end of that).
    pub(super) async fn filled(&self, text: &str) -> Result<String, String> {
        let webhooks = self.webhooks().await?;
        let documents = webhooks.iter().rev().map(|webhook| webhook.body.as_str());
        let in_url = |before: &str, place: usize| {
            documents.clone().find_map(|document| {
                let (_, behind) = document.split_once(before)?;
                behind.split(['/', '#', '"', '.', '<']).nth(place).map(str::to_owned)
            })
        };
        let recording = webhooks.iter().rev().map(|webhook| webhook.param("RecordingSid")).find(|sid| !sid.is_empty());
        let sid = match self.leg("caller").await {
            Ok(leg) => leg.sid,
            Err(_) => "CA00000000000000000000000000000000".to_owned(),
        };
        let known = [
            ("{call}", in_url("/xmatters/c/", 0)),
            ("{turn}", in_url("/xmatters/c/", 1)),
            ("{sid}", Some(sid)),
            ("{account}", Some(self.stage.account.0.clone())),
            ("{recording}", recording.map(str::to_owned)),
            ("{tag}", self.link().and_then(|link| link.rsplit('/').next().map(str::to_owned))),
            ("{link}", self.link()),
        ];
        let mut filled = text.to_owned();
        for (name, value) in known {
            if filled.contains(name) {
                filled = filled.replace(name, &value.ok_or_else(|| format!("nothing is known of {name}"))?);
            }
        }
        Ok(filled)
    }

    pub(super) fn last_reply(&self) -> Result<&Response, String> {
        self.reply.as_ref().ok_or_else(|| "nothing was asked".to_owned())
    }

    pub(super) fn reply_says(&mut self, wanted: &str) -> Outcome {
        let body = String::from_utf8_lossy(&self.last_reply()?.body).into_owned();
        if body.contains(wanted) { Ok(()) } else { Err(format!("it says {body:?}")) }
    }

    pub(super) fn reply_does_not_say(&mut self, unwanted: &str) -> Outcome {
        let body = String::from_utf8_lossy(&self.last_reply()?.body).into_owned();
        if body.contains(unwanted) { Err(format!("it says {body:?}")) } else { Ok(()) }
    }

    pub(super) fn nothing_has_changed(&mut self) -> Outcome {
        let now = self.stored_calls()?;
        if now == self.stored { Ok(()) } else { Err(format!("stored before: {:#?}\nnow: {now:#?}", self.stored)) }
    }
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "voice" => Kind::Voice,
        "action" => Kind::Action,
        "redirect" => Kind::Redirect,
        "wait" => Kind::Wait,
        "announcement" => Kind::Announcement,
        "fallback" => Kind::Fallback,
        "status" => Kind::Status,
        "transcription" => Kind::Transcription,
        _ => return None,
    })
}
