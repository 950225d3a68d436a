//! Turns of the event loop: whoever works long gives others one.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::transport::Transport;

/// Work since the last turn of the event loop after which others get one.
const TURN_MS: f64 = 8.0;

/// When others last had a turn, ms. Clones are shared by all that work in the same task.
#[derive(Clone, Default)]
pub(crate) struct Turn(Rc<Cell<f64>>);

impl Turn {
    /// Others had one just now.
    pub(crate) fn begin(&self, transport: &dyn Transport) {
        self.0.set(transport.now_ms());
    }

    /// Gives others a turn when one is due. Someone else of the same task may use up the time before this one's turn
    /// comes round: then it waits once more.
    pub(crate) async fn give(&self, transport: &dyn Transport) {
        while transport.now_ms() - self.0.get() >= TURN_MS {
            let before = self.0.get();
            transport.sleep(Duration::ZERO).await;
            if self.0.get() == before {
                return self.begin(transport);
            }
        }
    }
}
