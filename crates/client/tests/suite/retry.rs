use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_client::rune::Rune;
use streamscope_client::{
    Auth, Canned, Error, ErrorKind, Header, MemoryTransport, Request, Result, Step, Transport,
};

use super::{config, rune};

const USER: &str = r#"{"data":{"user":{"id":"user-1,user","displayName":"Ada"}}}"#;

/// Asks for the current user: the outcome, the requests made, and the seconds it took.
fn ask(answers: Vec<Canned>) -> (Result<String>, usize, f64) {
    let transport = MemoryTransport::queue(answers);
    let user = transport.run(rune(&transport).current_user()).unwrap();
    (user.map(|user| user.id), transport.requests().len(), transport.now_ms() / 1e3)
}

fn ok() -> Canned {
    Canned::new(200, USER)
}

#[test]
fn failures_that_pass_are_retried_with_growing_waits() {
    for status in [429, 500, 502, 503, 504] {
        let (user, requests, seconds) =
            ask(vec![Canned::new(status, "busy"), Canned::new(status, "busy"), ok()]);
        assert_eq!(user.unwrap(), "user-1,user", "{status}");
        assert_eq!(requests, 3);
        // 0.2 to 0.4 s, then 0.4 to 0.8 s.
        assert!((0.6..=1.2).contains(&seconds), "{seconds} s");
    }
    let (user, requests, _) = ask(vec![Canned::failure("refused"), ok()]);
    assert!(user.is_ok());
    assert_eq!(requests, 2);
}

#[test]
fn clients_that_failed_together_come_back_apart() {
    let wait = |late: u64| {
        let transport = MemoryTransport::queue([Canned::new(503, "busy"), ok()]);
        transport.run(transport.sleep(Duration::from_millis(late))).unwrap();
        let user = transport.run(rune(&transport).current_user()).unwrap();
        assert!(user.is_ok());
        (transport.now_ms() - late as f64) as u64
    };
    let waits: BTreeSet<u64> = (0..40).map(wait).collect();
    assert!(waits.iter().all(|ms| (200..=400).contains(ms)), "{waits:?}");
    assert!(waits.len() > 25, "{waits:?}");
}

#[test]
fn json_that_ends_too_early_is_asked_for_again() {
    let whole = r#"{"data":{"user":{"id":"user-1,user","displayName":"a \" ] } b"}}}"#;
    for cut in 0..whole.len() {
        let (user, requests, _) = ask(vec![Canned::new(200, &whole[..cut]), ok()]);
        assert_eq!((user.unwrap().as_str(), requests), ("user-1,user", 2), "cut at {cut}");
    }
    // Whole, however wrong: asking again would not help.
    for wrong in ["[]", "null", "]", "{}}", r#"{"data":{"user":{"id":5}}}"#, "<html>", "busy"] {
        let (user, requests, _) = ask(vec![Canned::new(200, wrong), ok()]);
        assert_eq!((user.unwrap_err().kind, requests), (ErrorKind::Protocol, 1), "{wrong}");
    }
    let (user, ..) = ask(vec![Canned::new(200, whole)]);
    assert!(user.is_ok());
}

#[test]
fn a_body_is_waited_for_as_long_as_its_pieces_come() {
    const SLOW: Duration = Duration::from_secs(50);
    let pieces = |rest: &[Step]| {
        let bytes = |text: &str| [Step::Wait(SLOW), Step::Bytes(text.into())];
        let steps = USER.split_inclusive(':').flat_map(bytes).chain(rest.iter().cloned());
        Canned::new(200, "").steps(steps.collect())
    };
    let (user, requests, seconds) = ask(vec![pieces(&[])]);
    assert_eq!((user.unwrap().as_str(), requests), ("user-1,user", 1));
    let slow = 50.0 * USER.split_inclusive(':').count() as f64;
    assert_eq!(seconds, slow);
    // Given up 90 s after the last piece, and asked for again.
    let (user, requests, seconds) = ask(vec![pieces(&[Step::Hang]), ok()]);
    assert_eq!((user.unwrap().as_str(), requests), ("user-1,user", 2));
    assert!((slow + 90.0..slow + 90.5).contains(&seconds), "{seconds} s");
}

