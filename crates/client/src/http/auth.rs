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

    /// Gets fresh credentials after a 401 or 403; `false` when there are none to get.
    fn refresh(&self) -> LocalBoxFuture<'_, Result<bool>> {
        ready(Ok(false)).boxed_local()
    }
}
