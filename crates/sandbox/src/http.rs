//! Requests and responses as plain values.

use crate::StoreError;

/// A request, as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// "GET", "POST", "OPTIONS", …
    pub method: String,
    /// The path, percent-encoded as sent.
    pub path: String,
    /// What follows `?`, percent-encoded as sent; empty when there is none.
    pub query: String,
    /// Names (any case) and values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without body for a path with an optional `?query`.
    pub fn get(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method: "GET".into(), path: path.into(), query: query.into(), ..Self::default() }
    }

    /// The same request with one more header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The first value of a header; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The answer to a [`Request`].
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Response {
    /// A response with a body of some media type.
    pub fn new(status: u16, content_type: &str, body: Body) -> Self {
        Self { status, headers: vec![("Content-Type", content_type.into())], body }
    }

    /// A JSON document.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", Body::Whole(value.to_string().into_bytes()))
    }

    /// The first value of a header; names are compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A body: whole, or in pieces that are made while it is read, so that a page need not be whole in memory.
pub enum Body {
    /// All bytes.
    Whole(Vec<u8>),
    /// Pieces in order. After an error there are no more.
    Pieces(Box<dyn Iterator<Item = Result<Vec<u8>, StoreError>> + Send>),
    /// What is due at a Unix time in µs and was not given before; it never ends. Whoever serves it has the clock and
    /// asks now and then.
    Live(Box<dyn FnMut(i64) -> Vec<u8> + Send>),
}

impl Body {
    /// Reads the body to its end. A live one has none and counts as empty.
    pub fn bytes(self) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Whole(bytes) => Ok(bytes),
            Self::Live(_) => Ok(Vec::new()),
            Self::Pieces(pieces) => {
                let mut all = Vec::new();
                for piece in pieces {
                    all.extend_from_slice(&piece?);
                }
                Ok(all)
            }
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::Pieces(_) => f.write_str("Pieces"),
            Self::Live(_) => f.write_str("Live"),
        }
    }
}
