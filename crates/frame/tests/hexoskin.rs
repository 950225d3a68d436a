//! Hexoskin's files and answers, in any split, and those that lie.

pub(crate) mod zip;

use proptest::collection::vec;
use proptest::prelude::*;
use streamscope_frame::{
    HexoskinAnswer, HexoskinCsvParser, HexoskinPoints, PairsParser, ParseError, ParseErrorKind, TickRate,
    TimedValues, WavHeader, WavParser,
};

use crate::support::{Value, rows};

#[test]
fn ticks_are_whole_nanoseconds() {
    let rate = TickRate::T256;
    // 359840226870 / 256 s: 2014-07-17T19:38:06.2109375Z.
    assert_eq!(rate.to_ns(359_840_226_870), Some(1_405_625_886_210_937_500));
    assert_eq!(rate.at_or_after(1_405_625_886_210_937_500), 359_840_226_870);
    assert_eq!(rate.at_or_after(1_405_625_886_210_937_501), 359_840_226_871);
    assert_eq!((rate.at_or_after(-1), rate.to_ns(-1)), (0, Some(-3_906_250)));
    assert_eq!(TickRate::T1000.to_ns(1_405_625_886_211), Some(1_405_625_886_211_000_000));
    assert_eq!(rate.to_ns(i64::MAX), None);
}

/// A WAV as it stands in a zip.
fn wav(rate: u32, samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    wav_of(1, 1, rate, 16, data.len() as u32, &data)
}

fn wav_of(kind: u16, channels: u16, rate: u32, bits: u16, length: u32, data: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF".to_vec();
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(kind.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate.wrapping_mul(2)).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file
}

fn read_wav<'a>(
    signed: bool,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Option<WavHeader>, Vec<i32>, Result<(), ParseError>) {
    let mut parser = WavParser::new(signed);
    let mut samples = Vec::new();
    let mut end = Ok(());
    for piece in pieces {
        end = parser.push(piece);
        samples.extend(parser.take());
        if end.is_err() {
            break;
        }
    }
    let end = end.and_then(|()| parser.finish());
    samples.extend(parser.take());
    (parser.header(), samples, end)
}

fn pieces(body: &[u8], cuts: Vec<prop::sample::Index>) -> Vec<&[u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).chain([0, body.len()]).collect();
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_of_a_wav_gives_its_samples(
        samples in vec(any::<i16>(), 0..400), rate in 1_u32..2000, cuts in vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let file = wav(rate, &samples);
        let header = Some(WavHeader { rate, samples: samples.len() as u64 });
        let signed: Vec<i32> = samples.iter().map(|sample| i32::from(*sample)).collect();
        prop_assert_eq!(read_wav(true, pieces(&file, cuts)), (header, signed.clone(), Ok(())));
        prop_assert_eq!(read_wav(true, file.chunks(1)), (header, signed, Ok(())));
        let unsigned: Vec<i32> = samples.iter().map(|sample| i32::from(*sample as u16)).collect();
        prop_assert_eq!(read_wav(false, [file.as_slice()]), (header, unsigned, Ok(())));
    }

    #[test]
    fn a_wav_cut_anywhere_is_known_to_be_cut(samples in vec(any::<i16>(), 1..40), cut: prop::sample::Index) {
        let file = wav(256, &samples);
        let cut = cut.index(file.len());
        let (_, read, end) = read_wav(true, [&file[..cut]]);
        let error = end.unwrap_err();
        prop_assert_eq!((error.kind, error.byte), (ParseErrorKind::Truncated, cut as u64));
        prop_assert_eq!(read.len(), cut.saturating_sub(44) / 2, "whole samples before stay");
    }
}

#[test]
fn chunks_beside_the_samples_are_passed_over() {
    let plain = wav(64, &[1, -2]);
    let mut file = plain[..12].to_vec();
    file.extend(b"LIST\x03\x00\x00\x00abc\x00");
    file.extend(&plain[12..]);
    file.extend(b"fact\x04\x00\x00\x00\x01\x00\x00\x00");
    let (header, samples, end) = read_wav(true, file.chunks(3));
    assert_eq!((header, samples, end), (Some(WavHeader { rate: 64, samples: 2 }), vec![1, -2], Ok(())));
}

