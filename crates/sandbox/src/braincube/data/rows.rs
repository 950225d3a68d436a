//! Which rows are answered, and the answer's bytes: column after column, made while they are read, so that a million rows
//! of twenty variables are never whole in memory.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::braincube::catalogue::{Base, Order, Variable};
use crate::braincube::filter::Filter;

/// Cells in a piece of a body.
const PIECE_CELLS: usize = 8192;

/// Rows in the order they are answered in.
pub(super) enum Rows {
    /// The first so many, as they lie.
    First(usize),
    /// These.
    Some(Vec<u32>),
}

impl Rows {
    /// The rows of a base that fulfil a filter, in the order of a variable; rows that lack it come last.
    ///
    /// A base's rows lie in the order of its own order variable, also where a clock that was set back shows the same
    /// time twice.
    pub(super) fn select(base: &Base, order: &Variable, filter: Option<&Filter<'_>>) -> Self {
        let lies_so = match base.order {
            Order::Reference(id) | Order::Other(id) => id == order.id,
            Order::Unsaid => false,
        };
        if lies_so && filter.is_none() {
            return Self::First(base.rows as usize);
        }
        let all = 0..base.rows as u32;
        let holds = |row: &u32| filter.is_none_or(|filter| filter.holds(u64::from(*row)));
        let mut rows: Vec<u32> = all.filter(holds).collect();
        if !lies_so && let Some(signal) = &order.signal {
            let compare = |one: &u32, other: &u32| {
                let (one, other) = (signal(u64::from(*one)), signal(u64::from(*other)));
                match (one.value(order.kind()), other.value(order.kind())) {
                    (Some(one), Some(other)) => one.compare(&other).unwrap_or(Ordering::Equal),
                    (one, other) => one.is_none().cmp(&other.is_none()),
                }
            };
            rows.sort_by(compare);
        }
        Self::Some(rows)
    }

    fn len(&self) -> usize {
        match self {
            Self::First(rows) => *rows,
            Self::Some(rows) => rows.len(),
        }
    }

    fn get(&self, place: usize) -> u64 {
        match self {
            Self::First(_) => place as u64,
            Self::Some(rows) => rows.get(place).map_or(0, |row| u64::from(*row)),
        }
    }
}

/// The pieces of an answer's body.
pub(super) struct Columns {
    base: Arc<Base>,
    /// Places of the columns among the base's variables.
    columns: std::vec::IntoIter<usize>,
    rows: Rows,
    /// The column under way, and how many of its cells are written.
    current: Option<(usize, usize)>,
    /// What has been written so far.
    written: Written,
}

#[derive(PartialEq, Eq)]
enum Written {
    Nothing,
    /// The head, and maybe columns.
    Head,
    Column,
    All,
}

impl Columns {
    pub(super) fn new(base: Arc<Base>, columns: Vec<usize>, rows: Rows) -> Self {
        Self { base, columns: columns.into_iter(), rows, current: None, written: Written::Nothing }
    }

    /// Begins the next column, or ends the body.
    fn begin(&mut self, out: &mut Vec<u8>) {
        let next = self.columns.next().and_then(|place| Some((place, self.base.variables.get(place)?)));
        let Some((place, variable)) = next else {
            out.extend_from_slice(b"]}");
            self.written = Written::All;
            return;
        };
        if self.written == Written::Column {
            out.push(b',');
        }
        self.written = Written::Column;
        let (id, type_name) =
            (Json::from(self.base.variable_id(variable.id)), Json::from(variable.type_name));
        out.extend_from_slice(format!("{{\"id\":{id},\"type\":{type_name}").as_bytes());
        if variable.signal.is_some() {
            out.extend_from_slice(b",\"data\":[");
            self.current = Some((place, 0));
        } else {
            out.push(b'}');
        }
    }

    /// Writes the next cells of the column under way.
    fn go_on(&mut self, place: usize, from: usize, out: &mut Vec<u8>) {
        let until = (from + PIECE_CELLS).min(self.rows.len());
        if let Some(signal) = self.base.variables.get(place).and_then(|variable| variable.signal.as_ref()) {
            for row in from..until {
                if row > 0 {
                    out.push(b',');
                }
                signal(self.rows.get(row)).write(out);
            }
        }
        self.current = Some((place, until));
        if until == self.rows.len() {
            out.extend_from_slice(b"]}");
            self.current = None;
        }
    }
}

impl Iterator for Columns {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        if self.written == Written::Nothing {
            out.extend_from_slice(
                format!("{{\"resultLength\":{},\"datadefs\":[", self.rows.len()).as_bytes(),
            );
            self.written = Written::Head;
        }
        while out.len() < PIECE_CELLS && self.written != Written::All {
            match self.current {
                Some((place, written)) => self.go_on(place, written, &mut out),
                None => self.begin(&mut out),
            }
        }
        (!out.is_empty()).then_some(out)
    }
}
