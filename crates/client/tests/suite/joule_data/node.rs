//! A small node with one stream of 32-bit floats, at `/s`: windows, tokens, decimation and their flaws as observed on a
//! real one, its endless repetition among them.

use std::rc::Rc;

use streamscope_client::{Canned, MemoryTransport, Request, Step};

use crate::suite::parameter;

/// Headers of an answer.
type Head = Vec<(&'static str, String)>;
/// What a fault makes of an answer to `/data`, knowing its number and its body.
pub(in crate::suite) type Fault = Box<dyn FnMut(usize, Vec<u8>) -> Canned>;

#[derive(Clone)]
pub(in crate::suite) struct Node {
    /// Rows of each interval: time (µs) and value.
    pub(in crate::suite) intervals: Rc<Vec<Vec<(i64, f32)>>>,
    pub(in crate::suite) decimate: bool,
    /// The gaps were taken away after the node had decimated.
    pub(in crate::suite) joined: bool,
    /// Elements of a row, all of one value; decimated rows are only made of one.
    pub(in crate::suite) elements: usize,
    /// Rows of a block; an interval that lacks one row to fill its last block is repeated without end.
    pub(in crate::suite) block: usize,
    /// Status and body of what is said instead of the intervals.
    pub(in crate::suite) withheld: Option<(u16, &'static str)>,
}

impl Node {
    pub(in crate::suite) fn new(intervals: Vec<Vec<(i64, f32)>>) -> Self {
        Self {
            intervals: Rc::new(intervals),
            decimate: true,
            joined: false,
            elements: 1,
            block: 50_000,
            withheld: None,
        }
    }

    /// Intervals of so many rows, 1 ms apart, 10 s between intervals.
    pub(in crate::suite) fn of_lengths(lengths: &[usize]) -> Self {
        let mut time = 1_700_000_000_000_000;
        let interval = |&rows: &usize| {
            let start = time;
            time += rows as i64 * 1000 + 10_000_000;
            (0..rows).map(|row| (start + row as i64 * 1000, (row * 7 % 1013) as f32 - 500.0)).collect()
        };
        Self::new(lengths.iter().map(interval).collect())
    }

    pub(in crate::suite) fn transport(&self) -> MemoryTransport {
        self.with_fault(Box::new(|_, body| Canned::new(200, body)))
    }

    pub(in crate::suite) fn with_fault(&self, mut fault: Fault) -> MemoryTransport {
        let node = self.clone();
        let mut number = 0;
        MemoryTransport::new(move |request| {
            assert!(request.headers.contains(&("X-API-KEY".into(), super::KEY.into())));
            let path = request.url.strip_prefix("https://node.example/joule").unwrap();
            let path = path.split('?').next().unwrap();
            match path {
                "/stream.json" => Canned::new(200, node.stream()),
                "/data/intervals.json" => match node.withheld {
                    Some((status, words)) => Canned::new(status, words),
                    None => Canned::new(200, node.intervals_json(request)),
                },
                "/data" => {
                    let Some((head, body)) = node.data(request) else {
                        return Canned::new(400, "this stream has no data");
                    };
                    number += 1;
                    let answer = fault(number - 1, body);
                    head.into_iter().fold(answer, |answer, (name, value)| answer.header(name, &value))
                }
                other => panic!("nothing was expected to ask for {other}"),
            }
        })
    }

    fn stream(&self) -> String {
        format!(
            r#"{{"id": 7, "name": "s", "description": null, "datatype": "float32", "layout": "float32_{}",
            "decimate": {}, "elements": [{{"index": 0, "name": "V", "units": "volt"}}]}}"#,
            self.elements, self.decimate
        )
    }

    fn window(request: &Request) -> (i64, i64) {
        let number = |name: &str| parameter(request, name).map(|value| value.parse::<i64>().unwrap());
        let (start, end) = (number("start").unwrap_or(i64::MIN), number("end").unwrap_or(i64::MAX));
        assert!(start < end, "a node refuses this window");
        (start, end)
    }

    fn inside(&self, (start, end): (i64, i64)) -> Vec<Vec<(i64, f32)>> {
        let cut = |rows: &Vec<(i64, f32)>| {
            rows.iter().copied().filter(|(time, _)| (start..end).contains(time)).collect::<Vec<_>>()
        };
        self.intervals.iter().map(cut).collect()
    }

    fn intervals_json(&self, request: &Request) -> String {
        let mut inside = self.inside(Self::window(request));
        if self.joined {
            inside = vec![inside.concat()];
        }
        let ends = inside.iter().filter_map(|rows| Some((rows.first()?.0, rows.last()?.0 + 1)));
        serde_json::to_string(&ends.collect::<Vec<_>>()).unwrap()
    }

    /// Head and body; `None` for a 400.
    fn data(&self, request: &Request) -> Option<(Head, Vec<u8>)> {
        let number = |name: &str| parameter(request, name).map(|value| value.parse::<usize>().unwrap());
        let window = Self::window(request);
        let count: usize = self.inside(window).iter().map(Vec::len).sum();
        let level = match (number("decimation-level"), number("max-rows")) {
            (Some(level), _) => level,
            (None, None) => 1,
            (None, Some(most)) => {
                let mut level = 1;
                while level < count.div_ceil(most) {
                    level *= 4;
                }
                level
            }
        };
        let head = |layout: &str| {
            vec![("joule-layout", layout.to_string()), ("joule-decimation", level.to_string())]
        };
        if count == 0 && !self.intervals.is_empty() && number("max-rows").is_none() && level == 1 {
            return None;
        }
        if level == 1 {
            let row = |&(time, value): &(i64, f32)| (time, vec![value; self.elements]);
            let rows = self.inside(window).iter().map(|rows| rows.iter().map(row).collect()).collect();
            let head = head(&format!("float32_{}", self.elements));
            return Some((head, self.body(rows, window, self.elements)));
        }
        let bins = match self.decimate && level.is_power_of_two() && level.ilog2() % 2 == 0 {
            true => self.intervals.iter().map(|rows| decimated(rows, level)).collect(),
            false => return Some((head("float32_3"), Vec::new())),
        };
        Some((head("float32_3"), self.body(bins, window, 3)))
    }

    /// Rows of all intervals whose end mark lies in the window, with the tokens between them.
    fn body(
        &self,
        intervals: Vec<Vec<(i64, Vec<f32>)>>,
        (start, end): (i64, i64),
        elements: usize,
    ) -> Vec<u8> {
        let token = vec![0; 8 + 4 * elements];
        let data_end = self.intervals.last().and_then(|rows| Some(rows.last()?.0 + 1)).unwrap_or(0);
        let mut body = Vec::new();
        for (rows, raw) in intervals.iter().zip(self.intervals.iter()) {
            let inside: Vec<_> = rows.iter().filter(|(time, _)| (start..end).contains(time)).collect();
            let bytes: Vec<u8> = inside
                .iter()
                .flat_map(|(time, values)| {
                    let cells = values.iter().flat_map(|value| value.to_le_bytes());
                    time.to_le_bytes().into_iter().chain(cells).collect::<Vec<_>>()
                })
                .collect();
            body.extend(&bytes);
            let mark = raw.last().map_or(0, |(time, _)| time + 1);
            if (start..end.min(data_end)).contains(&mark) && mark > start && !self.joined {
                body.extend(&token);
                if inside.len() % self.block == self.block - 1 {
                    // Again, and again: as many times as a test can bear.
                    (0..5).for_each(|_| body.extend([&bytes[..], &token].concat()));
                    return body;
                }
            }
        }
        body
    }
}

/// Bins of so many rows as a node makes them: level by level, four by four, leftovers dropped.
pub(in crate::suite) fn decimated(rows: &[(i64, f32)], level: usize) -> Vec<(i64, Vec<f32>)> {
    let mut bins: Vec<_> = rows.iter().map(|&(time, value)| (time, vec![value; 3])).collect();
    let mut reached = 1;
    while reached < level {
        bins = bins
            .chunks_exact(4)
            .map(|four| {
                let time = four.iter().map(|(time, _)| *time as f64).sum::<f64>() / 4.0;
                let figures = |at: usize| four.iter().map(move |(_, figures)| figures[at]);
                let mean = (figures(0).map(f64::from).sum::<f64>() / 4.0) as f32;
                let (min, max) =
                    (figures(1).fold(f32::INFINITY, f32::min), figures(2).fold(f32::NEG_INFINITY, f32::max));
                (time as i64, vec![mean, min, max])
            })
            .collect();
        reached *= 4;
    }
    bins
}

/// A body in pieces of this length.
pub(in crate::suite) fn pieces(body: &[u8], length: usize) -> Vec<Step> {
    body.chunks(length).map(|piece| Step::Bytes(piece.to_vec())).collect()
}
