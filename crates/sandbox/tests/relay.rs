//! The relay over real sockets: what it forwards, and what it refuses.

use std::sync::Arc;
use std::time::Duration;

use streamscope_sandbox::server::{Relay, RelayOrigin, Server};
use streamscope_sandbox::testing::{TestOptions, TestServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::sandbox;

/// A sandbox with a relay `lab` to a server; gives its address (`127.0.0.1:PORT`).
async fn relay(to: &str) -> String {
    let relay = Relay::parse(&format!("lab={to}")).expect("a relay");
    let server = Server::new(Arc::new(sandbox())).with_relays(vec![relay]);
    let server =
        server.with_relay_origins(vec![RelayOrigin::parse("https://page.example").expect("an origin")]);
    let listener = Server::bind(0).await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(server.run(listener, std::future::pending()));
    address
}

/// Sends a request head and what is known of its body.
async fn open(address: &str, first_line: &str, headers: &str, body: &[u8]) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.expect("a server");
    let head = format!("{first_line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
    connection.write_all(head.as_bytes()).await.expect("sent");
    connection.write_all(body).await.expect("sent");
    connection
}

/// The whole answer to a request, its head in lower case.
async fn ask(address: &str, first_line: &str, headers: &str) -> (String, Vec<u8>) {
    let mut connection = open(address, first_line, headers, b"").await;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.expect("an answer");
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head") + 4;
    (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end..].to_vec())
}

const KEY: &str = "X-Api-Key: demo-joule-key\r\n";
const PAGE: &str = "X-Api-Key: demo-joule-key\r\nOrigin: https://page.example\r\n";

#[tokio::test]
async fn pages_reach_the_server_behind_it() {
    let node = TestServer::start(TestOptions::default()).await.expect("a free port");
    let address = relay(&format!("{}/joule", node.url())).await;
    let data = "/data?path=/site+A/mains/power&max-rows=100";
    let (head, body) = ask(&address, &format!("GET /relay/lab{data}"), PAGE).await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let direct = ask(node.url().trim_start_matches("http://"), &format!("GET /joule{data}"), KEY).await;
    assert!(body == direct.1 && !body.is_empty());
    for line in ["joule-layout: float32_9\r\n", "access-control-allow-origin: https://page.example\r\n"] {
        assert_eq!(head.matches(line).count(), 1, "{line} {head}");
    }
    let (head, body) = ask(&address, "GET /relay/lab/version.json", "").await;
    assert!(head.starts_with("http/1.1 403") && !head.contains("access-control-allow-origin"), "{head}");
    assert_eq!(body, b"403: Forbidden");
    let (head, _) = ask(&address, "DELETE /relay/lab/annotation.json?id=999", KEY).await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
}

#[tokio::test]
async fn answers_and_requests_flow() {
    let node = TestServer::start(TestOptions::default()).await.expect("a free port");
    let address = relay(&format!("{}/joule", node.url())).await;
    let line = "GET /relay/lab/data?path=/live/house&subscribe=1";
    let mut live = open(&address, line, KEY, b"").await;
    let mut seen = Vec::new();
    let rows = async {
        while seen.windows(4).filter(|bytes| bytes == b"\r\n\r\n").count() == 0 || seen.len() < 1000 {
            assert_ne!(live.read_buf(&mut seen).await.expect("bytes"), 0, "it never ends");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), rows).await.expect("rows flow while the body goes on");
    drop(live);

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = relay(&format!("http://{}", listener.local_addr().expect("an address"))).await;
    let headers = "Transfer-Encoding: chunked\r\nContent-Type: application/octet-stream\r\n";
    let mut client = open(&address, "POST /relay/lab/data?id=1", headers, b"5\r\nfirst\r\n").await;
    let (mut server, _) = listener.accept().await.expect("a connection");
    let mut seen = Vec::new();
    while !seen.windows(5).any(|bytes| bytes == b"first") {
        assert_ne!(server.read_buf(&mut seen).await.expect("bytes"), 0);
    }
    assert!(seen.starts_with(b"POST /data?id=1 HTTP/1.1\r\n"), "before the client has sent the rest");
    client.write_all(b"4\r\nlast\r\n0\r\n\r\n").await.expect("sent");
    while !seen.ends_with(b"0\r\n\r\n") {
        assert_ne!(server.read_buf(&mut seen).await.expect("bytes"), 0);
    }
    server.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.expect("sent");
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
}

