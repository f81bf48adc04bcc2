//! What the driver can make go wrong. Each is done once, to the next thing that fits.

use std::time::Duration;

use super::Network;
use crate::http::Method;
use crate::simulator::due::Due;
use crate::simulator::error::Error;
use crate::simulator::faults::{ApiFault, Astray, Doubling, Signing, Transcript, Which};
use crate::simulator::leg::LegId;
use crate::simulator::markup::Target;
use crate::simulator::person::{Cue, Deed};
use crate::simulator::recording::{RecordingId, Script};
use crate::simulator::webhook::{Purpose, Webhook};
use crate::simulator::world::World;

impl Network {
    /// Delivers a webhook twice, with the same token and parameters. The first reply counts; both are in the log.
    pub async fn double(&self, which: Which, how: Doubling) -> Result<(), Error> {
        self.ask(move |world| world.faults.doublings.push((which, how))).await
    }

    /// Signs a webhook wrongly, or not at all.
    pub async fn sign(&self, which: Which, how: Signing) -> Result<(), Error> {
        self.ask(move |world| world.faults.signings.push((which, how))).await
    }

    /// Loses the reply to a webhook: the server did what it did, and the provider runs into its time limit.
    pub async fn lose_reply(&self, which: Which) -> Result<(), Error> {
        self.ask(move |world| world.faults.losses.push(which)).await
    }

    /// Lets a status callback go astray.
    pub async fn stray(&self, which: Which, how: Astray) -> Result<(), Error> {
        self.ask(move |world| world.faults.astray.push_back((which, how))).await
    }

    /// What becomes of the next transcriptions, one after the other.
    pub async fn next_transcript(&self, what: Transcript) -> Result<(), Error> {
        self.ask(move |world| world.faults.transcripts.push_back(what)).await
    }

    /// Delivers the newest transcription that is held back; without `success`, it has failed.
    pub async fn transcribe(&self, success: bool) -> Result<(), Error> {
        self.ask(move |world| {
            let held = |place: &usize| {
                let recording = world.recordings.get(*place);
                recording
                    .and_then(|recording| recording.transcription.as_ref())
                    .is_some_and(|held| held.script.is_none())
            };
            let place = (0..world.recordings.len())
                .rev()
                .find(held)
                .ok_or_else(|| Error::Unknown("recording whose transcription is awaited".to_owned()))?;
            let script = if success { Script::Words } else { Script::Failed };
            world.plan_now(Due::Transcript(RecordingId(place), script));
            Ok(())
        })
        .await?
    }

    /// Lets something happen to the next request to the API whose method and path contain `line`
    /// (`POST`, `/Calls.json`, a sid).
    pub async fn api_fault(&self, line: &str, fault: ApiFault) -> Result<(), Error> {
        let line = line.to_owned();
        self.ask(move |world| world.faults.api.push((line, fault))).await
    }

    /// Delivers an old webhook again, as it was, now. The reply is only logged.
    pub async fn replay(&self, index: usize) -> Result<(), Error> {
        self.ask(move |world| {
            let missing = || Error::Unknown(format!("webhook {index} in the log"));
            let old = world.webhooks.get(index).cloned().ok_or_else(missing)?;
            world.replay(&old).ok_or_else(missing)
        })
        .await?
    }

    /// Hangs up a leg after so much time, whatever is going on then.
    pub async fn hang_up_after(&self, leg: LegId, length: Duration) -> Result<(), Error> {
        self.plan(leg, Cue::After(length), Deed::HangUp).await
    }
}

impl World {
    fn replay(&mut self, old: &Webhook) -> Option<()> {
        let target = Target { url: old.url.clone(), method: old.method };
        let mut hook = self.hook(old.leg, old.kind, target, Vec::new(), Purpose::Notice)?;
        // With GET they are in the URL already.
        hook.standard = if old.method == Method::Get { Vec::new() } else { old.params.clone() };
        hook.token.clone_from(&old.token);
        hook.repeats = Some(old.index);
        self.plan_now(Due::Hook(Box::new(hook)));
        Some(())
    }
}
