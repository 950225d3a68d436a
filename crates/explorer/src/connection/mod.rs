//! Connecting: to the demo recordings when a sandbox serves the page, else to a platform the person names.
//!
//! Credentials go from the form into the source and nowhere else; both live in memory and end with the page.

pub mod config_file;
pub mod demo;
pub mod form;
pub mod jwt;
pub mod panel;
pub mod steps;

use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::rune::{AuthMethod, Config, Rune};
use streamscope_client::{Error, ErrorKind, Platform, Source, TimeRange, Transport};
use streamscope_signal::{BatchOperation, SECOND};
use wasm_bindgen_futures::spawn_local;

use crate::state::{Connection, Listing, Workspace};
use crate::zones;
use steps::{Step, StepState};

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
    /// The demo that the page's server offers.
    pub demo: StoredValue<Option<demo::Demo>>,
    workspace: Workspace,
    attempt: StoredValue<Option<AbortHandle>, LocalStorage>,
}

impl Session {
    /// Makes the page's one session and provides it as context.
    pub fn provide(workspace: Workspace) -> Self {
        let session = Self {
            phase: RwSignal::default(),
            steps: RwSignal::default(),
            demo: StoredValue::new(None),
            workspace,
            attempt: StoredValue::new_local(None),
        };
        provide_context(session);
        session
    }

    /// Opens the demo when the page's server has one, else the form.
    pub fn start(self) {
        self.phase.set(Phase::Starting);
        self.run(async move {
            match demo::find().await {
                Some(found) => {
                    self.demo.set_value(Some(found.clone()));
                    if self.connect_now(found.config(), found.connection()).await {
                        self.workspace.selection.update(|selection| {
                            let name = selection.zone.clone();
                            found.open(selection, |year| zones::table(&name, Some((year - 1, year + 1))));
                        });
                    }
                }
                None => self.phase.set(Phase::Form),
            }
        });
    }

    /// Connects with what the form holds. The present connection stays until the new one stands.
    pub fn connect(self, config: Config) {
        let connection = describe(&config);
        self.run(async move {
            self.connect_now(config, connection).await;
        });
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
    async fn connect_now(self, config: Config, connection: Connection) -> bool {
        let host = host(&config.graph_url);
        let mut titles =
            vec!["Read the form".into(), format!("Reach {host}"), "Sign in".into(), "List patients".into()];
        titles.extend(other_host(&config).map(|host| format!("Reach {host}")));
        self.steps.set(Step::list(titles));
        match self.try_connect(&config).await {
            Ok((source, subjects)) => {
                self.clear();
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
    async fn try_connect(
        self,
        config: &Config,
    ) -> Result<(Rc<dyn Source>, Vec<streamscope_client::Subject>), (usize, String)> {
        if let Some(problem) = config.jwt.as_deref().and_then(jwt::problem) {
            return Err((0, problem));
        }
        let rune = Rune::new(config, transport()).map_err(|error| (0, error.to_string()))?;
        self.settle(0, StepState::Done(String::new()));
        let source: Rc<dyn Source> = Rc::new(rune);
        let subjects = source.subjects().await.map_err(|error| (failed_step(&error), error.to_string()))?;
        self.settle(2, StepState::Done(String::new()));
        if subjects.is_empty() {
            let nobody =
                "The credentials are accepted, but they reach no patient. Ask for access, or use others.";
            return Err((3, nobody.into()));
        }
        let count = subjects.len();
        self.settle(
            3,
            StepState::Done(if count == 1 { "1 patient".into() } else { format!("{count} patients") }),
        );
        if other_host(config).is_some() {
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

/// The browser's fetch.
#[cfg(target_arch = "wasm32")]
fn transport() -> Rc<dyn Transport> {
    Rc::new(streamscope_client::FetchTransport::new())
}

/// Elsewhere the page does not run; its pure parts are tested.
#[cfg(not(target_arch = "wasm32"))]
fn transport() -> Rc<dyn Transport> {
    use streamscope_client::{Canned, MemoryTransport};
    Rc::new(MemoryTransport::new(|_| Canned::failure("there is no network outside a browser")))
}

/// The step at which a listing failed: without an answer the host was not reached.
fn failed_step(error: &Error) -> usize {
    match error.kind {
        ErrorKind::InvalidInput | ErrorKind::Configuration => 0,
        ErrorKind::Network => 1,
        ErrorKind::Unauthorized => 2,
        _ => 3,
    }
}

/// What the page says of a connection to a real platform.
fn describe(config: &Config) -> Connection {
    Connection {
        platform: Platform::Rune,
        name: host(&config.graph_url),
        demo: false,
        graph_url: config.graph_url.trim().trim_end_matches('/').into(),
        stream_url: config.stream_url.trim().trim_end_matches('/').into(),
        credentials: config.auth_method().unwrap_or(AuthMethod::AccessToken),
    }
}

/// The stream API's host, where it is another one than the metadata's.
fn other_host(config: &Config) -> Option<String> {
    let stream = host(&config.stream_url);
    (stream != host(&config.graph_url)).then_some(stream)
}

/// "graph.runelabs.io" of "https://graph.runelabs.io/x".
fn host(url: &str) -> String {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_string()
}
