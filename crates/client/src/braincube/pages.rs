//! Lists, page by page.
//!
//! Servers tell no total: a list ends with a page that holds nothing. What comes next is asked for after what came, not
//! after what was asked for, so that a server with a page size of its own loses nothing.

use std::collections::HashSet;
use std::marker::PhantomData;

use serde::Deserialize;

use super::Braincube;
use super::model::{Item, Object};
use crate::transport::Request;
use crate::{Error, Result, url};

/// Items after which a list does not end.
const MOST_ITEMS: usize = 1_000_000;

/// A list under way, or one page of it.
pub struct Pages<T> {
    braincube: Braincube,
    /// Without `offset` and `size`.
    request: Request,
    base: String,
    size: u32,
    offset: usize,
    known: HashSet<String>,
    ended: bool,
    item: PhantomData<T>,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Object>,
}

#[allow(private_bounds)]
impl<T: Item> Pages<T> {
    pub(super) fn new(braincube: &Braincube, request: Request, base: &str) -> Self {
        Self {
            braincube: braincube.clone(),
            request,
            base: base.into(),
            size: braincube.settings.page_size,
            offset: 0,
            known: HashSet::new(),
            ended: false,
            item: PhantomData,
        }
    }

    /// The same list with another page size.
    pub fn with_page_size(mut self, size: u32) -> Self {
        self.size = size;
        self
    }

    /// One page alone, counted from 0: the items from `page` times the page size on. One beyond the end is empty.
    pub async fn page(&self, page: u32) -> Result<Vec<T>> {
        self.items(page as usize * self.size()? as usize).await
    }

    /// The next page; `None` at the end. Items that came before are left out: lists may change meanwhile. A server that
    /// sends nothing else, or never ends, is stopped with an error.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>> {
        if self.ended {
            return Ok(None);
        }
        let mut items = self.items(self.offset).await?;
        if items.is_empty() {
            self.ended = true;
            return Ok(None);
        }
        self.offset += items.len();
        items.retain(|item| self.known.insert(item.id().into()));
        if items.is_empty() || self.known.len() > MOST_ITEMS {
            self.ended = true;
            let words = "The server's list does not end: it sends the same items again and again.";
            return Err(self.braincube.http.about(Error::protocol(words), &self.request));
        }
        Ok(Some(items))
    }

    /// All items.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// One page alone, or all items where none is named; with another page size where one is given.
    pub async fn part(self, page: Option<u32>, page_size: Option<u32>) -> Result<Vec<T>> {
        let pages = match page_size {
            Some(size) => self.with_page_size(size),
            None => self,
        };
        match page {
            Some(page) => pages.page(page).await,
            None => pages.all().await,
        }
    }

    fn size(&self) -> Result<u32> {
        if self.size == 0 {
            return Err(Error::invalid("page_size is 0: give at least 1."));
        }
        Ok(self.size)
    }

    async fn items(&self, offset: usize) -> Result<Vec<T>> {
        let (offset, size) = (offset.to_string(), self.size()?.to_string());
        let mut request = self.request.clone();
        request.url = url::with_query(&request.url, [("offset", offset.as_str()), ("size", size.as_str())]);
        let page: Page = self.braincube.json(&request).await?;
        let read = |object| T::read(object, &self.braincube.settings, &self.base);
        let items: Result<Vec<T>> = page.items.into_iter().map(read).collect();
        items.map_err(|error| self.braincube.http.about(error, &request))
    }
}
