//! What each fault makes of an answer.

use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use super::kinds::{Fault, Often, Place};
use super::proxy::{Answer, Asked, Spoiler, Spoilt, Step, Verdict, whole};

/// How the rows of a body are laid out.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// Where each row lies.
    pub(super) rows: fn(&Answer) -> Vec<Range<usize>>,
    /// What no reader takes for a row.
    pub(super) junk: &'static [u8],
    /// What may follow the rows and is none.
    pub(super) filler: &'static [u8],
    /// Whether rows are handed out before their answer is whole.
    pub(super) flows: bool,
    /// Makes a page name the one that was asked for as its next, under the name of this number.
    pub(super) chain: fn(&Asked, &mut Answer, usize),
    /// Takes that name out of a request again.
    pub(super) unchain: fn(&mut Asked),
}

impl Form {
    /// A document without rows, and without pages.
    pub(super) const DOCUMENT: Self = Self {
        rows: |_| Vec::new(),
        junk: b"",
        filler: b" ",
        flows: false,
        chain: |_, _, _| {},
        unchain: |_| {},
    };

    fn middle(self, answer: &Answer) -> Middle {
        let rows = (self.rows)(answer);
        let number = rows.len() / 2;
        match rows.get(number) {
            Some(row) => {
                Middle { number, row: row.clone(), earlier: rows.get(number.wrapping_sub(2)).cloned() }
            }
            None => Middle { number: 0, row: answer.body.len() / 2..answer.body.len(), earlier: None },
        }
    }
}

/// The row in the middle of a body.
struct Middle {
    /// Rows before it.
    number: usize,
    row: Range<usize>,
    /// The last but one before it.
    earlier: Option<Range<usize>>,
}

/// Of a read in shards, whose answers come in any order.
#[derive(Clone, Copy)]
pub(super) struct Begins {
    /// When the rows of an answer begin at the earliest, ns.
    pub(super) of: fn(&Asked) -> Option<i64>,
    /// Answers that begin before are not picked, ns.
    pub(super) from: i64,
}

/// Which answers are spoilt, and how.
pub(super) struct Plan {
    pub(super) fault: Fault,
    pub(super) often: Often,
    pub(super) picks: fn(&Asked) -> bool,
    /// The first answer that is spoilt, of those picked: 1 is the first.
    pub(super) from: usize,
    pub(super) form: Form,
    /// Bytes of the body after which an answer is spoilt that never ends.
    pub(super) live: Option<usize>,
    pub(super) begins: Option<Begins>,
    pub(super) seen: Mutex<Seen>,
}

/// What a plan has met.
#[derive(Default)]
pub(super) struct Seen {
    asked: usize,
    /// Answers that were spoilt.
    pub(super) spoilt: usize,
    /// Rows of the answers before the first that was spoilt, and of that one before the fault.
    pub(super) good: usize,
    /// The earliest beginning of an answer that was spoilt, ns.
    pub(super) begins: Option<i64>,
    last: Option<Answer>,
}

impl Plan {
    fn begins(&self, asked: &Asked) -> Option<i64> {
        self.begins.and_then(|begins| (begins.of)(asked))
    }

    fn is_picked(&self, asked: &Asked) -> bool {
        let is_late = |begins: Begins| (begins.of)(asked).is_some_and(|time| time >= begins.from);
        let has_body = !matches!(self.fault, Fault::Upload(_)) || !asked.body.is_empty();
        self.begins.is_none_or(is_late) && (self.picks)(asked) && has_body
    }

    fn is_due(&self, number: usize) -> bool {
        number >= self.from
            && match self.often {
                Often::Times(times) => number < self.from + times,
                Often::Always => true,
            }
    }

    /// The answer without the server, where the fault needs none.
    fn instead(&self) -> Option<Spoilt> {
        match self.fault {
            Fault::Silence => Some(Spoilt { head: None, length: None, steps: vec![Step::Hang] }),
            Fault::Status(status, after) => {
                let mut head =
                    Answer::own(status, "application/json", "{\"error\":{\"message\":\"on purpose\"}}");
                after.into_iter().for_each(|after| head.set("retry-after", after));
                Some(whole(head))
            }
            Fault::Page => {
                let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>…</body></html>";
                Some(whole(Answer::own(200, "text/html", page)))
            }
            Fault::Redirect => {
                let mut head = Answer::own(302, "text/plain", "");
                head.set("location", "http://elsewhere.invalid/");
                Some(whole(head))
            }
            _ => None,
        }
    }

    fn pass(&self, answer: Answer) -> Spoilt {
        let body = answer.body.clone();
        let length = self.live.is_none().then_some(body.len());
        Spoilt { head: Some(answer), length, steps: vec![Step::Bytes(body), Step::Rest] }
    }

    /// The body up to a place, and then this.
    fn until(&self, answer: Answer, place: usize, then: Step) -> Spoilt {
        let start = Step::Bytes(answer.body.get(..place).unwrap_or_default().to_vec());
        // The pause lets what was sent reach the reader: an error at once would take it back.
        let steps = vec![start, Step::Pause(Duration::from_millis(5)), then];
        Spoilt { length: Some(answer.body.len() + 1), head: Some(answer), steps }
    }

