//! Against the `csv` crate and the standard library's number parsers: slow and obvious.

use proptest::collection::vec;
use proptest::prelude::*;
use streamscope_frame::{ColumnType, CsvOptions, CsvParser, Dialect, TimeFormat};

use super::options;
use crate::support::{Value, run};

const KINDS: [(&str, ColumnType); 5] = [
    ("time", ColumnType::Time),
    ("x", ColumnType::Float),
    ("n", ColumnType::Int),
    ("b", ColumnType::Bool),
    ("s", ColumnType::Text),
];

/// A row of texts: each cell valid for its column or empty.
fn row() -> impl Strategy<Value = Vec<String>> {
    let or_empty = |cell: BoxedStrategy<String>| prop_oneof![9 => cell, 1 => Just(String::new())];
    (
        or_empty(prop_oneof![any::<i64>().prop_map(|n| n.to_string()), "[0-9]{1,18}"].boxed()),
        or_empty(
            prop_oneof![
                any::<f64>().prop_map(|x| x.to_string()),
                "-?[0-9]{1,9}\\.[0-9]{1,9}",
                "-?[0-9]{0,20}\\.[0-9]{1,20}",
                "-?[0-9]{1,20}(e-?[0-9]{1,3})?",
                Just("nan".to_string()),
                Just("-inf".to_string()),
            ]
            .boxed(),
        ),
        or_empty(any::<i64>().prop_map(|n| n.to_string()).boxed()),
        or_empty("true|false|True|False|0|1".boxed()),
        or_empty(prop_oneof!["[a-c]{1,3}", "[ -~é\n\"]{0,12}"].boxed()),
    )
        .prop_map(|(time, x, n, b, s)| vec![time, x, n, b, s])
}

/// How a body is written: quoting style, line end, final line end.
fn write(rows: &[Vec<String>], quote_all: bool, crlf: bool, end: bool) -> Vec<u8> {
    let style = if quote_all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer =
        csv::WriterBuilder::new().quote_style(style).terminator(terminator).from_writer(Vec::new());
    writer.write_record(KINDS.map(|kind| kind.0)).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    let mut body = writer.into_inner().unwrap();
    if !end {
        let length = body.len() - if crlf { 2 } else { 1 };
        body.truncate(length);
    }
    body
}

/// The rows as the `csv` crate and the standard library read them.
fn reference(body: &[u8], quote_all: bool) -> Vec<Vec<Value>> {
    let mut reader = csv::Reader::from_reader(body);
    let cell = |(column, text): (usize, &str)| match (text, KINDS[column].1) {
        ("", ColumnType::Text) if quote_all => Value::Text(String::new()),
        ("", _) => Value::Null,
        (text, ColumnType::Time) => Value::Time(text.parse().unwrap()),
        (text, ColumnType::Float) => Value::Float(text.parse().unwrap()),
        (text, ColumnType::Int) => Value::Int(text.parse().unwrap()),
        (text, ColumnType::Bool) => Value::Bool(matches!(text, "true" | "True" | "1")),
        (text, _) => Value::Text(text.into()),
    };
    reader.records().map(|record| record.unwrap().iter().enumerate().map(cell).collect()).collect()
}

