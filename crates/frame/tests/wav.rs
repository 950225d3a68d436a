//! WAV files, made here byte by byte.

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use streamscope_frame::{ParseError, RecordBatch, WavFile, WavStep, WavWalk, floats, times};

use crate::support::Dice;

/// A file with a format, samples and a chunk that nobody knows.
fn wav(format: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let frame = channels * bits.div_ceil(8);
    let mut body = b"WAVELIST\x03\0\0\0abc\0".to_vec();
    body.extend(b"fmt \x10\0\0\0");
    body.extend(format.to_le_bytes());
    body.extend(channels.to_le_bytes());
    body.extend(rate.to_le_bytes());
    body.extend((rate * u32::from(frame)).to_le_bytes());
    body.extend(frame.to_le_bytes());
    body.extend(bits.to_le_bytes());
    body.extend(b"data");
    body.extend((data.len() as u32).to_le_bytes());
    body.extend(data);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes
}

/// Finds the samples as whoever reads a file does.
fn open(bytes: &[u8]) -> Result<WavFile, ParseError> {
    let mut walk = WavWalk::new(bytes.len() as u64);
    let mut step = walk.begin();
    loop {
        match step {
            WavStep::Found(file) => return Ok(file),
            WavStep::Need(place) => {
                assert!(place.end - place.start <= 40, "it asks for little");
                let end = (place.end as usize).min(bytes.len());
                step = walk.take(bytes.get(place.start as usize..end).unwrap_or_default())?;
            }
        }
    }
}

/// All rows, in windows of about so many bytes.
fn read(bytes: &[u8], file: &WavFile, most_bytes: u64, start: i64) -> Result<Vec<RecordBatch>, ParseError> {
    let mut frames = Vec::new();
    let mut from = 0;
    while let Some(window) = file.window(from..u64::MAX, most_bytes) {
        let bytes = &bytes[window.bytes.start as usize..window.bytes.end as usize];
        from = window.samples.end;
        frames.push(file.rows(window.samples, bytes, start)?);
    }
    Ok(frames)
}

fn column(frames: &[RecordBatch], column: usize) -> Vec<f64> {
    frames.iter().flat_map(|frame| floats(frame.column(column)).unwrap().to_vec()).collect()
}

#[test]
fn samples_are_what_the_file_holds() {
    let floats = [0.5_f32, -1.25, f32::INFINITY, 1e-40];
    let doubles = [0.1_f64, -2.0, f64::MAX, 3.0];
    let cases: Vec<(u16, u16, Vec<u8>, [f64; 4])> = vec![
        (1, 8, vec![0, 128, 255, 1], [0.0, 128.0, 255.0, 1.0]),
        (1, 16, [-32768_i16, -1, 32767, 5].map(i16::to_le_bytes).concat(), [-32768.0, -1.0, 32767.0, 5.0]),
        (1, 24, vec![0, 0, 128, 255, 255, 255, 255, 255, 127, 1, 0, 0], [-8388608.0, -1.0, 8388607.0, 1.0]),
        (
            1,
            32,
            [i32::MIN, -1, i32::MAX, 9].map(i32::to_le_bytes).concat(),
            [-2147483648.0, -1.0, 2147483647.0, 9.0],
        ),
        (3, 32, floats.map(f32::to_le_bytes).concat(), floats.map(f64::from)),
        (3, 64, doubles.map(f64::to_le_bytes).concat(), doubles),
    ];
    for (format, bits, data, expected) in cases {
        let bytes = wav(format, 2, 3, bits, &data);
        let file = open(&bytes).unwrap();
        assert_eq!((file.channels, file.frames, file.lacks), (2, 2, 0));
        for most_bytes in [1, 1 << 20] {
            let frames = read(&bytes, &file, most_bytes, 1_000).unwrap();
            assert_eq!(column(&frames, 1), [expected[0], expected[2]], "{bits} bits");
            assert_eq!(column(&frames, 2), [expected[1], expected[3]], "{bits} bits");
            let times: Vec<i64> = frames.iter().flat_map(|frame| times(frame).unwrap().to_vec()).collect();
            assert_eq!(times, [1_000, 333_334_333]);
        }
    }
}

