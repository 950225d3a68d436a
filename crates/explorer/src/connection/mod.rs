//! Connecting: to the demo recordings, of the sandbox that serves the page or of the one in it, or to a platform that the
//! person names.
//!
//! Credentials go from the form into the source and nowhere else; both live in memory and end with the page. Which
//! platforms there are, and how each is connected to, comes from the connectors that the page was made with.

mod attempt;
pub mod beside;
pub mod config_file;
pub mod demo;
pub mod files;
pub mod form;
pub mod network;
pub mod panel;
pub mod sign_in;
pub mod steps;
pub mod switch;
mod turn;
pub mod understood;

use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use streamscope_client::Platform;
use streamscope_client::registry::{
    self, Chosen, Connector, Entry, Opening, Returned, Stage, Understanding, Way,
};
use streamscope_client::together::names::platform_of;
use wasm_bindgen_futures::spawn_local;

use crate::state::Workspace;
use crate::zones;
use attempt::titles;
use demo::Demos;
use network::transport;
use steps::{Step, StepState};

/// What an attempt to sign in is called where it has no steps.
const SIGN_IN: &str = "Sign in";

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
    /// The platforms that the page connects to; never empty.
    pub connectors: StoredValue<Vec<Rc<dyn Connector>>, LocalStorage>,
    /// An entry that was made outside the form, which the form takes over.
    pub offered: RwSignal<Option<(Platform, Entry)>, LocalStorage>,
    /// Whether the next connection stands beside those that are there; `None` where nobody chose.
    pub beside: RwSignal<Option<bool>>,
    /// How what was chosen in the form is understood, where that can be corrected.
    pub understood: RwSignal<Option<Understanding>>,
    /// The demos that were found.
    demos: RwSignal<Option<Demos>>,
    workspace: Workspace,
    attempt: Task,
    /// What lists the subjects of the connection that was turned to.
    listing: Task,
}

/// A task of which one runs at a time.
type Task = StoredValue<Option<AbortHandle>, LocalStorage>;

impl Session {
    /// Makes the page's one session and provides it as context.
    pub fn provide(workspace: Workspace, connectors: Vec<Rc<dyn Connector>>) -> Self {
        let session = Self {
            phase: RwSignal::default(),
            steps: RwSignal::default(),
            connectors: StoredValue::new_local(connectors),
            offered: RwSignal::new_local(None),
            beside: RwSignal::default(),
            understood: RwSignal::default(),
            demos: RwSignal::default(),
            workspace,
            attempt: StoredValue::new_local(None),
            listing: StoredValue::new_local(None),
        };
        provide_context(session);
        session
    }

    /// The connector of a platform; the first one where no platform is named, or one that is not known.
    pub fn connector(self, platform: Option<&str>) -> Rc<dyn Connector> {
        self.connectors.with_value(|all| {
            let named = all.iter().find(|connector| Some(connector.platform().id) == platform);
            named.unwrap_or(&all[0]).clone()
        })
    }

    /// Goes on with a sign-in that this page was left for; else opens the demo of the platform that the link names, where
    /// there is one; else the form. The demo in the page is not loaded for a link to something else.
    pub fn start(self) {
        match sign_in::returned() {
            Some(Ok(returned)) => return self.arrive(returned),
            Some(Err(why)) => return self.refuse(SIGN_IN, why),
            None => {}
        }
        let selection = self.workspace.selection.get_untracked();
        let names_nothing = selection.platform.is_none() && selection.subject.is_none();
        self.find_demo(selection.platform.as_deref(), selection.demo || names_nothing);
    }

    /// Opens a platform's demo, or the form where there is none.
    pub fn open_demo(self, platform: Platform) {
        self.find_demo(Some(platform.id), true);
    }

    /// The same. `load` says whether the demo in the page is wanted, where the page's server has none.
    fn find_demo(self, platform: Option<&str>, load: bool) {
        if self.phase.get_untracked() != Phase::Form {
            self.phase.set(Phase::Starting);
        }
        let connector = self.connector(platform);
        self.run(async move {
            if self.demos.with_untracked(Option::is_none) {
                self.demos.set(Demos::served().await);
            }
            if self.demos.with_untracked(Option::is_none) && load && brings_demo(connector.as_ref()) {
                match Demos::in_page().await {
                    Ok(demos) => self.demos.set(demos),
                    Err(error) => return self.refuse("Open the demo recordings", &error.to_string()),
                }
            }
            let demos = self.demos.get_untracked();
            let found = demos.and_then(|demos| Some((demos.of(connector.as_ref())?, demos)));
            let Some((demo, demos)) = found else {
                self.phase.set(Phase::Form);
                return;
            };
            if self.connect_now(connector.as_ref(), &demo.entry, Some(&demos)).await
                && let Some(opening) = &demo.opening
            {
                let at = self.workspace.at.get_untracked();
                self.look_at(&at, opening);
            }
            self.open_missing_demos().await;
        });
    }

    /// Opens the demos that a link needs beside the first.
    async fn open_missing_demos(self) {
        for key in untrack(|| self.workspace.missing_connections()) {
            let connector = self.connector(Some(platform_of(&key)));
            let demos = self.demos.get_untracked();
            let found = demos.and_then(|demos| Some((demos.of(connector.as_ref())?, demos)));
            if let Some((demo, demos)) = found {
                self.beside.set(Some(true));
                self.connect_now(connector.as_ref(), &demo.entry, Some(&demos)).await;
            }
        }
    }

