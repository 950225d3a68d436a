//! Which stretches of time hold data, asked of the server in pieces and remembered.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use streamscope_client::{Source, StreamInfo, TimeRange, aggregates};
use streamscope_signal::{BatchOperation, SECOND};

use super::tasks::Tasks;

/// Windows asked for in one request: a month and a half of hours.
const WINDOWS_A_REQUEST: i64 = 1024;

/// Requests under way at once.
const AT_ONCE: usize = 4;

/// What is known of a window of time. Of several streams in one window, the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WindowState {
    /// It was asked for, and there are none.
    Empty,
    /// Nobody asked yet, or the answer is on its way.
    NotAsked,
    /// The server was asked and gave no answer.
    Failed,
    /// Data lie in it.
    Data,
}

/// What is asked: of which streams, joined how, at which resolution.
#[derive(Debug, Clone)]
pub struct Question {
    /// The streams.
    pub streams: Arc<[StreamInfo]>,
    /// Whether all streams must have data, or any one of them.
    pub all: bool,
    /// Length of a window, s: from 300 to 86,400.
    pub resolution_s: u32,
}

impl Question {
    /// Whether one stream has data.
    pub fn one(stream: &StreamInfo, resolution_s: u32) -> Self {
        Self { streams: Arc::new([stream.clone()]), all: false, resolution_s }
    }

    /// What tells questions apart.
    fn key(&self) -> (u32, bool, impl Iterator<Item = &str>) {
        (self.resolution_s, self.all, self.streams.iter().map(|stream| stream.id.as_str()))
    }

    /// Length of a request, ns.
    fn piece(&self) -> i64 {
        i64::from(self.resolution_s.max(1)) * SECOND * WINDOWS_A_REQUEST
    }

    /// Numbers of the pieces that a range touches.
    fn pieces(&self, range: TimeRange) -> std::ops::Range<i64> {
        let first = range.start.div_euclid(self.piece());
        let after = (range.end - 1).div_euclid(self.piece()) + 1;
        first..after.max(first)
    }
}

impl Ord for Question {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((resolution, all, ids), (other_resolution, other_all, other_ids)) = (self.key(), other.key());
        (resolution, all).cmp(&(other_resolution, other_all)).then_with(|| ids.cmp(other_ids))
    }
}

impl PartialOrd for Question {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Question {}

enum Piece {
    Asked,
    Known(Vec<bool>),
    Failed(String),
}

/// Answers so far. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Coverage {
    inner: Rc<Inner>,
}

struct Inner {
    pieces: RefCell<BTreeMap<(Question, i64), Piece>>,
    queue: RefCell<VecDeque<(Question, i64)>>,
    under_way: RefCell<usize>,
    tasks: Tasks,
    version: ArcRwSignal<u64>,
}

impl Default for Coverage {
    fn default() -> Self {
        let inner = Inner {
            pieces: RefCell::default(),
            queue: RefCell::default(),
            under_way: RefCell::default(),
            tasks: Tasks::default(),
            version: ArcRwSignal::new(0),
        };
        Self { inner: Rc::new(inner) }
    }
}

impl Coverage {
    /// Notes that the caller depends on the answers.
    pub fn track(&self) {
        self.inner.version.track();
    }

    /// Makes sure that a range is asked for.
    pub fn want(&self, source: &Rc<dyn Source>, question: &Question, range: TimeRange) {
        if question.streams.is_empty() || range.end <= range.start {
            return;
        }
        for piece in question.pieces(range) {
            let key = (question.clone(), piece);
            if !self.inner.pieces.borrow().contains_key(&key) {
                self.inner.pieces.borrow_mut().insert(key.clone(), Piece::Asked);
                self.inner.queue.borrow_mut().push_back(key);
            }
        }
        while *self.inner.under_way.borrow() < AT_ONCE && self.ask_next(source) {}
    }

    /// Ends every question that is under way, and asks no more.
    pub(super) fn end(&self) {
        self.inner.queue.borrow_mut().clear();
        self.inner.tasks.stop();
    }

    /// Asks again for what failed.
    pub fn retry(&self, source: &Rc<dyn Source>, question: &Question, range: TimeRange) {
        for piece in question.pieces(range) {
            let key = (question.clone(), piece);
            let failed = matches!(self.inner.pieces.borrow().get(&key), Some(Piece::Failed(_)));
            if failed {
                self.inner.pieces.borrow_mut().remove(&key);
            }
        }
        self.want(source, question, range);
    }

