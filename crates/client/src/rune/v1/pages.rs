//! Both ways of paging, and both forms of a page.
//!
//! The header with a token wins over a page number. JSON ends where a page names no successor; CSV with a body without
//! a byte, for which one more page is asked always. Errors come as JSON, also in place of CSV.

use std::collections::HashSet;

use serde_json::Value;

use super::super::pages::NEXT_PAGE;
use super::Parameters;
use crate::http::{Http, words_of};
use crate::transport::{Request, Response};
use crate::{Error, ErrorKind, Result, url};

const TOKEN: &str = "next_page_token";
const NUMBER: &str = "page";
/// Pages in a row without a row after which CSV does not end.
const MOST_EMPTY_PAGES: u32 = 1000;

/// The requests of a query, one after the other.
struct Chain {
    http: Http,
    url: String,
    parameters: Parameters,
    /// Tokens and page numbers that were followed.
    followed: HashSet<String>,
    ended: bool,
}

impl Chain {
    fn new(http: Http, url: String, parameters: Parameters) -> Self {
        Self { http, url, parameters, followed: HashSet::new(), ended: false }
    }

    async fn fetch(&self) -> Result<(Request, Response, Vec<u8>)> {
        let pairs = self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let request = Request::get(url::with_query(&self.url, pairs));
        let (head, body) = self.http.fetch_whole(&request).await?;
        Ok((request, head, body))
    }

    /// Goes on with the page that a token or a number names.
    fn follow(&mut self, request: &Request, name: &str, value: String) -> Result<()> {
        if !self.followed.insert(format!("{name}={value}")) {
            let words = format!("The server repeats itself: {name} came a second time with the same value.");
            return Err(self.http.about(Error::protocol(words), request));
        }
        self.parameters.remove(if name == TOKEN { NUMBER } else { TOKEN });
        self.parameters.insert(name.to_string(), value);
        Ok(())
    }
}

fn token(head: &Response) -> Option<String> {
    head.header(NEXT_PAGE).filter(|token| !token.is_empty()).map(str::to_string)
}

/// What a 2xx answer says is wrong all the same.
fn refusal(body: &Value) -> Option<Error> {
    let failed = body.get("success") == Some(&Value::Bool(false));
    let words = body.get("error").filter(|error| !error.is_null()).and_then(|_| words_of(body));
    let words = words.or_else(|| failed.then(|| "no reason given".to_string()))?;
    let mut error = Error::new(ErrorKind::Refused, format!("The server refused the request: {words}."));
    error.server_message = Some(words);
    Some(error)
}

/// Results of a JSON endpoint.
pub struct JsonPages {
    chain: Chain,
    /// Whether the body's `next_page` counts.
    numbered: bool,
}

impl JsonPages {
    pub(super) fn new(http: Http, url: String, parameters: Parameters, numbered: bool) -> Self {
        Self { chain: Chain::new(http, url, parameters), numbered }
    }

    /// The `result` of the next page; `None` at the end. After an error the same page is asked for again.
    pub async fn next_page(&mut self) -> Result<Option<Value>> {
        if self.chain.ended {
            return Ok(None);
        }
        let (request, head, body) = self.chain.fetch().await?;
        let about = |error| self.chain.http.about(error, &request);
        let mut body: Value = serde_json::from_slice(&body)
            .map_err(|error| about(Error::new(ErrorKind::Body, format!("The body is no JSON: {error}."))))?;
        if let Some(error) = refusal(&body) {
            return Err(about(error));
        }
        let result = body.get_mut("result").map(Value::take);
        let result = result.ok_or_else(|| about(Error::protocol("The answer has no `result`.")))?;
        let number = body.get("next_page").filter(|_| self.numbered).and_then(page_number);
        match (token(&head), number) {
            (Some(token), _) => self.chain.follow(&request, TOKEN, token)?,
            (None, Some(number)) => self.chain.follow(&request, NUMBER, number)?,
            (None, None) => self.chain.ended = true,
        }
        Ok(Some(result))
    }
}

/// The number of the next page; null, 0 and the like mean there is none.
fn page_number(next: &Value) -> Option<String> {
    match next {
        Value::Number(number) if number.as_f64() != Some(0.0) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Texts of a CSV endpoint.
pub struct CsvPages {
    chain: Chain,
    /// The number of the page that is asked for, by number or by token.
    number: u64,
    empty: u32,
    last: String,
}

impl CsvPages {
    pub(super) fn new(http: Http, url: String, parameters: Parameters) -> Result<Self> {
        let number = parameters.get(NUMBER).map_or(Ok(0), |page| page.parse()).map_err(|_| {
            Error::invalid("page must be a whole number from 0 on: leave it out to begin at the first page.")
        })?;
        Ok(Self { chain: Chain::new(http, url, parameters), number, empty: 0, last: String::new() })
    }

    /// The text of the next page; `None` at the end. After an error the same page is asked for again.
    pub async fn next_page(&mut self) -> Result<Option<String>> {
        Ok(self.next_with_request().await?.map(|(_, page)| page))
    }

    /// The next page, with the request that it answers.
    pub(super) async fn next_with_request(&mut self) -> Result<Option<(Request, String)>> {
        if self.chain.ended {
            return Ok(None);
        }
        let (request, head, body) = self.chain.fetch().await?;
        if body.is_empty() {
            self.chain.ended = true;
            return Ok(None);
        }
        let about = |error| self.chain.http.about(error, &request);
        let text = String::from_utf8(body)
            .map_err(|_| about(Error::new(ErrorKind::Body, "The body is not text in UTF-8.")))?;
        if text.starts_with('{')
            && let Some(error) = serde_json::from_str(&text).ok().as_ref().and_then(refusal)
        {
            return Err(about(error));
        }
        self.empty = if text.trim().contains('\n') { 0 } else { self.empty + 1 };
        if self.empty > MOST_EMPTY_PAGES {
            let words = format!("The server sent {MOST_EMPTY_PAGES} pages in a row without a row.");
            return Err(about(Error::protocol(words)));
        }
        if self.empty == 0 && text == self.last {
            let words = "The server repeats itself: a page is the same as the one before it.";
            return Err(about(Error::protocol(words)));
        }
        match token(&head) {
            Some(token) => self.chain.follow(&request, TOKEN, token)?,
            None => self.chain.follow(&request, NUMBER, (self.number + 1).to_string())?,
        }
        self.number += 1;
        self.last.clone_from(&text);
        Ok(Some((request, text)))
    }
}
