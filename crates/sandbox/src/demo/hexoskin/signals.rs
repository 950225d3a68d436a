//! The value of every sample of every channel, from the body's tables and the sample's number alone.
//!
//! Only sums, products and rounding, so that every machine makes the same values. All values are raw counts; the
//! datatypes say what a count is worth.

use super::body::{Beat, Body, Breath, INSPIRATION, cadence};
use super::tape::{Device, Tape};
use super::waves::{bump, noise, onset, wave};
use super::{DROP, KNOCK, LONG};

/// A record's samples.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) tape: Tape,
    body: Body,
}

/// Raw ECG without any voltage.
const ECG_ZERO: f64 = 1360.0;
/// Counts a millivolt.
const ECG_GAIN: f64 = 1.0 / 0.0064;
/// Raw respiration of an empty chest. A full one lies below it, on the other side of the signed 16-bit numbers.
const CHEST: f64 = 32_830.0;
const BELLY: f64 = 32_810.0;
/// Raw acceleration of 1 g.
const GRAVITY: f64 = 256.0;

impl Signals {
    /// Lays out the body's tables; quick even for hours.
    pub(crate) fn new(tape: Tape) -> Self {
        Self { body: Body::new(&tape), tape }
    }

    /// Whether the device has a channel.
    pub(crate) fn has(&self, datatype: i64) -> bool {
        match datatype {
            64 | 81 | 98 | 270 | 1005 => false,
            66 | 97 | 1002 | 4114 | 4115 => self.tape.device == Device::Astroskin,
            52 | 53 => self.tape.device == Device::Hexoskin,
            _ => true,
        }
    }

    /// The value of a regular channel at a tick since the record's start. `number` counts the channel's samples.
    pub(crate) fn sample(&self, datatype: i64, tick: i64, number: i64) -> i64 {
        let second = self.second(tick);
        let effort = self.tape.effort(second);
        let noisy = |value: f64, size: f64| (value + self.noise(datatype, number, size)).round() as i64;
        match datatype {
            19 => self.heart_rate(tick),
            33 => self.breathing_rate(second),
            36 => (self.depth(second) * self.breathing_rate(second) as f64).round() as i64,
            37 => self.depth(second).round() as i64,
            49 => noisy(6.0 + 210.0 * effort, 3.0),
            53 => match cadence(&self.tape, second) {
                0.0 => 0,
                steps => noisy(steps, 1.0),
            },
            66 => noisy(97.5 - 3.0 * effort, 0.8),
            97 => noisy(256.0 * (33.5 + 2.0 * effort), 6.0),
            271 => self.mean_interval(tick),
            1000..=1002 => self.quality(datatype, second),
            4113 => self.ecg(tick, number),
            4114 => self.lead(tick, 0.7, number),
            4115 => self.lead(tick, -0.35, number),
            4129 => self.respiration(second, CHEST, 1.0, number),
            4130 => self.respiration(second - 0.08, BELLY, 0.7, number),
            4145..=4147 => self.acceleration(datatype, tick, number),
            _ => 0,
        }
    }

    /// Ticks and values of a channel whose values come when they come; `None` for other channels.
    pub(crate) fn events(&self, datatype: i64) -> Option<Vec<(i64, i64)>> {
        let ticks = self.tape.device.ticks();
        let end = self.tape.seconds * ticks;
        let tick = |second: f64| (second * ticks as f64).round() as i64;
        let interval = |before: &Beat, beat: &Beat| (beat.tick - before.tick) * 256 / ticks;
        let normal = |(before, beat): &(&Beat, &Beat)| !before.ectopic && !beat.ectopic;
        let mut events: Vec<(i64, i64)> = match datatype {
            18 => self.beats().map(|(before, beat)| (beat.tick, interval(before, beat))).collect(),
            22 => self.beats().map(|(_, beat)| (beat.tick, self.lead(beat.tick, 1.0, 0))).collect(),
            34 => self.breaths().map(|breath| (tick(breath.start), breath.depth as i64)).collect(),
            35 => {
                let turn = |breath: &Breath| tick(breath.start + INSPIRATION * breath.seconds);
                self.breaths().map(|breath| (turn(breath), breath.depth as i64)).collect()
            }
            52 => self.body.steps.iter().map(|&tick| (tick, 1)).collect(),
            208 => vec![(0, 0)],
            209 if self.tape.live => Vec::new(),
            209 => vec![(end - 1, 0)],
            247 => {
                (0..=self.tape.seconds / 300).map(|n| (n * 300 * ticks, (2600 - 7 * n).max(2300))).collect()
            }
            318 => {
                let pairs = self.beats().filter(normal);
                pairs.map(|(before, beat)| (beat.tick, interval(before, beat))).collect()
            }
            1004 => self.beats().map(|pair| (pair.1.tick, i64::from(!normal(&pair)))).collect(),
            _ => return None,
        };
        events.retain(|(tick, _)| (0..end).contains(tick));
        Some(events)
    }

