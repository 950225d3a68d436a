//! The native transport in a hurry: a second passes in a twentieth of one. And one that loses the server's name.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use streamscope_client::{Inflate, NativeTransport, Policy, Request, Response, Transport, TransportError};

use super::fault::Plan;
use super::kinds::{Fault, Midway};
use super::proxy::Asked;

/// How many times faster time goes.
const HASTE: u32 = 20;
/// Longer waits are for a silent server. They are hurried less, so that one that is only busy is not taken for silent.
const SILENCE: Duration = Duration::from_secs(5);

/// Waits that are short in a hurry, and without limits on requests.
pub(super) fn policy(concurrency: usize) -> Policy {
    Policy {
        attempts: 3,
        first_wait: Duration::from_millis(200),
        longest_wait: Duration::from_secs(60),
        patience: Duration::from_secs(10),
        concurrency,
        requests_a_second: None,
    }
}

/// A transport whose waits are short.
pub(super) struct Hurried {
    native: NativeTransport,
    plan: Option<Arc<Plan>>,
}

impl Hurried {
    /// To a server without faults.
    pub(super) fn honest() -> Rc<dyn Transport> {
        Rc::new(Self { native: NativeTransport::new().unwrap(), plan: None })
    }

    /// Through a proxy with this plan.
    pub(super) fn planned(plan: Arc<Plan>) -> Rc<dyn Transport> {
        Rc::new(Self { native: NativeTransport::new().unwrap(), plan: Some(plan) })
    }

    /// The request, to a name that nobody knows when the plan says so. No such name is asked for outside of this machine:
    /// it is too long.
    fn addressed(&self, mut request: Request) -> Request {
        let Some(plan) = self.plan.as_ref().filter(|plan| plan.fault == Fault::Nameless) else {
            return request;
        };
        let place = request.url.match_indices('/').nth(2).map_or(request.url.len(), |(place, _)| place);
        let asked = Asked {
            method: request.method.as_str().into(),
            target: request.url.split_off(place),
            headers: Vec::new(),
            body: request.body.clone().unwrap_or_default(),
        };
        if plan.loses_name(&asked) {
            request.url = format!("http://{}.invalid", "gone".repeat(16));
        }
        request.url.push_str(&asked.target);
        request
    }
}

impl Transport for Hurried {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>> {
        self.native.send(self.addressed(request))
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let is_silent = |plan: &Arc<Plan>| {
            matches!(plan.fault, Fault::Silence | Fault::Stall | Fault::Upload(Midway::Stalled))
        };
        self.native.sleep(match duration > SILENCE {
            false => duration / HASTE,
            true if self.plan.as_ref().is_some_and(is_silent) => duration * 3 / HASTE,
            true => duration,
        })
    }

    fn now_ms(&self) -> f64 {
        self.native.now_ms() * f64::from(HASTE)
    }

    fn unix_ms(&self) -> f64 {
        self.native.unix_ms()
    }

    fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
        self.native.inflate()
    }
}
