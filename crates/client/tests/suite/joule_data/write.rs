//! Writing: what is refused before it is sent, and what a node has when a connection breaks.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, Float64Array, Int16Array, RecordBatch, TimestampNanosecondArray};
use proptest::prelude::*;
use streamscope_client::joule::DataWriter;
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Method, Request};

use super::{KEY, joule};
use crate::suite::parameter;

/// A node with one stream of `int16_1` at `/s`, as it is written to.
#[derive(Clone, Default)]
struct Node {
    rows: Rc<RefCell<Vec<(i64, i16)>>>,
    /// Where intervals begin.
    breaks: Rc<RefCell<Vec<i64>>>,
}

/// What becomes of the request with this number: the node takes so many of its bytes, and then answers or does not.
type Fault = Box<dyn FnMut(usize) -> Option<(usize, Canned)>>;

impl Node {
    fn with_fault(&self, mut fault: Fault) -> MemoryTransport {
        let node = self.clone();
        let mut number = 0;
        MemoryTransport::new(move |request| {
            let path = request.url.strip_prefix("https://node.example/joule").unwrap();
            match (request.method, path.split('?').next().unwrap()) {
                (Method::Get, "/stream.json") => Canned::new(
                    200,
                    r#"{"id": 7, "name": "s", "datatype": "int16", "layout": "int16_1", "elements": [{"index": 0, "name": "n"}]}"#,
                ),
                (Method::Get, "/data") => node.read(request),
                (Method::Post, "/data") => {
                    number += 1;
                    match fault(number - 1) {
                        None => node.take(request, usize::MAX),
                        Some((bytes, answer)) => {
                            node.take(request, bytes);
                            answer
                        }
                    }
                }
                other => panic!("nothing was expected to send {other:?}"),
            }
        })
    }

    /// Takes so many bytes of a request; a row that is not whole is dropped, as nodes do.
    fn take(&self, request: &Request, bytes: usize) -> Canned {
        let body = request.body.as_deref().unwrap();
        let gap = parameter(request, "merge-gap").map_or(0, |gap| gap.parse::<i64>().unwrap());
        let mut rows = self.rows.borrow_mut();
        for (place, row) in body[..bytes.min(body.len())].chunks_exact(10).enumerate() {
            let time = i64::from_le_bytes(row[..8].try_into().unwrap());
            let value = i16::from_le_bytes(row[8..].try_into().unwrap());
            if rows.iter().any(|(known, _)| *known == time) {
                return Canned::new(400, "400: duplicate key value violates unique constraint");
            }
            let before = rows.last().map(|(time, _)| *time);
            if place == 0 && before.is_some_and(|before| before + 1 < time - gap || gap == 0) {
                self.breaks.borrow_mut().push(time);
            }
            rows.push((time, value));
        }
        Canned::new(200, "ok")
    }

    fn read(&self, request: &Request) -> Canned {
        let bound = |name: &str| parameter(request, name).unwrap().parse::<i64>().unwrap();
        let rows = self.rows.borrow();
        let inside = rows.iter().filter(|(time, _)| (bound("start")..bound("end")).contains(time));
        let body: Vec<u8> = inside
            .flat_map(|(time, value)| [&time.to_le_bytes()[..], &value.to_le_bytes()].concat())
            .collect();
        if body.is_empty() && !rows.is_empty() {
            return Canned::new(400, "this stream has no data");
        }
        Canned::new(200, body).header("joule-layout", "int16_1").header("joule-decimation", "1")
    }
}

fn frame_of(times: Vec<i64>, values: ArrayRef) -> RecordBatch {
    let times: ArrayRef = Arc::new(TimestampNanosecondArray::from(times).with_timezone("UTC"));
    RecordBatch::try_from_iter([("time", times), ("n", values)]).unwrap()
}

/// Rows 1 ms apart, numbered from `first`.
fn frame(first: i64, rows: i64) -> RecordBatch {
    let times = (first..first + rows).map(|row| row * 1_000_000).collect();
    frame_of(times, Arc::new((first..first + rows).map(|row| Some(row as i16)).collect::<Int16Array>()))
}

fn numbered(rows: i64) -> Vec<(i64, i16)> {
    (1..=rows).map(|row| (row * 1000, row as i16)).collect()
}

