//! Answers of `GET /data`: their heads, and what it means when there is nothing in them.

use streamscope_frame::JouleLayout;

use crate::joule::node::Pairs;
use crate::joule::time::Bounds;
use crate::joule::{Address, Joule};
use crate::transport::{Method, Request, Response};
use crate::{Error, Result};

/// What a node says when a window holds no row. Where it has decimated, it says nothing instead.
const NO_DATA: &str = "this stream has no data";

/// How finely rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fineness {
    /// Every row.
    Raw,
    /// As the node decimates to come near this many rows.
    MostRows(u64),
    /// Bins of this many rows.
    Level(u64),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) stream: Address,
    /// Half-open, µs.
    pub(super) bounds: Bounds,
    pub(super) fineness: Fineness,
}

/// The head of an answer, its body unread.
pub(super) struct Answer {
    pub(super) request: Request,
    pub(super) response: Response,
    pub(super) format: JouleLayout,
    /// Rows of a bin; 1 means raw rows.
    pub(super) level: u64,
}

impl Ask {
    fn pairs(&self) -> Result<Pairs> {
        let mut pairs = bounds_pairs(&self.stream, self.bounds)?;
        match self.fineness {
            Fineness::Raw | Fineness::Level(..=1) => {}
            Fineness::MostRows(rows) => pairs.push(("max-rows", rows.to_string())),
            Fineness::Level(level) => pairs.push(("decimation-level", level.to_string())),
        }
        Ok(pairs)
    }
}

/// A stream and a window of it, as nodes are asked for them.
pub(super) fn bounds_pairs(stream: &Address, (start, end): Bounds) -> Result<Pairs> {
    let mut pairs = vec![stream.pair()?];
    pairs.extend(start.map(|start| ("start", start.to_string())));
    pairs.extend(end.map(|end| ("end", end.to_string())));
    Ok(pairs)
}

impl Joule {
    /// Asks for rows. `None` when the node says that there are none.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Option<Answer>> {
        let request = self.request(Method::Get, "/data", &ask.pairs()?);
        match self.http.open(&request).await {
            Ok(response) => self.answer(request, response).map(Some),
            Err(error) if error.status == Some(400) && error.server_message.as_deref() == Some(NO_DATA) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the head of an answer.
    pub(super) fn answer(&self, request: Request, response: Response) -> Result<Answer> {
        let header = |name: &str| {
            response.header(name).ok_or_else(|| {
                let words = format!(
                    "The answer shows no header {name}: what stands between this page and the node must expose it \
                     (Access-Control-Expose-Headers: joule-layout, joule-decimation), as the sandbox's relay does."
                );
                self.http.about(Error::protocol(words), &request)
            })
        };
        let about = |name: &str, cause: String| {
            let words = format!("The node's header {name} cannot be read: {cause}.");
            self.http.about(Error::protocol(words), &request)
        };
        let format = header("joule-layout")?.parse::<JouleLayout>();
        let format = format.map_err(|error| about("joule-layout", error.to_string()))?;
        let level = header("joule-decimation")?;
        let whole = level.parse().ok().filter(|level| *level > 0);
        let level = whole.ok_or_else(|| about("joule-decimation", format!("`{level}` is no level")))?;
        Ok(Answer { request, response, format, level })
    }
}
