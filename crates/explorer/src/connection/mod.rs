//! Connecting: to the demo recordings when a sandbox serves the page, else to a platform the person names.
//!
//! Credentials go from the form into the source and nowhere else; both live in memory and end with the page.

pub mod config_file;
pub mod demo;
pub mod form;
pub mod jwt;
pub mod panel;
pub mod steps;
pub mod target;

use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::{Error, ErrorKind, Platform, Source, Subject, TimeRange};
use streamscope_signal::{BatchOperation, SECOND};
use wasm_bindgen_futures::spawn_local;

use crate::state::{Connection, Listing, Workspace};
use crate::zones;
use steps::{Step, StepState};
use target::Target;

/// The step that reaches the host: what goes wrong there is about the way to it.
const REACH: usize = 1;

/// What the page is busy with before there is something to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Looking for a sandbox, or connecting to its demo.
    #[default]
    Starting,
    /// The form is on screen.
    Form,
    /// A source is there.
    Connected,
}

/// The state of connecting. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct Session {
    /// What the page is busy with.
    pub phase: RwSignal<Phase>,
    /// The steps of the attempt on screen; empty when there is none.
    pub steps: RwSignal<Vec<Step>>,
    /// The demos that the page's server offers, one a platform.
    pub demos: StoredValue<Vec<demo::Demo>>,
    workspace: Workspace,
    attempt: StoredValue<Option<AbortHandle>, LocalStorage>,
}

impl Session {
    /// Makes the page's one session and provides it as context.
    pub fn provide(workspace: Workspace) -> Self {
        let session = Self {
            phase: RwSignal::default(),
            steps: RwSignal::default(),
            demos: StoredValue::new(Vec::new()),
            workspace,
            attempt: StoredValue::new_local(None),
        };
        provide_context(session);
        session
    }

    /// Opens the demo of the platform that the link names, when the page's server has one; else the form.
    pub fn start(self) {
        let platform = self.workspace.selection.with_untracked(|selection| selection.platform);
        self.open_demo(platform.unwrap_or(Platform::Rune));
    }

    /// Opens a platform's demo, or the form where there is none.
    pub fn open_demo(self, platform: Platform) {
        if self.phase.get_untracked() != Phase::Form {
            self.phase.set(Phase::Starting);
        }
        self.run(async move {
            if self.demos.with_value(Vec::is_empty) {
                self.demos.set_value(demo::find().await);
            }
            let demos = self.demos.get_value();
            let Some(found) = demos.into_iter().find(|demo| demo.target.platform() == platform) else {
                self.phase.set(Phase::Form);
                return;
            };
            if self.connect_now(&found.target, found.connection()).await {
                self.workspace.selection.update(|selection| {
                    let name = selection.zone.clone();
                    found.open(selection, |year| zones::table(&name, Some((year - 1, year + 1))));
                });
            }
        });
    }

    /// Whether the page's server has a demo of a platform.
    pub fn has_demo(self, platform: Platform) -> bool {
        self.demos.with_value(|demos| demos.iter().any(|demo| demo.target.platform() == platform))
    }

    /// Connects with what the form holds. The present connection stays until the new one stands.
    pub fn connect(self, target: Target) {
        let connection = target.connection();
        self.run(async move {
            self.connect_now(&target, connection).await;
        });
    }

    /// Whether the last attempt did not even reach its host. Tracked.
    pub fn was_unreachable(self) -> bool {
        self.steps.with(|steps| matches!(steps.get(REACH), Some(Step { state: StepState::Failed(_), .. })))
    }

    /// Stops the attempt under way.
    pub fn stop(self) {
        self.run(async {});
        self.steps.set(Vec::new());
    }

    /// Forgets the source, and with it the credentials.
    pub fn disconnect(self) {
        self.stop();
        self.clear();
        self.phase.set(Phase::Form);
    }

    fn clear(self) {
        self.workspace.source.set(None);
        self.workspace.connection.set(None);
        self.workspace.subjects.set(Vec::new());
        self.workspace.subjects_listing.set(Listing::Idle);
    }

    /// Runs a task in place of the one before.
    fn run(self, task: impl Future<Output = ()> + 'static) {
        let (handle, registration) = AbortHandle::new_pair();
        self.attempt.update_value(|held| {
            if let Some(before) = held.replace(handle) {
                before.abort();
            }
        });
        spawn_local(async move {
            let _ = Abortable::new(task, registration).await;
        });
    }

    /// Whether a source stands.
    async fn connect_now(self, target: &Target, connection: Connection) -> bool {
        let mut titles = vec!["Read the form".into(), format!("Reach {}", target.host()), "Sign in".into()];
        titles.push(format!("List {}", target.subjects().1));
        titles.extend(target.other_host().map(|host| format!("Reach {host}")));
        self.steps.set(Step::list(titles));
        match self.try_connect(target).await {
            Ok((source, subjects)) => {
                self.clear();
                self.workspace.selection.update(|selection| selection.turn_to(target.platform()));
                self.workspace.subjects.set(subjects);
                self.workspace.subjects_listing.set(Listing::Ready);
                self.workspace.connection.set(Some(connection));
                self.workspace.source.set(Some(source));
                self.phase.set(Phase::Connected);
                true
            }
            Err((step, message)) => {
                self.settle(step, StepState::Failed(message));
                false
            }
        }
    }

    /// The source and its subjects, or the step that failed and why.
    async fn try_connect(self, target: &Target) -> Result<(Rc<dyn Source>, Vec<Subject>), (usize, String)> {
        if let Some(problem) = target.problem() {
            return Err((0, problem));
        }
        let source = target.source().map_err(|error| (0, error.to_string()))?;
        self.settle(0, StepState::Done(String::new()));
        let subjects = source.subjects().await.map_err(|error| (failed_step(&error), error.to_string()))?;
        self.settle(2, StepState::Done(String::new()));
        let (one, many) = target.subjects();
        if subjects.is_empty() {
            let nobody = format!(
                "The credentials are accepted, but they reach no {one} with data. Ask for access, or use others."
            );
            return Err((3, nobody));
        }
        let count = subjects.len();
        self.settle(3, StepState::Done(format!("{count} {}", if count == 1 { one } else { many })));
        if target.other_host().is_some() {
            let hour = TimeRange { start: 0, end: 3600 * SECOND };
            let nothing = ["connection-test".to_string()];
            // There is no such stream. Any answer, this one too, shows that the host is reached.
            let answer = source.availability(&nothing, hour, 3600, BatchOperation::Any).await;
            if let Err(error) = answer
                && error.kind == ErrorKind::Network
            {
                return Err((4, error.to_string()));
            }
            self.settle(4, StepState::Done(String::new()));
        }
        Ok((source, subjects))
    }

    /// Notes how a step ended; those before it went well.
    fn settle(self, index: usize, state: StepState) {
        self.steps.update(|steps| Step::settle(steps, index, state));
    }
}

/// The step at which a listing failed: without an answer the host was not reached.
fn failed_step(error: &Error) -> usize {
    match error.kind {
        ErrorKind::InvalidInput | ErrorKind::Configuration => 0,
        ErrorKind::Network => REACH,
        ErrorKind::Unauthorized => 2,
        _ => 3,
    }
}
