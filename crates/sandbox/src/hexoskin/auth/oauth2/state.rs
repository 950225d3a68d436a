//! Codes and tokens that were given, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::LIFE;
use crate::hexoskin::auth::secret;

/// How long a code lives, s.
const CODE_LIFE: i64 = 60;

/// What a token allows.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client: &'static str,
    pub(super) user: i64,
    /// Scopes with spaces between them.
    pub(super) scope: String,
}

/// What a code was given for.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) grant: Grant,
    /// Where it was sent.
    pub(super) back: String,
    /// What the verifier must give.
    pub(super) challenge: Option<String>,
    /// When it was made, Unix s.
    pub(super) made: i64,
}

#[derive(Default)]
struct Given {
    count: u64,
    codes: HashMap<String, Code>,
    /// With the Unix time in s at which they expire.
    access: HashMap<String, (Grant, i64)>,
    refresh: HashMap<String, Grant>,
}

impl Given {
    fn secret(&mut self, kind: &str) -> String {
        self.count += 1;
        secret(kind, self.count)
    }
}

/// Everything that was given.
#[derive(Default)]
pub(super) struct State {
    given: Mutex<Given>,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Given> {
        // Each change is a single call on a map: a panic elsewhere leaves them whole.
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn code(&self, code: Code) -> String {
        let mut given = self.lock();
        let text = given.secret("code");
        given.codes.insert(text.clone(), code);
        text
    }

    /// Takes a code, which works once and soon.
    pub(super) fn redeem_code(&self, text: &str, now: i64) -> Option<Code> {
        self.lock().codes.remove(text).filter(|code| now <= code.made + CODE_LIFE)
    }

    pub(super) fn access(&self, grant: Grant, now: i64) -> String {
        let mut given = self.lock();
        let text = given.secret("access");
        given.access.retain(|_, (_, expires)| *expires > now);
        given.access.insert(text.clone(), (grant, now + LIFE));
        text
    }

    pub(super) fn refresh(&self, grant: Grant) -> String {
        let mut given = self.lock();
        let text = given.secret("refresh");
        given.refresh.insert(text.clone(), grant);
        text
    }

    /// Takes a refresh token, which works once: the answer brings the next.
    pub(super) fn redeem_refresh(&self, text: &str, client: &str) -> Option<Grant> {
        let mut given = self.lock();
        let own = given.refresh.get(text).is_some_and(|grant| grant.client == client);
        own.then(|| given.refresh.remove(text)).flatten()
    }

    /// What an access token allows while it lives.
    pub(super) fn accepted(&self, text: &str, now: i64) -> Option<Grant> {
        let given = self.lock();
        given.access.get(text).filter(|(_, expires)| now < *expires).map(|(grant, _)| grant.clone())
    }

    #[cfg(feature = "server")]
    pub(super) fn expire_access(&self) {
        self.lock().access.clear();
    }
}
