//! The sandbox over HTTP, with faults and with files beside it.

use std::time::Duration;

use streamscope_sandbox::server::Server;
use streamscope_sandbox::testing::{Fault, TestOptions, TestServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::{sandbox, stream};

/// Sends one request and returns all bytes of the answer until the server ends the connection.
async fn raw(base: &str, target: &str) -> String {
    let address = base.trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).await.expect("a server");
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Rune-User-Access-Token: demo-jwt\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // A broken connection may end in an error: what came before it is the answer.
    let _ = connection.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn target() -> String {
    format!("/v2/streams/{}?limit=5000", stream(&sandbox(), "juniper", "Tremor probability"))
}

/// A server whose first answer goes wrong.
async fn once(fault: Fault) -> TestServer {
    let plan = move |attempt: streamscope_sandbox::testing::Attempt| match attempt.number {
        1 => fault.clone(),
        _ => Fault::None,
    };
    TestServer::start(TestOptions::default().faults(plan)).await.expect("a free port")
}

const WHOLE: &str = "\r\n0\r\n\r\n";

#[tokio::test]
async fn a_page_flows_over_http() {
    let server = TestServer::start(TestOptions::default().page_rows(1000)).await.expect("a free port");
    let answer = raw(server.url(), &target()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:.200}");
    assert!(answer.contains("x-rune-next-page-token: "));
    assert!(answer.contains("time,probability,measurement_duration_ns\n"));
    assert!(answer.ends_with(WHOLE));
    assert!(raw(server.url(), "/elsewhere").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn a_cut_body_lacks_its_end() {
    let server = once(Fault::Cut(1000)).await;
    let cut = raw(server.url(), &target()).await;
    assert!(cut.starts_with("HTTP/1.1 200") && !cut.ends_with(WHOLE));
    let sent = cut.split_once("time,probability").map_or(0, |(_, rest)| rest.len());
    assert!((900..1100).contains(&sent), "{sent} bytes came");
    assert!(raw(server.url(), &target()).await.ends_with(WHOLE), "the second attempt is whole");
}

#[tokio::test]
async fn a_truncated_body_looks_whole() {
    let server = once(Fault::Truncate(1000)).await;
    let answer = raw(server.url(), &target()).await;
    assert!(answer.contains("content-length: 1000\r\n"));
    assert_eq!(answer.split_once("\r\n\r\n").map(|(_, body)| body.len()), Some(1000));
}

#[tokio::test]
async fn another_status_may_say_when_to_come_back() {
    let server = once(Fault::Status(429, Some(2))).await;
    let answer = raw(server.url(), &target()).await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    assert!(answer.contains("retry-after: 2\r\n") && answer.contains("access-control-allow-origin: *"));
    assert!(answer.contains("\"success\":false"));
    let server = once(Fault::Status(500, None)).await;
    assert!(raw(server.url(), &target()).await.starts_with("HTTP/1.1 500"));
}

#[tokio::test]
async fn a_token_can_expire_at_will() {
    let plan = |attempt: streamscope_sandbox::testing::Attempt| match attempt.query.contains("page_token") {
        true if attempt.number == 1 => Fault::ExpireToken,
        _ => Fault::None,
    };
    let options = TestOptions::default().page_rows(1000).faults(plan);
    let server = TestServer::start(options).await.expect("a free port");
    let first = raw(server.url(), &target()).await;
    let token =
        first.lines().find_map(|line| line.strip_prefix("x-rune-next-page-token: ")).expect("a token");
    let next = format!("{}&page_token={}", target(), crate::fixture::encoded(token));
    let refused = raw(server.url(), &next).await;
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("expired"), "{refused}");
    assert!(raw(server.url(), &next).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_may_never_come_or_never_end() {
    for fault in [Fault::Hang, Fault::Stall(1000)] {
        let server = once(fault.clone()).await;
        let answer = tokio::time::timeout(Duration::from_millis(300), raw(server.url(), &target())).await;
        assert!(answer.is_err(), "{fault:?}");
    }
}

/// Begins a write in chunks to the demo's stream without rows (float32_1).
async fn writing(base: &str) -> TcpStream {
    let address = base.trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).await.expect("a server");
    let head = format!(
        "POST /joule/data?path=/site+A/lab/spare HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         X-API-KEY: demo-joule-key\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.expect("sent");
    connection
}

/// Sends a chunk of rows, `cut` bytes of the last one missing.
async fn send_rows(connection: &mut TcpStream, times: &[i64], cut: usize) {
    let rows: Vec<u8> =
        times.iter().flat_map(|time| [&time.to_le_bytes()[..], &1f32.to_le_bytes()].concat()).collect();
    let rows = &rows[..rows.len() - cut];
    let chunk = [format!("{:x}\r\n", rows.len()).as_bytes(), rows, b"\r\n"].concat();
    connection.write_all(&chunk).await.expect("sent");
}

/// Asks for something of that stream until the answer holds what is wanted.
async fn until(base: &str, path: &str, wanted: &str) {
    let address = base.trim_start_matches("http://");
    let mut answer = String::new();
    for _ in 0..100 {
        let mut connection = TcpStream::connect(address).await.expect("a server");
        let request = format!(
            "GET /joule/{path}?path=/site+A/lab/spare HTTP/1.1\r\nHost: {address}\r\n\
             Connection: close\r\nX-API-KEY: demo-joule-key\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await.expect("sent");
        answer.clear();
        connection.read_to_string(&mut answer).await.expect("an answer");
        if answer.contains(wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(answer.contains(wanted), "never {wanted}: {answer}");
}

#[tokio::test]
async fn rows_are_stored_while_they_come_and_stay_when_the_connection_breaks() {
    let server = TestServer::start(TestOptions::default()).await.expect("a free port");
    let mut writer = writing(server.url()).await;
    send_rows(&mut writer, &[10, 20, 30], 5).await;
    until(server.url(), "data/intervals.json", "[[10,21]]").await;
    until(server.url(), "stream.json", "\"is_destination\":true").await;
    drop(writer);
    // The stream is free again, and the next write begins an interval.
    until(server.url(), "stream.json", "\"is_destination\":false").await;
    let mut writer = writing(server.url()).await;
    send_rows(&mut writer, &[40], 0).await;
    until(server.url(), "data/intervals.json", "[[10,21],[40,41]]").await;
    // What is refused is told to somebody who has not finished.
    send_rows(&mut writer, &[40], 0).await;
    let mut answer = String::new();
    writer.read_to_string(&mut answer).await.expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.contains("access-control-allow-origin: *"),
        "{answer}"
    );
    assert!(answer.contains("400: Non-monotonic timestamps in new data"), "{answer}");
}

#[tokio::test]
async fn files_are_served_beside_the_sandbox() {
    let directory = std::env::temp_dir().join(format!("streamscope-site-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    for name in ["index.html", "app.js", "app.css", "app_bg.wasm"] {
        std::fs::write(directory.join(name), name).expect("a file");
    }
    let server = Server::new(std::sync::Arc::new(sandbox())).with_site(directory.clone());
    let listener = Server::bind(0).await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(listener, async { drop(stopped.await) }));
    let cases = [
        ("/", "text/html"),
        ("/app.js", "text/javascript"),
        ("/app.css", "text/css"),
        ("/app_bg.wasm", "application/wasm"),
        ("/sandbox/info.json", "application/json"),
    ];
    for (path, kind) in cases {
        let answer = raw(&base, path).await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(&format!("content-type: {kind}")),
            "{path}: {answer:.300}"
        );
    }
    for path in ["/none.js", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        assert!(raw(&base, path).await.starts_with("HTTP/1.1 404"), "{path}");
    }
    stop.send(()).expect("still running");
    running.await.expect("no panic").expect("ends well");
    std::fs::remove_dir_all(&directory).expect("removed");
}
