//! `record`: the caller speaks.

use super::super::checker::Checker;
use super::super::flow::Flow;
use super::super::frames::{Arm, Around, TakeFrame};
use super::super::spans;
use super::super::speech::Counted;
use super::Made;
use super::keys::{Offered, Pressed, single_keys};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::TWILIO;
use crate::program::{ActKind, Block, Keys, Record};
use crate::source::Span;
use crate::syntax::tree;
use crate::types::{Field, Type};

fn no_any(span: Span) -> Diagnostic {
    Diagnostic::new(Code::RecordingArms, "a recording with key arms needs `any`")
        .at(span, "every key ends the recording")
        .help("add an arm for the other keys: `any => retry`")
}

fn with_label(span: Span) -> Diagnostic {
    Diagnostic::new(Code::RecordingArms, "an arm of a recording has no label and no condition")
        .at(span, "")
        .help("name the keys in the prompt: it is spoken before there is anything to confirm")
}

fn no_key(span: Span, value: &str) -> Diagnostic {
    Diagnostic::new(Code::UnknownType, format!("`{value}` is no key"))
        .at(span, "")
        .help("keys are 0–9, `*`, `#` and `any`; a recording also ends by `short` and `limit`")
}

fn pound_taken(span: Span, rule: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyTaken, "the key # belongs to an `anywhere` rule, and ends a recording without key arms")
        .at(span, "nothing but silence would keep it")
        .at(rule, "works everywhere")
        .help("say which key keeps the recording: `{ 1 => keep; any => retry }`")
}

fn too_long_to_transcribe(span: Span) -> Diagnostic {
    Diagnostic::new(Code::CannotTranscribe, "a recording of 120 s or more cannot be transcribed")
        .at(span, "")
        .help("bound it: `up to 110s`")
}

fn too_short_to_transcribe(span: Span) -> Diagnostic {
    Diagnostic::new(Code::CannotTranscribe, "a recording under 2 s cannot be transcribed")
        .at(span, "")
        .help("write `from 2s`, or more")
}

fn foreign(span: Span, voice: &str) -> Diagnostic {
    Diagnostic::new(Code::TranscribedLanguage, "transcription exists for US English only")
        .at(span, format!("on a line that speaks as `{voice}`"))
        .help("leave out `transcribed`, and listen to the recording: `take.url` is where it is")
}

fn empty_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::TimeRange, "no recording is longer than `from` and not longer than `up to`")
        .at(span, "")
        .help("write a longer `up to`")
}

