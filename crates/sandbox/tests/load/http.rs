//! Requests over bare sockets.

use std::io::{Error, Result};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Credentials of all platforms.
const KEYS: &str = "X-API-KEY: demo-joule-key\r\nX-Rune-User-Access-Token: demo-jwt\r\n\
                    Authorization: Basic ZGVtb0BleGFtcGxlLm9yZzpkZW1vLXBhc3N3b3Jk\r\n";

/// Sends a request, and leaves its answer unread.
pub(super) async fn send(
    address: &str,
    method: &str,
    target: &str,
    headers: &str,
    body: &[u8],
) -> Result<TcpStream> {
    let mut connection = TcpStream::connect(address).await?;
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{KEYS}{headers}Content-Length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(body).await?;
    Ok(connection)
}

/// The status and the whole body of the answer to a request; an error where the connection broke.
pub(super) async fn ask(address: &str, method: &str, target: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
    answer(send(address, method, target, "", body).await?).await
}

/// The same for a JSON body.
pub(super) async fn ask_json(
    address: &str,
    method: &str,
    target: &str,
    body: &str,
) -> Result<(u16, Vec<u8>)> {
    answer(send(address, method, target, "Content-Type: application/json\r\n", body.as_bytes()).await?).await
}

async fn answer(mut connection: TcpStream) -> Result<(u16, Vec<u8>)> {
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    let end =
        answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or_else(|| Error::other("no head"))?;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Error::other("no status"))?;
    let body = &answer[end + 4..];
    if let Some(length) = head.lines().find_map(|line| line.strip_prefix("content-length: ")) {
        let whole = length.parse() == Ok(body.len());
        return whole.then(|| (status, body.to_vec())).ok_or_else(|| Error::other("a body that was cut"));
    }
    if !head.contains("transfer-encoding: chunked") {
        return Ok((status, body.to_vec()));
    }
    unchunked(body).map(|body| (status, body)).ok_or_else(|| Error::other("a body that was cut"))
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|bytes| bytes == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend(rest.get(end + 2..end + 2 + length)?);
        rest = rest.get(end + 4 + length..)?;
    }
}
