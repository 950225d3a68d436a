//! Readers of everything foreign, whole, in pieces and one byte at a time. What they refuse, they refuse: only what it takes
//! counts.

use std::rc::Rc;

use futures_util::StreamExt;
use streamscope_client::hexoskin::Schema;
use streamscope_client::registry::connectors;
use streamscope_frame::{
    BraincubeColumn, BraincubeOptions, BraincubeParser, Column, ColumnType, CsvOptions, CsvParser, Dialect,
    HexoskinAnswer, HexoskinCsvParser, JouleLayout, JouleParser, JsonOptions, JsonParser, Layout,
    PairsParser, PushParser, TickRate, WallClock, WavParser, ZipParser,
};
use streamscope_selection::{Selection, link as links, moment};
use streamscope_signal::TimeZone;

use crate::input::Input;
use crate::script::{connect, connector, server};

/// Lengths of the pieces that a body is cut into.
const PIECES: [usize; 3] = [1 << 16, 61, 1];
/// So long a record is allowed: these are longer than any that a server sends.
const RECORD: usize = 64 << 20;

fn push(mut parser: impl PushParser, body: &[u8], length: usize) {
    let pushed = body.chunks(length).try_for_each(|piece| {
        parser.push(piece)?;
        parser.take();
        Ok(())
    });
    let _ = pushed.and_then(|()| parser.finish());
    parser.take();
}

fn known(columns: usize) -> CsvOptions {
    let columns = (0..columns).map(|column| Column::new(format!("c{column}"), ColumnType::Float));
    let layout = Some(Layout::new(columns.collect()));
    CsvOptions { layout, record_limit: RECORD, ..CsvOptions::default() }
}

fn unknown(dialect: Option<Dialect>) -> CsvOptions {
    CsvOptions { dialect, record_limit: RECORD, ..CsvOptions::default() }
}

/// As a page of known columns, as one of unknown ones, and as a file.
pub(super) fn csv_every_way(body: &[u8]) {
    let header = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let columns = header.split(|byte| *byte == b',').count();
    for options in [known(columns), unknown(None), unknown(Some(Dialect::default()))] {
        for length in PIECES {
            push(CsvParser::new(options.clone()), body, length);
        }
    }
}

pub(super) fn csv_unknown(body: &[u8]) {
    push(CsvParser::new(unknown(None)), body, PIECES[0]);
}

/// Every byte stands for a page.
pub(super) fn csv_pages(pages: &[u8]) {
    for _ in pages {
        push(CsvParser::new(known(2)), b"c0,c1\n1,2\n", PIECES[0]);
        push(JsonParser::new(JsonOptions::default()), b"{\"data\": {\"a\": [1]}}", PIECES[0]);
    }
}

pub(super) fn json(body: &[u8]) {
    PIECES.iter().for_each(|length| push(JsonParser::new(JsonOptions::default()), body, *length));
}

pub(super) fn joule(body: &[u8]) {
    let Ok(format) = "float32_2".parse::<JouleLayout>() else { return };
    for length in PIECES {
        let mut parser = JouleParser::new(format, &[]);
        let pushed = body.chunks(length).try_for_each(|piece| {
            parser.push(piece)?;
            while parser.take().is_some() {}
            Ok(())
        });
        let _ = pushed.and_then(|()| parser.finish());
    }
}

pub(super) fn wav(body: &[u8]) {
    for length in PIECES {
        let mut parser = WavParser::new(true);
        let pushed = body.chunks(length).try_for_each(|piece| parser.push(piece));
        let _ = pushed.and_then(|()| parser.finish());
    }
}

pub(super) fn pairs(body: &[u8]) {
    for length in PIECES {
        let mut parser = PairsParser::default();
        let pushed = body.chunks(length).try_for_each(|piece| parser.push(piece));
        let _ = pushed.and_then(|()| parser.finish());
    }
}

/// All of it at once as well: a zip may come in one piece.
pub(super) fn zip(body: &[u8]) {
    for length in PIECES.into_iter().chain([body.len()]) {
        let mut parser = ZipParser::default();
        let pushed = body.chunks(length).try_for_each(|piece| {
            parser.push(piece)?;
            while parser.next_event().is_some() {}
            Ok(())
        });
        let _ = pushed.and_then(|()| parser.finish());
    }
}

pub(super) fn hexoskin_csv(body: &[u8]) {
    for length in PIECES {
        let mut parser = HexoskinCsvParser::new(TickRate::T256);
        let pushed = body.chunks(length).try_for_each(|piece| {
            parser.push(piece)?;
            parser.take().map(drop)
        });
        let _ = pushed.and_then(|()| parser.finish());
    }
}

pub(super) fn hexoskin_json(body: &[u8]) {
    let _ = HexoskinAnswer::parse(body);
}

pub(super) fn schema(body: &[u8]) {
    let _ = serde_json::from_slice::<Schema>(body);
}

struct Utc;

impl WallClock for Utc {
    fn instant(&self, local_ns: i64, _before: Option<i64>) -> i64 {
        local_ns
    }
}

pub(super) fn braincube(body: &[u8]) {
    let column = |number: usize| BraincubeColumn {
        id: number.to_string(),
        name: number.to_string(),
        unit: None,
        kind: None,
        ordered: false,
    };
    for length in PIECES {
        let options = BraincubeOptions { columns: (101..104).map(column).collect(), clock: Rc::new(Utc) };
        let mut parser = BraincubeParser::new(options);
        if body.chunks(length).all(|piece| parser.push(piece).is_ok())
            && let Ok(answer) = parser.finish()
        {
            answer.for_each(drop);
        }
    }
}

pub(super) fn settings(file: &[u8]) {
    let text = String::from_utf8_lossy(file);
    for file in connectors().iter().filter_map(|connector| connector.settings_file()) {
        let _ = (file.read)(&text);
    }
}

pub(super) fn link(fragment: &[u8]) {
    links::write(&links::read(&String::from_utf8_lossy(fragment), &Selection::default()));
}

pub(super) fn typed(text: &[u8]) {
    let _ = moment::typed(&String::from_utf8_lossy(text), &TimeZone::utc(), 0);
}

/// What a server says as it refuses.
pub(super) fn refusal(answer: &[u8]) {
    let transport = server(&Input { choice: 0, cut: 31, body: answer });
    for platform in connectors() {
        let source = connect(&*connector(platform.platform().id), &transport).source;
        transport.run(async { source.subjects(None).next().await });
    }
}
