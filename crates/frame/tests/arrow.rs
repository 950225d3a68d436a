//! Arrow IPC as Arrow's own crate writes it: every value in any window, and what is broken refused.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int16Array, Int64Array,
    LargeStringArray, NullArray, RecordBatch, StringArray, StructArray, TimestampMillisecondArray,
    TimestampNanosecondArray, UInt8Array, UInt64Array,
};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use streamscope_frame::{
    ArrowFile, ArrowPlaces, ArrowRows, ArrowStep, ArrowWalk, ColumnType, ParseError, floats,
};

use crate::support::Dice;

const START_MS: i64 = 1_774_744_200_000;

/// Some rows of every type that is read, and of some that are not.
fn batch(first: i64, rows: i64) -> RecordBatch {
    let all = || first..first + rows;
    let some = |row: &i64| row % 5 != 3;
    let mut states = StringDictionaryBuilder::<Int8Type>::new();
    all().for_each(|row| {
        if some(&row) {
            states.append_value(["on", "off", "ä"][row as usize % 3])
        } else {
            states.append_null()
        }
    });
    let mut lists = ListBuilder::new(arrow_array::builder::Int32Builder::new());
    all().for_each(|row| lists.append_value([Some(row as i32), None]));
    let records = StructArray::from(vec![(
        Arc::new(arrow_schema::Field::new("x", arrow_schema::DataType::Float64, true)),
        Arc::new(Float64Array::from_iter(all().map(|row| Some(row as f64)))) as ArrayRef,
    )]);
    let text = |row: i64| some(&row).then(|| format!("text {row}"));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("list", Arc::new(lists.finish())),
        ("nothing", Arc::new(NullArray::new(rows as usize))),
        (
            "time",
            Arc::new(
                TimestampMillisecondArray::from_iter_values(all().map(|row| START_MS + row * 20))
                    .with_timezone("Europe/Paris"),
            ),
        ),
        (
            "double",
            Arc::new(Float64Array::from_iter(all().map(|row| some(&row).then_some(row as f64 / 8.0)))),
        ),
        ("record", Arc::new(records)),
        ("single", Arc::new(Float32Array::from_iter_values(all().map(|row| row as f32 * 0.1)))),
        (
            "whole [mV]",
            Arc::new(Int64Array::from_iter(all().map(|row| some(&row).then_some(row * 1_000_000_007)))),
        ),
        ("short", Arc::new(Int16Array::from_iter_values(all().map(|row| row as i16)))),
        ("byte", Arc::new(UInt8Array::from_iter_values(all().map(|row| row as u8)))),
        ("large", Arc::new(UInt64Array::from_iter_values(all().map(|row| row as u64)))),
        ("true", Arc::new(BooleanArray::from_iter(all().map(|row| some(&row).then_some(row % 2 == 0))))),
        ("text", Arc::new(StringArray::from_iter(all().map(text)))),
        ("long text", Arc::new(LargeStringArray::from_iter(all().map(text)))),
        ("state", Arc::new(states.finish())),
        ("day", Arc::new(Date32Array::from_iter_values(all().map(|row| row as i32)))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .unwrap()
}

fn as_file(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = FileWriter::try_new(Vec::new(), batches[0].schema_ref()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn as_stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), batches[0].schema_ref()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn open(bytes: &[u8]) -> Result<ArrowFile, ParseError> {
    let mut walk = ArrowWalk::new(bytes.len() as u64);
    let mut step = walk.begin();
    for _ in 0..100_000 {
        match step {
            ArrowStep::Found(file) => return Ok(file),
            ArrowStep::Need(place) => {
                assert!(
                    place.end <= bytes.len() as u64 && place.start <= place.end,
                    "{place:?} of {}",
                    bytes.len()
                );
                step = walk.take(&bytes[place.start as usize..place.end as usize])?;
            }
        }
    }
    panic!("the walk does not end");
}

/// Values of a column in some rows.
fn values(file: &ArrowFile, bytes: &[u8], column: usize, rows: &ArrowRows) -> Result<ArrayRef, ParseError> {
    let part = |place: std::ops::Range<u64>| &bytes[place.start as usize..place.end as usize];
    let ArrowPlaces { validity, values } = file.places(column, rows);
    let (validity, values) = (part(validity), part(values));
    let texts = part(file.texts(column, rows, values)?);
    let parts = file.dictionary(column, rows);
    let mut dictionary = Vec::new();
    for number in &parts {
        let ArrowPlaces { validity, values } = file.dictionary_places(column, *number);
        let (validity, values) = (part(validity), part(values));
        let texts = part(file.dictionary_texts(column, *number, values)?);
        dictionary.extend(file.dictionary_values(column, *number, [validity, values, texts])?);
    }
    let dictionary = (!parts.is_empty()).then(|| StringArray::from(dictionary));
    file.values(column, rows, [validity, values, texts], dictionary.as_ref())
}

/// A column in words, row by row, read in windows of so many rows.
fn words(file: &ArrowFile, bytes: &[u8], column: usize, most: u64) -> Result<Vec<String>, ParseError> {
    let mut all = Vec::new();
    let mut next = 0;
    while let Some(rows) = file.window(next..u64::MAX, most) {
        next += rows.count();
        let array = values(file, bytes, column, &rows)?;
        assert_eq!(array.len() as u64, rows.count());
        all.extend((0..array.len()).map(|row| word(&array, row)));
    }
    assert_eq!(next, file.rows());
    Ok(all)
}

fn word(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return "null".into();
    }
    if let Some(texts) = array.as_dictionary_opt::<Int32Type>() {
        let key = texts.keys().value(row) as usize;
        return texts.values().as_string::<i32>().value(key).into();
    }
    if let Some(times) = array.as_primitive_opt::<arrow_array::types::TimestampNanosecondType>() {
        return times.value(row).to_string();
    }
    floats(array.as_ref()).unwrap()[row].to_string()
}

fn expected(name: &str, row: i64) -> String {
    let or_null = |text: String| if row % 5 == 3 { "null".into() } else { text };
    match name {
        "time" => ((START_MS + row * 20) * 1_000_000).to_string(),
        "double" => or_null((row as f64 / 8.0).to_string()),
        "single" => f64::from(row as f32 * 0.1).to_string(),
        "whole [mV]" => or_null(((row * 1_000_000_007) as f64).to_string()),
        "short" | "large" => row.to_string(),
        "byte" => (row as u8).to_string(),
        "true" => or_null(if row % 2 == 0 { "1" } else { "0" }.into()),
        "text" | "long text" => or_null(format!("text {row}")),
        "state" => or_null(["on", "off", "ä"][row as usize % 3].into()),
        "day" => (row * 86_400_000_000_000).to_string(),
        other => panic!("{other} is not read"),
    }
}

#[test]
fn every_value_is_there_in_files_and_streams_and_in_any_window() {
    let batches = [batch(0, 300), batch(300, 1), batch(301, 77)];
    // A file holds one dictionary a column; a stream may replace it.
    for bytes in [as_file(&batches[..1]), as_stream(&batches)] {
        let file = open(&bytes).unwrap();
        assert!(!file.is_cut());
        let passed = file.passed_over();
        assert_eq!(passed, [("list", "lists"), ("nothing", "nothing"), ("record", "records")]);
        for (place, column) in file.columns().iter().enumerate().filter(|(_, column)| column.column.is_some())
        {
            for most in [1, 7, 8, 100, 1_000] {
                let read = words(&file, &bytes, place, most).unwrap();
                let differs = read.iter().zip(0..).find(|(read, row)| **read != expected(&column.name, *row));
                assert_eq!(differs, None, "{} in windows of {most}", column.name);
            }
        }
        let column = |name: &str| file.columns().iter().find(|column| column.name == name).unwrap();
        assert_eq!(column("time").zone, "Europe/Paris");
        let whole = column("whole [mV]").column.as_ref().unwrap();
        assert_eq!((whole.kind, whole.unit.as_deref()), (ColumnType::Int, Some("mV")));
    }
}

#[test]
fn a_cut_file_is_read_as_far_as_it_is_whole() {
    let batches = [batch(0, 50), batch(50, 50), batch(100, 50)];
    let whole = as_stream(&batches);
    let mut seen = std::collections::BTreeSet::new();
    for length in (0..whole.len()).step_by(8) {
        let bytes = &whole[..length];
        let Ok(file) = open(bytes) else { continue };
        assert!(file.is_cut() || file.rows() == 0 || file.rows() % 50 == 0);
        seen.insert(file.rows());
        let read = words(&file, bytes, 2, 1_000).unwrap();
        assert!(read.iter().zip(0..).all(|(read, row)| *read == expected("time", row)));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 50, 100, 150]);
}

