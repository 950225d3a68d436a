//! Arrow IPC out, read back by Arrow's own reader.

use arrow_ipc::reader::StreamReader;
use streamscope_frame::{ArrowWriter, ColumnType, CsvParser, PushParser, RecordBatch, TimeFormat};

use crate::csv::options;
use crate::support::rows;

/// Two frames with different dictionaries.
fn frames() -> Vec<RecordBatch> {
    let columns = [
        ("time", ColumnType::Time),
        ("x", ColumnType::Float),
        ("s", ColumnType::Text),
        ("j", ColumnType::Json),
    ];
    let mut parser = CsvParser::new(options(&columns, TimeFormat::UnixNs));
    let mut frames = Vec::new();
    for piece in ["time,x,s,j\n1,0.5,a,{}\n2,,b,\n", "3,1.5,c,[]\n4,nan,,{}\n"] {
        parser.push(piece.as_bytes()).unwrap();
        frames.extend(parser.take());
    }
    frames
}

#[test]
fn frames_and_metadata_read_back() {
    let frames = frames();
    let metadata: std::collections::HashMap<_, _> =
        [("streamscope:zone".to_string(), "Europe/Paris".to_string())].into();
    let schema = frames[0].schema().as_ref().clone().with_metadata(metadata);
    let (mut writer, mut out) = (ArrowWriter::new(&schema).unwrap(), Vec::new());
    let mut lengths = Vec::new();
    for frame in &frames {
        writer.write(frame, &mut out).unwrap();
        lengths.push(out.len());
    }
    writer.finish(&mut out).unwrap();
    assert!(lengths[0] > 0 && lengths[1] > lengths[0], "each frame gives bytes at once");
    let reader = StreamReader::try_new(&out[..], None).unwrap();
    assert_eq!(*reader.schema(), schema);
    let read: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(read.iter().map(rows).collect::<Vec<_>>(), frames.iter().map(rows).collect::<Vec<_>>());
}

#[test]
fn a_stream_without_frames_still_has_its_schema() {
    let schema = frames()[0].schema();
    let mut out = Vec::new();
    ArrowWriter::new(&schema).unwrap().finish(&mut out).unwrap();
    let reader = StreamReader::try_new(&out[..], None).unwrap();
    assert_eq!((reader.schema(), reader.count()), (schema, 0));
}

/// Every type, with nulls.
fn every_type() -> RecordBatch {
    let columns = [
        ("time", ColumnType::Time),
        ("x", ColumnType::Float),
        ("n", ColumnType::Int),
        ("flag", ColumnType::Bool),
        ("s", ColumnType::Text),
        ("j", ColumnType::Json),
        ("x32", ColumnType::Float32),
        ("n32", ColumnType::Int32),
        ("n16", ColumnType::Int16),
    ];
    let mut body = String::from("time,x,n,flag,s,j,x32,n32,n16\n");
    for row in 0..200 {
        let cells = match row % 7 {
            3 => ",,,,,,,".to_string(),
            _ => {
                format!("{row}.5,{},{},t{},[{row}],{row}.1,-{row},{row}", row * 3, row % 3 == 0, row % 5)
            }
        };
        body.push_str(&format!("{row},{cells}\n"));
    }
    let mut parser = CsvParser::new(options(&columns, TimeFormat::UnixNs));
    parser.push(body.as_bytes()).unwrap();
    parser.finish().unwrap();
    parser.take().unwrap()
}

fn written(frames: &[RecordBatch]) -> Vec<u8> {
    let (mut writer, mut out) = (ArrowWriter::new(&frames[0].schema()).unwrap(), Vec::new());
    frames.iter().for_each(|frame| writer.write(frame, &mut out).unwrap());
    writer.finish(&mut out).unwrap();
    out
}

#[test]
fn any_slice_reads_back() {
    let frame = every_type();
    for start in [0, 1, 3, 7, 8, 9, 63, 64, 65, 199, 200] {
        for length in [0, 1, 2, 8, 17, 64, 200] {
            let slice = frame.slice(start, length.min(200 - start));
            let bytes = written(&[slice.clone(), slice.clone()]);
            let read: Vec<_> = StreamReader::try_new(&bytes[..], None).unwrap().map(Result::unwrap).collect();
            assert_eq!(read.len(), 2);
            read.iter().for_each(|read| assert_eq!(rows(read), rows(&slice), "{length} from {start}"));
        }
    }
}

#[test]
fn a_dictionary_that_stays_is_written_once() {
    let frame = every_type();
    let slices: Vec<_> = (0..4).map(|quarter| frame.slice(quarter * 50, 50)).collect();
    let texts = b"t0t1t2t4t3";
    let bytes = written(&slices);
    assert_eq!(bytes.windows(texts.len()).filter(|part| part == texts).count(), 1);
}

#[test]
fn a_frame_of_other_columns_is_refused_and_leaves_nothing() {
    let (frame, mut out) = (every_type(), Vec::new());
    let mut writer = ArrowWriter::new(&frame.schema()).unwrap();
    let fewer = frame.project(&[0, 1]).unwrap();
    assert!(writer.write(&fewer, &mut out).unwrap_err().to_string().contains("there are 2, not 9"));
    let others = frame.project(&[0, 2, 1, 3, 4, 5, 6, 7, 8]).unwrap();
    assert!(writer.write(&others, &mut out).unwrap_err().to_string().contains("`n` is Int64, not Float64"));
    assert!(out.is_empty());
}
