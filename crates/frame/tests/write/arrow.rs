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
