//! Everything of a node but its data: what is read out of its answers, what is sent, and what is not sent twice.

mod answers;
mod faults;
mod pages;
mod requests;

use std::future::Future;

use streamscope_client::joule::Joule;
use streamscope_client::{Canned, Error, MemoryTransport};

use super::joule_data::joule;

/// What a call makes of one canned answer.
fn asked<T, F: Future<Output = Result<T, Error>>>(
    answer: Canned,
    call: impl FnOnce(Joule) -> F,
) -> Result<T, Error> {
    let transport = MemoryTransport::new(move |_| answer.clone());
    run(&transport, call)
}

/// What a call gives.
fn run<T, F: Future<Output = Result<T, Error>>>(
    transport: &MemoryTransport,
    call: impl FnOnce(Joule) -> F,
) -> Result<T, Error> {
    transport.run(call(joule(transport))).expect("the call waits for nothing")
}

/// What a call makes of a 200 with this body.
fn told<T, F: Future<Output = Result<T, Error>>>(
    body: &str,
    call: impl FnOnce(Joule) -> F,
) -> Result<T, Error> {
    asked(Canned::new(200, body), call)
}