/// A server that gives one answer; its request heads, in lower case, are what the task ends with.
async fn stub(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let task = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            assert_ne!(connection.read_buf(&mut seen).await.expect("bytes"), 0);
        }
        connection.write_all(answer.as_bytes()).await.expect("sent");
        String::from_utf8_lossy(&seen).to_lowercase()
    });
    (address, task)
}

#[tokio::test]
async fn headers_of_one_connection_and_of_the_page_stay_behind() {
    let (server, seen) = stub(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x-mine\r\nX-Mine: 1\r\nSet-Cookie: a=b\r\n\
         Access-Control-Allow-Origin: https://other.example\r\njoule-layout: int16_1\r\n\r\nok",
    )
    .await;
    let address = relay(&server).await;
    let page = "Cookie: a=b\r\nOrigin: https://page.example\r\nReferer: https://page.example/secret\r\n\
                Sec-Fetch-Mode: cors\r\nKeep-Alive: 5\r\n";
    let (head, body) = ask(&address, "GET /relay/lab/x?q=%20a", &format!("{KEY}{page}")).await;
    let seen = seen.await.expect("a request");
    assert!(
        seen.starts_with("get /x?q=%20a http/1.1\r\n") && seen.contains("x-api-key: demo-joule-key"),
        "{seen}"
    );
    for name in ["cookie", "origin", "referer", "sec-fetch-mode", "keep-alive"] {
        assert!(!seen.contains(&format!("\r\n{name}:")), "{name}: {seen}");
    }
    assert_eq!(body, b"ok");
    assert!(head.contains("joule-layout: int16_1"), "{head}");
    for text in ["x-mine", "set-cookie", "other.example"] {
        assert!(!head.contains(text), "{text}: {head}");
    }
}

#[tokio::test]
async fn it_leads_nowhere_else() {
    let server = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = server.local_addr().expect("an address").port().to_string();
    let address = relay(&format!("http://127.0.0.1:{port}/joule")).await;
    for path in [
        "/relay/none/version.json",
        "/relay/lab/../sandbox/info.json",
        "/relay/lab/%2e%2e/sandbox/info.json",
        "/relay/lab/%2E./sandbox/info.json",
        "/relay/lab/a/..%2f..%2fsandbox/info.json",
        "/relay/lab/..%5csandbox",
        "/relay/lab/./version.json",
        "/relay/lab/a/%2e%2e/version.json",
        "/relay/lab/..;/sandbox/info.json",
        "/relay/lab/a/..%3Bx=1/..;/sandbox/info.json",
        "/relay/lab/.;/version.json",
        "/relay/lab/%c0%ae%c0%ae/sandbox/info.json",
        "/relay/lab/%252e%252e/sandbox/info.json",
        "/relay/lab/..%25252fsandbox/info.json",
        "/relay/lab/a%0d%0aX-Other:1",
        "/relay/lab/a%00",
        "/relay/lab.evil/version.json",
        "/relay/lab@evil.example/version.json",
        "/relay/http://evil.example/",
        "/relay/",
        "/relay",
    ] {
        let line = format!("GET {path}");
        let (head, body) = tokio::select! {
            answer = ask(&address, &line, KEY) => answer,
            _ = server.accept() => unreachable!("{path} reached the server"),
        };
        assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
        assert!(!String::from_utf8_lossy(&body).contains(&port), "{path} tells of the server");
    }
    // An address in the path is a path of the same server.
    let node = TestServer::start(TestOptions::default()).await.expect("a free port");
    let address = relay(&format!("{}/joule", node.url())).await;
    let (head, _) = ask(&address, "GET /relay/lab//evil.example/", KEY).await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
}

