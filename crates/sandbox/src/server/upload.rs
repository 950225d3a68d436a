//! Request bodies that are taken piece by piece.

use std::time::Duration;

use axum::body::Body as HttpBody;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::sandbox::allow_any_origin;
use crate::{Response, Upload};

/// Rows that have come are stored at the latest when no more have come for so long.
const PAUSE: Duration = Duration::from_millis(500);
/// What still comes after a refusal is read for so long: an answer to somebody who is still sending would be lost.
const FAREWELL: Duration = Duration::from_secs(2);

/// Stores a body while it comes and gives the answer; `None` when storing failed on our side.
///
/// When the connection breaks, what has come stays, as far as its rows are whole.
pub(super) async fn receive(upload: Upload, body: HttpBody) -> Option<Response> {
    let mut body = body.into_data_stream();
    let mut response = match store(upload, &mut body).await? {
        Ok(response) => response,
        Err(refused) => {
            let rest = async { while let Some(Ok(_)) = body.next().await {} };
            let _ = tokio::time::timeout(FAREWELL, rest).await;
            refused
        }
    };
    allow_any_origin(&mut response);
    Some(response)
}

async fn store<E>(
    mut upload: Upload,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Option<Result<Response, Response>> {
    loop {
        let next = tokio::time::timeout(PAUSE, body.next()).await;
        let (bytes, ended) = match next {
            Ok(Some(Ok(bytes))) => (Some(bytes), false),
            Ok(Some(Err(_)) | None) => (None, true),
            Err(_) => (None, false),
        };
        if ended {
            return tokio::task::spawn_blocking(move || upload.finish()).await.ok().map(Ok);
        }
        let step = move || {
            let stored = match bytes {
                Some(bytes) => upload.push(&bytes),
                None => upload.flush(),
            };
            (upload, stored)
        };
        match tokio::task::spawn_blocking(step).await {
            Ok((same, Ok(()))) => upload = same,
            Ok((_, Err(refused))) => return Some(Err(refused)),
            Err(_) => return None,
        }
    }
}
