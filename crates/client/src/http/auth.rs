//! What signs requests.

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use crate::Result;
use crate::transport::{Header, Request};

/// Credentials, as requests need them.
pub trait Auth {
    /// The headers that sign a request, which is complete but for them and is sent at once. `unix_ms` is the time, ms
    /// since the Unix epoch on the machine's clock. Called anew for every attempt.
    fn sign(&self, request: &Request, unix_ms: f64) -> Vec<Header>;

    /// Values that must not be seen in any message.
    fn secrets(&self) -> Vec<String>;

    /// Gets credentials where there are none yet; called before every request.
    fn prepare(&self) -> LocalBoxFuture<'_, Result<()>> {
        ready(Ok(())).boxed_local()
    }

    /// Gets fresh credentials after a 401 or 403; `false` when there are none to get. `refused` is the signature
    /// that was not accepted: where others are in use by now, there is nothing more to do.
    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool>> {
        let _ = refused;
        ready(Ok(false)).boxed_local()
    }
}
