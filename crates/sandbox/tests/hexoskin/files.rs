//! Binary and EDF. That other programs read them is shown by the conformance tests.

use std::io::Read;

use super::{LONG, START, download, raw, request, sandbox, values};
use crate::fixture::NOW;

const BINARY: &str = "application/octet-stream";

fn numbers(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

#[test]
fn one_channel_is_a_wav_with_every_sample() {
    let wav = download(&sandbox(), BINARY, &format!("record={LONG}&datatype=4113"));
    assert_eq!(wav.len(), 44 + 2 * 921_600);
    assert_eq!((&wav[..4], &wav[4..8]), (&b"RIFF"[..], &(36 + 2 * 921_600_u32).to_le_bytes()[..]));
    assert_eq!(wav[24..28], 256_u32.to_le_bytes(), "Hz");
    let samples = numbers(&wav[44..]);
    for number in [0, 1, 499_999, 500_000, 700_001, 921_599] {
        assert_eq!(i64::from(samples[number as usize]), raw(LONG, 4113, number), "{number}");
    }
    assert_eq!((samples[500_000], samples[700_001]), (4095, 0), "the knocks");
}

#[test]
fn several_channels_are_a_zip() {
    let sandbox = sandbox();
    let bytes = download(&sandbox, BINARY, &format!("record={LONG}&datatype__in=4129,18,271"));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut file = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(&format!("record_99999/{name}")).expect("a file").read_to_end(&mut bytes).expect("bytes");
        bytes
    };
    let chest = numbers(&file("respiration_thoracic.wav")[44..]);
    assert_eq!(chest.len(), 460_800);
    assert_eq!(i64::from(chest[200_000]), raw(LONG, 4129, 200_000));
    assert!(
        chest.iter().any(|&value| value > 32_768) && chest.iter().any(|&value| value < 32_767),
        "both sides of i16"
    );
    let slow = file("ANN.wav");
    assert_eq!((&slow[24..28], slow.len()), (&300_u32.to_le_bytes()[..], 44 + 2 * 12), "seconds a sample");
    let intervals = values(&sandbox, 18, &format!("record={LONG}"));
    let pairs = file("RR_interval.hxd");
    assert_eq!(pairs.len(), 16 * intervals.len());
    for (pair, (time, value)) in pairs.chunks_exact(16).zip(intervals) {
        let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().expect("8 bytes"));
        assert_eq!((START + number(&pair[..8]), number(&pair[8..]) as f64 / 256.0), (time, value));
    }
}

#[test]
fn an_edf_says_what_it_holds() {
    let edf = download(
        &sandbox(),
        "application/x-edf",
        &format!("record={LONG}&datatype__in=4113,4129,19,18&start={START}&end={}", START + 2_559),
    );
    let text = |at: usize, len: usize| String::from_utf8_lossy(&edf[at..at + len]).trim_end().to_owned();
    assert_eq!((text(168, 8), text(176, 8)), ("09.03.24".into(), "08.00.00".into()));
    assert_eq!(
        (text(184, 8), text(236, 8), text(252, 4)),
        ("1024".into(), "10".into(), "3".into()),
        "events have no place"
    );
    assert_eq!((text(256, 16), text(256 + 16, 16)), ("ECG_I".into(), "respiration_thor".into()));
    assert_eq!(edf.len(), 1024 + 10 * 2 * (1 + 256 + 128));
    let ecg = numbers(&edf[1024..][..512]);
    assert_eq!(i64::from(ecg[9]), raw(LONG, 4113, 9));
}

#[test]
fn an_edf_holds_one_record() {
    let sandbox = sandbox();
    for query in ["range=3&datatype=4113", "record=99999&datatype=18", "record=100005&datatype=19"] {
        let request =
            request("GET", &format!("/api/data/?{query}")).with_header("Accept", "application/x-edf");
        assert_eq!(sandbox.handle(&request, NOW).status, 400, "{query}");
    }
}