impl Checker<'_> {
    pub(super) fn record_step(&mut self, record: &tree::Record, span: Span, bound: bool) -> Made {
        let words = self.words(&record.text, Counted::Yes);
        self.limits(record, span);
        let before = self.flow.clone();
        let index = self.frames.takes.len();
        self.frames.takes.push(TakeFrame { span, short: false, exits: Vec::new() });
        let around = Around { take: Some(index), step: Some(span), ..self.around() };
        let mut made = Arms::default();
        for arm in record.arms.iter().flatten() {
            self.take_arm(arm, around, bound, &mut made);
        }
        let kept = self.frames.takes.pop().map(|frame| frame.exits).unwrap_or_default();
        if !made.by_key.is_empty() && !made.any {
            self.report.add(no_any(spans::keyword(span, "record")));
        }
        let with_keys = !made.by_key.is_empty();
        if !with_keys && let Some((_, rule)) = self.world.rules.anywhere.iter().find(|(key, _)| *key == '#') {
            self.report.add(pound_taken(spans::keyword(span, "record"), *rule));
        }
        // Without key arms silence keeps it, and without `limit` its full length does.
        let keeps_itself = !with_keys || made.limit.is_none();
        let itself = keeps_itself.then(|| before.clone());
        self.flow = Flow::join_all(made.ends.into_iter().chain(kept).chain(itself), &before);
        if with_keys {
            let keys: Vec<_> = record.arms.iter().flatten().flat_map(|arm| single_keys(&arm.keys)).collect();
            if self.prompted(record.text.span(), &words, &made.offered, 0) {
                self.mentioned(&[&words], &keys);
            }
        }
        let transcribed = record.transcribed.is_some();
        let least = record.least.map(|time| time.millis).or(transcribed.then_some(TWILIO.transcribed.least));
        let kind = ActKind::Record(Record {
            words,
            least,
            longest: record.longest.map_or(TWILIO.recording_unless_said, |time| time.millis),
            transcribed,
            tries: self.tries(record.tries),
            arms: made.by_key,
            short: made.short,
            limit: made.limit,
        });
        Made::gives_up(kind, Some(self.take_type(transcribed)))
    }

    fn limits(&self, record: &tree::Record, span: Span) {
        if let Some(longest) = record.longest {
            self.in_range(longest, TWILIO.recording, "the length of this recording");
        }
        if let (Some(least), Some(longest)) = (record.least, record.longest)
            && least.millis >= longest.millis
        {
            self.report.add(empty_range(longest.span));
        }
        let Some(transcribed) = record.transcribed else { return };
        if !self.world.speaks(TWILIO.transcribed_language) {
            self.report.lint(foreign(transcribed, self.world.voice()));
        }
        match record.longest {
            Some(time) if time.millis <= TWILIO.transcribed.most => {}
            Some(time) => self.report.add(too_long_to_transcribe(time.span)),
            None => self.report.add(too_long_to_transcribe(spans::keyword(span, "record"))),
        }
        if let Some(least) = record.least.filter(|time| time.millis < TWILIO.transcribed.least) {
            self.report.add(too_short_to_transcribe(least.span));
        }
    }

    fn take_arm(&mut self, arm: &tree::Arm, around: Around, bound: bool, made: &mut Arms) {
        let pressed = self.keys(&arm.keys, &mut made.offered);
        if let Some(span) = arm.label.as_ref().map(tree::Text::span).or(arm.condition.as_ref().map(|c| c.span)) {
            self.report.add(with_label(span));
        }
        for (value, span) in &pressed.values {
            self.report.add(no_key(*span, value));
        }
        let by_key = pressed.short.is_none() && pressed.limit.is_none();
        let around = Around { arm: if by_key { Arm::Key } else { Arm::Other }, ..around };
        let start = Flow { pressed: by_key || self.flow.pressed, ..self.flow.clone() };
        self.too_short(around, pressed.short.is_some());
        let (block, end) =
            self.branch(start, |checker| checker.inside(around, |checker| checker.happens(&arm.happens)));
        self.too_short(around, false);
        if bound && end.live {
            self.must_give(&arm.happens);
        }
        made.ends.push(end);
        // A word that is no key may have been meant to be `any`.
        made.any |= !pressed.values.is_empty();
        made.take(&pressed, &block);
    }

    /// Notes whether the take of this recording is too short where the next steps stand.
    fn too_short(&mut self, around: Around, short: bool) {
        if let Some(frame) = around.take.and_then(|take| self.frames.takes.get_mut(take)) {
            frame.short = short;
        }
    }

    /// `take`: what a recording is.
    fn take_type(&self, transcribed: bool) -> Type {
        let field = |name: &str, ty| Field { name: name.into(), ty, default: None };
        let mut fields = vec![field("url", Type::Url), field("sid", Type::Text), field("seconds", Type::Number)];
        if transcribed {
            fields.push(field("transcript", Type::Pending(Box::new(Type::Text))));
        }
        self.world.types.anonymous("recording", fields)
    }
}

/// The arms of a recording so far.
#[derive(Default)]
struct Arms {
    offered: Offered,
    by_key: Vec<(Keys, Block)>,
    any: bool,
    short: Option<Block>,
    limit: Option<Block>,
    ends: Vec<Flow>,
}

impl Arms {
    fn take(&mut self, pressed: &Pressed, block: &Block) {
        if pressed.any.is_some() {
            self.any = true;
            self.by_key.push((Keys::Any, block.clone()));
        } else if !pressed.keys.is_empty() {
            self.by_key.push((Keys::These(pressed.keys.clone()), block.clone()));
        }
        if pressed.short.is_some() {
            self.short = Some(block.clone());
        }
        if pressed.limit.is_some() {
            self.limit = Some(block.clone());
        }
    }
}
