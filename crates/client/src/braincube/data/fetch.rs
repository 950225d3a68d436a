//! One answer of the data service, read as it arrives.

use streamscope_frame::{BraincubeAnswer, BraincubeOptions, BraincubeParser, ParseError, ParseErrorKind};

use crate::braincube::Braincube;
use crate::transport::Request;
use crate::turn::Turn;
use crate::{Error, ErrorKind, Progress, Result};

/// Bytes parsed between two looks at the clock: well under a millisecond of work.
const SLICE: usize = 1 << 16;
/// Bytes without a new cell after which an answer does not end. Columns that nobody asked for are such.
const MOST_IDLE_BYTES: usize = 64 << 20;

/// Why an answer is not there.
struct Failure {
    error: Error,
    /// Whether it may be asked for again.
    again: bool,
}

impl Braincube {
    /// Asks for an answer and reads it to its end. One that breaks off is asked for again, from its beginning.
    pub(super) async fn fetch_answer(
        &self,
        request: &Request,
        options: &BraincubeOptions,
        turn: &Turn,
        progress: &mut Progress,
    ) -> Result<BraincubeAnswer> {
        let mut tried = 0;
        loop {
            let failure = match self.read_answer(request, options, turn, progress).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            tried += 1;
            if !failure.again || tried >= self.http.policy.attempts {
                return Err(failure.error.after_rows(progress.rows, progress.covered_to));
            }
            self.http.transport.sleep(self.http.backoff(tried)).await;
        }
    }

    async fn read_answer(
        &self,
        request: &Request,
        options: &BraincubeOptions,
        turn: &Turn,
        progress: &mut Progress,
    ) -> Result<BraincubeAnswer, Failure> {
        let final_error = |error| Failure { error, again: false };
        let mut response = self.http.open(request).await.map_err(final_error)?;
        progress.pages += 1;
        let before = progress.bytes;
        let mut parser = BraincubeParser::new(options.clone());
        let mut buffer = Vec::new();
        let (mut reached, mut idle) = (parser.progress(), 0);
        loop {
            buffer.clear();
            let length = response.body.read(&mut buffer).await.map_err(|cause| Failure {
                error: self.http.unanswered(request, ErrorKind::Body, &cause),
                again: !cause.permanent,
            })?;
            if length == 0 {
                break;
            }
            progress.bytes += length as u64;
            for piece in buffer.chunks(SLICE) {
                parser.push(piece).map_err(|error| {
                    let begins = progress.bytes - before == buffer.len() as u64;
                    let page = self.http.refuse_page(request, if begins { &buffer } else { &[] });
                    page.map_or_else(final_error, |()| self.malformed(error, request))
                })?;
                idle += piece.len();
                if parser.progress() != reached {
                    (reached, idle) = (parser.progress(), 0);
                } else if idle > MOST_IDLE_BYTES {
                    let words = format!("The server sent {} MiB without a cell.", MOST_IDLE_BYTES >> 20);
                    return Err(final_error(self.http.about(Error::protocol(words), request)));
                }
                turn.give(self.http.transport.as_ref()).await;
            }
        }
        parser.finish().map_err(|error| self.malformed(error, request))
    }

    fn malformed(&self, parse: ParseError, request: &Request) -> Failure {
        let again = parse.kind == ParseErrorKind::Truncated;
        let error = Error::new(ErrorKind::Body, format!("The answer cannot be read: {parse}."));
        let error = Error { parse: Some(Box::new(parse)), ..error };
        Failure { error: self.http.about(error, request), again }
    }
}
