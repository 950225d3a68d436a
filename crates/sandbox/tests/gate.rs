//! Who may ask for what, over real sockets: names of the server, pages of other origins, and silent readers.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use streamscope_sandbox::server::{AllowedHost, Relay, RelayOrigin, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixture::sandbox;

/// A sandbox with a relay `lab` to an address where a listener waits, a name it answers to and an invited origin.
struct Scene {
    port: u16,
    target: TcpListener,
}

impl Scene {
    async fn start() -> Self {
        let target = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let relay = format!("lab=http://{}", target.local_addr().expect("an address"));
        let server = Server::new(Arc::new(sandbox()))
            .with_relays(vec![Relay::parse(&relay).expect("a relay")])
            .with_hosts(vec![
                AllowedHost::parse("Box.lan").expect("a host"),
                AllowedHost::parse("den.lan:80").expect("a host"),
            ])
            .with_relay_origins(vec![RelayOrigin::parse("https://page.example/").expect("an origin")]);
        let listener = Server::bind(0).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(server.run(listener, std::future::pending()));
        Self { port, target }
    }

    /// Sends a request whose headers are all given, and gives the status and the answer.
    async fn raw(&self, request: &str) -> (u16, String) {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await.expect("a server");
        connection.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| unreachable!("no status: {answer}")), answer)
    }

    /// Sends a request with this server's host, headers that say who asks, and the demo's keys.
    async fn ask(&self, line: &str, asker: &str, body: &str) -> (u16, String) {
        let asker = asker.replace("PORT", &self.port.to_string());
        let keys = "X-Api-Key: demo-joule-key\r\nX-Rune-User-Access-Token: demo-jwt\r\n";
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{keys}{asker}Content-Length: {length}\r\n\r\n{body}",
            self.port
        );
        self.raw(&request).await
    }
}

/// What pages of other origins send.
const STRANGERS: [&str; 6] = [
    "Origin: https://evil.example\r\n",
    "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n",
    "Origin: null\r\n",
    "Origin: http://127.0.0.1:1\r\nSec-Fetch-Site: same-site\r\n",
    "Origin: http://localhost:PORT\r\n",
    "Sec-Fetch-Site: cross-site\r\n",
];

/// What programs, pages of the sandbox itself and invited pages send.
const FRIENDS: [&str; 4] = [
    "",
    "Origin: http://127.0.0.1:PORT\r\nSec-Fetch-Site: same-origin\r\n",
    "Sec-Fetch-Site: none\r\n",
    "Origin: https://page.example\r\nSec-Fetch-Site: cross-site\r\n",
];

