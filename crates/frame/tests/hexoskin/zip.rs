//! Zips of stored files: what is in them, in any split, and lies about it.

use std::io::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use streamscope_frame::{ParseErrorKind, ZipEvent, ZipParser, ZipSum, ZipTotals};

use super::pieces;

/// A file of a zip, and how it is stored: with its length before or behind.
struct File<'a> {
    name: &'a str,
    bytes: &'a [u8],
    behind: Option<usize>,
}

/// The slow, obvious zip: local headers, bytes as they are, a directory.
fn zip(files: &[File]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for File { name, bytes, behind } in files {
        let crc = crc32(bytes);
        let numbers =
            [crc.to_le_bytes(), (bytes.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes()]
                .concat();
        let flags: u16 = if behind.is_some() { 8 } else { 0 };
        let lengths = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        body.extend(b"PK\x03\x04\x14\x00");
        body.extend(flags.to_le_bytes());
        body.extend([0; 6]);
        body.extend(if behind.is_some() { &[0; 12][..] } else { &numbers });
        body.extend([&lengths, name.as_bytes(), bytes].concat());
        match behind {
            Some(16) => body.extend([b"PK\x07\x08", &numbers[..]].concat()),
            Some(_) => {
                let long = (bytes.len() as u64).to_le_bytes();
                body.extend([b"PK\x07\x08", &crc.to_le_bytes()[..], &long, &long].concat());
            }
            None => {}
        }
        directory.extend(b"PK\x01\x02\x14\x00\x14\x00");
        directory.extend(flags.to_le_bytes());
        directory.extend([0; 6]);
        directory.extend([&numbers, &lengths, &[0; 14][..], name.as_bytes()].concat());
    }
    let start = body.len() as u32;
    body.extend(&directory);
    body.extend(b"PK\x05\x06\x00\x00\x00\x00");
    body.extend([(files.len() as u16).to_le_bytes(), (files.len() as u16).to_le_bytes()].concat());
    body.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
    body.extend([0, 0]);
    body
}

/// CRC-32, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    };
    !bytes.iter().fold(u32::MAX, step)
}

pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Names and bytes of a zip of stored files, held against what it says.
pub(crate) fn unzip<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Files, Result<(), ParseErrorKind>) {
    let mut parser = ZipParser::default();
    let (mut files, mut sum) = (Files::new(), ZipSum::default());
    let mut take = |parser: &mut ZipParser| -> Result<Files, ParseErrorKind> {
        while let Some(event) = parser.next_event() {
            match event {
                ZipEvent::Begin { name, size, .. } => {
                    files.push((name, Vec::new()));
                    sum = ZipSum::new(size);
                }
                ZipEvent::Data(bytes) => {
                    sum.push(&bytes)?;
                    files.last_mut().unwrap().1.extend(bytes);
                }
                ZipEvent::End(totals) => std::mem::take(&mut sum).check(totals)?,
            }
        }
        Ok(files.clone())
    };
    let mut seen = Files::new();
    for piece in pieces {
        if let Err(error) = parser.push(piece) {
            return (seen, Err(error.kind));
        }
        match take(&mut parser) {
            Ok(files) => seen = files,
            Err(kind) => return (seen, Err(kind)),
        }
    }
    (seen, parser.finish().map_err(|error| error.kind))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_of_a_zip_gives_its_files(
        files in vec((prop_oneof![Just(None), Just(Some(16)), Just(Some(24))], vec(any::<u8>(), 0..300)), 0..4),
        cuts in vec(any::<prop::sample::Index>(), 0..8),
        tricky: bool,
    ) {
        // Bytes that look like the mark of a descriptor are none.
        let bytes: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| if tricky { [bytes, &b"PK\x07\x08"[..], bytes].concat() } else { bytes.clone() }).collect();
        let names = ["record_1/ECG_I.wav", "a", "", "ü/b.hxd"];
        let whole: Vec<_> = files.iter().zip(&bytes).zip(names).map(|(((behind, _), bytes), name)| File { name, bytes, behind: *behind }).collect();
        let body = zip(&whole);
        let expected: Files = whole.iter().map(|file| (file.name.to_string(), file.bytes.to_vec())).collect();
        prop_assert_eq!(unzip(pieces(&body, cuts)), (expected.clone(), Ok(())));
        prop_assert_eq!(unzip(body.chunks(1)), (expected, Ok(())));
    }

    #[test]
    fn a_zip_cut_anywhere_is_known_to_be_cut(bytes in vec(any::<u8>(), 0..100), behind: bool, cut: prop::sample::Index) {
        let body = zip(&[File { name: "a", bytes: &bytes, behind: behind.then_some(16) }]);
        let cut = cut.index(body.len() - 1);
        prop_assert_eq!(unzip([&body[..cut]]).1, Err(ParseErrorKind::Truncated));
    }
}

