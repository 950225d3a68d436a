//! Waiting for a server, but not for ever.

use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, LocalBoxFuture, select};

use crate::transport::{Body, Response, Transport, TransportError};

/// What a request gives, unless nothing comes for too long.
pub(super) async fn sent(
    transport: &dyn Transport,
    sending: LocalBoxFuture<'_, Result<Response, TransportError>>,
    patience: Duration,
) -> Result<Response, TransportError> {
    match select(sending, transport.sleep(patience)).await {
        Either::Left((sent, _)) => sent,
        Either::Right(_) => Err(silence(patience)),
    }
}

/// A body that fails when its next piece does not come for too long.
pub(super) struct PatientBody {
    body: Box<dyn Body>,
    transport: Rc<dyn Transport>,
    patience: Duration,
    /// One timer serves many pieces: setting one for each costs more than some pieces do.
    timer: Option<LocalBoxFuture<'static, ()>>,
}

impl PatientBody {
    pub(super) fn new(body: Box<dyn Body>, transport: Rc<dyn Transport>, patience: Duration) -> Self {
        Self { body, transport, patience, timer: None }
    }

    async fn next(&mut self, into: &mut Vec<u8>) -> Result<usize, TransportError> {
        let asked = self.transport.now_ms();
        let mut reading = self.body.read(into);
        loop {
            let timer = self.timer.get_or_insert_with(|| self.transport.sleep(self.patience));
            match select(reading, timer).await {
                Either::Left((read, _)) => return read,
                Either::Right(((), still)) => reading = still,
            }
            // The timer may have been set before this piece was asked for.
            let waited = Duration::from_secs_f64((self.transport.now_ms() - asked).max(0.0) / 1e3);
            if waited >= self.patience {
                self.timer = None;
                return Err(silence(self.patience));
            }
            self.timer = Some(self.transport.sleep(self.patience - waited));
        }
    }
}

impl Body for PatientBody {
    fn read<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<usize, TransportError>> {
        self.next(into).boxed_local()
    }
}

fn silence(patience: Duration) -> TransportError {
    TransportError::new(match patience.subsec_millis() {
        0 => format!("nothing arrived for {} s", patience.as_secs()),
        _ => format!(
            "nothing arrived for {} ms",
            patience.as_secs() * 1000 + u64::from(patience.subsec_millis())
        ),
    })
}
