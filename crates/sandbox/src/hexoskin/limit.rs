//! At most so many requests a second for each credentials.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Counts requests by credentials within whole seconds.
pub(super) struct Limit {
    most: Option<u32>,
    seconds: Mutex<Seconds>,
}

#[derive(Default)]
struct Seconds {
    now: i64,
    counts: HashMap<String, u32>,
}

impl Limit {
    /// `None` sets no limit.
    pub(super) fn new(most: Option<u32>) -> Self {
        Self { most, seconds: Mutex::default() }
    }

    /// Counts one request at a Unix time in s; whether it is served.
    pub(super) fn admits(&self, credentials: &str, now: i64) -> bool {
        let Some(most) = self.most else { return true };
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        if seconds.now != now {
            *seconds = Seconds { now, counts: HashMap::new() };
        }
        let count = seconds.counts.entry(credentials.to_owned()).or_default();
        *count += 1;
        *count <= most
    }
}