#[tokio::test]
async fn an_answer_is_no_page_of_the_sandbox() {
    let (server, seen) = stub(
        "HTTP/1.1 200 OK\r\nContent-Length: 25\r\nContent-Type: text/html\r\nClear-Site-Data: \"*\"\r\n\
         Service-Worker-Allowed: /\r\nRefresh: 0;url=https://evil.example/\r\nLink: </x>; rel=preload\r\n\
         Content-Security-Policy: default-src *\r\nReport-To: {}\r\n\r\n<script>alert(1)</script>",
    )
    .await;
    let (head, body) = ask(&relay(&server).await, "GET /relay/lab/x", KEY).await;
    seen.await.expect("a request");
    assert_eq!(body.len(), 25);
    let policies: Vec<_> = head.lines().filter(|line| line.starts_with("content-security-policy:")).collect();
    assert_eq!(policies, ["content-security-policy: sandbox; frame-ancestors 'none'"]);
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    for name in ["clear-site-data", "service-worker-allowed", "refresh", "link", "report-to"] {
        assert!(!head.contains(&format!("\r\n{name}:")), "{name}: {head}");
    }
}

#[tokio::test]
async fn no_other_protocol_is_spoken() {
    let (server, seen) =
        stub("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").await;
    let wanted =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let (head, _) = ask(&relay(&server).await, "GET /relay/lab/x", wanted).await;
    let seen = seen.await.expect("a request");
    assert!(!seen.contains("upgrade") && !seen.contains("websocket"), "{seen}");
    assert!(head.starts_with("http/1.1 502"), "{head}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let target = elsewhere.local_addr().expect("an address").port();
    let answer =
        format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{target}/\r\nContent-Length: 0\r\n\r\n");
    let (server, seen) = stub(Box::leak(answer.into_boxed_str())).await;
    let (head, body) = ask(&relay(&server).await, "GET /relay/lab/x", KEY).await;
    seen.await.expect("a request");
    assert!(head.starts_with("http/1.1 502") && !head.contains("\r\nlocation:"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("redirect"));
    assert!(tokio::time::timeout(Duration::from_millis(100), elsewhere.accept()).await.is_err());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_in_a_sentence() {
    let closed =
        TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("an address");
    let address = relay(&format!("http://{closed}")).await;
    let (head, body) = ask(&address, "GET /relay/lab/version.json", KEY).await;
    let body = String::from_utf8_lossy(&body);
    assert!(head.starts_with("http/1.1 502"), "{head}");
    assert!(body.contains("relay lab does not reach its server"), "{body}");
    assert!(!body.contains(&closed.port().to_string()) && !body.contains("demo-joule-key"), "{body}");
    // Preflight requests are the relay's own: the server has no answer to them anyway.
    let asked = "Origin: https://page.example\r\nAccess-Control-Request-Method: PUT\r\n";
    let (head, _) = ask(&address, "OPTIONS /relay/lab/folder.json", asked).await;
    assert!(head.starts_with("http/1.1 204"), "{head}");
    for line in [
        "access-control-allow-methods: get, head, post, put, patch, delete, options\r\n",
        "access-control-allow-headers: authorization, content-type, ",
        ", x-api-key, ",
        ", x-hexotimestamp, x-hexoapikey, x-hexoapisignature",
    ] {
        assert!(head.contains(line), "{head}");
    }
    assert!(ask(&address, "OPTIONS /relay/none/x", asked).await.0.starts_with("http/1.1 404"));
}

#[test]
fn a_relay_is_a_name_and_an_address() {
    let said = |text: &str| Relay::parse(text).expect_err(text).to_string();
    for text in [
        "lab",
        "=http://host",
        "a b=http://host",
        "lab=host:80",
        "lab=ftp://host",
        "lab=http://host/?a=b",
        "lab=http://host/#a",
    ] {
        assert!(said(text).contains(text), "{text}");
    }
    for text in ["lab=http://hunter2:hunter2@host", "lab=http://hunter2@host", "lab=http://:hunter2@host"] {
        let secret = said(text);
        assert!(!secret.contains("hunter2") && secret.contains("credentials"), "{secret}");
    }
    for name in ["lab-2", "lab_2"] {
        assert_eq!(Relay::parse(&format!("{name}=https://host/joule/")).expect("a relay").name(), name);
    }
}
