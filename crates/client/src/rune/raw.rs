//! Pages as the server sends them: bodies as text, for programs that read CSV or JSON themselves.

use std::collections::HashSet;

use super::Rune;
use super::pages::NEXT_PAGE;
use super::params::{AvailabilityQuery, DataQuery, batch_name};
use crate::http::Http;
use crate::transport::Request;
use crate::{Error, ErrorKind, Result, url};

/// The pages of a query, one after the other. A page that fails is asked for again as a whole; a token that has expired
/// (after five minutes) ends in the server's refusal. Rows are not looked at: for frames, and for reads that survive
/// expired tokens, there is [`Rune::data`].
pub struct RawPages {
    http: Http,
    /// With everything but the page's token.
    url: String,
    token: Option<String>,
    ended: bool,
    seen: HashSet<String>,
}

impl RawPages {
    fn new(http: Http, url: String) -> Self {
        Self { http, url, token: None, ended: false, seen: HashSet::new() }
    }

    /// Begins at the page with this token instead of the first.
    pub fn from_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_string());
        self
    }

    /// The token of the page that comes next; `None` before the first page and at the end.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The body of the next page; `None` at the end.
    pub async fn next_page(&mut self) -> Result<Option<String>> {
        if self.ended {
            return Ok(None);
        }
        let token = self.token.iter().map(|token| ("page_token", token.as_str()));
        let request = Request::get(url::with_query(&self.url, token));
        let (head, body) = self.http.fetch_whole(&request).await?;
        let about = |error| self.http.about(error, &request);
        let next = head.header(NEXT_PAGE).filter(|next| !next.is_empty()).map(str::to_string);
        if next.as_ref().is_some_and(|next| !self.seen.insert(next.clone())) {
            let words = "The server repeats itself: a page's token came a second time.";
            return Err(about(Error::protocol(words)));
        }
        let text = String::from_utf8(body)
            .map_err(|_| about(Error::new(ErrorKind::Body, "The body is not text in UTF-8.")))?;
        self.ended = next.is_none();
        self.token = next;
        Ok(Some(text))
    }
}

impl Rune {
    /// The pages of a stream's data, in the query's format.
    pub fn data_pages(&self, query: &DataQuery) -> Result<RawPages> {
        query.range()?;
        let limit = query.limit.filter(|limit| *limit > 0).map(|limit| ("limit", limit.to_string()));
        let pairs: Vec<_> = query.pairs()?.into_iter().chain(query.start()).chain(limit).collect();
        let url = self.stream_url(&query.stream_id, "");
        Ok(RawPages::new(self.http.clone(), with_pairs(&url, &pairs)))
    }

    /// The pages of an availability, of one stream or of several joined by `batch_operation`, in the query's format.
    pub fn availability_pages(&self, query: &AvailabilityQuery) -> Result<RawPages> {
        let mut pairs = query.pairs()?;
        pairs.extend(query.limit.filter(|limit| *limit > 0).map(|limit| ("limit", limit.to_string())));
        let url = match (query.stream_ids.as_slice(), query.batch_operation) {
            ([stream_id], _) => self.stream_url(stream_id, "/availability"),
            (stream_ids, operation) => {
                pairs.extend(
                    operation.map(|operation| ("batch_operation", batch_name(operation).to_string())),
                );
                pairs.extend(stream_ids.iter().map(|id| ("stream_id", id.clone())));
                format!("{}/v2/batch/availability", self.stream_url)
            }
        };
        Ok(RawPages::new(self.http.clone(), with_pairs(&url, &pairs)))
    }

    /// The pages of any resource of the V2 Stream API, with parameters of your own: `path` begins with `/v2/`.
    pub fn stream_pages(&self, path: &str, parameters: &[(&str, &str)]) -> Result<RawPages> {
        if !path.starts_with("/v2/") || path.contains(['?', '#']) {
            return Err(Error::invalid(format!(
                "path is \"{path}\"; it must begin with /v2/ and hold no query."
            )));
        }
        let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if let Some((name, _)) =
            parameters.iter().find(|(name, _)| name.is_empty() || !name.bytes().all(named))
        {
            return Err(Error::invalid(format!("\"{name}\" is not the name of a parameter.")));
        }
        let url = url::with_query(&format!("{}{path}", self.stream_url), parameters.iter().copied());
        Ok(RawPages::new(self.http.clone(), url))
    }
}

fn with_pairs(url: &str, pairs: &[(&'static str, String)]) -> String {
    url::with_query(url, pairs.iter().map(|(name, value)| (*name, value.as_str())))
}
