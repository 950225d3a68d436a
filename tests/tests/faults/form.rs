//! Where rows lie in the bodies that platforms send.

use std::ops::Range;

use streamscope_frame::JouleLayout;

use super::fault::Form;
use super::proxy::{Answer, Asked};

/// Lines of CSV below their header, in pages that a header leads to.
pub(super) const CSV: Form = Form {
    rows: lines,
    junk: b"soon,x,y,z\n",
    filler: b"\n",
    flows: true,
    chain: |asked, answer, number| {
        let token = parameter(asked, "page_token=").unwrap_or_default();
        let token = token.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/");
        answer.set("x-rune-next-page-token", format!("again.{number}.{token}"));
    },
    unchain: |asked| {
        if let Some(place) = asked.target.find("again.") {
            let token = asked.target.get(place + 6..).and_then(|rest| rest.find('.'));
            asked.target.replace_range(place..place + 7 + token.unwrap_or_default(), "");
        }
    },
};

/// Lists of Rune. A page names the next beside its items, and their own lists name theirs further on.
pub(super) const GRAPH: Form = Form {
    chain: |asked, answer, number| {
        let (text, sent) = (String::from_utf8_lossy(&answer.body), String::from_utf8_lossy(&asked.body));
        let cursor = sent.split_once("cursor\":\"").and_then(|(_, rest)| rest.split('"').next());
        let (before, after) = text.split_once("\"endCursor\":").unwrap();
        let rest = &after[after.find(['}', ',']).unwrap()..];
        let next = format!("again.{number}.{}", cursor.unwrap_or_default());
        answer.body = format!("{before}\"endCursor\":\"{next}\"{rest}").into_bytes();
    },
    unchain: |asked| {
        let text = String::from_utf8_lossy(&asked.body).into_owned();
        if let Some((before, after)) = text.split_once("again.") {
            let (_, cursor) = after.split_once('.').unwrap();
            asked.body = format!("{before}{cursor}").into_bytes();
        }
    },
    ..Form::DOCUMENT
};

/// Rows of a Joule node.
pub(super) const BINARY: Form = Form { rows: binary, filler: &[0; 8], flows: true, ..Form::DOCUMENT };

/// Samples of a WAV.
pub(super) const WAV: Form = Form { rows: samples, filler: &[0; 8], flows: true, ..Form::DOCUMENT };

/// Pairs of time and value in a Hexoskin document.
pub(super) const PAIRS: Form = Form { rows: pairs, junk: b"[\"soon\",{}]", ..Form::DOCUMENT };

/// The dates of a Braincube document.
pub(super) const DATES: Form = Form { rows: dates, junk: b"\"soon\"", ..Form::DOCUMENT };

/// The objects of a page of Hexoskin.
pub(super) const OBJECTS: Form = Form {
    rows: objects,
    junk: b"{\"soon\"",
    chain: |asked, answer, _| {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let (before, after) = text.split_once("\"next\":").unwrap();
        let (_, rest) = after.split_once(',').unwrap();
        let own = asked.target.trim_start_matches("/hexoskin");
        answer.body = format!("{before}\"next\":\"{own}\",{rest}").into_bytes();
    },
    ..Form::DOCUMENT
};

/// A query parameter as it was sent; `name` ends in `=`.
pub(super) fn parameter<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    let (_, query) = asked.target.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name))
}

fn lines(answer: &Answer) -> Vec<Range<usize>> {
    let ends = answer.body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(place, _)| place + 1);
    let ends: Vec<usize> = ends.collect();
    ends.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn binary(answer: &Answer) -> Vec<Range<usize>> {
    let layout = answer.header("joule-layout").and_then(|layout| layout.parse::<JouleLayout>().ok());
    let Some(width) = layout.map(|layout| layout.row_bytes()) else { return Vec::new() };
    let row = |place: usize| place * width..(place + 1) * width;
    let is_token = |row: &Range<usize>| answer.body[row.clone()].iter().all(|byte| *byte == 0);
    (0..answer.body.len() / width).map(row).filter(|row| !is_token(row)).collect()
}

fn samples(answer: &Answer) -> Vec<Range<usize>> {
    const HEAD: usize = 44;
    (HEAD..answer.body.len().saturating_sub(1)).step_by(2).map(|place| place..place + 2).collect()
}

/// All pairs but the last, which belongs to the window after this one.
fn pairs(answer: &Answer) -> Vec<Range<usize>> {
    let mut open = None;
    let mut found = Vec::new();
    for (place, pair) in answer.body.windows(2).enumerate() {
        match pair {
            [b'[', b'0'..=b'9'] => open = Some(place),
            [b']', _] => found.extend(open.take().map(|open| open..place + 1)),
            _ => {}
        }
    }
    found.pop();
    found
}

fn dates(answer: &Answer) -> Vec<Range<usize>> {
    const DATE: usize = "\"20240301_000000\"".len();
    let is_date = |text: &[u8]| text[0] == b'"' && text[DATE - 1] == b'"' && text[9] == b'_';
    let places = answer.body.windows(DATE).enumerate().filter(|(_, text)| is_date(text));
    places.map(|(place, _)| place..place + DATE).collect()
}

fn objects(answer: &Answer) -> Vec<Range<usize>> {
    let start = answer.body.windows(11).position(|text| text == b"\"objects\":[");
    let (mut depth, mut quoted, mut begun) = (0, false, 0);
    let mut found = Vec::new();
    for (place, byte) in answer.body.iter().enumerate().skip(start.map_or(usize::MAX, |start| start + 11)) {
        match byte {
            b'"' if answer.body[place - 1] != b'\\' => quoted = !quoted,
            b'{' if !quoted => {
                begun = if depth == 0 { place } else { begun };
                depth += 1;
            }
            b'}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    found.push(begun..place + 1);
                }
            }
            b']' if !quoted && depth == 0 => break,
            _ => {}
        }
    }
    found
}
