//! The network as its driver sees it: `ivrc talk`, fixtures, a phone in a browser.

mod mischief;

use std::fmt;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::config::{Config, Number, ServerClock};
use super::error::Error;
use super::leg::LegId;
use super::pace::Goal;
use super::person::{AnsweredBy, Caller, Cue, Deed, Ending, Line};
use super::problem::Problem;
use super::timeline::later;
use super::transcript::{Occurrence, What};
use super::view::LegView;
use super::webhook::{ApiRequest, Webhook};
use super::world::{Message, World};
use crate::http::client::{Client, Options};
use crate::http::server::{self, Limits, Running};
use crate::http::{Request, Response};

/// A running network.
///
/// People's deeds take effect at once, in the present moment of virtual time; what follows from them happens when the
/// network is told to [run](Self::run). [`Self::run`] stops when somebody has to do something; to let that moment pass,
/// tell the person to [stay silent](Self::stay_silent), or [let time pass](Self::advance). Dropping a network leaves it
/// running; [`Self::stop`] ends it.
pub struct Network {
    outbox: mpsc::UnboundedSender<Message>,
    api: String,
    server: Running,
    task: JoinHandle<()>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("api", &self.api).finish_non_exhaustive()
    }
}

impl Network {
    /// Starts a network: its API listens on a local port.
    #[expect(clippy::unused_async, reason = "it needs a runtime around it, which an `async fn` says")]
    pub async fn start(config: Config) -> Result<Self, Error> {
        let wrong = |error: &dyn fmt::Display| Error::Start(error.to_string());
        // A connection that is kept would hide that a server is gone: a reply that is lost is not a request refused.
        let client = Client::with(Options { reuse: false, ..Options::default() }).map_err(|error| wrong(&error))?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| wrong(&error))?;
        let (outbox, inbox) = mpsc::unbounded_channel();
        let requests = outbox.clone();
        let handler = move |request: Request| {
            let requests = requests.clone();
            async move {
                let (reply, answer) = oneshot::channel();
                if requests.send(Message::Request(request, reply)).is_err() {
                    return Response::empty(503);
                }
                match answer.await {
                    Ok(response) => response,
                    Err(_) => Response::empty(503),
                }
            }
        };
        let limits = Limits { workers: 1, ..Limits::default() };
        let server = server::serve(listener, Arc::new(handler), limits).map_err(|error| wrong(&error))?;
        let api = format!("http://{}", server.address);
        let world = World::new(config, api.clone(), client, (outbox.clone(), inbox));
        let task = tokio::spawn(world.live());
        Ok(Self { outbox, api, server, task })
    }

    /// The base URL of the API, in place of `https://api.twilio.com`.
    #[must_use]
    pub fn api_url(&self) -> &str {
        &self.api
    }

    /// Stops the network. Webhooks under way are abandoned.
    pub async fn stop(self) {
        // A task that is gone already has stopped.
        let _ = self.outbox.send(Message::Stop);
        let _ = self.task.await;
        self.server.kill().await;
    }

    /// Adds or changes one of the account's numbers.
    pub async fn set_number(&self, number: &str, setup: Number) -> Result<(), Error> {
        let number = number.to_owned();
        self.ask(move |world| {
            world.config.numbers.insert(number, setup);
        })
        .await
    }

    /// Changes how time passes for the server under test.
    pub async fn set_clock(&self, clock: ServerClock) -> Result<(), Error> {
        self.ask(move |world| {
            world.config.clock = clock;
            world.server.unsettled = true;
        })
        .await
    }

    /// Changes anything else that was configured; what is under way keeps what it began with.
    pub async fn configure(&self, change: impl FnOnce(&mut Config) + Send + 'static) -> Result<(), Error> {
        self.ask(move |world| change(&mut world.config)).await
    }

    // ---- time

    /// Lets time pass until a person has to do something (a `<Gather>` listens, a recording runs, a phone rings, two
    /// talk) and nothing else goes on by itself, or until all is over. What happened since the last run is returned.
    pub async fn run(&self) -> Result<Vec<Occurrence>, Error> {
        self.pass(|_| Goal::Person).await
    }

    /// Lets so much time pass, whether or not anybody does something.
    pub async fn advance(&self, length: Duration) -> Result<Vec<Occurrence>, Error> {
        self.pass(move |now| Goal::Time(later(now, length))).await
    }

    /// Lets everything happen that happens at this moment, and no time pass.
    pub async fn settle(&self) -> Result<Vec<Occurrence>, Error> {
        self.pass(Goal::Time).await
    }

    async fn pass(&self, goal: impl FnOnce(Timestamp) -> Goal + Send + 'static) -> Result<Vec<Occurrence>, Error> {
        let goal = goal(self.now().await?);
        let (reply, result) = oneshot::channel();
        self.outbox.send(Message::Run(goal, reply)).map_err(|_| Error::Stopped)?;
        result.await.map_err(|_| Error::Stopped)?
    }

    /// The present moment of virtual time.
    pub async fn now(&self) -> Result<Timestamp, Error> {
        self.ask(|world| world.now).await
    }

    // ---- people

    /// Somebody calls one of the account's numbers.
    pub async fn call(&self, from: impl Into<Caller>, to: &str) -> Result<LegId, Error> {
        let (from, to) = (from.into(), to.to_owned());
        self.ask(move |world| world.call(from, &to).ok_or_else(|| Error::Unknown(format!("number {to}")))).await?
    }

    /// A person does something now.
    pub async fn act(&self, line: impl Into<Line>, deed: Deed) -> Result<(), Error> {
        let line = line.into();
        self.ask(move |world| world.act(&line, deed)).await?
    }

    /// A person will do something when a cue is given. For a number whose phone does not ring yet, it is done on the
    /// first leg to it.
    pub async fn plan(&self, line: impl Into<Line>, cue: Cue, deed: Deed) -> Result<(), Error> {
        let line = line.into();
        self.ask(move |world| world.plan(&line, cue, deed)).await?
    }

    /// Presses keys, one after the other, in no time. The first breaks off what a `<Gather>` says. Keys to which nothing
    /// listens are lost.
    pub async fn press(&self, line: impl Into<Line>, keys: &str) -> Result<(), Error> {
        self.act(line, Deed::Press(keys.to_owned())).await
    }

    /// Speaks to a `<Gather>` that listens to words.
    pub async fn say(&self, line: impl Into<Line>, words: &str) -> Result<(), Error> {
        self.act(line, Deed::Say(words.to_owned())).await
    }

    /// Lets the time pass until the current `<Gather>` or `<Record>` gives up, or the phone stops ringing.
    pub async fn stay_silent(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::StaySilent).await
    }

    /// Speaks into the recording that runs. Longer than its longest length, it is cut off there.
    pub async fn record(
        &self,
        line: impl Into<Line>,
        length: Duration,
        words: &str,
        ending: Ending,
    ) -> Result<(), Error> {
        self.act(line, Deed::Record { length, words: words.to_owned(), ending }).await
    }

    /// Hangs up.
    pub async fn hang_up(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::HangUp).await
    }

    /// Answers a ringing phone.
    pub async fn answer(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::Answer(AnsweredBy::Human)).await
    }

    /// A machine, a fax or something unknown answers a ringing phone.
    pub async fn answer_as(&self, line: impl Into<Line>, by: AnsweredBy) -> Result<(), Error> {
        self.act(line, Deed::Answer(by)).await
    }

    /// A ringing phone turns out to be busy.
    pub async fn busy(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::Busy).await
    }

    /// Nobody answers a ringing phone; it rings until its time is over.
    pub async fn ignore(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::StaySilent).await
    }

    /// A ringing phone is declined.
    pub async fn decline(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::Decline).await
    }

    /// A ringing phone turns out to be out of reach.
    pub async fn fail(&self, line: impl Into<Line>) -> Result<(), Error> {
        self.act(line, Deed::Fail).await
    }

    // ---- what there is to see

    /// A leg.
    pub async fn leg(&self, line: impl Into<Line>) -> Result<LegView, Error> {
        let line = line.into();
        self.ask(move |world| {
            let id = world.line(&line)?;
            world.view(id).ok_or_else(|| Error::NoLeg(id.to_string()))
        })
        .await?
    }

    /// All legs, in the order of their making.
    pub async fn legs(&self) -> Result<Vec<LegView>, Error> {
        self.ask(|world| world.legs.iter().filter_map(|leg| world.view(leg.id)).collect()).await
    }

    /// Everything that happened, from the beginning.
    pub async fn transcript(&self) -> Result<Vec<Occurrence>, Error> {
        self.ask(|world| world.occurrences.clone()).await
    }

    /// What is wrong with what the server said so far: a test treats each as a failure.
    pub async fn problems(&self) -> Result<Vec<Problem>, Error> {
        let problem = |occurrence: &Occurrence| match &occurrence.what {
            What::Problem(problem) => Some(problem.clone()),
            _ => None,
        };
        self.ask(move |world| world.occurrences.iter().filter_map(problem).collect()).await
    }

    /// Every webhook that was sent.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        self.ask(|world| world.webhooks.clone()).await
    }

    /// Every request to the API.
    pub async fn requests(&self) -> Result<Vec<ApiRequest>, Error> {
        self.ask(|world| world.requests.clone()).await
    }

    /// Does something with the state, in the task that owns it.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut World) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let question = Box::new(move |world: &mut World| {
            // Nobody listens if the asker has given up.
            let _ = reply.send(question(world));
        });
        self.outbox.send(Message::Do(question)).map_err(|_| Error::Stopped)?;
        answer.await.map_err(|_| Error::Stopped)
    }
}