fn writer(transport: &MemoryTransport) -> DataWriter {
    transport.run(joule(transport).data_write("/s")).unwrap().unwrap()
}

#[test]
fn rows_arrive_in_their_intervals() {
    let node = Node::default();
    let transport = node.with_fault(Box::new(|_| None));
    let written = transport.run(async {
        let mut writer = joule(&transport).data_write("/s").await?;
        writer.write(&frame(1, 5)).await?;
        writer.write(&frame(6, 5)).await?;
        writer.close_interval().await?;
        writer.close_interval().await?;
        writer.write(&frame(11, 3)).await?;
        assert_eq!(writer.rows(), 10, "the last three wait");
        writer.finish().await
    });
    assert_eq!(written, Some(Ok(13)));
    assert_eq!(*node.rows.borrow(), numbered(13));
    assert_eq!(*node.breaks.borrow(), [11_000]);
}

#[test]
fn long_writes_go_in_blocks_that_stay_one_interval() {
    let node = Node::default();
    let transport = node.with_fault(Box::new(|_| None));
    let rows = 30_000;
    // Values wrap around; only their number and order matter here. The model looks through all rows for each.
    let written = transport.run(async {
        let mut writer = joule(&transport).data_write("/s").await?;
        for part in 0..10 {
            writer.write(&frame(1 + part * rows / 10, rows / 10)).await?;
        }
        writer.finish().await
    });
    assert_eq!(written, Some(Ok(rows as u64)));
    assert!(node.breaks.borrow().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_is_lost_or_doubled_when_connections_break(
        blocks in prop::collection::vec(1_i64..30, 1..5),
        cuts in prop::collection::vec((any::<bool>(), 0_usize..300), 0..3),
        close in any::<bool>(),
    ) {
        let node = Node::default();
        let transport = node.with_fault(Box::new(move |number| match cuts.get(number) {
            Some(&(true, bytes)) => Some((bytes, Canned::failure("connection reset"))),
            _ => None,
        }));
        let total: i64 = blocks.iter().sum();
        let written = transport.run(async {
            let mut writer = joule(&transport).data_write("/s").await?;
            let mut first = 1;
            for rows in &blocks {
                writer.write(&frame(first, *rows)).await?;
                first += rows;
                if close {
                    writer.close_interval().await?;
                }
            }
            writer.finish().await
        });
        prop_assert_eq!(written, Some(Ok(total as u64)));
        prop_assert_eq!(&*node.rows.borrow(), &numbered(total));
        let breaks: Vec<i64> = match close {
            true => blocks.iter().scan(1, |row, rows| { *row += rows; Some(*row * 1000) }).collect(),
            false => Vec::new(),
        };
        prop_assert_eq!(&*node.breaks.borrow(), &breaks[..breaks.len().saturating_sub(1)]);
    }
}

#[test]
fn an_error_says_exactly_how_many_rows_the_node_has() {
    let node = Node::default();
    let transport = node.with_fault(Box::new(|number| match number {
        0 => None,
        1 => Some((45, Canned::new(400, "400: Invalid values in new data"))),
        _ => panic!("a refusal is not repeated"),
    }));
    let mut writer = writer(&transport);
    let error: Error = transport
        .run(async {
            writer.write(&frame(1, 10)).await?;
            writer.close_interval().await?;
            writer.write(&frame(11, 10)).await?;
            writer.close_interval().await
        })
        .unwrap()
        .unwrap_err();
    assert_eq!((error.kind, error.rows), (ErrorKind::Refused, Some(14)));
    assert!(error.message.contains("has the first 14 rows"), "{error}");
    assert_eq!(node.rows.borrow().len(), 14);
    assert!(!format!("{error:?}").contains(KEY));
    assert_eq!(transport.run(writer.write(&frame(30, 1))).unwrap(), Err(error), "it has ended");
}

#[test]
fn an_error_names_the_last_row_that_the_node_has_of_a_closed_interval_too() {
    let node = Node::default();
    let refusal = || Canned::new(400, "400: Invalid values in new data");
    let transport = node.with_fault(Box::new(move |number| (number > 0).then(|| (0, refusal()))));
    let mut writer = writer(&transport);
    let error: Error = transport
        .run(async {
            writer.write(&frame(1, 10)).await?;
            writer.close_interval().await?;
            writer.write(&frame(11, 10)).await?;
            writer.finish().await
        })
        .unwrap()
        .unwrap_err();
    assert_eq!((error.rows, error.covered_to), (Some(10), Some(10_000_000)));
}

#[test]
fn a_node_that_never_answers_is_given_up() {
    let node = Node::default();
    let transport = node.with_fault(Box::new(|_| Some((0, Canned::failure("connection refused")))));
    let mut writer = writer(&transport);
    transport.run(writer.write(&frame(1, 4))).unwrap().unwrap();
    let error = transport.run(writer.finish()).unwrap().unwrap_err();
    assert_eq!((error.kind, error.rows), (ErrorKind::Network, Some(0)));
}

#[test]
fn a_web_page_is_no_receipt() {
    let node = Node::default();
    let page = "<!doctype html><title>Sign in to the network</title>";
    let transport = node.with_fault(Box::new(move |_| Some((0, Canned::new(200, page)))));
    let mut writer = writer(&transport);
    transport.run(writer.write(&frame(1, 4))).unwrap().unwrap();
    let error = transport.run(writer.finish()).unwrap().unwrap_err();
    assert_eq!((error.kind, error.rows), (ErrorKind::Protocol, Some(0)));
    assert!(error.message.contains("web page"), "{error}");
}

#[test]
fn rows_that_a_node_would_spoil_are_refused_before_anything_is_sent() {
    let transport = Node::default().with_fault(Box::new(|_| panic!("nothing may be sent")));
    let mut writer = writer(&transport);
    let shorts = |values: Vec<i16>| Arc::new(Int16Array::from(values)) as ArrayRef;
    let nulls = Arc::new(Int16Array::from(vec![Some(1), None])) as ArrayRef;
    let cases = [
        (
            frame_of(vec![1000, 1000], shorts(vec![1, 2])),
            "Row 1: the time 1000 ns is not after the one before",
        ),
        (frame_of(vec![2000, 1000], shorts(vec![1, 2])), "not after the one before"),
        (frame_of(vec![1001], shorts(vec![1])), "no whole microsecond"),
        (frame_of(vec![-1000, 0], shorts(vec![1, 0])), "means the end of an interval"),
        (frame_of(vec![1000, 2000], nulls), "`n` has nulls"),
        (frame_of(vec![1000], Arc::new(Float64Array::from(vec![1.0]))), "`n` is Float64"),
        (frame_of(vec![1000], shorts(vec![1])).project(&[0]).unwrap(), "has 1 columns"),
        (frame_of(vec![1000], shorts(vec![1])).project(&[1, 0]).unwrap(), "first column is not a time"),
    ];
    for (frame, words) in cases {
        let error = transport.run(writer.write(&frame)).unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput);
        assert!(error.message.contains(words), "{error}");
    }
    // The writer goes on, and remembers the last row that it took.
    transport.run(writer.write(&frame(5, 2))).unwrap().unwrap();
    let error = transport.run(writer.write(&frame(6, 1))).unwrap().unwrap_err();
    assert!(error.message.contains("Row 0"), "{error}");
}

#[test]
fn nan_is_refused_and_infinity_is_not() {
    let stream = r#"{"id": 7, "name": "s", "datatype": "float32", "layout": "float32_1", "elements": []}"#;
    let transport = MemoryTransport::new(move |request| match request.method {
        Method::Get => Canned::new(200, stream),
        _ => Canned::new(200, "ok"),
    });
    let mut writer = writer(&transport);
    let floats = |values: Vec<f32>| frame_of(vec![1000, 2000], Arc::new(Float32Array::from(values)));
    let error = transport.run(writer.write(&floats(vec![1.0, f32::NAN]))).unwrap().unwrap_err();
    assert!(error.message.contains("Row 1: `n` is NaN"), "{error}");
    transport.run(writer.write(&floats(vec![f32::INFINITY, 0.1]))).unwrap().unwrap();
    assert_eq!(transport.run(writer.finish()).unwrap(), Ok(2));
}