#[test]
fn answers_are_bounded() {
    const MOST: usize = 64 << 20;
    let of_length = |length| {
        let mut body = USER.as_bytes().to_vec();
        body.resize(length, b' ');
        ask(vec![Canned::new(200, body), ok()])
    };
    let (user, requests, _) = of_length(MOST);
    assert_eq!((user.unwrap().as_str(), requests), ("user-1,user", 1));
    let (user, requests, _) = of_length(MOST + 1);
    let error = user.unwrap_err();
    assert_eq!((error.kind, requests), (ErrorKind::Protocol, 1));
    assert!(error.message.contains("longer than 64 MiB"), "{}", error.message);
}

#[test]
fn attempts_are_bounded() {
    let (user, requests, _) =
        ask(vec![Canned::new(503, r#"{"error":{"message":"down","type":"Outage"}}"#); 9]);
    let error = user.unwrap_err();
    assert_eq!((error.kind, error.status, requests), (ErrorKind::Server, Some(503), 4));
    assert_eq!(error.server_message.as_deref(), Some("down (Outage)"));
    let (user, requests, _) = ask(vec![]);
    let error = user.unwrap_err();
    assert_eq!((error.kind, requests), (ErrorKind::Network, 4));
    assert!(error.message.starts_with("No answer: "), "{error}");
}

#[test]
fn what_will_not_pass_is_not_retried() {
    let table = [
        (400, ErrorKind::Refused),
        (403, ErrorKind::Unauthorized),
        (404, ErrorKind::NotFound),
        (422, ErrorKind::Refused),
        (501, ErrorKind::Server),
        (302, ErrorKind::Protocol),
    ];
    for (status, kind) in table {
        let (user, requests, _) = ask(vec![Canned::new(status, ""), ok()]);
        let error = user.unwrap_err();
        assert_eq!((error.kind, error.status, requests), (kind, Some(status), 1), "{status}");
        assert!(
            error.message.contains(&status.to_string())
                && error.message.contains("POST https://graph.example/graphql")
        );
    }
}

#[test]
fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    let (user, _, seconds) = ask(vec![Canned::new(429, "").header("Retry-After", "7"), ok()]);
    assert!(user.is_ok());
    assert_eq!(seconds, 7.0);
    // The clock of the wall stands at 08:00:00.
    let date = "Fri, 01 Mar 2024 08:00:12 GMT";
    let (user, _, seconds) = ask(vec![Canned::new(503, "").header("retry-after", date), ok()]);
    assert!(user.is_ok());
    assert_eq!(seconds, 12.0);
    let past = "Fri, 01 Mar 2024 07:00:00 GMT";
    let (_, requests, seconds) = ask(vec![Canned::new(503, "").header("retry-after", past), ok()]);
    assert_eq!((requests, seconds), (2, 0.0));
    let (_, requests, seconds) = ask(vec![Canned::new(429, "").header("retry-after", "soon"), ok()]);
    assert!(requests == 2 && (0.2..=0.4).contains(&seconds));
}

#[test]
fn a_server_that_asks_for_too_long_is_not_waited_for() {
    let (user, requests, seconds) = ask(vec![Canned::new(429, "").header("Retry-After", "3600"), ok()]);
    let error = user.unwrap_err();
    assert_eq!((error.kind, requests, seconds), (ErrorKind::RateLimited, 1, 0.0));
    assert!(error.message.contains("try again in 3600 s"), "{error}");
    let (user, requests, seconds) = ask(vec![Canned::new(429, "").header("Retry-After", "60"), ok()]);
    assert_eq!((user.is_ok(), requests, seconds), (true, 2, 60.0), "as long as it waits at most");
    let far = ["86400", "99999999999", "99999999999999999999999999", "Fri, 01 Mar 2999 08:00:12 GMT"];
    for wait in far {
        let (user, requests, seconds) = ask(vec![Canned::new(503, "").header("Retry-After", wait), ok()]);
        let error = user.unwrap_err();
        assert_eq!((error.kind, requests, seconds), (ErrorKind::Server, 1, 0.0));
        assert!(error.message.ends_with("It asks to try again in a day or later."), "{error}");
    }
    // What is no number of seconds is not believed.
    for wait in ["-5", "1e9", "", "1 2"] {
        let (user, requests, _) = ask(vec![Canned::new(503, "").header("Retry-After", wait), ok()]);
        assert!(user.is_ok() && requests == 2, "{wait}");
    }
}

#[test]
fn silence_is_a_failure() {
    let hanging = || Canned::new(200, "").steps(vec![Step::Bytes(b"{".to_vec()), Step::Hang]);
    let (user, requests, seconds) = ask(vec![hanging(), ok()]);
    assert!(user.is_ok());
    assert_eq!(requests, 2);
    assert!((90.0..92.0).contains(&seconds), "{seconds}");
    let (user, ..) = ask(vec![Canned::new(200, USER).after(Duration::from_secs(1000)); 4]);
    let error = user.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network);
    assert!(error.message.contains("nothing arrived for 90 s"), "{error}");
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let broken =
        Canned::new(200, "").steps(vec![Step::Bytes(b"{\"da".to_vec()), Step::Break("reset".into())]);
    let (user, requests, _) = ask(vec![broken.clone(), ok()]);
    assert!(user.is_ok());
    assert_eq!(requests, 2);
    let (user, ..) = ask(vec![broken; 4]);
    let error = user.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Body);
    assert!(error.message.contains("reset"), "{error}");
}

