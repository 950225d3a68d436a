//! Every fault meets every call of a platform, over real sockets, and what comes of it stands in a table:
//! `tests/faults/<platform>.md`. `tests/faults/README.md` says what its words mean.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use streamscope_client::{Error, Transport};

use super::fault::{Begins, Form, Plan};
use super::hurry::Hurried;
use super::kinds::{FAULTS, Fault, Often};
use super::outcome::{Outcome, Rows};
use super::proxy::{Asked, Proxy};

/// The columns of the tables.
const CALLS: [&str; 6] = ["list", "read", "long read", "live", "write", "aggregates"];
/// Faults that only a page meets; tests in a browser have them.
const OF_BROWSERS: [&str; 2] = ["a hidden header", "CORS refuses"];
/// Cells at a time.
const AT_ONCE: usize = 10;
/// Within this a cell ends, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);

/// Where a cell's call goes.
pub(super) struct Cell {
    /// The proxy's address, without a slash at the end.
    pub(super) url: String,
    /// The sandbox's own.
    pub(super) sandbox: String,
    pub(super) transport: Rc<dyn Transport>,
    /// A name that no other cell has.
    pub(super) name: String,
}

impl Cell {
    /// One without a proxy.
    pub(super) fn direct(sandbox: &str) -> Self {
        let url = sandbox.to_string();
        Self { sandbox: url.clone(), url, transport: Hurried::honest(), name: "direct".into() }
    }
}

/// A call, and which of its answers are spoilt.
pub(super) struct Call {
    /// The column of the table.
    pub(super) name: &'static str,
    pub(super) picks: fn(&Asked) -> bool,
    /// The first answer that is spoilt, of those picked.
    pub(super) from: usize,
    pub(super) form: Form,
    /// Bytes of the body after which an answer is spoilt that never ends.
    pub(super) live: Option<usize>,
    pub(super) begins: Option<Begins>,
    pub(super) run: Box<dyn Fn(Cell) -> LocalBoxFuture<'static, Outcome>>,
}

impl Call {
    /// A call whose first picked answer is spoilt.
    pub(super) fn new(
        name: &'static str,
        picks: fn(&Asked) -> bool,
        form: Form,
        run: impl Fn(Cell) -> LocalBoxFuture<'static, Outcome> + 'static,
    ) -> Self {
        Self { name, picks, from: 1, form, live: None, begins: None, run: Box::new(run) }
    }

    /// A call that gives rows, of which these are all.
    pub(super) fn of_rows(
        name: &'static str,
        picks: fn(&Asked) -> bool,
        form: Form,
        truth: Rows,
        ask: impl AsyncFn(Cell) -> (Rows, Option<Error>) + 'static,
    ) -> Self {
        let truth = Rc::new(truth);
        let outcome = move |got, error| Outcome::Rows { got, error, truth: truth.clone() };
        Self::of((name, picks, form), ask, outcome)
    }

    /// A call that gives items, of which these are all.
    pub(super) fn of_items(
        name: &'static str,
        picks: fn(&Asked) -> bool,
        form: Form,
        truth: Vec<String>,
        ask: impl AsyncFn(Cell) -> (Vec<String>, Option<Error>) + 'static,
    ) -> Self {
        let truth = Rc::new(truth);
        let outcome = move |got, error| Outcome::Items { got, error, truth: truth.clone() };
        Self::of((name, picks, form), ask, outcome)
    }

    fn of<T: 'static>(
        (name, picks, form): (&'static str, fn(&Asked) -> bool, Form),
        ask: impl AsyncFn(Cell) -> (T, Option<Error>) + 'static,
        outcome: impl Fn(T, Option<Error>) -> Outcome + 'static,
    ) -> Self {
        let both = Rc::new((ask, outcome));
        Self::new(name, picks, form, move |cell| {
            let both = both.clone();
            async move {
                let (ask, outcome) = both.as_ref();
                let (got, error) = ask(cell).await;
                outcome(got, error)
            }
            .boxed_local()
        })
    }

    /// What comes of a fault, in the words of the tables.
    async fn meet(&self, sandbox: &str, row: usize, (_, fault, often): (&str, Fault, Often)) -> String {
        let plan = Arc::new(Plan {
            fault,
            often,
            picks: self.picks,
            from: self.from,
            form: self.form,
            live: self.live,
            begins: self.begins,
            seen: Default::default(),
        });
        let proxy = Proxy::start(sandbox, plan.clone()).await;
        let name = format!("{}-{row}", self.name);
        let cell = Cell {
            url: proxy.url().into(),
            sandbox: sandbox.into(),
            transport: Hurried::planned(plan.clone()),
            name,
        };
        let Ok(outcome) = tokio::time::timeout(LONGEST, (self.run)(cell)).await else {
            return "WITHOUT END".into();
        };
        let seen = plan.seen.lock().unwrap();
        match seen.spoilt {
            0 => "THE FAULT NEVER CAME".into(),
            // Of answers that are under way side by side all are lost, and how far each has come is chance.
            _ if fault == Fault::Offline && self.begins.is_some() => {
                let words = outcome.words(0, None);
                words.replace(", 0 rows", ", some rows").replace(", rows before it", ", some rows")
            }
            _ => outcome.words(seen.good, seen.begins),
        }
    }
}

/// The table in a file: the cells of each fault, in the order of the columns.
pub(super) fn table(file: &str, columns: &[&str], faults: &[&str]) -> Vec<(String, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("faults/{file}.md"));
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let mut rows = lines.map(|line| {
        let mut cells = line.split(" | ").map(|cell| cell.trim().to_string());
        (cells.next().unwrap_or_default(), cells.collect::<Vec<_>>())
    });
    let (_, named) = rows.next().unwrap();
    assert_eq!(named, columns, "{file}.md has these columns, in this order");
    let rows: Vec<_> = rows.skip(1).collect();
    let named: Vec<&str> = rows.iter().map(|(fault, _)| fault.as_str()).collect();
    assert_eq!(named, faults, "{file}.md has these faults, in this order");
    assert!(rows.iter().all(|(_, cells)| cells.len() == columns.len()), "{file}.md has all cells");
    rows
}

/// Runs the cells of a table, and holds each against what it says.
pub(super) async fn check(platform: &str, sandbox: &str, calls: &[Call]) {
    let faults: Vec<&str> = FAULTS.iter().map(|(fault, ..)| *fault).chain(OF_BROWSERS).collect();
    let mut cells = Vec::new();
    for (row, (fault, words)) in table(platform, &CALLS, &faults).into_iter().enumerate() {
        for (name, expected) in CALLS.into_iter().zip(words) {
            if expected.starts_with("- ") || OF_BROWSERS.contains(&fault.as_str()) && expected == "browser" {
                continue;
            }
            assert!(row < FAULTS.len(), "{platform}.md, {fault}: only a page meets it");
            let call = calls.iter().find(|call| call.name == name);
            let call =
                call.unwrap_or_else(|| panic!("{platform}.md says what comes of {name}: it is no call"));
            cells.push((row, call, expected));
        }
    }
    assert!(!cells.is_empty());
    let met = stream::iter(cells).map(async |(row, call, expected)| {
        let got = call.meet(sandbox, row, FAULTS[row]).await;
        (got != expected)
            .then(|| format!("{} | {} | expected {expected} | got {got}", FAULTS[row].0, call.name))
    });
    let differ: Vec<String> = met.buffer_unordered(AT_ONCE).filter_map(async |cell| cell).collect().await;
    assert!(differ.is_empty(), "{platform}.md says otherwise:\n{}", differ.join("\n"));
}
