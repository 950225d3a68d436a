//! Inputs that make a careless reader slow or greedy: each is read at a size and at twice that size. Work, memory and all
//! that was ever asked of the allocator must grow with the bytes, and not faster.

mod bodies;
mod readers;
mod streams;

pub use streams::{Stream, streams};

use readers::{
    braincube, csv_every_way, csv_pages, csv_unknown, hexoskin_csv, hexoskin_json, joule, json, link, pairs,
    refusal, schema, settings, typed, wav, zip,
};

/// What may grow at twice the size, at most. A quadratic step makes it four.
pub const MOST: f64 = 2.3;

/// A kind of input.
pub struct Case {
    /// What it is, in words.
    pub what: &'static str,
    /// The size to begin with: columns, quotes, rows, as the kind has it.
    pub size: usize,
    make: fn(usize) -> Vec<u8>,
    read: fn(&[u8]),
}

impl Case {
    /// An input of a size.
    pub fn input(&self, size: usize) -> Vec<u8> {
        (self.make)(size)
    }

    /// Reads an input in every way that the kind is read: whole, in pieces, one byte at a time.
    pub fn read(&self, input: &[u8]) {
        (self.read)(input);
    }
}

const fn case(what: &'static str, size: usize, make: fn(usize) -> Vec<u8>, read: fn(&[u8])) -> Case {
    Case { what, size, make, read }
}

/// All kinds.
pub const CASES: &[Case] = &[
    case("an open quote", 20_000, |size| bodies::csv("1,\"", "\"\"", size, ""), csv_every_way),
    case("quotes in a text", 20_000, |size| bodies::csv("1,\"", "\"\"", size, "\"\n"), csv_every_way),
    case("quoted cells", 8_000, |size| bodies::csv("", "\"1\",\"2\"\n", size, ""), csv_every_way),
    case("stray quotes", 20_000, |size| bodies::csv("", "\"", size, ""), csv_every_way),
    case("columns of numbers", 4_000, |size| bodies::wide(size, "1", 2), csv_every_way),
    case("columns of texts", 4_000, |size| bodies::wide(size, "x", 2), csv_every_way),
    case("columns of nothing", 4_000, |size| bodies::wide(size, "", 2), csv_every_way),
    case("columns that change their type", 500, bodies::changing, csv_unknown),
    case("separators", 10_000, |size| ",".repeat(size).into(), csv_every_way),
    case("blank lines", 40_000, |size| bodies::csv("", "\n", size, "1,2\n"), csv_every_way),
    case("blank lines before the header", 40_000, |size| "\r\n".repeat(size).into(), csv_every_way),
    case("blank lines between rows", 10_000, |size| bodies::csv("", "1,2\n\n", size, ""), csv_every_way),
    case("short lines of prose", 10_000, |size| "a;b c\n# d\n".repeat(size).into(), csv_every_way),
    case("one long line", 40_000, |size| "a".repeat(size).into(), csv_every_way),
    case("texts that never repeat", 20_000, bodies::texts, csv_unknown),
    case("ten thousand tiny pages", 5_000, |size| vec![b'1'; size], csv_pages),
    case("a deep cell", 40_000, |size| bodies::deep("{\"data\": {\"a\": [", size, "]}}"), json),
    case(
        "a deep value beside the data",
        80_000,
        |size| bodies::deep("{\"x\": ", size, ", \"data\": {}}"),
        json,
    ),
    case("deep data", 40_000, |size| bodies::deep("{\"data\": ", size, "}"), json),
    case("objects that never end", 20_000, |size| "{\"data\":".repeat(size).into(), json),
    case("columns of JSON", 8_000, bodies::json_columns, json),
    case("cells of JSON", 40_000, |size| bodies::around("{\"data\": {\"a\": [", "1,", size, "1]}}"), json),
    case("Joule's rows", 20_000, |size| bodies::joule(size, false), joule),
    case("a token after every row", 10_000, |size| bodies::joule(size, true), joule),
    case("tokens", 40_000, |size| vec![0; 16 * size], joule),
    case("samples of a WAV", 40_000, bodies::wav, wav),
    case("chunks of a WAV", 3_000, bodies::wav_chunks, wav),
    case("rows of times and values", 20_000, |size| vec![0; 16 * size], pairs),
    case("many small files of a zip", 2_000, bodies::zip, zip),
    case("what looks like the end of a file", 10_000, bodies::descriptors, zip),
    case("columns of Hexoskin's CSV", 1_000, bodies::hexoskin_columns, hexoskin_csv),
    case("rows of Hexoskin's CSV", 20_000, bodies::hexoskin_rows, hexoskin_csv),
    case("points", 20_000, |size| bodies::around("[", "[1,2],", size, "[1,2]]"), hexoskin_json),
    case("users", 5_000, bodies::users, hexoskin_json),
    case("deep points", 40_000, |size| bodies::deep("", size, ""), hexoskin_json),
    case("fields of a schema", 3_000, bodies::schema, schema),
    case("cells of Braincube", 20_000, |size| bodies::braincube("\"1.5\",", size), braincube),
    case("one long cell of Braincube", 100_000, |size| bodies::braincube("1", size), braincube),
    case("a text of escapes", 50_000, |size| bodies::around("{\"a\":\"", "\\\"", size, "\"}"), braincube),
    case("a text that never ends", 100_000, |size| bodies::around("{\"a\":\"", "a", size, ""), braincube),
    case("columns nobody asked for", 5_000, bodies::strange_columns, braincube),
    case("settings nobody knows", 2_000, bodies::settings, settings),
    case(
        "a quote in a configuration",
        80_000,
        |size| bodies::around("jwt: \"", "\\x41", size, "\""),
        settings,
    ),
    case("parts of a link", 5_000, |size| bodies::around("#", "stream=a&stream=%41&", size, ""), link),
    case("a deep filter", 2_000, |size| bodies::around("filter=", "{\"not\":", size, ""), link),
    case("digits of a time", 20_000, |size| "1".repeat(size).into(), typed),
    case("a refusal", 4_000, |size| bodies::around("400\n\n", "S3cr %53", size, ""), refusal),
    case("addresses in a refusal", 2_000, |size| bodies::around("400\n\n", "h://a@b ", size, ""), refusal),
];