#[test]
fn wavs_that_are_something_else_are_refused() {
    let cases = [
        (b"RIFX....WAVE".to_vec(), "no WAV file"),
        (wav_of(1, 2, 256, 16, 4, &[0; 4]), "2 channels of 16 bits"),
        (wav_of(1, 1, 256, 8, 4, &[0; 4]), "1 channels of 8 bits"),
        (wav_of(3, 1, 256, 16, 4, &[0; 4]), "kind 3"),
        (wav_of(1, 1, 0, 16, 4, &[0; 4]), "rate is 0"),
        (wav_of(1, 1, 256, 16, 3, &[0; 3]), "3 bytes are no whole samples"),
        (wav_of(1, 1, 256, 16, u32::MAX - 36, &[]), "no whole samples"),
        ([&wav(256, &[1])[..], &vec![0; 70_000]].concat(), "holds more than its samples"),
        ([&wav(256, &[])[..12], b"data\x02\x00\x00\x00ab"].concat(), "come before its format"),
        ([&wav(256, &[])[..40], &[255; 4]].concat(), "does not say how long"),
    ];
    for (file, words) in cases {
        let error = read_wav(true, [file.as_slice()]).2.expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(
            read_wav(true, file.chunks(3)).2,
            Err(error),
            "the same error at the same byte in any split"
        );
    }
}

fn pairs(rows: &[(u64, i64)]) -> Vec<u8> {
    rows.iter().flat_map(|(time, value)| [time.to_le_bytes(), value.to_le_bytes()].concat()).collect()
}

#[test]
fn timestamp_value_files_in_any_split() {
    let file = pairs(&[(0, -1), (256, i64::MIN), (256, 7), (1 << 40, i64::MAX)]);
    for size in [1, 5, 16, 17, 64] {
        let mut parser = PairsParser::default();
        file.chunks(size).for_each(|piece| parser.push(piece).unwrap());
        assert_eq!(parser.finish(), Ok(()));
        let expected =
            TimedValues { ticks: vec![0, 256, 256, 1 << 40], values: vec![-1, i64::MIN, 7, i64::MAX] };
        assert_eq!(parser.take(), expected);
    }
    let mut cut = PairsParser::default();
    cut.push(&file[..20]).unwrap();
    let error = cut.finish().unwrap_err();
    assert_eq!((error.kind, error.record, error.byte), (ParseErrorKind::Truncated, 1, 20));
    for (rows, words) in [([(5, 0), (4, 0)], "4 comes after 5"), ([(5, 0), (u64::MAX, 0)], "is absurd")] {
        let error = PairsParser::default().push(&pairs(&rows)).unwrap_err();
        assert!(error.to_string().contains(words) && error.record == 1, "{error}");
    }
}

fn points(ticks: &[i64], values: &[f64]) -> HexoskinPoints {
    HexoskinPoints { ticks: ticks.to_vec(), values: values.to_vec() }
}

#[test]
fn json_in_its_three_shapes() {
    let body = br#"[{"user": "/api/user/15/", "record": [{"id": 1}], "data": {"19": [[359840227126, 70], [359840227382, 71.5]], "33": []}},
        {"data": {"19": null}, "user": {"resource_uri": "/api/user/16/"}}, {"user": null, "data": {}}]"#;
    let answer = HexoskinAnswer::parse(body).unwrap();
    let users: Vec<_> = answer.users.iter().map(|user| user.user.as_deref()).collect();
    assert_eq!(users, [Some("/api/user/15/"), Some("/api/user/16/"), None]);
    assert_eq!(answer.users[0].data["19"], points(&[359_840_227_126, 359_840_227_382], &[70.0, 71.5]));
    assert_eq!(
        (&answer.users[0].data["33"], &answer.users[1].data["19"]),
        (&points(&[], &[]), &points(&[], &[]))
    );

    let flat = HexoskinAnswer::parse(b"[[1, 2], [3, null], [-4, -5e-1]]").unwrap().flat;
    assert_eq!((flat.ticks, flat.values[0], flat.values[2]), (vec![1, 3, -4], 2.0, -0.5));
    assert!(flat.values[1].is_nan());
    let bare = HexoskinAnswer::parse(b"[1, -2, 2.5, null]").unwrap().flat;
    assert_eq!((bare.ticks.len(), &bare.values[..3]), (0, &[1.0, -2.0, 2.5][..]));
    assert_eq!(HexoskinAnswer::parse(b" [] ").unwrap(), HexoskinAnswer::default());
}