#[test]
fn what_is_not_read_is_said() {
    let error = |bytes: &[u8]| open(bytes).unwrap_err().to_string();
    assert!(error(b"").contains("columns"));
    assert!(error(b"ARROW1\0\0").contains("columns"));
    assert!(error(b"\xff\xff\xff\xff\x10\0\0\0<!doctype html><p").contains("message"));
    let empty = RecordBatch::try_from_iter([(
        "time",
        Arc::new(TimestampNanosecondArray::from(vec![0; 0])) as ArrayRef,
    )]);
    let bytes = as_file(&[empty.unwrap()]);
    assert_eq!(open(&bytes).unwrap().rows(), 0);
}

/// Reads all that a file seems to hold. Whether it was read.
fn survives(bytes: &[u8]) -> bool {
    let Ok(file) = open(bytes) else { return false };
    assert!(file.columns().len() <= bytes.len());
    for column in 0..file.columns().len() {
        let Some(rows) = file.window(0..u64::MAX, 5_000) else { continue };
        if file.columns()[column].column.is_none() {
            continue;
        }
        assert!(rows.count() <= 8 * bytes.len() as u64, "more rows than bits");
        if values(&file, bytes, column, &rows).is_err() || words(&file, bytes, column, 64).is_err() {
            return false;
        }
    }
    true
}

#[test]
fn ten_thousand_mutated_files_and_streams_do_no_harm() {
    let batches = [batch(0, 20), batch(20, 13)];
    for (seed, whole) in [as_file(&batches[..1]), as_stream(&batches)].into_iter().enumerate() {
        assert!(survives(&whole));
        let mut dice = Dice::new(0xA220 + seed as u64);
        let mut read = 0;
        for _ in 0..10_000 {
            let mut bytes = whole.clone();
            for _ in 0..=dice.below(4) {
                let at = dice.below(bytes.len());
                let telling = [0, 1, 0x7f, 0x80, 0xff, dice.below(256) as u8];
                bytes[at] = telling[dice.below(telling.len())];
            }
            if dice.below(10) == 0 {
                bytes.truncate(dice.below(bytes.len()));
            }
            read += usize::from(survives(&bytes));
        }
        assert!((500..9_900).contains(&read), "{read} of 10,000 were read: both ends are to be tried");
    }
}
