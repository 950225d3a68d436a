//! Annotations.

use streamscope_frame::EdfAnnotation;

use super::maker::{Maker, NOTES, Signal};
use super::open;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_795_996_798 * SECOND;

/// A file without gaps with these annotations in its records.
fn noted(notes: &[&[u8]]) -> Vec<u8> {
    let mut made = Maker::plain(0, vec![Signal::new("a", 4), Signal::new("EDF Annotations", NOTES)]);
    made.reserved = "EDF+C";
    made.notes = notes.iter().map(|notes| notes.to_vec()).collect();
    made.make()
}

fn one(start: i64, duration: Option<i64>, text: &str) -> EdfAnnotation {
    EdfAnnotation { start: START + start, duration, text: text.into() }
}

#[test]
fn annotations_have_times_durations_and_texts() {
    let bytes = noted(&[
        b"+0.5\x14\x14lights off\x14\0+3.25\x1530.1\x14two\x14texts\x14\0\0\0",
        b"+1.5\x14\x14\0-0.000000001\x14Sp\xE4t\x14\0+2\x150\x14\xCE\xB8 wave\x14\0",
        b"",
    ]);
    let open = open(&bytes).unwrap();
    let expected = [
        one(-1, None, "Spät"),
        one(SECOND / 2, None, "lights off"),
        one(2 * SECOND, Some(0), "θ wave"),
        one(3_250_000_000, Some(30_100_000_000), "two"),
        one(3_250_000_000, Some(30_100_000_000), "texts"),
    ];
    assert_eq!(open.notes.annotations(), expected);
    // The first record's own annotation tells when it begins within the second.
    assert_eq!(
        open.read(0, 1 << 20, false).unwrap().times[..2],
        [START + SECOND / 2, START + 3 * SECOND / 4]
    );
}

#[test]
fn what_cannot_be_an_annotation_is_refused_with_its_place() {
    for (notes, said) in [
        (&b"+0\x14\x14\0soon\x14text\x14\0"[..], "the onset of an annotation is `soon`"),
        (b"+0\x14\x14\0+1\x15long\x14text\x14\0", "the duration of an annotation is `long`"),
        (b"+0\x14\x14\0+1\x15-5\x14text\x14\0", "is negative"),
        (b"+0\x14\x14\0+9000000000\x14text\x14\0", "beyond the year 2262"),
    ] {
        let bytes = noted(&[b"+0\x14\x14\0", notes]);
        let error = open(&bytes).err().unwrap();
        assert!(error.to_string().contains(said), "{error}");
        // Header, the first record, the samples of the second, and its first list.
        assert_eq!((error.record, error.byte), (1, 768 + (8 + 120) + 8 + 5), "{error}");
    }
}

#[test]
fn a_record_of_a_file_with_gaps_says_when_it_begins() {
    let mut made = Maker::gaps(&["0", "5"], vec![Signal::new("a", 4)]);
    made.notes[1] = b"+5\x14no start\x14\0".to_vec();
    let error = open(&made.make()).err().unwrap();
    assert!(error.to_string().contains("no annotation tells when the data record begins"), "{error}");
}

#[test]
fn a_file_of_annotations_alone_has_records_without_duration() {
    let mut made = Maker::plain(0, vec![Signal::new("EDF Annotations", NOTES)]);
    (made.reserved, made.duration) = ("EDF+C", "0");
    made.notes = vec![b"+0\x14\x14\0+7\x14dose\x14\0".to_vec()];
    let bytes = made.make();
    let open = open(&bytes).unwrap();
    assert_eq!(open.notes.annotations(), [one(7 * SECOND, None, "dose")]);
    assert_eq!(open.file.samples(0), 0);
}
