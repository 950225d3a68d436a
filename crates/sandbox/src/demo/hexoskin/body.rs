//! A body over time: heart beats, breaths and steps, each a table that follows from the tape.
//!
//! Tables go on from the start alone, so that a live record's past stays as it was while it grows.

use super::super::random::Random;
use super::tape::Tape;

/// A heart beat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beat {
    /// Ticks since the record's start.
    pub(super) tick: i64,
    /// Out of turn: early, wide, without a wave before it.
    pub(super) ectopic: bool,
}

/// A breath, from one inspiration to the next. Times are seconds since the record's start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Breath {
    pub(super) start: f64,
    pub(super) seconds: f64,
    /// How far the chest moves, in counts of the raw signal.
    pub(super) depth: f64,
}

/// The part of a breath that is inspiration.
pub(super) const INSPIRATION: f64 = 0.4;

/// Everything that happens in the body during a record, and a little after.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) beats: Vec<Beat>,
    pub(super) breaths: Vec<Breath>,
    /// Ticks of steps.
    pub(super) steps: Vec<i64>,
}

/// Seconds by which the tables go on after the record's end, so that its last samples know what comes.
const AFTER: f64 = 12.0;

impl Body {
    pub(super) fn new(tape: &Tape) -> Self {
        let breaths = breaths(tape);
        Self { beats: beats(tape, &breaths), steps: steps(tape), breaths }
    }
}

fn end(tape: &Tape) -> f64 {
    tape.seconds as f64 + AFTER
}

fn ticks(tape: &Tape, second: f64) -> i64 {
    (second * tape.device.ticks() as f64).round() as i64
}

fn breaths(tape: &Tape) -> Vec<Breath> {
    let mut random = Random::named(&format!("breaths {}", tape.record));
    let (mut all, mut start) = (Vec::new(), -8.0);
    while start < end(tape) {
        let effort = tape.effort(start);
        let seconds = 60.0 / (13.0 + 22.0 * effort) * random.within(0.9, 1.1);
        let depth = (40.0 + 130.0 * effort) * random.within(0.85, 1.15);
        all.push(Breath { start, seconds, depth });
        start += seconds;
    }
    all
}

/// The heart rate that a body wants at a second: it follows effort with a delay.
fn heart_rate(tape: &Tape, second: f64) -> f64 {
    let past = [0.0, 12.0, 25.0, 40.0].map(|ago| tape.effort(second - ago));
    let effort = past.iter().sum::<f64>() / past.len() as f64;
    let rest = tape.rest_rate as f64;
    rest + (185.0 - rest) * effort
}

fn beats(tape: &Tape, breaths: &[Breath]) -> Vec<Beat> {
    let mut random = Random::named(&format!("beats {}", tape.record));
    let (mut all, mut at) = (Vec::new(), -1.5);
    let mut breath = breaths.iter().peekable();
    let mut ectopic = false;
    while at < end(tape) {
        all.push(Beat { tick: ticks(tape, at), ectopic });
        while breath.next_if(|breath| breath.start + breath.seconds <= at).is_some() {}
        // The heart is quicker while the chest fills, most of all at rest.
        let filling = breath.peek().is_some_and(|breath| at - breath.start < INSPIRATION * breath.seconds);
        let sway = if filling { -0.05 } else { 0.035 } * (1.0 - tape.effort(at));
        let interval = 60.0 / heart_rate(tape, at) * (1.0 + sway + 0.008 * random.normal());
        // One out of turn comes early, and the next waits for it to be made up.
        let early = !ectopic && random.chance(0.003);
        at += interval
            * match (early, ectopic) {
                (true, _) => 0.7,
                (_, true) => 1.3,
                _ => 1.0,
            };
        ectopic = early;
    }
    all
}

/// Steps a minute at a second; 0 for a body that stands or sits.
pub(super) fn cadence(tape: &Tape, second: f64) -> f64 {
    let effort = tape.effort(second);
    if effort < 0.15 { 0.0 } else { 95.0 + 95.0 * effort }
}

fn steps(tape: &Tape) -> Vec<i64> {
    let mut random = Random::named(&format!("steps {}", tape.record));
    let (mut all, mut at) = (Vec::new(), 0.2);
    while at < end(tape) {
        let cadence = cadence(tape, at);
        if cadence > 0.0 {
            all.push(ticks(tape, at));
            at += 60.0 / cadence * random.within(0.97, 1.03);
        } else {
            at += 1.0;
        }
    }
    all
}
