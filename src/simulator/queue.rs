//! Queues: `<Enqueue>`, the music, `<Leave>`.
//!
//! Source: <https://www.twilio.com/docs/voice/twiml/enqueue>.

use std::time::Duration;

use url::Url;

use super::due::Due;
use super::leg::{Activity, Frame, Held, HeldState, LegId};
use super::markup::{Enqueue, Piece, Role, Sound, Target, Verb, Wait};
use super::timeline::between;
use super::transcript::What;
use super::webhook::{Kind, Place, pair};
use super::world::World;

/// What a caller hears when the document names no `waitUrl`.
const MUSIC: &str = "https://s3.amazonaws.com/com.twilio.sounds.music/index.xml";

/// A queue; it stays when the last caller has left.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) sid: String,
    pub(super) name: String,
    pub(super) max_size: usize,
    pub(super) members: Vec<LegId>,
    /// Legs whose `<Dial>` waits for somebody.
    pub(super) dialers: Vec<LegId>,
    /// How long those waited who have left.
    pub(super) waits: Vec<Duration>,
}

impl Queue {
    fn average_wait(&self) -> u64 {
        let count = u32::try_from(self.waits.len()).unwrap_or(u32::MAX).max(1);
        (self.waits.iter().sum::<Duration>() / count).as_secs()
    }
}

/// What a leg does after a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// It asks `action`, or goes on with the next verb.
    GoesOn,
    /// Something else: `action` is told, and the reply is dropped.
    Otherwise,
}

impl World {
    /// Begins an `<Enqueue>`.
    pub(super) fn enqueue(&mut self, id: LegId, verb: Box<Enqueue>) {
        let name = verb.queue.clone();
        if name.is_empty() || name.chars().count() > 64 {
            return self.not_held(id, &verb, "error");
        }
        let place = self.queue(&name).unwrap_or_else(|| self.new_queue(&name, verb.max_size));
        let Some(queue) = self.queues.get_mut(place) else { return };
        if queue.members.len() >= queue.max_size {
            return self.not_held(id, &verb, "queue-full");
        }
        queue.members.push(id);
        let position = queue.members.len();
        self.change(id, Activity::Idle);
        let since = self.now;
        if let Some(leg) = self.leg_mut(id) {
            leg.held = Some(Held { verb, since, state: HeldState::Waiting });
        }
        self.note(Some(id), What::Holds { queue: name, position });
        self.hold(id);
        self.plan_now(Due::Match(place));
    }

    /// Queues are made when they are first named.
    fn new_queue(&mut self, name: &str, max_size: usize) -> usize {
        let (sid, name) = (self.ids.sid("QU"), name.to_owned());
        self.queues.push(Queue { sid, name, max_size, members: vec![], dialers: vec![], waits: vec![] });
        self.queues.len() - 1
    }

    /// The place of a queue that exists.
    pub(super) fn queue(&self, name: &str) -> Option<usize> {
        self.queues.iter().position(|queue| queue.name == name)
    }

    /// A leg could not be put into a queue.
    fn not_held(&mut self, id: LegId, verb: &Enqueue, result: &'static str) {
        self.note(Some(id), What::Leaves { queue: verb.queue.clone(), result });
        match verb.action.clone() {
            Some(target) => self.fetch(id, Kind::Action, target, vec![pair("QueueResult", result)], Place::Instead),
            None => self.proceed_soon(id),
        }
    }

