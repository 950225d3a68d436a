//! A record of signals, as a server sends it: JSON that is thinned at its ceiling, WAVs and zips.

use serde_json::{Value, json};
use streamscope_client::{Canned, MemoryTransport, Request};

use super::super::super::parameter;
use super::super::{lost, ok, server};

/// First tick of the record.
pub(in crate::suite) const START: i64 = 359_840_226_870;
/// Seconds of the record.
pub(in crate::suite) const SECONDS: i64 = 1200;
/// Where the server thins.
const CEILING: i64 = 65_536;

/// The count of an ECG so many ticks after its start.
pub(super) fn ecg(offset: i64) -> i64 {
    1360 + (offset * 7919) % 2048 - 1024
}

/// Name, rate, and ticks between samples.
pub(super) fn signal(id: i64) -> Option<(&'static str, Option<i64>, i64)> {
    Some(match id {
        18 => ("RR_interval", None, 200),
        19 => ("heart_rate", Some(1), 256),
        33 => ("breathing_rate", Some(1), 256),
        36 => ("minute_ventilation", Some(1), 256),
        49 => ("activity", Some(1), 256),
        4113 => ("ECG_I", Some(256), 1),
        4129 => ("resp", Some(128), 2),
        _ => return None,
    })
}

fn datatype(id: i64) -> Option<Value> {
    let (name, freq, step) = signal(id)?;
    let step = freq.map(|_| step);
    let raw = if id == 4113 { "/api/unit/1/" } else { "/api/unit/2/" };
    Some(json!({
        "id": id, "dataid": id, "name": name, "info": name, "freq": freq, "hexo_step": step,
        "unit": "/api/unit/1/", "unit_raw": raw, "resource_uri": format!("/api/datatype/{id}/"),
    }))
}

/// The server, with answers of one's own for the data.
pub(in crate::suite) fn signals(
    data: impl Fn(&str, &Request) -> Option<Canned> + 'static,
) -> MemoryTransport {
    server(move |line, request| {
        let (place, _) = line.split_once('?').unwrap_or((line, ""));
        if place == "GET /api/data/" {
            return data(line, request).unwrap_or_else(|| lost(line));
        }
        let id = place.strip_prefix("GET /api/datatype/").and_then(|id| id.strip_suffix('/'));
        if let Some(found) = id.and_then(|id| datatype(id.parse().ok()?)) {
            return ok(found);
        }
        match place {
            "GET /api/record/7/" => ok(json!({
                "id": 7, "resource_uri": "/api/record/7/", "user": "/api/user/1/", "status": "complete",
                "start": START, "end": START + SECONDS * 256, "start_date": "2014-07-17T19:38:06+00:00",
            })),
            "GET /api/unit/1/" => ok(json!({ "id": 1, "resource_uri": "/api/unit/1/", "si_short": "u1" })),
            "GET /api/unit/2/" => ok(json!({ "id": 2, "resource_uri": "/api/unit/2/", "si_short": "u2" })),
            _ => lost(line),
        }
    })
}

/// The window and datatype of a request, in ticks; the end counts.
fn asked(request: &Request) -> (i64, i64, i64) {
    let number = |name: &str| parameter(request, name).and_then(|text| text.parse::<i64>().ok());
    let id = number("datatype").unwrap();
    let last = START + SECONDS * 256 - 1;
    (id, number("start").unwrap_or(START).max(START), number("end").unwrap_or(last).min(last))
}

/// What the record holds, as JSON, thinned as the real server thins.
pub(in crate::suite) fn json_of(request: &Request) -> Canned {
    let (id, from, to) = asked(request);
    let (_, _, step) = signal(id).unwrap();
    let first = (from - START + step - 1).div_euclid(step);
    let last = (to - START).div_euclid(step);
    let count = (last - first + 1).max(0);
    let kept = count.min(CEILING);
    let points: Vec<_> = (0..kept)
        .map(|n| first + n * count / kept)
        .map(|n| json!([START + n * step, text(id, n * step)]))
        .collect();
    ok(json!([{ "user": "/api/user/1/", "data": { id.to_string(): points } }]))
}

/// A value as text holds it.
pub(super) fn text(id: i64, offset: i64) -> Value {
    match id {
        18 => json!(offset as f64 / 256.0),
        36 => json!((300 + offset / 256 % 60) as f64 * 1328.0 / 100.0),
        _ => json!(ecg(offset)),
    }
}

/// The samples of a window, as a WAV.
pub(in crate::suite) fn wav_of(request: &Request) -> Vec<u8> {
    let (id, from, to) = asked(request);
    let (_, freq, step) = signal(id).unwrap();
    let first = (from - START + step - 1).div_euclid(step);
    let samples: Vec<i16> = (first..=(to - START).div_euclid(step)).map(|n| ecg(n * step) as i16).collect();
    wav(freq.unwrap() as u32, &samples)
}

/// A WAV file.
pub(super) fn wav(rate: u32, samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = data.len() as u32;
    let numbers = [
        &1_u16.to_le_bytes()[..],
        &1_u16.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * 2).to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
    ]
    .concat();
    [
        &b"RIFF"[..],
        &(36 + length).to_le_bytes(),
        b"WAVEfmt \x10\0\0\0",
        &numbers,
        b"data",
        &length.to_le_bytes(),
        &data,
    ]
    .concat()
}

/// A timestamp–value file.
pub(super) fn pairs(rows: &[(u64, i64)]) -> Vec<u8> {
    rows.iter().flat_map(|(time, value)| [time.to_le_bytes(), value.to_le_bytes()].concat()).collect()
}

/// A zip of files as they are.
pub(in crate::suite) fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    let files: Vec<_> =
        files.iter().map(|(name, bytes)| (*name, 0_u16, *bytes, crc32(bytes), bytes.len())).collect();
    zip(&files)
}

/// A zip of packed files: name, packed bytes, and what they unpack to.
#[cfg(feature = "native")]
pub(super) fn deflated(name: &str, packed: &[u8], bytes: &[u8]) -> Vec<u8> {
    zip(&[(name, 8, packed, crc32(bytes), bytes.len())])
}

fn zip(files: &[(&str, u16, &[u8], u32, usize)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, method, packed, crc, size) in files {
        let numbers =
            [[0; 4], crc.to_le_bytes(), (packed.len() as u32).to_le_bytes(), (*size as u32).to_le_bytes()]
                .concat();
        let head =
            [&[0, 0][..], &method.to_le_bytes(), &numbers, &(name.len() as u16).to_le_bytes(), &[0, 0]]
                .concat();
        body.extend([b"PK\x03\x04\x14\0", &head[..], name.as_bytes(), packed].concat());
        directory.extend([b"PK\x01\x02\x14\0\x14\0", &head[..], &[0; 14], name.as_bytes()].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let place = [(directory.len() as u32).to_le_bytes(), (body.len() as u32).to_le_bytes()].concat();
    [&body[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &place, &[0, 0]].concat()
}

/// CRC-32, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}