    fn edited(&self, asked: &Asked, number: usize, mut answer: Answer, middle: Middle) -> Spoilt {
        let Middle { row, earlier, .. } = middle;
        match (self.fault, earlier) {
            (Fault::Malformed, _) if self.form.junk.is_empty() => {
                answer.body.pop();
                answer.body.extend(b"]");
            }
            (Fault::Malformed, _) => drop(answer.body.splice(row, self.form.junk.iter().copied())),
            (Fault::Back, Some(earlier)) => {
                let earlier = answer.body[earlier].to_vec();
                drop(answer.body.splice(row, earlier));
            }
            (Fault::Empty, _) => {
                let rows = (self.form.rows)(&answer);
                if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
                    answer.body.drain(first.start..last.end);
                }
                (self.form.chain)(asked, &mut answer, number);
            }
            (Fault::Typed, _) => answer.set("content-type", "text/html"),
            (Fault::Packed, _) => answer.set("content-encoding", "gzip"),
            _ => {}
        }
        self.pass(answer)
    }
}

impl Spoiler for Plan {
    fn judge(&self, asked: &mut Asked) -> (Verdict, usize) {
        if self.fault == Fault::Nameless || !self.is_picked(asked) {
            return (Verdict::Pass, 0);
        }
        (self.form.unchain)(asked);
        let mut seen = self.seen.lock().unwrap();
        seen.asked += 1;
        let number = seen.asked;
        let due = self.is_due(number);
        if due {
            seen.spoilt += 1;
            // Whoever is offline loses the answers before that, too.
            let begins = self.begins(asked).filter(|_| self.fault != Fault::Offline);
            seen.begins = seen.begins.into_iter().chain(begins).min();
        }
        let verdict = match (self.instead().filter(|_| due), self.fault) {
            (Some(spoilt), _) => Verdict::Instead(spoilt),
            (None, Fault::Upload(midway)) if due => Verdict::Half(midway),
            // Only the answers before the fault are counted, where they have an order.
            _ if !due && (number > self.from || self.live.is_some() || self.begins.is_some()) => {
                Verdict::Pass
            }
            _ => Verdict::Spoil(self.live.unwrap_or(usize::MAX)),
        };
        (verdict, number)
    }

    fn spoil(&self, asked: &Asked, number: usize, answer: Answer) -> Spoilt {
        let middle = self.form.middle(&answer);
        let mut seen = self.seen.lock().unwrap();
        if !self.is_due(number) {
            seen.good += (self.form.rows)(&answer).len();
            seen.last = Some(answer.clone());
            return self.pass(answer);
        }
        let inside = (middle.row.start + middle.row.end) / 2;
        if seen.spoilt == 1 && self.begins.is_none() && self.form.flows {
            let is_behind =
                matches!(self.fault, Fault::Endless) || self.fault == Fault::Repeated && seen.last.is_none();
            seen.good += match is_behind {
                true => (self.form.rows)(&answer).len(),
                false if self.is_inside() => middle.number,
                false => 0,
            };
        }
        match self.fault {
            Fault::Cut(Place::Start) => self.until(answer, 0, Step::Bytes(Vec::new())),
            Fault::Cut(Place::InRow) => self.until(answer, inside, Step::Bytes(Vec::new())),
            Fault::Cut(Place::Between) => self.until(answer, middle.row.start, Step::Bytes(Vec::new())),
            Fault::Cut(Place::LastByte) => {
                let place = answer.body.len().saturating_sub(1);
                self.until(answer, place, Step::Bytes(Vec::new()))
            }
            Fault::Short => {
                let spoilt = self.until(answer, inside, Step::Bytes(Vec::new()));
                Spoilt { length: Some(inside), ..spoilt }
            }
            Fault::Pause => {
                let rest = Step::Bytes(answer.body.get(inside..).unwrap_or_default().to_vec());
                let mut spoilt = self.until(answer, inside, Step::Pause(Duration::from_millis(50)));
                spoilt.length = spoilt.length.map(|length| length - 1).filter(|_| self.live.is_none());
                spoilt.steps.extend([rest, Step::Rest]);
                spoilt
            }
            Fault::Stall => self.until(answer, inside, Step::Hang),
            Fault::Offline => self.until(answer, inside, Step::Offline),
            Fault::Endless => {
                let filler = self.form.filler.repeat((1 << 16) / self.form.filler.len());
                let whole = answer.body.len();
                let spoilt = self.until(answer, whole, Step::Endless(filler));
                Spoilt { length: None, ..spoilt }
            }
            Fault::Drops => {
                let body = answer.body.clone();
                let (drops, rest) = body.split_at(body.len().min(4096));
                let steps = vec![Step::Drops(drops.to_vec()), Step::Bytes(rest.to_vec()), Step::Rest];
                Spoilt { steps, ..self.pass(answer) }
            }
            Fault::Repeated => {
                let again = seen.last.clone();
                self.pass(again.unwrap_or_else(|| {
                    let rows = (self.form.rows)(&answer);
                    let twice = rows.first().zip(rows.last()).map(|(first, last)| first.start..last.end);
                    let twice = answer.body[twice.unwrap_or_default()].to_vec();
                    Answer { body: [answer.body.as_slice(), &twice].concat(), ..answer.clone() }
                }))
            }
            _ => self.edited(asked, number, answer, middle),
        }
    }
}

impl Plan {
    /// Whether a request goes to a name that is gone.
    pub(super) fn loses_name(&self, asked: &Asked) -> bool {
        let mut seen = self.seen.lock().unwrap();
        let picked = self.is_picked(asked);
        seen.asked += usize::from(picked);
        let lost = seen.spoilt > 0 || (picked && seen.asked >= self.from);
        seen.spoilt += usize::from(lost);
        lost
    }

    /// Whether the fault lies behind the first half of a body, which is good.
    fn is_inside(&self) -> bool {
        matches!(
            self.fault,
            Fault::Cut(Place::InRow | Place::Between | Place::LastByte)
                | Fault::Short
                | Fault::Stall
                | Fault::Malformed
                | Fault::Back
                | Fault::Offline
        )
    }
}
