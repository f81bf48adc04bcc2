//! Twilio Programmable Voice (<https://www.twilio.com/docs/voice>).

mod links;
mod markup;
mod speech;
mod xml;