#[test]
fn json_that_is_something_else_is_refused_where_it_is() {
    let cases: [(&str, &str); 7] = [
        ("{}", "expected a list of users or points"),
        ("[[1, 2, 3]]", "no pair of time and value"),
        ("[[1]]", "no pair of time and value"),
        ("[[1.5, 2]]", "invalid type: floating point `1.5`, expected i64"),
        ("[[1, 2], 3]", "some values have times and others have none"),
        (r#"[{"data": {"19": [["a", 1]]}}]"#, "invalid type: string"),
        (r#"[{"data": [1]}]"#, "invalid type: sequence"),
    ];
    for (body, words) in cases {
        let error = HexoskinAnswer::parse(body.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{body}: {error}");
    }
    let cut = HexoskinAnswer::parse(b"[[1, 2],\n [3").unwrap_err();
    assert_eq!((cut.kind, cut.line, cut.byte), (ParseErrorKind::Truncated, 2, 12));
}

#[test]
fn csv_in_any_split() {
    let body =
        b"timestamp,/api/datatype/19/,/api/datatype/33/\r\n359840227126,70,12\r\n359840227382,71.5,\r\n";
    let expected = [
        vec![Value::Time(1_405_625_887_210_937_500), Value::Float(70.0), Value::Float(12.0)],
        vec![Value::Time(1_405_625_888_210_937_500), Value::Float(71.5), Value::Null],
    ];
    for size in [1, 7, 46, body.len()] {
        let mut parser = HexoskinCsvParser::new(TickRate::T256);
        let mut seen = Vec::new();
        for piece in body.chunks(size) {
            parser.push(piece).unwrap();
            seen.extend(parser.take().unwrap().iter().flat_map(rows));
        }
        parser.finish().unwrap();
        seen.extend(parser.take().unwrap().iter().flat_map(rows));
        assert_eq!(seen, expected);
    }
    let mut users = HexoskinCsvParser::new(TickRate::T1000);
    users.push(b"user,timestamp,/api/datatype/19/\n/api/user/1/,5,1\n").unwrap();
    users.finish().unwrap();
    let frame = users.take().unwrap().unwrap();
    let names: Vec<_> = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["time", "user", "/api/datatype/19/"]);
    assert_eq!(rows(&frame)[0][0], Value::Time(5_000_000));
}

#[test]
fn csv_without_times_is_refused() {
    for (body, words) in [
        ("a,b\n1,2\n", "`timestamp` is missing"),
        ("timestamp,b\n1,2,3\n", "expected 2 cells, found 3"),
        ("timestamp,b\nx,2\n", "`x` is not a"),
        ("timestamp,b\n,2\n", "a row has no time"),
        ("timestamp,b\n9223372036854775807,2\n", "a row has no time"),
    ] {
        let mut parser = HexoskinCsvParser::new(TickRate::T256);
        let pushed = parser.push(body.as_bytes()).and_then(|()| parser.finish());
        let error = pushed.and_then(|()| parser.take()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let mut odd = HexoskinCsvParser::new(TickRate::T256);
    let refused = odd.push(b"timestamp,\xff\n");
    assert_eq!((refused.is_err(), odd.push(b"timestamp,b\n1,2\n")), (true, refused));
    let long = vec![b'a'; 70_000];
    assert!(matches!(
        HexoskinCsvParser::new(TickRate::T256).push(&long),
        Err(ParseError { kind: ParseErrorKind::TooLong { .. }, .. })
    ));
    let mut empty = HexoskinCsvParser::new(TickRate::T256);
    assert_eq!((empty.push(b""), empty.finish(), empty.take().unwrap().is_none()), (Ok(()), Ok(()), true));
}
