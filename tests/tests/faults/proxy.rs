//! A proxy between the client and a sandbox, which spoils some of the answers.
//!
//! It speaks HTTP/1.0 to the sandbox, so that a body ends with its connection, and serves one request a connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::kinds::Midway;

/// A request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// The lines of its headers.
    pub(super) headers: Vec<String>,
    pub(super) body: Vec<u8>,
}

/// An answer of the sandbox.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// What the client is sent after the head.
#[derive(Debug)]
pub(super) enum Step {
    Bytes(Vec<u8>),
    /// These bytes, one at a time.
    Drops(Vec<u8>),
    Pause(Duration),
    /// Nothing, for as long as the client stays.
    Hang,
    /// The same bytes without end.
    Endless(Vec<u8>),
    /// Whatever else the sandbox sends.
    Rest,
    /// The proxy is gone, with all its connections.
    Offline,
}

/// A spoilt answer. It ends with its connection, whatever length it declares.
#[derive(Debug)]
pub(super) struct Spoilt {
    /// `None`: not even a head is sent.
    pub(super) head: Option<Answer>,
    /// The length that the head declares; `None` leaves it open.
    pub(super) length: Option<usize>,
    pub(super) steps: Vec<Step>,
}

/// What becomes of a request.
pub(super) enum Verdict {
    /// The sandbox's answer goes on as it comes.
    Pass,
    /// This goes out, and the sandbox is not asked.
    Instead(Spoilt),
    /// The sandbox gets half of the body.
    Half(Midway),
    /// The answer is read up to so many bytes, and handed to [`Spoiler::spoil`].
    Spoil(usize),
}

/// Decides what becomes of requests and answers.
pub(super) trait Spoiler: Send + Sync + 'static {
    /// The verdict on a request, and what it is numbered as. The request may be changed on its way.
    fn judge(&self, asked: &mut Asked) -> (Verdict, usize);
    /// What is made of an answer.
    fn spoil(&self, asked: &Asked, number: usize, answer: Answer) -> Spoilt;
}

/// A proxy, until it is dropped.
pub(super) struct Proxy {
    url: String,
    offline: Arc<watch::Sender<bool>>,
}

impl Proxy {
    /// Stands before a sandbox at `http://HOST:PORT`.
    pub(super) async fn start(sandbox: &str, spoiler: Arc<dyn Spoiler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = sandbox.strip_prefix("http://").unwrap().to_string();
        let (offline, mut gone) = watch::channel(false);
        let offline = Arc::new(offline);
        let own = offline.clone();
        tokio::spawn(async move {
            loop {
                let client = tokio::select! {
                    accepted = listener.accept() => accepted.unwrap().0,
                    _ = gone.wait_for(|gone| *gone) => return,
                };
                let (sandbox, spoiler, offline) = (sandbox.clone(), spoiler.clone(), own.clone());
                tokio::spawn(async move {
                    let mut gone = offline.subscribe();
                    tokio::select! {
                        // Whoever leaves half-way is left.
                        _ = serve(client, &sandbox, spoiler.as_ref(), &offline) => {}
                        _ = gone.wait_for(|gone| *gone) => {}
                    }
                });
            }
        });
        Self { url, offline }
    }

    /// Where it serves, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.offline.send_replace(true);
    }
}

async fn serve(
    mut client: TcpStream,
    sandbox: &str,
    spoiler: &dyn Spoiler,
    offline: &watch::Sender<bool>,
) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let Some(mut asked) = Asked::receive(&mut client).await? else { return Ok(()) };
    let (most, number) = match spoiler.judge(&mut asked) {
        (Verdict::Instead(spoilt), _) => return send(&mut client, spoilt, None, offline).await,
        (Verdict::Half(midway), _) => return half(client, &asked, sandbox, midway, offline).await,
        (Verdict::Spoil(most), number) => (most, number),
        (Verdict::Pass, _) => {
            let mut server = asked.forward(sandbox, asked.body.len()).await?;
            tokio::io::copy(&mut server, &mut client).await?;
            return client.shutdown().await;
        }
    };
    let mut server = asked.forward(sandbox, asked.body.len()).await?;
    let answer = Answer::receive(&mut server, most).await?;
    send(&mut client, spoiler.spoil(&asked, number, answer), Some(server), offline).await
}

/// An answer that is sent as it is.
pub(super) fn whole(answer: Answer) -> Spoilt {
    let (length, steps) = (Some(answer.body.len()), vec![Step::Bytes(answer.body.clone())]);
    Spoilt { head: Some(answer), length, steps }
}

