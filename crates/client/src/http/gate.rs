//! What several requests of one read have in common: a server that asks one of them for patience asks them all.

use std::cell::Cell;
use std::time::Duration;

use crate::transport::Transport;

/// By how much the load may grow with each answer, after a 429 had it halved.
const RECOVERY: f64 = 0.1;

/// Holds requests back after a 429, and knows how many the server bears at a time.
pub(crate) struct Gate {
    most: f64,
    bearable: Cell<f64>,
    /// Nothing is sent before this moment, ms on the transport's clock.
    held_until: Cell<f64>,
}

impl Gate {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1) as f64;
        Self { most, bearable: Cell::new(most), held_until: Cell::new(f64::NEG_INFINITY) }
    }

    /// How many may be under way.
    pub(crate) fn bearable(&self) -> usize {
        self.bearable.get() as usize
    }

    /// Waits for as long as the server asked.
    pub(super) async fn pass(&self, transport: &dyn Transport) {
        loop {
            let left = self.held_until.get() - transport.now_ms();
            if left <= 0.0 {
                return;
            }
            transport.sleep(Duration::from_millis(left.ceil() as u64)).await;
        }
    }

    /// An answer came.
    pub(super) fn answered(&self) {
        self.bearable.set((self.bearable.get() + RECOVERY).min(self.most));
    }

    /// A 429 came: nothing more for this long, and then half as much. Further ones meanwhile are of the same burst.
    pub(super) fn limited(&self, now_ms: f64, wait: Duration) {
        if now_ms >= self.held_until.get() {
            self.bearable.set((self.bearable.get() / 2.0).floor().max(1.0));
        }
        self.held_until.set(self.held_until.get().max(now_ms + wait.as_secs_f64() * 1e3));
    }
}
