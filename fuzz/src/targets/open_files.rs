//! A file from a disk, of a format that is known by its first bytes or its name: an error, or the same rows in order of
//! time whether all of them are asked for or a part.

use std::rc::Rc;

use futures_util::{FutureExt, TryStreamExt};
use streamscope_client::file::Files;
use streamscope_client::{Ask, Disk, MemoryDisk, Source, StreamInfo, TimeRange};
use streamscope_frame::{RecordBatch, times};

use crate::input::Input;

/// Streams that are read.
const STREAMS: usize = 4;
const ALWAYS: TimeRange = TimeRange { start: i64::MIN, end: i64::MAX };

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let name = ["night.edf", "table.csv"][usize::from(input.choice & 1)];
    let disk: Rc<dyn Disk> = Rc::new(MemoryDisk::new(name, input.body.to_vec()));
    let files = Files::new([disk]);
    let Ok(streams) = now(files.streams(name).try_concat()) else { return };
    for stream in streams.iter().take(STREAMS) {
        let (all, whole) = read(&files, stream, ALWAYS);
        assert!(all.is_sorted(), "rows come in order of time");
        let Some(span) = stream.span().filter(|_| whole && !all.is_empty()) else { continue };
        let length = span.end.saturating_sub(span.start) / 256;
        let start = span.start.saturating_add(length.saturating_mul(input.cut.into()));
        let part = TimeRange { start, end: start.saturating_add(length.saturating_mul(input.choice.into())) };
        let known: Vec<_> = all.into_iter().filter(|time| (part.start..part.end).contains(time)).collect();
        assert_eq!(read(&files, stream, part), (known, true), "a part is what the whole has there");
    }
    let _ = now(files.events(name, ALWAYS));
}

/// What needs no waiting: memory answers at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory answers at once")
}

/// The times of a range, and whether the read came to its end.
fn read(files: &Files, stream: &StreamInfo, range: TimeRange) -> (Vec<i64>, bool) {
    let mut read = files.read(&Ask::of(stream, range)).expect("a stream that is listed can be asked for");
    let mut found = Vec::new();
    loop {
        match now(read.next_batch()) {
            Ok(Some(batch)) => found.extend(times_of(&batch.rows)),
            Ok(None) => return (found, true),
            Err(_) => return (found, false),
        }
    }
}

fn times_of(rows: &RecordBatch) -> Vec<i64> {
    times(rows).expect("every row has a time").to_vec()
}