#[test]
fn errors_are_read_whatever_their_form() {
    let long = "x".repeat(5000);
    let table = [
        (
            r#"{"success":false,"error":{"message":"no such stream","type":"NotFound"}}"#,
            "no such stream (NotFound)",
        ),
        (r#"{"error":"no such stream"}"#, "no such stream"),
        (r#"{"error":{"code":7}}"#, r#"{"code":7}"#),
        (r#"{"message":"odd"}"#, "odd"),
        (r#"{"errors":[{"message":"a"},{"message":"b"}]}"#, "a; b"),
        ("plain\n  words ", "plain words"),
        ("<html><head><title>Bad Gateway</title></head></html>", "Bad Gateway"),
        (&long, &format!("{}…", "x".repeat(300))),
    ];
    for (body, words) in table {
        let (user, ..) = ask(vec![Canned::new(400, body)]);
        let error = user.unwrap_err();
        assert_eq!(error.server_message.as_deref(), Some(words), "{body:.80}");
        assert!(error.message.contains(words.trim_end_matches('.')), "{error}");
    }
    for body in ["", "{}", "<html></html>"] {
        let (user, ..) = ask(vec![Canned::new(400, body)]);
        assert!(user.unwrap_err().server_message.is_none_or(|words| words == "{}"), "{body}");
    }
}

#[test]
fn error_bodies_are_read_up_to_a_bound() {
    let endless = vec![Step::Bytes(vec![b'x'; 1 << 20]); 100];
    let transport = MemoryTransport::queue([Canned::new(400, "").steps(endless)]);
    transport.run(rune(&transport).current_user()).unwrap().unwrap_err();
    let reads = transport.log().iter().filter(|event| event.starts_with("read")).count();
    assert_eq!(reads, 1);
}

struct Refreshing {
    token: Cell<u32>,
    can: bool,
}

impl Auth for Refreshing {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
        vec![("X-Rune-User-Access-Token".into(), format!("token-{}", self.token.get()))]
    }

    fn secrets(&self) -> Vec<String> {
        vec![format!("token-{}", self.token.get())]
    }

    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool, Error>> {
        assert_eq!(refused, [("X-Rune-User-Access-Token".into(), format!("token-{}", self.token.get()))]);
        async {
            self.token.set(self.token.get() + 1);
            Ok(self.can)
        }
        .boxed_local()
    }
}

fn with_refresh(answers: Vec<Canned>, can: bool) -> (Result<(), Error>, Vec<String>, u32) {
    let transport = MemoryTransport::queue(answers);
    let auth = Rc::new(Refreshing { token: Cell::new(0), can });
    let rune = Rune::with_auth(&config(), Rc::new(transport.clone()), auth.clone()).unwrap();
    let outcome = transport.run(rune.current_user()).unwrap().map(|_| ());
    let tokens = transport.requests().into_iter().map(|request| request.headers.last().unwrap().1.clone());
    (outcome, tokens.collect(), auth.token.get())
}

#[test]
fn credentials_are_refreshed_once() {
    let (outcome, tokens, _) = with_refresh(vec![Canned::new(401, ""), ok()], true);
    assert!(outcome.is_ok());
    assert_eq!(tokens, ["token-0", "token-1"]);
    let (outcome, tokens, refreshes) = with_refresh(vec![Canned::new(403, ""); 5], true);
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Unauthorized);
    assert_eq!((tokens.len(), refreshes), (2, 1));
    let (outcome, tokens, _) = with_refresh(vec![Canned::new(401, ""), ok()], false);
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::Unauthorized);
    assert_eq!(tokens.len(), 1);
    let (_, tokens, refreshes) = with_refresh(vec![Canned::new(404, ""), ok()], true);
    assert_eq!((tokens.len(), refreshes), (1, 0));
}

/// Signs what it sees, as platforms do that hash the request and the time into the signature.
struct Witness {
    signed: RefCell<Vec<(Request, f64)>>,
    refused: RefCell<Vec<Header>>,
}

impl Auth for Witness {
    fn sign(&self, request: &Request, unix_ms: f64) -> Vec<Header> {
        self.signed.borrow_mut().push((request.clone(), unix_ms));
        vec![("Signature".into(), format!("signature-{}", self.signed.borrow().len()))]
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool, Error>> {
        self.refused.borrow_mut().extend_from_slice(refused);
        async { Ok(true) }.boxed_local()
    }
}

#[test]
fn every_attempt_is_signed_anew_as_it_is_sent() {
    let answers = [Canned::new(503, "").header("Retry-After", "7"), Canned::new(401, ""), ok()];
    let transport = MemoryTransport::queue(answers);
    let auth = Rc::new(Witness { signed: RefCell::default(), refused: RefCell::default() });
    let rune = Rune::with_auth(&config(), Rc::new(transport.clone()), auth.clone()).unwrap();
    transport.run(rune.current_user()).unwrap().unwrap();
    let signed = auth.signed.take();
    for ((seen, _), (number, sent)) in signed.iter().zip((1..).zip(transport.requests())) {
        let mut complete = seen.clone();
        complete.headers.push(("Signature".into(), format!("signature-{number}")));
        assert!(complete == sent && sent.url == "https://graph.example/graphql" && sent.body.is_some());
    }
    let times: Vec<f64> = signed.iter().map(|(_, unix_ms)| unix_ms - signed[0].1).collect();
    assert_eq!(times, [0.0, 7000.0, 7000.0]);
    assert_eq!(auth.refused.take(), [("Signature".into(), "signature-2".into())]);
}

#[test]
fn what_may_have_happened_is_not_done_twice() {
    let broken = Canned::new(200, "").steps(vec![Step::Break("reset".into())]);
    for lost in [Canned::failure("reset"), Canned::new(503, ""), broken] {
        for (document, requests) in [("mutation { a { b } }", 1), ("{ a { b } }", 2)] {
            let transport = MemoryTransport::queue([lost.clone(), Canned::new(200, r#"{"data":{}}"#)]);
            let outcome = transport.run(rune(&transport).graphql(document, serde_json::json!({}))).unwrap();
            assert_eq!((transport.requests().len(), outcome.is_ok()), (requests, requests == 2));
        }
    }
    // A 429 and a 401 say that nothing has happened.
    let (transport, auth) = (
        MemoryTransport::queue([429, 401, 200].map(|status| Canned::new(status, r#"{"data":{}}"#))),
        Rc::new(Refreshing { token: Cell::new(0), can: true }),
    );
    let rune = Rune::with_auth(&config(), Rc::new(transport.clone()), auth).unwrap();
    transport.run(rune.graphql("mutation { a { b } }", serde_json::json!({}))).unwrap().unwrap();
    assert_eq!(transport.requests().len(), 3);
}
