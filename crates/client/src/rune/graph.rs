//! The GraphQL API: documents out, data in, lists walked page by page.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Rune, wire};
use crate::http::words_of;
use crate::transport::{Method, Request};
use crate::{Error, ErrorKind, Result};

/// A list of more pages than this does not end.
const MOST_PAGES: usize = 10_000;
/// Nor does one with so many pages in a row that bring nothing new.
const MOST_IDLE_PAGES: u32 = 100;

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("Rune knows no {what}, or the credentials do not reach it."))
}

impl Rune {
    /// Sends a GraphQL document of your own and returns its `data`. Any GraphQL error is an
    /// [`ErrorKind::Refused`], even where there are partial data. A document that holds the word "mutation" is not sent
    /// a second time when the answer to the first is lost.
    pub async fn graphql(&self, document: &str, variables: Value) -> Result<Value> {
        self.ask(document, variables, !document.contains("mutation")).await.map(|(_, data)| data)
    }

    /// Walks a list: hands every page's cursor (none for the first page) to `page`, which takes the page's items and
    /// returns what it says of the next, and how many items are known by then. Ends where there is no cursor, or an empty
    /// one; fails where one comes a second time, and where pages bring nothing new.
    pub(super) async fn walk(
        &self,
        mut page: impl AsyncFnMut(Option<&str>) -> Result<(wire::PageInfo, usize)>,
    ) -> Result<()> {
        let mut seen = BTreeSet::new();
        let mut cursor: Option<String> = None;
        let (mut known, mut idle) = (0, 0);
        loop {
            let (info, items) = page(cursor.as_deref()).await?;
            idle = if items > known { 0 } else { idle + 1 };
            known = items;
            cursor = info.end_cursor.filter(|cursor| !cursor.is_empty());
            let Some(next) = &cursor else { return Ok(()) };
            let words = if !seen.insert(next.clone()) {
                "The server repeats itself: a list's cursor came a second time.".to_string()
            } else if idle >= MOST_IDLE_PAGES {
                format!("The server's list does not end: {idle} pages in a row brought nothing new.")
            } else if seen.len() >= MOST_PAGES {
                format!("The server's list does not end after {MOST_PAGES} pages.")
            } else {
                continue;
            };
            return Err(self.http.about(Error::protocol(words), &self.graph_request(Vec::new())));
        }
    }

    /// What an answer says that there is not.
    pub(super) fn missing(&self, what: &str) -> Error {
        self.http.about(missing(what), &self.graph_request(Vec::new()))
    }

    fn graph_request(&self, body: Vec<u8>) -> Request {
        Request::json(Method::Post, format!("{}/graphql", self.graph_url), body)
    }

    /// The data, and the request that brought them.
    async fn ask(&self, document: &str, variables: Value, repeatable: bool) -> Result<(Request, Value)> {
        let body = serde_json::to_vec(&json!({ "query": document, "variables": variables }));
        let body = body.map_err(|error| Error::invalid(format!("The variables are not JSON: {error}.")))?;
        let request = Request { repeatable, ..self.graph_request(body) };
        let mut answer: Value = self.http.fetch_json(&request).await?;
        let about = |error| self.http.about(error, &request);
        let errors = answer.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty());
        if errors {
            let words = words_of(&answer).unwrap_or_else(|| "no reason given".into());
            let words = self.http.clean(&words);
            let mut error = Error::new(ErrorKind::Refused, format!("Rune refused the query: {words}."));
            error.server_message = Some(words);
            return Err(about(error));
        }
        match answer.get_mut("data").map(Value::take) {
            Some(data) if !data.is_null() => Ok((request, data)),
            _ => Err(about(Error::protocol("The answer holds neither data nor errors."))),
        }
    }

    /// The data of a document of ours. All of them may be repeated: the one that changes something sets it to a value.
    pub(super) async fn query<T: DeserializeOwned>(&self, document: &str, variables: Value) -> Result<T> {
        let (request, data) = self.ask(document, variables, true).await?;
        serde_json::from_value(data).map_err(|error| {
            let words = format!("The answer is not what was asked for: {error}.");
            self.http.about(Error::protocol(words), &request)
        })
    }
}
