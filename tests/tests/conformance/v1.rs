//! The V1 Stream API, read by the last official client that has it and by ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use streamscope_client::rune::Rune;
use streamscope_client::rune::v1::{Accessor, Cell, CsvPages, JsonPages, Parameters, Point, Resource};
use streamscope_sandbox::testing::{TestOptions, TestServer};

use crate::connect;

/// Rows a page: the series take several.
const PAGE: u64 = 3000;
/// Rows a page at which events and spans take several, too.
const SHORT_PAGE: u64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn our_v1_answers_are_the_official_clients() {
    let server = TestServer::start(TestOptions::default().page_rows(PAGE)).await.unwrap();
    let calls = official(server.url(), &[]);
    let rune = connect(server.url());
    let mut compared = std::collections::BTreeSet::new();
    let mut most_pages = 0;
    for call in &calls {
        let text = |name: &str| call[name].as_str().unwrap();
        let resource = Resource::ALL.into_iter().find(|known| known.name() == text("resource")).unwrap();
        let accessor = rune.v1(resource, Parameters::new());
        let own = parameters(&call["parameters"]);
        let (method, answer) = (text("method"), &call["answer"]);
        let what = format!("{} {method} {own:?}", resource.name());
        match method {
            "json" => same(&json_pages(accessor.json(&own).unwrap()).await, answer, &what),
            "json_availability" => {
                same(&json_pages(accessor.json_availability(&own).unwrap()).await, answer, &what)
            }
            "csv" => {
                let pages = csv_pages(accessor.csv(&own).unwrap()).await;
                most_pages = most_pages.max(pages.as_array().unwrap().len());
                same(&pages, answer, &what);
                frames_hold_every_row(&accessor, &own, &pages, &what).await;
            }
            "csv_availability" => {
                same(&csv_pages(accessor.csv_availability(&own).unwrap()).await, answer, &what)
            }
            "points" => points(&accessor, &own, answer, &what).await,
            "error" => errors(&rune, &own, answer).await,
            other => panic!("no comparison is written for the method `{other}`"),
        }
        compared.insert((resource.name(), method));
    }
    assert!(most_pages > 5, "the longest read has {most_pages} pages");
    for resource in Resource::ALL {
        let methods = ["json", "json_availability", "csv", "csv_availability", "points"];
        let expected = if resource.has_csv() { &methods[..] } else { &methods[..1] };
        for method in expected {
            assert!(
                compared.contains(&(resource.name(), *method)),
                "{} was not asked: {method}",
                resource.name()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_spans_are_followed_over_pages() {
    let server = TestServer::start(TestOptions::default().page_rows(SHORT_PAGE)).await.unwrap();
    let calls = official(server.url(), &["event", "span"]);
    let rune = connect(server.url());
    for (name, resource) in [("event", Resource::Event), ("span", Resource::Span)] {
        let mut most_pages = 0;
        for call in calls.iter().filter(|call| call["resource"] == name) {
            let pages = rune.v1(resource, parameters(&call["parameters"])).json(&Parameters::new()).unwrap();
            let pages = json_pages(pages).await;
            most_pages = most_pages.max(pages.as_array().unwrap().len());
            same(&pages, &call["answer"], name);
        }
        assert!(most_pages >= 3, "{name}: {most_pages} pages at the most");
    }
}

/// What the official client read; of `only` these resources, if any are named.
fn official(url: &str, only: &[&str]) -> Vec<Value> {
    let python = std::env::var_os("STREAMSCOPE_PYTHON_V1").expect(
        "STREAMSCOPE_PYTHON_V1 is not set: run `cargo xtask test`, or set it to a Python that has what \
         tests/conformance/requirements-v1.txt names",
    );
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("rune_v1_official{}", only.concat()));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/rune_v1_official.py");
    let run = Command::new(&python)
        .arg(script)
        .arg(url)
        .arg(&out)
        .args(only)
        .output()
        .expect("Python cannot be started");
    assert!(run.status.success(), "the official client failed:\n{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&std::fs::read(out.join("v1.json")).unwrap()).unwrap()
}

fn parameters(given: &Value) -> Parameters {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    given.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn same(ours: &Value, answer: &Value, what: &str) {
    // Not assert_eq: the pages are long.
    assert!(ours == answer, "{what} differs");
}

async fn json_pages(mut pages: JsonPages) -> Value {
    let mut all = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        all.push(page);
    }
    json!(all)
}

async fn csv_pages(mut pages: CsvPages) -> Value {
    let mut all = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        all.push(page);
    }
    json!(all)
}

async fn frames_hold_every_row(accessor: &Accessor, own: &Parameters, pages: &Value, what: &str) {
    let lines = |page: &Value| page.as_str().unwrap().lines().count() - 1;
    let expected: usize = pages.as_array().unwrap().iter().map(lines).sum();
    let (mut rows, mut found) = (accessor.rows(own).unwrap(), 0);
    while let Some(frame) = rows.next_frame().await.unwrap() {
        found += frame.num_rows();
    }
    assert_eq!(found, expected, "{what}");
}

async fn points(accessor: &Accessor, own: &Parameters, answer: &Value, what: &str) {
    let answer = answer.as_array().unwrap();
    let (mut points, mut ours): (_, Vec<Point>) = (accessor.points(own).unwrap(), Vec::new());
    while let Some(page) = points.next_page().await.unwrap() {
        ours.extend(page);
    }
    // The official client stopped early where there are very many.
    assert!(ours.len() == answer.len() || (ours.len() > answer.len() && answer.len() == 20_000), "{what}");
    for (ours, answer) in ours.iter().zip(answer) {
        let cells = ours.cells.iter().map(|(name, cell)| json!([name, plain(cell)]));
        assert_eq!(&Value::Array(cells.collect()), answer, "{what}");
        assert!(ours.surplus.is_empty());
    }
}

fn plain(cell: &Cell) -> Value {
    match cell {
        Cell::Number(number) if number.is_infinite() => json!({ "number": number.to_string() }),
        Cell::Number(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Missing => Value::Null,
    }
}

async fn errors(rune: &Rune, own: &Parameters, answer: &Value) {
    let accessor = rune.v1(Resource::Accel, own.clone());
    let in_csv = accessor.csv(&Parameters::new()).unwrap().next_page().await.unwrap_err();
    let in_json = accessor.json(&Parameters::new()).unwrap().next_page().await.unwrap_err();
    let answer = answer.as_array().unwrap();
    assert_eq!(answer.len(), 2);
    for (ours, theirs) in [in_csv, in_json].iter().zip(answer) {
        assert_eq!(json!(ours.status), theirs["status"]);
        assert!(
            ours.server_message.as_deref().unwrap().contains(theirs["message"].as_str().unwrap()),
            "{ours}"
        );
    }
}
