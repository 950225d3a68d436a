//! Connecting: to the demo recordings, of the sandbox that serves the page or of the one in it, or to a platform that the
//! person names.
//!
//! Credentials go from the form into the source and nowhere else; both live in memory and end with the page. Which
//! platforms there are, and how each is connected to, comes from the connectors that the page was made with.

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
pub mod understood;

use std::rc::Rc;

use futures_util::StreamExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::LocalBoxStream;
use leptos::prelude::*;
use streamscope_client::registry::{
    self, Chosen, Connected, Connector, Entry, Opening, Returned, Stage, Understanding, Way,
};
use streamscope_client::together::names::platform_of;
use streamscope_client::{Error, ErrorKind, Platform, Source, Subject, Together};
use wasm_bindgen_futures::spawn_local;

use crate::state::{Connection, Listing, Workspace};
use crate::zones;
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
    fn list_present(self) {
        let Some(source) = self.workspace.source.get_untracked() else { return };
        let subjects = source.subjects(None);
        self.list(Subjects { first: Vec::new(), rest: subjects });
    }

    fn clear(self) {
        run(self.listing, async {});
        self.workspace.forget_source();
        self.workspace.subjects.set(Vec::new());
        self.workspace.looked_into.set(Default::default());
        self.workspace.subjects_listing.set(Listing::Idle);
    }

    /// Runs an attempt in place of the one before.
    fn run(self, attempt: impl Future<Output = ()> + 'static) {
        run(self.attempt, attempt);
    }

    /// Whether a source stands. `demos` are those that it is one of.
    async fn connect_now(self, connector: &dyn Connector, entry: &Entry, demos: Option<&Demos>) -> bool {
        self.steps.set(Step::list(titles(connector, None)));
        let connected = connector.sign_in(entry, transport()).await;
        self.connect_with(connector, connected, demos).await
    }

    /// The same of a connection that was made, or why it was not.
    async fn connect_with(
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

    /// Puts the subjects into the catalogue: the first page at once, the others as they come.
    fn list(self, Subjects { first, mut rest }: Subjects) {
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

    /// Notes how a step ended; those before it went well.
    fn settle(self, index: usize, state: StepState) {
        self.steps.update(|steps| Step::settle(steps, index, state));
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

/// What an attempt found.
struct Found {
    source: Rc<dyn Source>,
    host: String,
    subjects: Subjects,
    opening: Option<Opening>,
}

/// Subjects at the top: the first page, and those to come.
struct Subjects {
    first: Vec<Subject>,
    rest: LocalBoxStream<'static, streamscope_client::Result<Vec<Subject>>>,
}

impl Subjects {
    /// The same as all connections know them.
    fn named(self, together: Option<Rc<Together>>, key: String) -> Self {
        let Some(together) = together else { return self };
        let first = together.outer_subjects(&key, self.first);
        let rest = self.rest.map(move |page| Ok(together.outer_subjects(&key, page?))).boxed_local();
        Self { first, rest }
    }
}

/// Whether this page brings a demo of a platform along. There is none of files: people have their own.
fn brings_demo(connector: &dyn Connector) -> bool {
    network::has_demo() && !connector.ways().iter().any(Way::takes_files)
}

/// The steps of an attempt, in words.
fn titles(connector: &dyn Connector, connected: Option<&Connected>) -> Vec<String> {
    let host = connected.map(|connected| connected.host.as_str());
    let mut titles: Vec<_> = Stage::ALL.map(|stage| connector.stage_title(stage, host)).into();
    let others = connected.map(|connected| connected.others.as_slice()).unwrap_or_default();
    titles.extend(others.iter().map(|probe| format!("Reach {}", probe.host)));
    titles
}
