//! `IncomingPhoneNumbers`: the account's numbers and where their calls go.

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::Asked;
use super::reply::{Answer, Outcome, ok, page};
use crate::http::Response;
use crate::simulator::config::Number;
use crate::simulator::ids::hex;
use crate::simulator::markup::is_absolute;
use crate::simulator::world::World;

/// A number's sid; the same number always has the same.
fn sid_of(number: &str) -> String {
    format!("PN{}", hex(&Sha1::digest(number)))
}

impl World {
    /// `GET IncomingPhoneNumbers`.
    pub(super) fn list_numbers(&self, asked: &Asked<'_>) -> Response {
        let wanted = asked.query("PhoneNumber");
        let numbers =
            self.config.numbers.iter().filter(|(number, _)| wanted.is_none_or(|wanted| number.contains(wanted)));
        let all = numbers.map(|(number, setup)| self.number_json(number, setup)).collect();
        page("incoming_phone_numbers", all, asked)
    }

    /// `GET IncomingPhoneNumbers/{sid}`.
    pub(super) fn fetch_number(&self, sid: &str) -> Outcome {
        let found = self.config.numbers.iter().find(|(number, _)| sid_of(number) == sid);
        let (number, setup) = found.ok_or(Answer::Missing)?;
        Ok(ok(200, &self.number_json(number, setup)))
    }

    /// `POST IncomingPhoneNumbers/{sid}`. An empty field takes a URL away.
    pub(super) fn update_number(&mut self, sid: &str, asked: &Asked<'_>) -> Outcome {
        for name in ["VoiceUrl", "VoiceFallbackUrl", "StatusCallback"] {
            if let Some(url) = asked.field(name).filter(|url| !is_absolute(url)) {
                return Err(Answer::refused(21_502, format!("{name} is not valid: {url}")));
            }
        }
        let found = self.config.numbers.iter_mut().find(|(number, _)| sid_of(number) == sid);
        let (_, setup) = found.ok_or(Answer::Missing)?;
        for (name, value) in &asked.form {
            let url = Some(value.clone()).filter(|value| !value.is_empty());
            match name.as_str() {
                "VoiceUrl" => setup.voice_url.clone_from(value),
                "VoiceFallbackUrl" => setup.fallback_url = url,
                "StatusCallback" => setup.status_callback = url,
                _ => {}
            }
        }
        self.fetch_number(sid)
    }

    fn number_json(&self, number: &str, setup: &Number) -> Value {
        let (account, sid) = (&self.config.account_sid, sid_of(number));
        json!({
            "sid": sid,
            "account_sid": account,
            "phone_number": number,
            "friendly_name": number,
            "voice_url": setup.voice_url,
            "voice_method": "POST",
            "voice_fallback_url": setup.fallback_url,
            "voice_fallback_method": "POST",
            "status_callback": setup.status_callback.as_deref().unwrap_or_default(),
            "status_callback_method": "POST",
            "voice_application_sid": "",
            "capabilities": { "voice": true, "sms": true, "mms": false, "fax": false },
            "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json"),
        })
    }
}