    /// What is known of the window that holds an instant.
    pub fn state(&self, question: &Question, time: i64) -> WindowState {
        let piece = time.div_euclid(question.piece());
        let window = time.rem_euclid(question.piece()) / (i64::from(question.resolution_s.max(1)) * SECOND);
        match self.inner.pieces.borrow().get(&(question.clone(), piece)) {
            None | Some(Piece::Asked) => WindowState::NotAsked,
            Some(Piece::Failed(_)) => WindowState::Failed,
            Some(Piece::Known(windows)) => match windows.get(window as usize) {
                Some(true) => WindowState::Data,
                _ => WindowState::Empty,
            },
        }
    }

    /// States of the windows of a range, in time order, each with its start.
    pub fn states(&self, question: &Question, range: TimeRange) -> Vec<(i64, WindowState)> {
        let window = i64::from(question.resolution_s.max(1)) * SECOND;
        let pieces = self.inner.pieces.borrow();
        let mut states = Vec::new();
        for piece in question.pieces(range) {
            let held = pieces.get(&(question.clone(), piece));
            let start = piece * question.piece();
            let first = (range.start - start).max(0) / window;
            let after = ((range.end - start).min(question.piece()) + window - 1) / window;
            states.extend((first..after).map(|index| {
                let state = match held {
                    None | Some(Piece::Asked) => WindowState::NotAsked,
                    Some(Piece::Failed(_)) => WindowState::Failed,
                    Some(Piece::Known(windows)) if windows.get(index as usize) == Some(&true) => {
                        WindowState::Data
                    }
                    Some(Piece::Known(_)) => WindowState::Empty,
                };
                (start + index * window, state)
            }));
        }
        states
    }

    /// Why a piece of the range has no answer, when one failed.
    pub fn failure(&self, question: &Question, range: TimeRange) -> Option<String> {
        let pieces = self.inner.pieces.borrow();
        question.pieces(range).find_map(|piece| match pieces.get(&(question.clone(), piece)) {
            Some(Piece::Failed(message)) => Some(message.clone()),
            _ => None,
        })
    }

    fn ask_next(&self, source: &Rc<dyn Source>) -> bool {
        let Some((question, piece)) = self.inner.queue.borrow_mut().pop_front() else { return false };
        *self.inner.under_way.borrow_mut() += 1;
        let (coverage, source) = (self.clone(), source.clone());
        self.inner.tasks.spawn(async move {
            let range = TimeRange { start: piece * question.piece(), end: (piece + 1) * question.piece() };
            let operation = if question.all { BatchOperation::All } else { BatchOperation::Any };
            let answer = aggregates(source.as_ref(), &question.streams);
            let answer =
                answer.availability(&question.streams, range, question.resolution_s, operation).await;
            let held = match answer {
                Ok(answer) => Piece::Known(aligned(&answer, range)),
                Err(error) => Piece::Failed(error.to_string()),
            };
            coverage.inner.pieces.borrow_mut().insert((question, piece), held);
            *coverage.inner.under_way.borrow_mut() -= 1;
            coverage.inner.version.update(|version| *version += 1);
            while *coverage.inner.under_way.borrow() < AT_ONCE && coverage.ask_next(&source) {}
        });
        true
    }
}

/// The answer as windows of the range that was asked: a server may answer with a longer or a shorter one.
fn aligned(answer: &streamscope_signal::Availability, range: TimeRange) -> Vec<bool> {
    let window = i64::from(answer.resolution_s.max(1)) * SECOND;
    let ahead = (range.start - answer.start).div_euclid(window);
    (0..WINDOWS_A_REQUEST)
        .map(|index| {
            usize::try_from(index + ahead).is_ok_and(|index| answer.available.get(index) == Some(&true))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use streamscope_signal::Availability;

    use super::*;

    #[test]
    fn a_range_is_asked_for_in_pieces_that_do_not_depend_on_it() {
        let question = Question::one(&StreamInfo::default(), 3600);
        let piece = question.piece();
        assert_eq!(question.pieces(TimeRange { start: 0, end: piece }), 0..1);
        assert_eq!(question.pieces(TimeRange { start: piece - 1, end: piece + 1 }), 0..2);
        assert_eq!(question.pieces(TimeRange { start: -1, end: 0 }), -1..0);
    }

    #[test]
    fn an_answer_that_begins_elsewhere_is_put_in_its_place() {
        let range = TimeRange { start: 10 * 300 * SECOND, end: 1034 * 300 * SECOND };
        let answer = |start: i64| Availability {
            start: start * 300 * SECOND,
            resolution_s: 300,
            available: vec![true, false, true],
        };
        assert_eq!(aligned(&answer(10), range)[..4], [true, false, true, false]);
        assert_eq!(aligned(&answer(12), range)[..5], [false, false, true, false, true]);
        assert_eq!(aligned(&answer(9), range)[..3], [false, true, false]);
        assert_eq!(aligned(&answer(10), range).len(), 1024);
    }
}