    /// Plays to a leg in a queue: from the beginning, or again.
    pub(super) fn hold(&mut self, id: LegId) {
        let Some(leg) = self.leg(id) else { return };
        let Some(held) = leg.held.as_ref().filter(|held| held.state == HeldState::Waiting) else { return };
        let again = leg.role() == Role::Hold;
        let sound = match &held.verb.wait {
            Wait::Document(target) if self.is_reached(&target.url) => {
                let (target, own) = (target.clone(), self.queue_params(id));
                let place = if again { Place::Instead } else { Place::OnTop(Role::Hold) };
                return self.fetch(id, Kind::Wait, target, own, place);
            }
            // Elsewhere lies music: the network asks nobody but the server under test.
            Wait::Document(target) => Sound::Audio { url: target.url.clone() },
            Wait::Default => Sound::Audio { url: MUSIC.to_owned() },
            Wait::Silence => Sound::Silence(Duration::from_mins(1)),
        };
        let verbs = [Verb::Sound(Piece { sound, times: 1 })].into();
        let since = self.now;
        if let Some(leg) = self.leg_mut(id) {
            if again {
                leg.frames.pop();
            }
            leg.frames.push(Frame { role: Role::Hold, url: None, verbs, since });
        }
        self.begin_document(id, Vec::new());
    }

    /// The music is over: again. A document in which no time passes is not asked for more than once a second.
    pub(super) fn hold_over(&mut self, id: LegId) {
        let since = self.leg(id).and_then(|leg| leg.frames.last()).map(|frame| frame.since);
        if since == Some(self.now) {
            self.change(id, Activity::Idle);
            self.after(id, Duration::from_secs(1), Due::HoldAgain(id));
        } else {
            self.hold(id);
        }
    }

    /// Whether a URL is one of the server under test.
    fn is_reached(&self, url: &str) -> bool {
        let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let Some(wanted) = host(url) else { return false };
        let mut known = self.config.numbers.values().map(|number| number.voice_url.as_str());
        wanted == "127.0.0.1" || known.any(|known| host(known).as_deref() == Some(wanted.as_str()))
    }

    /// What a document for a queue is asked for with.
    fn queue_params(&self, id: LegId) -> Vec<(String, String)> {
        let Some(held) = self.leg(id).and_then(|leg| leg.held.as_ref()) else { return Vec::new() };
        let Some(queue) = self.queues.iter().find(|queue| queue.name == held.verb.queue) else { return Vec::new() };
        let position = queue.members.iter().position(|member| *member == id).map_or(0, |place| place + 1);
        vec![
            pair("QueuePosition", position.to_string()),
            pair("QueueSid", &queue.sid),
            pair("QueueTime", between(held.since, self.now).as_secs().to_string()),
            pair("AvgQueueTime", queue.average_wait().to_string()),
            pair("CurrentQueueSize", queue.members.len().to_string()),
            pair("MaxQueueSize", queue.max_size.to_string()),
        ]
    }

    /// Takes a leg out of the members of its queue.
    pub(super) fn unlist(&mut self, id: LegId) {
        for queue in &mut self.queues {
            queue.members.retain(|member| *member != id);
        }
    }

    /// A leg is done with its queue.
    pub(super) fn leave_queue(&mut self, id: LegId, result: &'static str, then: Afterwards) {
        self.unlist(id);
        let now = self.now;
        let Some(leg) = self.leg_mut(id) else { return };
        let Some(held) = leg.held.take() else { return };
        // The document of the `<Enqueue>` is below those of the queue.
        leg.frames.truncate(1);
        let name = held.verb.queue.clone();
        let waited = between(held.since, now);
        self.note(Some(id), What::Leaves { queue: name.clone(), result });
        let mut own = vec![pair("QueueResult", result)];
        if let Some(queue) = self.queues.iter_mut().find(|queue| queue.name == name) {
            queue.waits.push(waited);
            own.push(pair("QueueSid", &queue.sid));
            own.push(pair("QueueTime", waited.as_secs().to_string()));
        }
        let action: Option<Target> = held.verb.action;
        match (action, then) {
            (Some(target), Afterwards::GoesOn) => self.fetch(id, Kind::Action, target, own, Place::Instead),
            (Some(target), Afterwards::Otherwise) => self.notice(id, Kind::Action, target, own),
            (None, Afterwards::GoesOn) => {
                self.change(id, Activity::Idle);
                self.proceed_soon(id);
            }
            (None, Afterwards::Otherwise) => {}
        }
    }
}