    fn second(&self, tick: i64) -> f64 {
        tick as f64 / self.tape.device.ticks() as f64
    }

    /// The beats that were felt, each with the one before.
    fn beats(&self) -> impl Iterator<Item = (&Beat, &Beat)> {
        let end = self.tape.seconds * self.tape.device.ticks();
        let pairs = self.body.beats.iter().zip(self.body.beats.iter().skip(1));
        pairs.filter(move |(before, beat)| {
            let felt = |beat: &Beat| self.tape.contact(self.second(beat.tick));
            (0..end).contains(&beat.tick) && felt(before) && felt(beat)
        })
    }

    fn breaths(&self) -> impl Iterator<Item = &Breath> {
        let end = self.tape.seconds as f64;
        self.body.breaths.iter().filter(move |breath| breath.start >= 0.0 && breath.start < end)
    }

    /// How many beats there were up to a tick.
    fn beats_until(&self, tick: i64) -> usize {
        self.body.beats.partition_point(|beat| beat.tick <= tick)
    }

    /// The mean of the last 16 beats, held while the garment is loose.
    fn heart_rate(&self, tick: i64) -> i64 {
        let ticks = self.tape.device.ticks();
        let tick = match self.tape.loose {
            Some((from, _)) if !self.tape.contact(self.second(tick)) => from * ticks,
            _ => tick,
        };
        let last = self.beats_until(tick).saturating_sub(1);
        let first = last.saturating_sub(16);
        match (self.body.beats.get(first), self.body.beats.get(last)) {
            (Some(a), Some(b)) if b.tick > a.tick => {
                (60 * ticks * (last - first) as i64 + (b.tick - a.tick) / 2) / (b.tick - a.tick)
            }
            _ => self.tape.rest_rate,
        }
    }

    /// The mean of the last seven breaths, between 2 and 60; 10 until two are over.
    fn breathing_rate(&self, second: f64) -> i64 {
        let begun = self.body.breaths.partition_point(|breath| breath.start + breath.seconds <= second);
        let over = self.body.breaths.get(..begun).unwrap_or_default();
        let over = over.iter().rev().take(7).take_while(|breath| breath.start >= 0.0);
        let (count, seconds) = over.fold((0, 0.0), |(count, sum), breath| (count + 1, sum + breath.seconds));
        if count < 2 { 10 } else { (60.0 * f64::from(count) / seconds).round().clamp(2.0, 60.0) as i64 }
    }

    /// The volume of the last breath, in counts.
    fn depth(&self, second: f64) -> f64 {
        self.breath(second).map_or(0.0, |breath| breath.depth)
    }

    fn breath(&self, second: f64) -> Option<&Breath> {
        let after = self.body.breaths.partition_point(|breath| breath.start <= second);
        self.body.breaths.get(after.checked_sub(1)?)
    }

    /// How full the chest is, 0 to 1.
    fn fullness(&self, second: f64) -> f64 {
        let Some(breath) = self.breath(second) else { return 0.0 };
        let phase = (second - breath.start) / breath.seconds;
        let x = if phase < INSPIRATION { phase / INSPIRATION } else { (1.0 - phase) / (1.0 - INSPIRATION) };
        let x = x.clamp(0.0, 1.0);
        x * x * (3.0 - 2.0 * x)
    }

