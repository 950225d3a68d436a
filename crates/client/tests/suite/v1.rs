//! The V1 Stream API: parameters, both ways of paging, the end of CSV, points and frames.

use std::future::Future;

use streamscope_client::rune::v1::{Accessor, Cell, Parameters, Resource};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Result};
use streamscope_frame::ColumnType;

use super::{csv, query, rune};

const TOKEN: &str = "X-Rune-Next-Page-Token";

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn accel(transport: &MemoryTransport) -> Accessor {
    rune(transport)
        .v1(Resource::Accel, parameters(&[("patient_id", "p"), ("device_id", "patient-p,device-d")]))
}

fn json(text: &str) -> Canned {
    Canned::new(200, text)
}

fn done<T>(transport: &MemoryTransport, call: impl Future<Output = Result<T>>) -> Result<T> {
    transport.run(call).expect("the call waits for nothing")
}

/// What the requests asked for besides the defaults.
fn asked(transport: &MemoryTransport) -> Vec<Vec<(String, String)>> {
    let own = |request| {
        let pairs = query(request).into_iter();
        pairs.filter(|(name, _)| !matches!(name.as_str(), "patient_id" | "device_id")).collect()
    };
    transport.requests().iter().map(own).collect()
}

fn pair(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.into(), value.into())]
}

async fn all_json(accessor: &Accessor, own: &Parameters) -> Result<Vec<serde_json::Value>> {
    let (mut pages, mut all) = (accessor.json(own)?, Vec::new());
    while let Some(page) = pages.next_page().await? {
        all.push(page);
    }
    Ok(all)
}

async fn all_csv(accessor: &Accessor, own: &Parameters) -> Result<Vec<String>> {
    let (mut pages, mut all) = (accessor.csv(own)?, Vec::new());
    while let Some(page) = pages.next_page().await? {
        all.push(page);
    }
    Ok(all)
}