    /// Puts something worth looking at into a selection that names nothing of a connection.
    fn look_at(self, key: &str, opening: &Opening) {
        let Some(together) = self.workspace.together.get_value() else { return };
        let opening = Opening {
            subject: together.outer(key, &opening.subject),
            streams: opening.streams.iter().map(|id| together.outer(key, id)).collect(),
            ..opening.clone()
        };
        self.workspace.selection.update(|selection| {
            let name = selection.zone.clone();
            demo::open(&opening, selection, |year| zones::table(&name, Some((year - 1, year + 1))));
        });
    }

    /// Whether there is a demo of a platform. Tracked.
    pub fn has_demo(self, platform: Platform) -> bool {
        let connector = self.connector(Some(platform.id));
        self.demos.with(|demos| match demos {
            Some(demos) => demos.of(connector.as_ref()).is_some(),
            None => brings_demo(connector.as_ref()),
        })
    }

    /// Connects with what the form holds. The present connection stays until the new one stands.
    pub fn connect(self, platform: Platform, entry: Entry) {
        let connector = self.connector(Some(platform.id));
        self.run(async move {
            self.connect_now(connector.as_ref(), &entry, None).await;
        });
    }

    /// Opens files that were dropped, or chosen outside the form. The form shows how it goes.
    pub fn open_files(self, files: Vec<Chosen>) {
        let Some((platform, way)) = self.files_way().filter(|_| !files.is_empty()) else { return };
        let entry = Entry { way: way.into(), files, ..Entry::default() };
        self.offered.set(Some((platform, entry.clone())));
        self.phase.set(Phase::Form);
        self.understand(platform, entry);
    }

    /// Shows how what was chosen is understood; connects at once where nothing of it can be corrected.
    pub fn understand(self, platform: Platform, entry: Entry) {
        let connector = self.connector(Some(platform.id));
        self.steps.set(Vec::new());
        self.run(async move {
            match connector.understand(&entry).await {
                Ok(Some(found)) => self.understood.set(Some(found)),
                // What was written does not hold; what was found stays on screen.
                Err(error) if self.understood.with_untracked(Option::is_some) => {
                    self.understood.update(|found| {
                        found.iter_mut().for_each(|found| found.problem = Some(error.to_string()));
                    })
                }
                _ => {
                    self.understood.set(None);
                    self.connect_now(connector.as_ref(), &entry, None).await;
                }
            }
        });
    }

    /// The platform whose connections are made of files, and its way to do so.
    pub fn files_way(self) -> Option<(Platform, &'static str)> {
        let way = |connector: &Rc<dyn Connector>| {
            let way = connector.ways().iter().find(|way| way.takes_files())?;
            Some((connector.platform(), way.id))
        };
        self.connectors.with_value(|all| all.iter().find_map(way))
    }

    /// Leaves for the platform's own page. The form says why when that is not possible.
    pub fn leave(self, platform: Platform, entry: &Entry) {
        let connector = self.connector(Some(platform.id));
        let carried = registry::carry(connector.as_ref(), entry);
        match connector.depart(entry, &sign_in::here(), &carried, transport()) {
            Ok(departure) if sign_in::leave(&departure) => {}
            Ok(_) => self.refuse(
                SIGN_IN,
                "This browser keeps nothing for this page, so that you could not come back: allow it.",
            ),
            Err(error) => self.refuse(SIGN_IN, &error.to_string()),
        }
    }

    /// Connects someone who has come back from a platform's own page.
    fn arrive(self, returned: Returned) {
        let Some((platform, entry)) = registry::carried(&returned.kept.state) else {
            return self.refuse(SIGN_IN, "The sign-in cannot be gone on with. Sign in again.");
        };
        self.phase.set(Phase::Form);
        let connector = self.connector(Some(&platform));
        self.workspace.selection.update(|selection| selection.begin_with(connector.platform().id));
        self.run(async move {
            self.steps.set(Step::list(titles(connector.as_ref(), None)));
            let connected = connector.arrive(&entry, &returned, transport()).await;
            self.connect_with(connector.as_ref(), connected, None).await;
        });
    }

    /// Shows the form, and why nothing came of an attempt.
    fn refuse(self, attempt: &str, why: &str) {
        self.phase.set(Phase::Form);
        self.steps.set(Step::list([attempt.to_string()]));
        self.settle(0, StepState::Failed(why.into()));
    }

    /// Whether the last attempt did not even reach its host. Tracked.
    pub fn was_unreachable(self) -> bool {
        let failed = |step: &Step| matches!(step.state, StepState::Failed(_));
        self.steps.with(|steps| steps.get(Stage::Reach as usize).is_some_and(failed))
    }

    /// Stops the attempt under way.
    pub fn stop(self) {
        self.run(async {});
        self.steps.set(Vec::new());
    }

    /// Runs an attempt in place of the one before.
    fn run(self, attempt: impl Future<Output = ()> + 'static) {
        run(self.attempt, attempt);
    }
}

/// Runs a task in place of the one before.
fn run(place: Task, task: impl Future<Output = ()> + 'static) {
    let (handle, registration) = AbortHandle::new_pair();
    place.update_value(|held| {
        if let Some(before) = held.replace(handle) {
            before.abort();
        }
    });
    spawn_local(async move {
        let _ = Abortable::new(task, registration).await;
    });
}

/// Whether this page brings a demo of a platform along. There is none of files: people have their own.
fn brings_demo(connector: &dyn Connector) -> bool {
    network::has_demo() && !connector.ways().iter().any(Way::takes_files)
}