#[test]
fn zips_that_lie_are_refused() {
    let honest = || zip(&[File { name: "a", bytes: b"0123456789", behind: None }]);
    let lies: [(usize, &[u8], &str); 7] = [
        (0, b"PK\x09\x09", "no zip"),
        (6, &[1], "encrypted"),
        (8, &[12], "packed by method 12"),
        (14, &[0; 4], "does not list the files as they are"),
        // Shorter, longer, and another length in the directory.
        (22, &[9], "has 10 bytes and should have 9"),
        (22, &[11], "has 10 bytes and should have 11"),
        (41 + 24, &[99], "does not list the files as they are"),
    ];
    for (at, bytes, words) in lies {
        let mut body = honest();
        body[at..at + bytes.len()].copy_from_slice(bytes);
        let kind = unzip([body.as_slice()]).1.expect_err(words);
        assert!(kind.to_string().contains(words), "{kind}");
    }
    let mut unlisted = honest();
    unlisted.drain(41..41 + 47);
    assert!(unzip([unlisted.as_slice()]).1.unwrap_err().to_string().contains("lists 0 files and holds 1"));

    // Packed bytes that unpack to more than was said, and to less.
    let mut sum = ZipSum::new(Some(3));
    assert!(sum.push(b"ab").is_ok());
    assert!(sum.push(b"cd").unwrap_err().to_string().contains("longer than the 3 bytes"));
    let mut sum = ZipSum::new(Some(3));
    sum.push(b"ab").unwrap();
    let totals = ZipTotals { size: 3, crc: crc32(b"ab") };
    assert!(sum.check(totals).unwrap_err().to_string().contains("has 2 bytes and should have 3"));
    let mut sum = ZipSum::default();
    sum.push(b"ab").unwrap();
    let totals = ZipTotals { size: 2, crc: crc32(b"ac") };
    assert!(sum.check(totals).unwrap_err().to_string().contains("checksum differs"));
}

#[test]
fn a_zip_of_another_program_is_read() {
    // What Python's zipfile wrote for one file "a" of "hi", its length behind it and 64 bits wide.
    let mut body: Vec<u8> = Vec::new();
    body.write_all(b"PK\x03\x04\x2d\x00\x08\x00\x00\x00\x00\x00\x21\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x14\x00a\x01\x00\x10\x00").unwrap();
    body.write_all(&[0; 16]).unwrap();
    let crc = crc32(b"hi").to_le_bytes();
    body.write_all(&[&b"hiPK\x07\x08"[..], &crc, &2_u64.to_le_bytes(), &2_u64.to_le_bytes()].concat())
        .unwrap();
    body.write_all(b"PK\x01\x02\x2d\x03\x2d\x00\x08\x00\x00\x00\x00\x00\x21\x00").unwrap();
    body.write_all(&[&crc[..], &[2, 0, 0, 0, 2, 0, 0, 0, 1, 0], &[0; 16], b"a"].concat()).unwrap();
    body.write_all(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2f\x00\x00\x00\x4d\x00\x00\x00\x00\x00")
        .unwrap();
    for size in [1, 7, body.len()] {
        assert_eq!(unzip(body.chunks(size)), (vec![("a".to_string(), b"hi".to_vec())], Ok(())));
    }
}
