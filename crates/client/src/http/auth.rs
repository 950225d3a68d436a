//! What signs requests.

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use crate::Result;
use crate::transport::Header;

/// Credentials, as requests need them.
pub trait Auth {
    /// Headers for every request.
    fn headers(&self) -> Vec<Header>;

    /// Values that must not be seen in any message.
    fn secrets(&self) -> Vec<String>;

    /// Gets credentials where there are none yet; called before every request.
    fn prepare(&self) -> LocalBoxFuture<'_, Result<()>> {
        ready(Ok(())).boxed_local()
    }

    /// Gets fresh credentials after a 401 or 403; `false` when there are none to get. `refused` are the headers of the
    /// request that was not accepted: when they are no longer the current ones, there is nothing more to do.
    fn refresh<'a>(&'a self, refused: &'a [Header]) -> LocalBoxFuture<'a, Result<bool>> {
        let _ = refused;
        ready(Ok(false)).boxed_local()
    }
}