#[test]
fn nothing_drifts_and_a_time_finds_its_sample() {
    let bytes = wav(1, 1, 44_100, 8, &vec![0; 44_100 * 60]);
    let file = open(&bytes).unwrap();
    assert_eq!(file.time_of(44_100 * 59), Some(59_000_000_000));
    assert_eq!(file.time_of(1), Some(22_676));
    for sample in [0, 1, 44_099, 2_000_000] {
        let time = file.time_of(sample).unwrap();
        assert_eq!((file.sample_at(time), file.sample_at(time + 1)), (sample, sample + 1));
    }
    assert_eq!(file.sample_at(i64::MAX), 44_100 * 60);
}

#[test]
fn long_files_and_those_with_many_details_are_known() {
    // RF64: the true length stands in `ds64`.
    let mut long = b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0".to_vec();
    long.extend([[0; 8], 8_u64.to_le_bytes(), 2_u64.to_le_bytes()].concat());
    long.extend([0; 4]);
    // WAVE_FORMAT_EXTENSIBLE: 24 bits of which 20 hold something.
    long.extend(b"fmt \x28\0\0\0\xFE\xFF\x01\0\xE8\x03\0\0\xB8\x0B\0\0\x04\0\x20\0\x16\0\x14\0\x04\0\0\0");
    long.extend(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71");
    long.extend(b"data\xFF\xFF\xFF\xFF");
    long.extend([7_i32, -7].map(i32::to_le_bytes).concat());
    let file = open(&long).unwrap();
    assert_eq!((file.frames, file.rate), (2, 1_000));
    let frames = read(&long, &file, 1 << 20, 0).unwrap();
    assert_eq!(frames[0].column(1).as_primitive::<Int32Type>().values(), &[7, -7]);
}

#[test]
fn a_file_that_was_cut_off_is_read_as_far_as_it_goes() {
    let whole = wav(1, 1, 100, 16, &[1, 0, 2, 0, 3, 0]);
    let cut = &whole[..whole.len() - 1];
    let file = open(cut).unwrap();
    assert_eq!((file.frames, file.lacks), (2, 1));
    assert_eq!(column(&read(cut, &file, 64, 0).unwrap(), 1), [1.0, 2.0]);
}

#[test]
fn what_is_wrong_is_named() {
    let good = wav(1, 1, 100, 16, &[1, 0]);
    let format = good.windows(4).position(|four| four == b"fmt ").unwrap() + 8;
    for (at, bytes, said) in [
        (0, &b"RIFX"[..], "does not begin with `RIFF`"),
        (8, b"AVI ", "does not begin with"),
        (format, b"\x07\0", "`format tag` is 7"),
        (format + 2, b"\0\0", "`number of channels` is 0"),
        (format + 4, b"\0\0\0\0", "`sample rate` is 0"),
        (format + 12, b"\x05\0", "`format tag` is 1 with 5 bytes a sample"),
        (format + 12, b"\x01\0", "`block align` is 1; expected room for 1 channels of 16 bits"),
        (format - 4, b"\x02\0\0\0", "`fmt ` has 2 bytes"),
        (format - 8, b"fact", "`data` comes before `fmt `"),
        (format + 16, b"dust", "has no chunk `data`"),
    ] {
        let mut wrong = good.clone();
        wrong[at..at + bytes.len()].copy_from_slice(bytes);
        let error = open(&wrong).expect_err(said);
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn ten_thousand_mutated_headers_do_no_harm() {
    let data: Vec<u8> = (0..=255).collect();
    let file = wav(1, 2, 1_000, 16, &data);
    let mut dice = Dice::new(0x0A7E);
    let mut read_count = 0;
    for _ in 0..10_000 {
        let mut bytes = file.clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(60);
            bytes[at] = dice.below(256) as u8;
        }
        if dice.below(10) == 0 {
            bytes.truncate(dice.below(bytes.len()));
        }
        let Ok(found) = open(&bytes) else { continue };
        let Ok(frames) = read(&bytes, &found, 100, 0) else { continue };
        let cells: usize = frames.iter().map(|frame| frame.num_rows() * usize::from(found.channels)).sum();
        assert!(cells <= bytes.len(), "more samples than bytes");
        read_count += 1;
    }
    assert!(
        (500..9_900).contains(&read_count),
        "{read_count} of 10,000 were read: both ends are to be tried"
    );
}
