//! Turning to one of several connections, whose subjects are listed, and leaving one.

use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::stream::LocalBoxStream;
use leptos::prelude::*;
use streamscope_client::{Subject, Together};

use super::{Phase, Session, run};
use crate::state::Listing;

impl Session {
    /// Forgets a connection, and with it the credentials. The others stay.
    pub fn disconnect(self, key: &str) {
        self.stop();
        if self.workspace.connections.with_untracked(Vec::len) > 1 {
            let was_here = self.workspace.at.get_untracked() == key;
            self.workspace.part(key);
            if was_here {
                self.list_present();
            }
            return;
        }
        self.clear();
        self.phase.set(Phase::Form);
    }

    /// Turns to another connection that is there.
    pub fn turn_to(self, key: &str) {
        self.workspace.turn_to_connection(key);
        self.list_present();
        self.workspace.source.notify();
    }

    /// Turns to the connection of the selected subject, whenever a link or the browser's history names one of another.
    pub fn follow_subject(self) {
        let workspace = self.workspace;
        let key = Memo::new(move |_| {
            let subject = workspace.selection.with(|selection| selection.subject.clone());
            subject.map(|subject| workspace.key_of(&subject))
        });
        Effect::new(move || {
            let elsewhere = |key: &String| workspace.at.with_untracked(|at| at != key);
            if let Some(key) = key.get().filter(elsewhere)
                && untrack(|| workspace.is_connected(&key))
            {
                self.turn_to(&key);
            }
        });
    }

    /// Lists the subjects of the connection that was turned to.
    pub(super) fn list_present(self) {
        let Some(source) = self.workspace.source.get_untracked() else { return };
        let subjects = source.subjects(None);
        self.list(Subjects { first: Vec::new(), rest: subjects });
    }

    pub(super) fn clear(self) {
        run(self.listing, async {});
        self.workspace.forget_source();
        self.workspace.subjects.set(Vec::new());
        self.workspace.looked_into.set(Default::default());
        self.workspace.subjects_listing.set(Listing::Idle);
    }

    /// Puts the subjects into the catalogue: the first page at once, the others as they come.
    pub(super) fn list(self, Subjects { first, mut rest }: Subjects) {
        let listing = if first.is_empty() { Listing::Loading } else { Listing::Ready };
        self.workspace.subjects.set(first);
        self.workspace.subjects_listing.set(listing);
        run(self.listing, async move {
            while let Some(page) = rest.next().await {
                match page {
                    Ok(page) => {
                        self.workspace.subjects.update(|subjects| subjects.extend(page));
                        self.workspace.subjects_listing.set(Listing::Ready);
                    }
                    Err(error) => self.workspace.subjects_listing.set(Listing::Failed(error.to_string())),
                }
            }
        });
    }
}

/// Subjects at the top: the first page, and those to come.
pub(super) struct Subjects {
    pub(super) first: Vec<Subject>,
    pub(super) rest: LocalBoxStream<'static, streamscope_client::Result<Vec<Subject>>>,
}

impl Subjects {
    /// The same as all connections know them.
    pub(super) fn named(self, together: Option<Rc<Together>>, key: String) -> Self {
        let Some(together) = together else { return self };
        let first = together.outer_subjects(&key, self.first);
        let rest = self.rest.map(move |page| Ok(together.outer_subjects(&key, page?))).boxed_local();
        Self { first, rest }
    }
}
