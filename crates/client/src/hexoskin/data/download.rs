//! Answers of the data resource as they are: for files to be kept, and for what reads them here.

use super::super::Hexoskin;
use super::super::filters::Filters;
use crate::transport::{Request, Response};
use crate::{ErrorKind, Result};

/// The formats of the data resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lists of times and values.
    Json,
    /// A row per time, a column per datatype.
    Csv,
    /// A zip of WAV and timestamp–value files, every sample.
    Binary,
    /// European Data Format, every sample.
    Edf,
}

impl Format {
    /// The media type, as the server knows it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Binary => "application/octet-stream",
            Self::Edf => "application/x-edf",
        }
    }
}

/// An answer under way. Dropping it stops the download.
pub struct Download {
    pub(super) api: Hexoskin,
    pub(super) request: Request,
    pub(super) response: Response,
}

impl Download {
    /// The next bytes; `None` at the end.
    pub async fn next_chunk(&mut self) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match self.response.body.read(&mut bytes).await {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(bytes)),
            Err(cause) => Err(self.api.http.unanswered(&self.request, ErrorKind::Body, &cause)),
        }
    }

    /// All bytes.
    pub async fn into_bytes(mut self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next_chunk().await? {
            all.extend(bytes);
        }
        Ok(all)
    }
}

impl Hexoskin {
    /// Data in a format of the server's, as they are.
    pub async fn data_download(&self, filters: &Filters, format: Format) -> Result<Download> {
        let request = self.data_request(filters, format).await?;
        let response = self.http.open(&request).await?;
        Ok(Download { api: self.clone(), request, response })
    }

    /// A request for data, checked against the schema.
    pub(super) async fn data_request(&self, filters: &Filters, format: Format) -> Result<Request> {
        let uri = self.resource("data").list_uri(filters).await?;
        let mut request = self.list_request(&uri, filters.pairs());
        request.headers.retain(|(name, _)| name != "Accept");
        request.headers.push(("Accept".into(), format.media_type().into()));
        Ok(request)
    }
}