#[test]
fn every_resource_has_its_path_and_its_expression() {
    for resource in Resource::ALL {
        let transport = MemoryTransport::queue([json(r#"{"success":true,"result":{}}"#), csv("")]);
        let accessor = rune(&transport).v1(resource, Parameters::new());
        let outcome = accessor.json_availability(&Parameters::new());
        assert_eq!(outcome.is_ok(), resource.availability().is_some(), "{resource:?}");
        let mut pages = accessor.json(&Parameters::new()).unwrap();
        done(&transport, pages.next_page()).unwrap();
        let url = format!("https://stream.example/v1/{}.json", resource.name());
        assert_eq!(transport.requests()[0].url, url);
        match accessor.csv_availability(&Parameters::new()) {
            Ok(mut pages) => {
                assert_eq!(done(&transport, pages.next_page()).unwrap(), None);
                let sent = query(&transport.requests()[1]);
                assert_eq!(sent, pair("expression", resource.availability().unwrap()));
            }
            Err(error) => assert_eq!((error.kind, resource.has_csv()), (ErrorKind::InvalidInput, false)),
        }
    }
}

#[test]
fn parameters_of_a_call_override_the_defaults() {
    let transport = MemoryTransport::queue(vec![json(r#"{"success":true,"result":{}}"#)]);
    let own = parameters(&[("device_id", "other"), ("start_time", "1.5")]);
    done(&transport, all_json(&accel(&transport), &own)).unwrap();
    let sent: Parameters = query(&transport.requests()[0]).into_iter().collect();
    assert_eq!(sent, parameters(&[("patient_id", "p"), ("device_id", "other"), ("start_time", "1.5")]));
    let odd = accel(&transport).json(&parameters(&[("a&b", "c")])).err().unwrap();
    assert_eq!(odd.kind, ErrorKind::InvalidInput);
}

#[test]
fn json_follows_tokens_and_numbers_and_tokens_win() {
    let transport = MemoryTransport::queue([
        json(r#"{"success":true,"result":{"a":1},"next_page":1}"#),
        json(r#"{"success":true,"result":{"a":2},"next_page":2}"#).header(TOKEN, "t="),
        json(r#"{"success":true,"result":{"a":3},"next_page":3}"#),
        json(r#"{"success":true,"result":{"a":4},"next_page":0}"#),
    ]);
    let pages = done(&transport, all_json(&accel(&transport), &Parameters::new())).unwrap();
    assert_eq!(serde_json::json!(pages), serde_json::json!([{"a":1},{"a":2},{"a":3},{"a":4}]));
    let expected = [vec![], pair("page", "1"), pair("next_page_token", "t="), pair("page", "3")];
    assert_eq!(asked(&transport), expected);
    // Spans know tokens only.
    let transport = MemoryTransport::queue([
        json(r#"{"success":true,"result":{},"next_page":1}"#).header(TOKEN, "t"),
        json(r#"{"success":true,"result":{},"next_page":2}"#),
    ]);
    let span = rune(&transport).v1(Resource::Span, Parameters::new());
    assert_eq!(done(&transport, all_json(&span, &Parameters::new())).unwrap().len(), 2);
}

#[test]
fn csv_ends_with_an_empty_body() {
    let page = |row: u32| csv(&format!("time,x\n{row},1\n"));
    let transport = MemoryTransport::queue([page(1), page(2), csv("")]);
    let pages = done(&transport, all_csv(&accel(&transport), &Parameters::new())).unwrap();
    assert_eq!(pages, ["time,x\n1,1\n", "time,x\n2,1\n"]);
    assert_eq!(asked(&transport), [vec![], pair("page", "1"), pair("page", "2")]);
    // Where the tokens end, the count of pages goes on.
    let transport =
        MemoryTransport::queue([page(1).header(TOKEN, "a"), page(2).header(TOKEN, "b"), page(3), csv("")]);
    assert_eq!(
        done(&transport, all_csv(&accel(&transport), &parameters(&[("page", "4")]))).unwrap().len(),
        3
    );
    let tokens = ["a", "b"].map(|token| pair("next_page_token", token));
    let [first, second] = tokens;
    assert_eq!(asked(&transport), [pair("page", "4"), first, second, pair("page", "7")]);
}

#[test]
fn errors_are_told_whatever_their_status() {
    let body = r#"{"success":false,"error":{"message":"no such patient","type":"NotFound"}}"#;
    for (status, kind) in [(404, ErrorKind::NotFound), (200, ErrorKind::Refused)] {
        let transport = MemoryTransport::queue(vec![Canned::new(status, body); 2]);
        let in_csv = done(&transport, all_csv(&accel(&transport), &Parameters::new())).unwrap_err();
        let in_json = done(&transport, all_json(&accel(&transport), &Parameters::new())).unwrap_err();
        for error in [in_csv, in_json] {
            assert_eq!(error.kind, kind, "{error}");
            assert_eq!(error.server_message.as_deref(), Some("no such patient (NotFound)"));
        }
    }
    for body in ["[]", "{}", "<html>", ""] {
        let transport = MemoryTransport::queue([json(body)]);
        let error = done(&transport, all_json(&accel(&transport), &Parameters::new())).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Protocol | ErrorKind::Body), "{body}: {error}");
    }
}

#[test]
fn a_page_that_fails_is_asked_for_again() {
    let transport = MemoryTransport::queue([
        csv("time,x\n1,1\n"),
        Canned::new(400, "not now"),
        csv("time,x\n2,1\n"),
        csv(""),
    ]);
    let mut pages = accel(&transport).csv(&Parameters::new()).unwrap();
    done(&transport, pages.next_page()).unwrap();
    assert_eq!(done(&transport, pages.next_page()).unwrap_err().kind, ErrorKind::Refused);
    assert_eq!(done(&transport, pages.next_page()).unwrap().as_deref(), Some("time,x\n2,1\n"));
    assert_eq!(done(&transport, pages.next_page()).unwrap(), None);
}

#[test]
fn servers_that_never_end_are_stopped() {
    let endless: [fn() -> Canned; 3] =
        [|| csv("time,x\n1,1\n"), || csv("time,x\n"), || csv("time,x\n1,1\n").header(TOKEN, "t")];
    for answer in endless {
        let transport = MemoryTransport::new(move |_| answer());
        let error = done(&transport, all_csv(&accel(&transport), &Parameters::new())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
    }
    let transport = MemoryTransport::new(|_| json(r#"{"success":true,"result":{},"next_page":1}"#));
    let error = done(&transport, all_json(&accel(&transport), &Parameters::new())).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
}

#[test]
fn points_are_numbers_texts_or_missing() {
    let body = "lower,higher,label\n1,2,ints\n3.5,-inf,\"a, \"\"b\"\"\"\r\n\n,8.9\n1,2,3,4,5\n";
    let transport = MemoryTransport::queue([csv(body), csv("")]);
    let mut points = accel(&transport).points(&Parameters::new()).unwrap();
    let page = done(&transport, points.next_page()).unwrap().unwrap();
    let cells: Vec<Vec<Cell>> =
        page.iter().map(|point| point.cells.iter().map(|(_, cell)| cell.clone()).collect()).collect();
    let (number, text) = (Cell::Number, |text: &str| Cell::Text(text.into()));
    assert_eq!(cells[0], [number(1.0), number(2.0), text("ints")]);
    assert_eq!(cells[1], [number(3.5), number(f64::NEG_INFINITY), text("a, \"b\"")]);
    assert_eq!(cells[2], [Cell::Missing, number(8.9), Cell::Missing]);
    assert_eq!(page[3].surplus, ["4", "5"]);
    assert_eq!(page[0].cells[2].0, "label");
    assert_eq!(done(&transport, points.next_page()).unwrap(), None);
}

#[test]
fn frames_have_the_columns_that_the_first_page_shows() {
    let transport = MemoryTransport::queue([
        csv("time,x,measurement_duration_ns,state\n"),
        csv("time,x,measurement_duration_ns,state\n1709280000.25,1,20,on\n"),
        csv("time,x,measurement_duration_ns,state\n1709280001.5,2.5,20,\n"),
        csv(""),
    ]);
    let mut rows = accel(&transport).rows(&Parameters::new()).unwrap();
    let first = done(&transport, rows.next_frame()).unwrap().unwrap();
    let kinds: Vec<_> = rows.layout().unwrap().columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [ColumnType::Time, ColumnType::Float, ColumnType::Int, ColumnType::Text]);
    assert_eq!(streamscope_frame::times(&first).unwrap(), [1_709_280_000_250_000_000]);
    let second = done(&transport, rows.next_frame()).unwrap().unwrap();
    assert_eq!(second.schema(), first.schema());
    assert!(done(&transport, rows.next_frame()).unwrap().is_none());

    let transport = MemoryTransport::queue([csv("time,x\n1,1\n"), csv("time,x\n2,two\n")]);
    let mut rows = accel(&transport).rows(&Parameters::new()).unwrap();
    done(&transport, rows.next_frame()).unwrap();
    let error = done(&transport, rows.next_frame()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Body);
    assert!(error.request.unwrap().contains("page=1"));
}
