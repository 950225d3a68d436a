//! An attempt to connect: what is asked first, step by step, and what comes of it.

use std::rc::Rc;

use futures_util::StreamExt;
use leptos::prelude::*;
use streamscope_client::registry::{Connected, Connector, Entry, Opening, Stage};
use streamscope_client::together::names::platform_of;
use streamscope_client::{Error, ErrorKind, Platform, Source, Subject};

use super::demo::Demos;
use super::network::transport;
use super::steps::{Step, StepState};
use super::turn::Subjects;
use super::{Phase, Session};
use crate::state::Connection;

impl Session {
    /// Whether a source stands. `demos` are those that it is one of.
    pub(super) async fn connect_now(
        self,
        connector: &dyn Connector,
        entry: &Entry,
        demos: Option<&Demos>,
    ) -> bool {
        self.steps.set(Step::list(titles(connector, None)));
        let connected = connector.sign_in(entry, transport()).await;
        self.connect_with(connector, connected, demos).await
    }

    /// The same of a connection that was made, or why it was not.
    pub(super) async fn connect_with(
        self,
        connector: &dyn Connector,
        connected: Result<Connected, Error>,
        demos: Option<&Demos>,
    ) -> bool {
        let about = connector.about();
        self.steps.set(Step::list(titles(connector, connected.as_ref().ok())));
        match self.try_connect(connector, connected).await {
            Ok(Found { source, host, subjects, opening }) => {
                if !untrack(|| self.keeps(about.platform)) {
                    let left = self.leaves_behind(&subjects.first);
                    self.clear();
                    self.workspace.selection.update(|selection| {
                        selection.begin_with(about.platform.id);
                        selection.demo = demos.is_some();
                        if left && opening.is_some() {
                            selection.let_go();
                        }
                    });
                }
                self.beside.set(None);
                let name = demos.map_or(host, |_| "Demo recordings".into());
                let key = self.workspace.key_for(about.platform, &name);
                let made = Connection {
                    key,
                    name,
                    platform: about.platform.name,
                    is_demo: demos.is_some(),
                    in_page: demos.is_some_and(Demos::are_in_page),
                    colour: 0,
                    left_at: None,
                };
                let key = made.key.clone();
                self.workspace.join(made, source);
                if let Some(opening) = &opening {
                    self.look_at(&key, opening);
                }
                self.phase.set(Phase::Connected);
                if self.workspace.at.with_untracked(|at| *at == key) {
                    self.list(subjects.named(self.workspace.together.get_value(), key));
                }
                true
            }
            Err((step, message)) => {
                self.settle(step, StepState::Failed(message));
                false
            }
        }
    }

    /// Whether a connection to a platform stands beside those that are there. Where nobody chose, a demo makes way for what
    /// is no demo, and what a link needs stands beside what is there. Tracked.
    pub fn keeps(self, platform: Platform) -> bool {
        let missing = self.workspace.missing_connections();
        let is_needed = missing.iter().any(|key| platform_of(key) == platform.id);
        let is_own = || self.workspace.connections.with(|all| all.iter().any(|one| !one.is_demo));
        let any = self.workspace.connections.with(|all| !all.is_empty());
        any && (is_needed || self.beside.get().unwrap_or_else(is_own))
    }

    /// Whether the subject that is looked at belongs to the present connection and not to one that holds these.
    fn leaves_behind(self, subjects: &[Subject]) -> bool {
        let chosen = self.workspace.selection.with_untracked(|selection| selection.subject.clone());
        let holds = |subjects: &[Subject]| subjects.iter().any(|one| Some(&one.id) == chosen.as_ref());
        self.workspace.subjects.with_untracked(|present| holds(present)) && !holds(subjects)
    }

    /// The source and the first of its subjects, or the step that failed and why.
    async fn try_connect(
        self,
        connector: &dyn Connector,
        connected: Result<Connected, Error>,
    ) -> Result<Found, (usize, String)> {
        let failed = |error: Error| (connector.failed_at(&error) as usize, error.to_string());
        let Connected { source, host, others, opening } = connected.map_err(failed)?;
        self.settle(0, StepState::Done(String::new()));
        let mut subjects = source.subjects(None);
        let first = subjects.next().await.transpose();
        let first = first.map_err(failed)?.unwrap_or_default();
        self.settle(Stage::SignIn as usize, StepState::Done(String::new()));
        let noun = connector.about().subject;
        if first.is_empty() {
            let nobody = format!(
                "The credentials are accepted, but they reach no {} with data. Ask for access, or use others.",
                noun.one
            );
            return Err((Stage::List as usize, nobody));
        }
        let listed = format!("{} {}", first.len(), noun.of(first.len()));
        self.settle(Stage::List as usize, StepState::Done(listed));
        for (place, probe) in others.into_iter().enumerate() {
            if let Err(error) = probe.ask.await
                && error.kind == ErrorKind::Network
            {
                return Err((Stage::ALL.len() + place, error.to_string()));
            }
            self.settle(Stage::ALL.len() + place, StepState::Done(String::new()));
        }
        Ok(Found { source, host, subjects: Subjects { first, rest: subjects }, opening })
    }

    /// Notes how a step ended; those before it went well.
    pub(super) fn settle(self, index: usize, state: StepState) {
        self.steps.update(|steps| Step::settle(steps, index, state));
    }
}

/// What an attempt found.
struct Found {
    source: Rc<dyn Source>,
    host: String,
    subjects: Subjects,
    opening: Option<Opening>,
}

/// The steps of an attempt, in words.
pub(super) fn titles(connector: &dyn Connector, connected: Option<&Connected>) -> Vec<String> {
    let host = connected.map(|connected| connected.host.as_str());
    let mut titles: Vec<_> = Stage::ALL.map(|stage| connector.stage_title(stage, host)).into();
    let others = connected.map(|connected| connected.others.as_slice()).unwrap_or_default();
    titles.extend(others.iter().map(|probe| format!("Reach {}", probe.host)));
    titles
}
