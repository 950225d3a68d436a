//! Rune Labs: metadata over GraphQL, samples over the Stream API, sleep over Strive, access tokens from Cognito.

mod auth;
mod catalogue;
mod cognito;
mod graphql;
mod refusal;
mod sleep;
mod stream;

use std::sync::Arc;

use serde_json::{Value, json};

pub(crate) use auth::credentials;
pub(crate) use catalogue::{
    Access, Catalogue, Cohort, CustomDetail, Device, DeviceType, Dimension, Duration, Event, EventClass,
    Metric, Org, Parameter, Patient, Project, ProjectPatient, Shape, Stream, StreamType, Tag, User,
};

#[cfg(feature = "server")]
pub(crate) use graphql::changes;

use crate::query::Query;
use crate::{Options, Request, Response, Store, StoreError};

/// Key of the catalogue's document.
pub(crate) const CATALOGUE: &str = "rune";

/// The platform over a store.
pub(crate) struct Rune {
    store: Arc<dyn Store>,
    catalogue: Arc<Catalogue>,
    schema: graphql::Schema,
    cognito: cognito::Cognito,
    page_rows: u64,
}

impl Rune {
    /// Reads the catalogue; a store without one is an empty platform.
    pub(crate) fn open(store: Arc<dyn Store>, options: &Options) -> Result<Self, StoreError> {
        let catalogue = match store.document(CATALOGUE)? {
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StoreError::Damaged(format!("the Rune catalogue: {error}")))?,
            None => Catalogue::default(),
        };
        let catalogue = Arc::new(catalogue);
        let schema = graphql::schema(catalogue.clone());
        let cognito = cognito::Cognito::default();
        Ok(Self { store, catalogue, schema, cognito, page_rows: options.page_rows.max(1) })
    }

    /// Answers a request for one of the platform's paths; `None` for any other path.
    pub(crate) fn handle(&self, request: &Request, now: i64) -> Option<Response> {
        let path = request.path.as_str();
        if path == cognito::PATH {
            return Some(self.cognito.handle(request));
        }
        let known =
            path == "/graphql" || path == sleep::PATH || path.starts_with("/v1/") || path.starts_with("/v2/");
        if !known {
            return None;
        }
        if !auth::accepts(&self.cognito, request) {
            return Some(auth::refusal());
        }
        Some(match path {
            "/graphql" => graphql::handle(&self.schema, request),
            sleep::PATH => sleep::handle(&self.catalogue, &Query::parse(&request.query)),
            _ => stream::handle(self, request, now),
        })
    }

    /// Makes all access tokens expire that were issued for the refresh token.
    #[cfg(feature = "server")]
    pub(crate) fn expire_access(&self) {
        self.cognito.expire();
    }

    /// The platform's part of `info.json`.
    pub(crate) fn info(&self, base: &str) -> Value {
        let subjects = self.catalogue.patients.iter().map(|patient| {
            let orgs = self.catalogue.accesses.iter().filter(|access| access.patient_id == patient.id);
            json!({
                "id": patient.id,
                "name": patient.code_name,
                "org_ids": orgs.map(|access| &access.org_id).collect::<Vec<_>>(),
                "devices": patient.devices,
            })
        });
        let streams = self.catalogue.streams.iter().map(|stream| {
            json!({
                "id": stream.id,
                "name": stream.name,
                "subject_id": stream.patient_id,
                "stream_type": stream.stream_type_id,
                "rows": stream.rows,
                "min_time": stream.min_time,
                "max_time": stream.max_time,
            })
        });
        json!({
            "graph_url": base,
            "stream_url": base,
            "strive_url": base,
            "cognito_url": format!("{base}{}", cognito::PATH),
            "credentials": credentials(),
            "subjects": subjects.collect::<Vec<_>>(),
            "streams": streams.collect::<Vec<_>>(),
        })
    }
}