#[tokio::test]
async fn it_answers_to_its_own_names_only() {
    let scene = Scene::start().await;
    let port = scene.port;
    let status = async |target: &str, headers: &str| {
        scene.raw(&format!("GET {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")).await.0
    };
    let known = [
        "127.0.0.1:PORT",
        "localhost:PORT",
        "LocalHost:PORT",
        "127.1.2.3:PORT",
        "[::1]:PORT",
        "pilot.localhost:PORT",
        "box.lan",
        "BOX.lan:4321",
        "den.lan:80",
    ];
    for host in known.map(|host| host.replace("PORT", &port.to_string())) {
        assert_eq!(status("/sandbox/info.json", &format!("Host: {host}\r\n")).await, 200, "{host}");
    }
    let unknown = [
        "evil.example",
        "evil.example:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:PORT",
        "evil-localhost:PORT",
        "10.0.0.1:PORT",
        "[::2]:PORT",
        "den.lan:81",
        "127.0.0.1:PORTx",
        "127.0.0.1.:PORT",
        "127.0.0.1:0PORT",
        "127.0.0.1:+PORT",
        "127.0.0.1:",
        "[::ffff:127.0.0.1]:PORT",
        "2130706433:PORT",
        "evil@pilot.localhost:PORT",
        "evil.example#.localhost:PORT",
        "",
    ];
    for host in unknown.map(|host| host.replace("PORT", &port.to_string())) {
        for path in ["/sandbox/info.json", "/", "/relay/lab/x"] {
            let status = status(path, &format!("Host: {host}\r\n")).await;
            assert!([400, 403].contains(&status), "{host}{path}: {status}");
        }
    }
    for version in ["HTTP/1.1", "HTTP/1.0"] {
        let (status, _) =
            scene.raw(&format!("GET /sandbox/info.json {version}\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(status, 403, "{version}: nobody is named");
    }
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    assert_eq!(status("/sandbox/info.json", &format!("{own}Host: evil.example\r\n")).await, 403);
    assert_eq!(status("http://evil.example/sandbox/info.json", &own).await, 403);
    assert_eq!(status(&format!("http://127.0.0.1:{port}/sandbox/info.json"), &own).await, 200);
    let (_, said) = scene.raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").await;
    assert!(said.contains("--allow-host") && !said.to_lowercase().contains("access-control"), "{said}");
}

#[tokio::test]
async fn nothing_is_traced() {
    let scene = Scene::start().await;
    for path in ["/", "/sandbox/info.json", "/relay/lab/x", "/joule/version.json"] {
        for method in ["TRACE", "TRACK", "PROPFIND"] {
            let (status, said) = scene.ask(&format!("{method} {path}"), "X-Secret: hunter2\r\n", "").await;
            assert_eq!(status, 405, "{method} {path}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

const QUERY: &str = r#"{"query": "query { user { id } }"}"#;
const MUTATION: &str =
    r#"{"query": "mutation { updateDefaultMembership(input: {orgId: \"org-none,org\"}) { user { id } } }"}"#;
const HIDDEN: &str = r#"{"operationName": "b", "query": "query a { user { id } } mutation b { updateDefaultMembership(input: {orgId: \"x\"}) { user { id } } }"}"#;

#[tokio::test]
async fn every_page_reads_the_demo() {
    let scene = Scene::start().await;
    let rows = "braincube/braincube/Paper%20mill/braindata/mb20/LF";
    for asker in STRANGERS.iter().chain(&FRIENDS) {
        for (line, body, wanted) in [
            ("GET /sandbox/info.json", "", 200),
            ("GET /joule/version.json", "", 200),
            ("POST /graphql", QUERY, 200),
            ("OPTIONS /joule/data", "", 204),
            // Refused for what they say, not for who asks.
            (&format!("POST /{rows}"), "{}", 401),
            ("POST /cognito/", "{}", 400),
        ] {
            let (status, said) = scene.ask(line, asker, body).await;
            assert_eq!(status, wanted, "{line} {asker} {said}");
            assert!(said.contains("access-control-allow-origin: *"), "{said}");
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_change_nothing() {
    let scene = Scene::start().await;
    let spare = "/joule/stream.json?path=/site+A/lab/spare";
    let writes = [
        (format!("DELETE {spare}"), ""),
        ("DELETE /joule/annotation.json?id=999".into(), ""),
        ("POST /joule/data?path=/site+A/lab/spare".into(), "no rows"),
        ("POST /joule/follower.json".into(), "{}"),
        ("PUT /joule/folder.json".into(), "{}"),
        ("PATCH /joule/folder.json".into(), "{}"),
        ("POST /graphql".into(), MUTATION),
        ("POST /graphql".into(), HIDDEN),
    ];
    for (line, body) in &writes {
        for asker in STRANGERS {
            let (status, said) = scene.ask(line, asker, body).await;
            assert_eq!(status, 403, "{line} {asker} {said}");
            assert!(
                said.contains("--relay-origin") && said.contains("access-control-allow-origin: *"),
                "{said}"
            );
        }
    }
    assert_eq!(scene.ask(&format!("GET {spare}"), "", "").await.0, 200, "it is still there");
    for asker in FRIENDS {
        for (line, body) in &writes[1..] {
            let (_, said) = scene.ask(line, asker, body).await;
            assert!(!said.contains("--relay-origin"), "{line} {asker} {said}");
        }
    }
    assert_eq!(scene.ask(&format!("DELETE {spare}"), FRIENDS[1], "").await.0, 200);
}

#[tokio::test]
async fn pages_of_other_origins_get_nothing_through_a_relay() {
    let scene = Scene::start().await;
    for asker in STRANGERS {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
            let (status, said) = scene.ask(&format!("{method} /relay/lab/x"), asker, "").await;
            assert_eq!(status, 403, "{method} {asker}");
            assert!(!said.to_lowercase().contains("access-control"), "{said}");
        }
    }
    let arrived = tokio::time::timeout(Duration::from_millis(100), scene.target.accept()).await;
    assert!(arrived.is_err(), "a request of a stranger arrived");
    for asker in FRIENDS {
        let answered = async {
            let (mut connection, _) = scene.target.accept().await.expect("a connection");
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                assert_ne!(connection.read_buf(&mut seen).await.expect("bytes"), 0);
            }
            connection
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
                .await
                .expect("sent");
        };
        let ((status, said), ()) = tokio::join!(scene.ask("GET /relay/lab/x", asker, ""), answered);
        assert_eq!(status, 200, "{asker}");
        let allowed = said.contains("access-control-allow-origin: https://page.example\r\n");
        assert_eq!(allowed, asker.contains("page.example"), "{said}");
    }
    let (status, said) = scene.ask("OPTIONS /relay/lab/x", FRIENDS[3], "").await;
    assert!(
        status == 204 && said.contains("access-control-allow-origin: https://page.example\r\n"),
        "{said}"
    );
    assert!(said.to_lowercase().contains("vary: origin"), "{said}");
}

#[test]
fn options_are_names_and_origins() {
    for text in ["", "a b", "http://box.lan", "user@box.lan", "box.lan/x"] {
        assert!(AllowedHost::parse(text).is_err(), "{text}");
    }
    for text in [
        "",
        "page.example",
        "*",
        "null",
        "https://page.example/path",
        "https://user@page.example",
        "ftp://page.example",
    ] {
        assert!(RelayOrigin::parse(text).is_err(), "{text}");
    }
}

/// Threads of this process.
#[cfg(target_os = "linux")]
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("threads").count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn silent_readers_keep_nobody_out() {
    let scene = Scene::start().await;
    // Far more than a socket's buffers hold.
    let body = r#"{"order":"mb23/d2300001","definitions":["mb23/d2300001","mb23/d2300003"],"context":{"dataSource":"mb23"}}"#;
    let request = format!(
        "POST /braincube/braincube/Paper%20mill/braindata/mb23/LF HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\
         X-Api-Key: demo-braincube\r\nContent-Length: {}\r\n\r\n{body}",
        scene.port,
        body.len()
    );
    let mut silent = Vec::new();
    for _ in 0..520 {
        let mut reader = TcpStream::connect(("127.0.0.1", scene.port)).await.expect("a server");
        reader.write_all(request.as_bytes()).await.expect("sent");
        silent.push(reader);
    }
    let asked = scene.ask("GET /joule/version.json", "", "");
    let (status, _) = tokio::time::timeout(Duration::from_secs(60), asked).await.expect("an answer");
    assert_eq!(status, 200);
    // Fewer threads than silent readers: some made what was waited for, none waits with a reader.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(threads() < 250, "{} threads", threads());
    // The server has 256 seats. Which readers lose theirs depends on who was served when; how many do does not.
    let mut closed = silent
        .into_iter()
        .map(|mut reader| async move {
            let mut rest = Vec::new();
            // Whether it is reset or closed, it ends before its body does.
            let _ = reader.read_to_end(&mut rest).await;
            !rest.ends_with(b"0\r\n\r\n")
        })
        .collect::<FuturesUnordered<_>>();
    let enough = async {
        let mut count = 0;
        while count < 520 - 256 {
            count += usize::from(closed.next().await.expect("too few lost their seats"));
        }
    };
    tokio::time::timeout(Duration::from_secs(60), enough).await.expect("they were closed");
    assert!(!closed.is_empty(), "nobody kept a seat");
}
