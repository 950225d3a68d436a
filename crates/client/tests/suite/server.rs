//! A small honest stream server to put faults in front of: pages, limits, ranges, tokens and availability as
//! documented.

use std::cell::RefCell;
use std::rc::Rc;

use streamscope_client::rune::{DataQuery, Dimension, layout};
use streamscope_client::{Canned, MemoryTransport, Read, Request};
use streamscope_signal::SECOND;

use super::{parameter, rune};

/// Rows of (time, value), in order of time.
pub(crate) type Rows = Vec<(i64, i64)>;

/// What a fault makes of an answer, knowing the request, its number, and the honest answer's text.
pub(crate) type Fault = Box<dyn FnMut(&Request, usize, &str, Canned) -> Canned>;

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) rows: Rows,
    pub(crate) page_rows: usize,
    /// Added to tokens, so that tokens of one chain are refused in the next.
    pub(crate) epoch: Rc<RefCell<usize>>,
}

impl Server {
    pub(crate) fn new(rows: Rows, page_rows: usize) -> Self {
        Self { rows, page_rows, epoch: Rc::default() }
    }

    /// The honest answer: its text, and the answer.
    pub(crate) fn answer(&self, request: &Request) -> (String, Canned) {
        if is_availability(request) {
            let text = self.availability(request);
            return (text.clone(), super::csv(&text));
        }
        let number = |name: &str| parameter(request, name).map(|value| value.parse::<i64>().unwrap());
        let start = number("start_time_ns").unwrap_or(i64::MIN);
        let end = number("end_time_ns").unwrap_or(i64::MAX);
        let limit = number("limit").unwrap_or(i64::MAX) as usize;
        let rows: Vec<_> =
            self.rows.iter().filter(|(time, _)| (start..end).contains(time)).take(limit).collect();
        let epoch = *self.epoch.borrow();
        let from = match parameter(request, "page_token") {
            None => 0,
            Some(token) => match token.split_once('/') {
                Some((made, place)) if made == epoch.to_string() => place.parse().unwrap(),
                _ => {
                    let error =
                        r#"{"success":false,"error":{"message":"expired","type":"InvalidPageToken"}}"#;
                    return (String::new(), Canned::new(400, error));
                }
            },
        };
        let to = (from + self.page_rows).min(rows.len());
        let mut text = String::from("time,value,measurement_duration_ns\n");
        for (time, value) in &rows[from..to] {
            text.push_str(&format!("{time},{value},20000000\n"));
        }
        let answer = super::csv(&text);
        let more = to < rows.len();
        let answer =
            if more { answer.header("X-Rune-Next-Page-Token", &format!("{epoch}/{to}")) } else { answer };
        (text, answer)
    }

    fn availability(&self, request: &Request) -> String {
        let number = |name: &str| parameter(request, name).unwrap().parse::<i64>().unwrap();
        let (start, end, resolution) = (number("start_time"), number("end_time"), number("resolution"));
        assert_eq!((start % resolution, end % resolution), (0, 0), "the client asks for whole windows");
        let mut text = String::from("time,availability\n");
        for window in (start..end).step_by(resolution as usize) {
            let (from, to) = (window * SECOND, (window + resolution) * SECOND);
            let first = self.rows.partition_point(|(time, _)| *time < from);
            let available = self.rows.get(first).is_some_and(|(time, _)| *time < to);
            text.push_str(&format!("{from},{}\n", available as u8));
        }
        text
    }

    /// A transport to this server, with a fault in between.
    pub(crate) fn with_fault(&self, mut fault: Fault) -> MemoryTransport {
        let server = self.clone();
        let mut number = 0;
        MemoryTransport::new(move |request| {
            let (text, honest) = server.answer(request);
            number += 1;
            fault(request, number - 1, &text, honest)
        })
    }

    pub(crate) fn transport(&self) -> MemoryTransport {
        self.with_fault(Box::new(|_, _, _, honest| honest))
    }
}

pub(crate) fn is_availability(request: &Request) -> bool {
    request.url.contains("/availability?")
}

pub(crate) fn dimension(id: &str, data_type: &str) -> Dimension {
    Dimension {
        id: id.into(),
        data_type: data_type.into(),
        quantity_name: "Count".into(),
        quantity_abbrev: "n".into(),
        unit_name: "Number".into(),
        unit_abbrev: "#".into(),
    }
}

pub(crate) fn dimensions() -> Vec<Dimension> {
    vec![dimension("time", "timestamp"), dimension("value", "sint")]
}

pub(crate) fn whole() -> DataQuery {
    DataQuery { stream_id: "s1".into(), ..DataQuery::default() }
}

pub(crate) fn read(transport: &MemoryTransport, query: &DataQuery) -> Box<dyn Read> {
    rune(transport).data(query, layout(&dimensions(), true)).unwrap()
}