/// Sends half of a body to the sandbox.
async fn half(
    mut client: TcpStream,
    asked: &Asked,
    sandbox: &str,
    midway: Midway,
    offline: &watch::Sender<bool>,
) -> std::io::Result<()> {
    // Inside a row, whatever it is long.
    let half = asked.body.len() / 2 + 3;
    let server = asked.forward(sandbox, half).await?;
    // What was sent arrives before the connection breaks.
    tokio::time::sleep(Duration::from_millis(5)).await;
    match midway {
        Midway::Broken => client.set_zero_linger(),
        Midway::Stalled => {
            drop(client.read_u8().await);
            drop(server);
            Ok(())
        }
        Midway::Refused => {
            drop(server);
            let answer = Answer::own(503, "text/plain", "enough");
            send(&mut client, whole(answer), None, offline).await
        }
    }
}

/// Reads up to the empty line that ends a head: the head, and what came of the body.
async fn head(from: &mut TcpStream) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            bytes.truncate(end);
            return Ok(Some((String::from_utf8_lossy(&bytes).into_owned(), body)));
        }
        if from.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    let pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    pairs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
}

impl Asked {
    async fn receive(client: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let Some((head, mut body)) = head(client).await? else { return Ok(None) };
        let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
        while body.len() < length {
            if client.read_buf(&mut body).await? == 0 {
                return Ok(None);
            }
        }
        let mut words = head.split(' ').map(str::to_string);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let headers = head.lines().skip(1).map(str::to_string).collect();
        Ok(Some(Self { method, target, headers, body }))
    }

    /// Asks the sandbox, with so many bytes of the body.
    async fn forward(&self, sandbox: &str, sent: usize) -> std::io::Result<TcpStream> {
        let mut text = format!("{} {} HTTP/1.0\r\n", self.method, self.target);
        let kept = self.headers.iter().filter(|line| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            !["connection", "content-length"].contains(&name.as_str())
        });
        kept.for_each(|line| text.push_str(&format!("{line}\r\n")));
        text.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let mut server = TcpStream::connect(sandbox).await?;
        server.write_all(text.as_bytes()).await?;
        server.write_all(self.body.get(..sent).unwrap_or(&self.body)).await?;
        Ok(server)
    }
}

impl Answer {
    /// An answer of the proxy's own.
    pub(super) fn own(status: u16, kind: &str, body: &str) -> Self {
        Self { status, headers: vec![("content-type".into(), kind.into())], body: body.into() }
    }

    /// The value of a header.
    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    }

    /// Sets a header.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.into(), value.into()));
    }

    async fn receive(server: &mut TcpStream, most: usize) -> std::io::Result<Self> {
        let Some((head, mut body)) = head(server).await? else {
            return Err(std::io::ErrorKind::Other.into());
        };
        while body.len() < most && server.read_buf(&mut body).await? > 0 {}
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let headers = pairs.map(|(name, value)| (name.to_string(), value.trim().to_string()));
        let own = |name: &str| {
            ["connection", "content-length", "transfer-encoding"]
                .contains(&name.to_ascii_lowercase().as_str())
        };
        Ok(Self { status, headers: headers.filter(|(name, _)| !own(name)).collect(), body })
    }

    fn head(&self, length: Option<usize>) -> String {
        let mut text = format!("HTTP/1.1 {} Fault\r\nConnection: close\r\n", self.status);
        self.headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        if let Some(length) = length {
            text.push_str(&format!("Content-Length: {length}\r\n"));
        }
        text + "\r\n"
    }
}

async fn send(
    client: &mut TcpStream,
    spoilt: Spoilt,
    mut server: Option<TcpStream>,
    offline: &watch::Sender<bool>,
) -> std::io::Result<()> {
    if let Some(head) = &spoilt.head {
        client.write_all(head.head(spoilt.length).as_bytes()).await?;
    }
    for step in spoilt.steps {
        match step {
            Step::Bytes(bytes) => client.write_all(&bytes).await?,
            Step::Drops(bytes) => {
                for byte in bytes {
                    client.write_all(&[byte]).await?;
                    tokio::task::yield_now().await;
                }
            }
            Step::Pause(length) => tokio::time::sleep(length).await,
            Step::Hang => drop(client.read_u8().await),
            Step::Endless(bytes) => loop {
                client.write_all(&bytes).await?;
            },
            Step::Rest => {
                if let Some(server) = &mut server {
                    tokio::io::copy(server, client).await?;
                }
            }
            Step::Offline => {
                offline.send_replace(true);
            }
        }
    }
    client.shutdown().await
}
