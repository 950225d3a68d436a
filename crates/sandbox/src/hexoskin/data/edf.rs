//! EDF: the regular channels of one record, a second in each of its data records.
//!
//! Its time of start has whole seconds only, and channels slower than one sample a second have no place in it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Series;
use super::select::Selection;
use crate::hexoskin::reply::{Refusal, Result};
use crate::{Body, Response, StoreError};

/// The selected channels of one record.
pub(super) fn answer(selection: Selection) -> Result<Response> {
    let mut parts: Vec<_> = selection.records.into_values().flatten().collect();
    let (Some(part), true) = (parts.pop(), parts.is_empty()) else {
        return Err(Refusal::bad("an EDF holds exactly one record"));
    };
    let mut channels: Vec<Channel> = part.series.into_iter().filter_map(Channel::new).collect();
    channels.retain(|channel| channel.series.len() > 0);
    let Some(start) = channels.iter().filter_map(|channel| channel.series.first()).min() else {
        return Err(Refusal::bad("an EDF holds regular channels, and there is none of them in the window"));
    };
    let seconds =
        channels.iter().map(|channel| channel.series.len().div_ceil(channel.rate)).max().unwrap_or(0);
    let head = header(&channels, part.record, start, seconds);
    let body =
        (0..seconds).map(move |second| channels.iter().flat_map(|channel| channel.second(second)).collect());
    let body = std::iter::once(head).chain(body).map(Ok::<_, StoreError>);
    Ok(Response::new(200, "application/x-edf", Body::Pieces(Box::new(body))))
}

/// A channel that has a place in an EDF.
struct Channel {
    series: Series,
    /// Samples a second.
    rate: usize,
}

impl Channel {
    fn new(series: Series) -> Option<Self> {
        let rate = usize::try_from(series.signals.tape.device.ticks() / series.step()?).ok()?;
        (rate > 0).then_some(Self { series, rate })
    }

    /// What is taken from a raw value, so that it fits 16 bits with a sign.
    fn shift(&self) -> i64 {
        if self.series.datatype.unsigned { 32_768 } else { 0 }
    }

    /// The samples of a second; the last second is filled up with the last sample.
    fn second(&self, second: usize) -> Vec<u8> {
        let last = self.series.len().saturating_sub(1);
        let numbers = (second * self.rate..(second + 1) * self.rate).map(|number| number.min(last));
        let values = numbers.filter_map(|number| self.series.sample(number));
        values.flat_map(|(_, raw)| ((raw - self.shift()) as i16).to_le_bytes()).collect()
    }

    /// Unit, and the physical and digital values at both ends of the scale.
    fn scale(&self) -> (&'static str, [f64; 2], [i64; 2]) {
        let datatype = self.series.datatype;
        if (4113..=4115).contains(&datatype.id) {
            let millivolts = |raw: f64| (raw - 1360.0) * 0.0064;
            return ("mV", [millivolts(0.0), millivolts(4095.0)], [0, 4095]);
        }
        let digital = [-32_768, 32_767];
        let physical = digital.map(|value| (value + self.shift()) as f64 * datatype.factor);
        (datatype.edf_unit(), physical, digital)
    }
}

fn header(channels: &[Channel], record: i64, start: i64, seconds: usize) -> Vec<u8> {
    let tape = channels.first().map(|channel| &channel.series.signals.tape);
    let time = tape.map_or(0, |tape| (tape.start + start).div_euclid(tape.device.ticks()));
    let time = Timestamp::from_second(time).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    let mut text = String::new();
    let mut put = |value: &str, width: usize| {
        text.push_str(&format!("{value:width$.width$}"));
    };
    put("0", 8);
    put("X X X X", 80);
    put(&format!("record {record}"), 80);
    put(&time.strftime("%d.%m.%y").to_string(), 8);
    put(&time.strftime("%H.%M.%S").to_string(), 8);
    put(&(256 * (channels.len() + 1)).to_string(), 8);
    put("", 44);
    put(&seconds.to_string(), 8);
    put("1", 8);
    put(&channels.len().to_string(), 4);
    let scales: Vec<_> = channels.iter().map(Channel::scale).collect();
    channels.iter().for_each(|channel| put(channel.series.datatype.name, 16));
    channels.iter().for_each(|_| put("", 80));
    scales.iter().for_each(|(unit, ..)| put(unit, 8));
    scales.iter().for_each(|(_, physical, _)| put(&short(physical[0]), 8));
    scales.iter().for_each(|(_, physical, _)| put(&short(physical[1]), 8));
    scales.iter().for_each(|(.., digital)| put(&digital[0].to_string(), 8));
    scales.iter().for_each(|(.., digital)| put(&digital[1].to_string(), 8));
    channels.iter().for_each(|_| put("", 80));
    channels.iter().for_each(|channel| put(&channel.rate.to_string(), 8));
    channels.iter().for_each(|_| put("", 32));
    text.into_bytes()
}

/// A number in eight characters.
fn short(value: f64) -> String {
    let text = value.to_string();
    if text.len() <= 8 { text } else { format!("{value:.8}").chars().take(8).collect() }
}
