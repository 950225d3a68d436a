//! The GraphQL endpoint: a schema over the catalogue, run by a real executor.

mod page;
mod people;
mod project;
mod streams;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(feature = "server")]
use async_graphql::parser::parse_query;
#[cfg(feature = "server")]
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{EmptySubscription, InputObject, Object, SimpleObject};
use futures_util::FutureExt;
use serde_json::json;

use super::catalogue::{Catalogue, Cohort, Org, Patient, Project, User};
use super::refusal::Refusal;
use crate::{Body, Request, Response};

pub(super) type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;
type Result<T> = async_graphql::Result<T>;
type Context<'a> = async_graphql::Context<'a>;

/// What resolvers see.
struct State {
    catalogue: Arc<Catalogue>,
    /// Id of the active organization. A change lasts until the program ends, so that each demo starts the same.
    active_org: Mutex<String>,
}

impl State {
    fn active_org(&self) -> MutexGuard<'_, String> {
        self.active_org.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn state<'a>(context: &Context<'a>) -> Result<&'a State> {
    context.data::<State>()
}

/// What `find` finds in the catalogue, or an error.
fn found<'a, T>(
    context: &Context<'a>,
    missing: &'static str,
    find: impl FnOnce(&'a Catalogue) -> Option<&'a T>,
) -> Result<&'a T> {
    find(&state(context)?.catalogue).ok_or_else(|| missing.into())
}

pub(super) fn schema(catalogue: Arc<Catalogue>) -> Schema {
    let active_org = Mutex::new(catalogue.user.org_id.clone());
    Schema::build(Query, Mutation, EmptySubscription).data(State { catalogue, active_org }).finish()
}

/// Runs the operation in a request's body.
pub(super) fn handle(schema: &Schema, request: &Request) -> Response {
    if request.method != "POST" {
        return Refusal::new(405, "MethodNotAllowed", "GraphQL operations are sent with POST").into();
    }
    let operation: async_graphql::Request = match serde_json::from_slice(&request.body) {
        Ok(operation) => operation,
        Err(error) => return Refusal::invalid(format!("the body is no GraphQL request: {error}")).into(),
    };
    // No resolver waits for anything, so the first poll is the last.
    let answer = schema.execute(operation).now_or_never();
    match answer.map(|answer| serde_json::to_vec(&answer)) {
        Some(Ok(bytes)) => Response::new(200, "application/json", Body::Whole(bytes)),
        _ => Response::json(500, &json!({ "errors": [{ "message": "the operation could not be run" }] })),
    }
}

/// Whether a request's body holds an operation that changes something, the one that is to run or another.
#[cfg(feature = "server")]
pub(crate) fn changes(request: &Request) -> bool {
    let operation: Option<async_graphql::Request> = serde_json::from_slice(&request.body).ok();
    let document = operation.and_then(|operation| parse_query(operation.query).ok());
    let is_mutation = |document: ExecutableDocument| {
        document.operations.iter().any(|(_, operation)| operation.node.ty == OperationType::Mutation)
    };
    // What is not understood is refused by whoever runs it.
    document.is_some_and(is_mutation)
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn user<'a>(&self, context: &Context<'a>) -> Result<&'a User> {
        Ok(&state(context)?.catalogue.user)
    }

    /// The active organization.
    async fn org<'a>(&self, context: &Context<'a>) -> Result<&'a Org> {
        let state = state(context)?;
        state.catalogue.org(&state.active_org()).ok_or_else(|| "organization not found".into())
    }

    // An error inside `Some` leaves `null` in place of this field alone, as the platform does.

    async fn patient<'a>(&self, context: &Context<'a>, id: async_graphql::ID) -> Option<Result<&'a Patient>> {
        Some(found(context, "patient not found", |catalogue| catalogue.patient(&id)))
    }

    async fn project<'a>(
        &self,
        context: &Context<'a>,
        id: Option<async_graphql::ID>,
    ) -> Option<Result<&'a Project>> {
        let id = id.unwrap_or_default();
        let find = |catalogue: &'a Catalogue| catalogue.projects.iter().find(|project| project.id == *id);
        Some(found(context, "project not found", find))
    }

    async fn cohort<'a>(
        &self,
        context: &Context<'a>,
        id: Option<async_graphql::ID>,
    ) -> Option<Result<&'a Cohort>> {
        let id = id.unwrap_or_default();
        let cohorts =
            |catalogue: &'a Catalogue| catalogue.projects.iter().flat_map(|project| &project.cohorts);
        let find = |catalogue: &'a Catalogue| cohorts(catalogue).find(|cohort| cohort.id == *id);
        Some(found(context, "cohort not found", find))
    }

    async fn stream_type_list<'a>(&self, context: &Context<'a>) -> Result<streams::StreamTypeList<'a>> {
        Ok(streams::StreamTypeList { stream_types: &state(context)?.catalogue.stream_types })
    }

    async fn stream_list_by_ids<'a>(
        &self,
        context: &Context<'a>,
        stream_ids: Option<Vec<Option<String>>>,
    ) -> Result<streams::StreamList<'a>> {
        streams::by_ids(&state(context)?.catalogue, stream_ids.unwrap_or_default())
    }

    async fn stream_list<'a>(
        &self,
        context: &Context<'a>,
        filters: Option<streams::StreamQueryFilters>,
        cursor: Option<page::Cursor>,
    ) -> Result<streams::StreamList<'a>> {
        streams::list(&state(context)?.catalogue, &filters.unwrap_or_default(), cursor)
    }
}

pub(super) struct Mutation;

#[derive(InputObject)]
struct UpdateDefaultMembershipInput {
    org_id: async_graphql::ID,
}

#[derive(SimpleObject)]
struct UpdateDefaultMembership<'a> {
    user: &'a User,
}

#[Object]
impl Mutation {
    /// Makes another organization the active one.
    async fn update_default_membership<'a>(
        &self,
        context: &Context<'a>,
        input: UpdateDefaultMembershipInput,
    ) -> Result<UpdateDefaultMembership<'a>> {
        let state = state(context)?;
        let org =
            state.catalogue.org(&input.org_id).ok_or("the user is not a member of this organization")?;
        state.active_org().clone_from(&org.id);
        Ok(UpdateDefaultMembership { user: &state.catalogue.user })
    }
}
