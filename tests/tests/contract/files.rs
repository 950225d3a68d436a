//! Files beside the platforms of servers.

use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, TimestampNanosecondArray};
use streamscope_client::file::{ABOUT, Files};
use streamscope_client::{Disk, MemoryDisk, Source};
use streamscope_frame::{ArrowWriter, Column, ColumnType, Layout};

use super::{Party, suite};

/// A field of a header.
fn field(bytes: &mut Vec<u8>, text: &str, width: usize) {
    bytes.extend(format!("{text:width$}").into_bytes());
}

/// EDF+D with two signals, of 50 Hz and 10 Hz, and gaps after a hundred and three hundred seconds.
pub(crate) fn edf() -> Vec<u8> {
    let labels = ["fast", "slow", "EDF Annotations"];
    let samples = [50, 10, 20];
    let mut bytes = Vec::new();
    for (text, width) in [("0", 8), ("X X X X", 80), ("Startdate 29-MAR-2026 X X X", 80), ("29.03.26", 8)] {
        field(&mut bytes, text, width);
    }
    for (text, width) in [("00.30.00", 8), ("1024", 8), ("EDF+D", 44), ("400", 8), ("1", 8), ("3", 4)] {
        field(&mut bytes, text, width);
    }
    labels.iter().for_each(|label| field(&mut bytes, label, 16));
    for (text, width) in [("", 80), ("mV", 8), ("-5", 8), ("5", 8), ("-32768", 8), ("32767", 8), ("", 80)] {
        (0..3).for_each(|_| field(&mut bytes, text, width));
    }
    samples.iter().for_each(|samples| field(&mut bytes, &samples.to_string(), 8));
    (0..3).for_each(|_| field(&mut bytes, "", 32));
    for record in 0_i32..400 {
        for (signal, samples) in (1..).zip(&samples[..2]) {
            (0..*samples).for_each(|sample| {
                let value = (record * 7919 + sample * signal * 31) % 60_000 - 30_000;
                bytes.extend((value as i16).to_le_bytes());
            });
        }
        let start = record + 60 * i32::from(record >= 100) + 7_200 * i32::from(record >= 300);
        let mut notes = format!("+{start}\x14\x14\0+{start}.5\x14mark {record}\x14\0").into_bytes();
        notes.resize(40, 0);
        bytes.extend(notes);
    }
    bytes
}

/// A WAV of 125 Hz with two channels.
pub(crate) fn wav() -> Vec<u8> {
    let data: Vec<u8> =
        (0..40_000_i32).flat_map(|sample| ((sample * 37 % 9_000) as i16).to_le_bytes()).collect();
    let mut bytes =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x7D\0\0\0\xF4\x01\0\0\x04\0\x10\0data".to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

/// CSV of 1.5 MB: 50 Hz with rows that share a time now and then, and a pause after each thousand.
pub(crate) fn csv() -> Vec<u8> {
    let mut text = String::from("time,flow [l/s],state\n");
    for row in 0_i64..60_000 {
        let time = 1_775_000_000_000 + row / 3 * 60 + row / 1_000 * 900_000;
        let value = (row * 7919 % 20_011 - 10_000) as f64 / 8.0;
        text.push_str(&format!("{time},{value},{}\n", ["on", "off", ""][row as usize / 700 % 3]));
    }
    text.into_bytes()
}

/// An Arrow stream of 60,000 rows in batches of 5,000: 50 Hz, with a pause after each thousand.
fn arrow() -> Vec<u8> {
    let columns = [("when", ColumnType::Time), ("flow", ColumnType::Float), ("count", ColumnType::Int)];
    let layout = Layout::new(columns.map(|(name, kind)| Column::new(name, kind)).into());
    let mut writer = ArrowWriter::new(&layout.schema()).unwrap();
    let mut bytes = Vec::new();
    for first in (0_i64..60_000).step_by(5_000) {
        let rows = first..first + 5_000;
        let time = |row: i64| (1_775_000_000_000 + row * 20 + row / 1_000 * 900_000) * 1_000_000;
        let flow = |row: i64| (row % 17 != 3).then_some((row * 7919 % 20_011 - 10_000) as f64 / 8.0);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(TimestampNanosecondArray::from_iter_values(rows.clone().map(time)).with_timezone("UTC")),
            Arc::new(Float64Array::from_iter(rows.clone().map(flow))),
            Arc::new(Int64Array::from_iter_values(rows)),
        ];
        let frame = RecordBatch::try_new(Arc::new(layout.schema()), columns).unwrap();
        writer.write(&frame, &mut bytes).unwrap();
    }
    writer.finish(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn files_keep_the_contract() {
    let connect = || {
        let files = [
            MemoryDisk::new("night.edf", edf()),
            MemoryDisk::new("breath.wav", wav()),
            MemoryDisk::new("walk.csv", csv()),
            MemoryDisk::new("walk.arrows", arrow()),
        ];
        Rc::new(Files::new(files.map(|disk| Rc::new(disk) as Rc<dyn Disk>))) as Rc<dyn Source>
    };
    suite(&Party { about: &ABOUT, connect: Box::new(connect), access: None, skip: |_| false }).await;
}
