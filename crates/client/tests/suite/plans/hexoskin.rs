//! Hexoskin: samples at times of their own in JSON, and regular ones as WAVs, bare or in a zip, or in JSON.

use serde_json::json;
use streamscope_client::Canned;
use streamscope_client::hexoskin::{SampleQuery, Way};

use super::{Weather, hold, policy};
use crate::suite::hexoskin::data::server::{SECONDS, START, json_of, signals, stored, wav_of};
use crate::suite::hexoskin::data::{TICK, expected, gather, is_binary};
use crate::suite::hexoskin::{api, ok, run};
use crate::suite::{Random, parameter};

/// Ticks after the record's start, and values, of beats at random.
fn beats(random: &mut Random) -> Vec<(i64, f64)> {
    let mut tick = 0;
    let count = random.below(600);
    let beat = |_| {
        tick += 80 + random.below(400) as i64;
        (tick, random.below(100_000) as f64 / 256.0)
    };
    (0..count).map(beat).take_while(|(tick, _)| *tick < SECONDS * 256).collect()
}

#[test]
fn hexoskin_loses_and_doubles_no_row() {
    super::run("hexoskin", |random| {
        let id = [18, 19, 4113, 4129][random.below(4) as usize];
        let way = match id {
            18 | 19 => None,
            _ => [None, Some(Way::Json), Some(Way::Binary)][random.below(3) as usize],
        };
        let length = if id < 100 { random.below(SECONDS as u64 * 256) } else { random.below(4_000) } as i64;
        let from = random.below((SECONDS * 256 - length) as u64) as i64;
        let beats = beats(random);
        let (served, zipped) = (beats.clone(), random.below(2) == 0);
        let mut weather = std::cell::RefCell::new(Weather::new(random));
        if id == 4113 && way == Some(Way::Json) {
            // What looks thinned is halved and asked for again, which is not what this is about.
            weather.get_mut().share = weather.get_mut().share.min(10);
        }
        let transport = signals(move |_, request| {
            let honest = if is_binary(request) {
                let wav = wav_of(request);
                Canned::new(200, if zipped { stored(&[("a.wav", &wav)]) } else { wav })
            } else if id == 18 {
                let number = |name: &str| parameter(request, name).and_then(|text| text.parse::<i64>().ok());
                let range = number("start").unwrap_or(i64::MIN)..=number("end").unwrap_or(i64::MAX);
                let inside = served
                    .iter()
                    .map(|(tick, value)| (START + tick, value))
                    .filter(|(tick, _)| range.contains(tick));
                let points: Vec<_> = inside.map(|(tick, value)| json!([tick, value])).collect();
                ok(json!([{ "user": "/api/user/1/", "data": { "18": points } }]))
            } else {
                json_of(request)
            };
            Some(weather.borrow_mut().meet(honest, |_, at| at > 0))
        });
        let at = |tick: i64| Some((START + tick) * TICK);
        let query = SampleQuery {
            datatype: id,
            start_ns: at(from),
            end_ns: at(from + length),
            way,
            ..SampleQuery::default()
        };
        let api = api(&transport).with_policy(policy(random));
        let (samples, outcome) = run(&transport, async {
            let record = api.resource("record").get(7).await.unwrap();
            gather(&mut api.samples(&record, &query).await.unwrap()).await
        });
        let range = from..from + length;
        let expected: Vec<(i64, f64)> = match id {
            18 => beats.into_iter().filter(|(tick, _)| range.contains(tick)).collect(),
            _ => {
                let (ticks, values) = expected(id, range);
                ticks.into_iter().zip(values).collect()
            }
        };
        let since_1970 = |rows: Vec<(i64, f64)>| {
            rows.into_iter().map(|(tick, value)| (START + tick, value)).collect::<Vec<_>>()
        };
        let got = samples.0.into_iter().zip(samples.1).collect();
        hold(&since_1970(expected), &since_1970(got), outcome.err().as_ref(), TICK)
    });
}
