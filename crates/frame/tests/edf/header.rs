//! What the header says, and how an error in it is told.

use super::maker::{Maker, Signal};
use super::open;

fn maker() -> Maker {
    let mut made = Maker::plain(2, vec![Signal::new("EEG", 10), Signal::new("ECG", 10)]);
    made.named = "2";
    made
}

#[test]
fn a_bad_field_is_named() {
    // Where the field stands, what is written there, and what the error says.
    let cases: [(usize, &str, &str); 22] = [
        (0, "1       ", "`version` is `1`"),
        (168, "31.02.26", "`startdate` is `31.02.26`; expected a date as dd.mm.yy"),
        (168, "01-1-26 ", "`startdate`"),
        (176, "24.00.00", "`starttime` is `24.00.00`; expected a time as hh.mm.ss"),
        (184, "512     ", "`number of bytes in header record` is `512`; expected 768"),
        (236, "many    ", "`number of data records` is `many`"),
        (236, "-2      ", "`number of data records` is `-2`"),
        (244, "0       ", "`duration of a data record` is `0`; expected more than 0 s"),
        (244, "-1      ", "`duration of a data record` is `-1`"),
        (244, "nan     ", "`duration of a data record` is `nan`"),
        (252, "0   ", "`number of signals` is `0`"),
        (252, "9999", "`number of bytes in header record`"),
        (464, "x       ", "`physical minimum` of signal 1 is `x`; expected a number"),
        (472, "inf     ", "`physical minimum` of signal 2 is `inf`"),
        (480, "-100    ", "`physical maximum` of signal 1 is `-100`; expected another number"),
        (488, "1,5     ", "`physical maximum` of signal 2 is `1,5`"),
        (496, "-40000  ", "`digital minimum` of signal 1 is `-40000`; expected a whole number from -32768"),
        (504, "1.5     ", "`digital minimum` of signal 2 is `1.5`"),
        (512, "-1000   ", "`digital maximum` of signal 1 is `-1000`; expected more than the digital minimum"),
        (520, "        ", "`digital maximum` of signal 2 is ``"),
        (688, "0       ", "`number of samples in a data record` of signal 1 is `0`"),
        (696, "-5      ", "`number of samples in a data record` of signal 2 is `-5`"),
    ];
    // The table begins at 256: labels, transducers, units, then the ranges.
    assert_eq!(256 + 2 * (16 + 80 + 8), 464);
    for (at, text, said) in cases {
        let mut bytes = maker().make();
        bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
        let error = open(&bytes).err().unwrap_or_else(|| panic!("{text} at {at} is read"));
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.byte <= 768, "{error}");
    }
}

#[test]
fn a_header_that_ends_early_is_no_header() {
    let bytes = maker().make();
    for length in [0, 1, 255, 256, 767] {
        let error = open(&bytes[..length]).err().unwrap();
        assert_eq!(error.byte, length as u64, "{error}");
    }
    assert_eq!(open(&bytes[..768]).unwrap().file.records(), 0);
}

#[test]
fn texts_are_utf_8_or_latin_1_and_may_end_in_zeros() {
    let mut bytes = maker().make();
    bytes[8..14].copy_from_slice(b"M\xFCller");
    bytes[256..272].copy_from_slice("θ-Wellen\0\0\0\0\0\0\0".as_bytes());
    let file = open(&bytes).unwrap().file;
    let header = file.header();
    assert_eq!(header.patient, "Müller");
    let [one, other] = &header.signals[..] else { panic!("two signals") };
    assert_eq!((one.label.as_str(), other.label.as_str()), ("θ-Wellen", "ECG"));
    assert_eq!(
        (one.unit.as_str(), one.transducer.as_str(), one.prefilter.as_str()),
        ("uV", "electrode", "HP:0.1Hz")
    );
}

#[test]
fn the_century_is_that_of_edf_or_of_the_recording_identification() {
    let start = |reserved, recording, date| {
        let mut made = maker();
        (made.reserved, made.recording, made.date) = (reserved, recording, date);
        open(&made.make()).map(|open| open.file.header().start / 1_000_000_000 - 86_398)
    };
    let day = |date: &str| date.parse::<i64>().unwrap() * 86_400;
    assert_eq!(start("", "", "01.01.85"), Ok(day("5479")));
    assert_eq!(start("", "", "31.12.84"), Ok(day("42003")));
    // EDF+ tells the whole year, and then needs none in the short date.
    assert_eq!(start("EDF+C", "Startdate 31-DEC-1984 X X X", "31.12.84"), Ok(day("5478")));
    assert_eq!(start("EDF+C", "Startdate 31-DEC-2120 X X X", "31.12.yy"), Ok(day("55151")));
    assert_eq!(start("EDF+C", "Startdate X X X X", "01.01.85"), Ok(day("5479")));
    assert!(start("", "Startdate 31-DEC-2120 X X X", "31.12.yy").is_err());
}
