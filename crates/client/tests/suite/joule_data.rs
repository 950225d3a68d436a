//! A node's data: read exactly once over whatever breaks, decimated without leaving a sample out.

mod envelope;
mod faults;
mod live;
mod manage;
pub(super) mod node;
mod read;
mod shards;
mod write;

use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float32Type;
use streamscope_client::joule::{Config, DataQuery, DataRead, Joule};
use streamscope_client::{Error, MemoryTransport, Read};
use streamscope_frame::{RecordBatch, times};

pub(super) const KEY: &str = "k3y-of-the-node-0123456789";

pub(in crate::suite) fn joule(transport: &MemoryTransport) -> Joule {
    let config = Config { url: "https://node.example/joule".into(), api_key: KEY.into() };
    Joule::new(&config, Rc::new(transport.clone())).unwrap()
}

/// Everything a read gave.
#[derive(Debug)]
pub(super) struct Got {
    /// Time (µs) and first value of each row, by interval.
    pub(super) intervals: Vec<Vec<(i64, f32)>>,
    pub(super) frames: Vec<RecordBatch>,
    pub(super) error: Option<Error>,
}

pub(super) fn open(transport: &MemoryTransport, query: &DataQuery) -> Result<DataRead, Error> {
    transport.run(joule(transport).data_read(query)).expect("the call waits for nothing")
}

pub(super) fn drain(transport: &MemoryTransport, read: &mut DataRead) -> Got {
    let mut got = Got { intervals: Vec::new(), frames: Vec::new(), error: None };
    loop {
        match transport.run(read.next_batch()).expect("the read waits for nothing") {
            Ok(Some(batch)) => {
                let frame = batch.rows;
                let micros = times(&frame).unwrap().iter().map(|ns| ns / 1000);
                let values = frame.column(1).as_primitive::<Float32Type>().values().iter().copied();
                let rows = micros.zip(values);
                match got.intervals.last_mut() {
                    Some(interval) if !batch.begins_interval => interval.extend(rows),
                    _ => got.intervals.push(rows.collect()),
                }
                got.frames.push(frame);
            }
            Ok(None) => return got,
            Err(error) => {
                got.error = Some(error);
                return got;
            }
        }
    }
}

pub(super) fn got(transport: &MemoryTransport, query: &DataQuery) -> Got {
    let mut read = open(transport, query).unwrap();
    drain(transport, &mut read)
}