    /// The mean normal interval of the last five minutes, in 1/4096 s.
    fn mean_interval(&self, tick: i64) -> i64 {
        let ticks = self.tape.device.ticks();
        let recent = tick - 300 * ticks..=tick;
        let normal = self
            .beats()
            .filter(|(before, beat)| !before.ectopic && !beat.ectopic && recent.contains(&beat.tick));
        let (count, sum) =
            normal.fold((0, 0), |(count, sum), (before, beat)| (count + 1, sum + beat.tick - before.tick));
        if count == 0 { 0 } else { sum * 4096 / ticks / count }
    }

    /// Bits: what was not in order in a second. 0 is good.
    fn quality(&self, datatype: i64, second: f64) -> i64 {
        let shaken = self.tape.effort(second) > 0.85 && (second as i64) % 7 < 2;
        match datatype {
            1001 if !self.tape.contact(second) => 0b11,
            _ if !self.tape.contact(second) => 0b1,
            1000 if shaken => 0b100,
            _ => 0,
        }
    }

    fn noise(&self, channel: i64, number: i64, size: f64) -> f64 {
        noise([self.tape.record, channel, number], size)
    }

    /// Lead I, with the two samples of the long record that stand alone.
    fn ecg(&self, tick: i64, number: i64) -> i64 {
        match (self.tape.record, number) {
            (LONG, KNOCK) => 4095,
            (LONG, DROP) => 0,
            _ => self.lead(tick, 1.0, number),
        }
    }

    /// A lead that sees the heart by a factor.
    fn lead(&self, tick: i64, gain: f64, number: i64) -> i64 {
        let second = self.second(tick);
        let noise = self.noise(4113, number, 3.0 + 14.0 * self.tape.effort(second));
        if !self.tape.contact(second) {
            return (4.0 + noise).clamp(0.0, 4095.0).round() as i64;
        }
        let next = self.beats_until(tick);
        let beat = |index: usize| self.body.beats.get(index);
        let since = |beat: &Beat| self.second(tick - beat.tick);
        let mut millivolts = beat(next).map_or(0.0, |coming| onset(coming, since(coming)));
        // Two back: the wave of one beat may reach into the next.
        for last in [next.wrapping_sub(2), next.wrapping_sub(1)] {
            if let (Some(last), Some(after)) = (beat(last), beat(last.wrapping_add(1))) {
                millivolts += wave(last, since(last), self.second(after.tick - last.tick));
            }
        }
        let drift = 9.0 * self.fullness(second);
        (ECG_ZERO + gain * millivolts * ECG_GAIN + drift + noise).clamp(0.0, 4095.0).round() as i64
    }

    /// A band that moves with a share of a breath.
    fn respiration(&self, second: f64, empty: f64, share: f64, number: i64) -> i64 {
        if !self.tape.contact(second) {
            return 0;
        }
        let channel = if share < 1.0 { 4130 } else { 4129 };
        let moved = share * self.depth(second) * self.fullness(second);
        (empty - moved + self.noise(channel, number, 2.0)).round() as i64
    }

    fn acceleration(&self, axis: i64, tick: i64, number: i64) -> i64 {
        let effort = self.tape.effort(self.second(tick));
        let steps = self.body.steps.partition_point(|&step| step <= tick);
        let last = steps.checked_sub(1).and_then(|last| self.body.steps.get(last));
        let since = last.map_or(1.0, |&step| self.second(tick - step));
        let push = bump(since, 0.12, 0.12) * effort;
        let value = match axis {
            4145 => 14.0 + 160.0 * push * if steps % 2 == 0 { 1.0 } else { -1.0 },
            4146 => -0.97 * GRAVITY - 620.0 * push + 130.0 * effort * bump(since, 0.3, 0.15),
            _ => 0.2 * GRAVITY + 210.0 * push,
        };
        let noise = self.noise(axis, number, 2.0 + 20.0 * effort);
        (value + noise).round().clamp(-4096.0, 4095.0) as i64
    }
}