/// The body cut at random places.
fn pieces<'a>(body: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    cuts.extend([0, body.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn same_rows_as_the_csv_crate_wherever_it_is_cut(
        rows in vec(row(), 0..40),
        (quote_all, crlf, end) in any::<(bool, bool, bool)>(),
        cuts in vec(any::<prop::sample::Index>(), 0..20),
        take_every in 1usize..5,
    ) {
        let body = write(&rows, quote_all, crlf, end);
        let parser = CsvParser::new(options(&KINDS, TimeFormat::UnixNs));
        let outcome = run(parser, pieces(&body, &cuts), take_every);
        prop_assert_eq!(outcome.end, Ok(()));
        prop_assert_eq!(outcome.rows, reference(&body, quote_all));
    }

    #[test]
    fn any_bytes_give_one_outcome_wherever_they_are_cut(
        body in prop_oneof![
            vec(any::<u8>(), 0..300),
            vec(prop::sample::select(b"0123456789.,,,\n\n\r\"\"-+eTZ:truefalsn{}".to_vec()), 0..400),
        ],
        with_header: bool,
        limit in prop_oneof![Just(1usize << 20), 1usize..60],
        known: bool,
        cuts in vec(any::<prop::sample::Index>(), 0..20),
        take_every in 1usize..5,
    ) {
        let mut text = if with_header { b"time,x,n,b,s\n".to_vec() } else { Vec::new() };
        text.extend(body);
        let mut options = if known { options(&KINDS, TimeFormat::Iso) } else { CsvOptions::default() };
        options.record_limit = limit;
        let whole = run(CsvParser::new(options.clone()), [&text[..]], 1);
        let cut = run(CsvParser::new(options), pieces(&text, &cuts), take_every);
        prop_assert_eq!(cut, whole);
    }

    #[test]
    fn files_give_one_outcome_wherever_they_are_cut(
        body in prop_oneof![
            vec(prop::sample::select(b"0123456789.,,;;\t|\n\n\r\" -+#eTZ:NaNul".to_vec()), 0..400),
            vec(prop::sample::select(&["1", "1,5", "2.5", "\"x\"", "NaN", "null", " 7 ", "2023-11-02", "208310224003697457",
                ";", ";", ",", "\t", "|", "\n", "\n", "\r\n", "\r", "# a", "time"][..]), 0..80)
                .prop_map(|parts| parts.concat().into_bytes()),
        ],
        start in prop::sample::select(&["", "time;a\n", "sep=;\r\n", "a,b\n", "\u{feff}x\ty\r\n", "note\n\na|b\r"][..]),
        (limit, skip_lines) in (prop_oneof![Just(1usize << 20), 1usize..60], prop_oneof![Just(None), (0..4u32).prop_map(Some)]),
        nulls in prop_oneof![Just(None), Just(Some(vec!["7".to_string()]))],
        cuts in vec(any::<prop::sample::Index>(), 0..20),
        take_every in 1usize..5,
    ) {
        let text = [start.as_bytes(), &body].concat();
        let dialect = Some(Dialect { skip_lines, nulls, ..Dialect::default() });
        let options = CsvOptions { dialect, record_limit: limit, ..CsvOptions::default() };
        let whole = run(CsvParser::new(options.clone()), [&text[..]], 1);
        let cut = run(CsvParser::new(options), pieces(&text, &cuts), take_every);
        prop_assert_eq!(cut, whole);
    }

    #[test]
    fn a_file_reads_the_same_in_every_dialect(
        rows in vec((any::<i32>(), -1_000_000..1_000_000i32, "[a-c]{1,3}"), 2..400),
        separator in prop::sample::select(&[",", ";", "\t", "|"][..]),
        (comma, end) in (any::<bool>(), prop::sample::select(&["\n", "\r\n", "\r"][..])),
        before in prop::sample::select(&["", "Export\n\n", "# a\n# b\n"][..]),
        cut in 1usize..5000,
    ) {
        let comma = comma && separator != ",";
        let line = |(n, x, s): &(i32, i32, String)| {
            let x = format!("{}{}.{:03}", if *x < 0 { "-" } else { "" }, x.abs() / 1000, x.abs() % 1000);
            let x = if comma { x.replace('.', ",") } else { x };
            format!("{n}{separator} {x}{separator}{s}\n")
        };
        let body: String = rows.iter().map(line).collect();
        let body = format!("{before}n{separator}x{separator}s\n{body}").replace('\n', end);
        let options = CsvOptions { dialect: Some(Dialect::default()), ..CsvOptions::default() };
        let outcome = run(CsvParser::new(options), body.as_bytes().chunks(cut), 3);
        prop_assert_eq!(outcome.end, Ok(()));
        let expected = rows.iter().map(|(n, x, s)| {
            vec![Value::Int((*n).into()), Value::Float(f64::from(*x) / 1000.0), Value::Text(s.clone())]
        });
        prop_assert_eq!(outcome.rows, expected.collect::<Vec<_>>());
    }

    #[test]
    fn large_bodies_cross_every_block_boundary(seed in any::<u32>(), length in 1usize..9, cut in 1usize..100_000) {
        let line = |i: u32| format!("{},{}.{:0width$},{i},{},k{}\n", i as u64 * 1_000_003, i % 97, i % 10u32.pow(length as u32), i % 2, i % 5, width = length);
        let body: String = std::iter::once("time,x,n,b,s\n".into()).chain((0..6000).map(|i| line(i ^ (seed & 0xFFFF)))).collect();
        let parser = CsvParser::new(options(&KINDS, TimeFormat::UnixNs));
        let outcome = run(parser, body.as_bytes().chunks(cut), 3);
        prop_assert_eq!(outcome.end, Ok(()));
        prop_assert_eq!(outcome.rows, reference(body.as_bytes(), false));
    }
}
