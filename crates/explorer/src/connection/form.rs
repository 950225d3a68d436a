//! The form that connects to a platform: its ways to sign in and their fields, as the platform's connector names them.

use std::collections::BTreeMap;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use streamscope_client::Platform;
use streamscope_client::registry::{Chosen, Entry, FormField, Help, Way};
use streamscope_client::together::names::platform_of;

use super::config_file::ConfigFile;
use super::files::{ChooseFiles, Wanted};
use super::steps::{Step, Steps};
use super::switch::Swatch;
use super::understood::Understood;
use super::{Phase, Session, sign_in};
use crate::state::{Connection, Workspace};
use crate::text::in_line;

/// What the form holds: an entry for each platform, by its id.
#[derive(Clone, Copy)]
pub struct Entries(RwSignal<BTreeMap<&'static str, Entry>, LocalStorage>);

impl Entries {
    pub(super) fn with<T>(self, platform: &str, look: impl FnOnce(&Entry) -> T) -> T {
        self.0.with(|entries| look(entries.get(platform).unwrap_or(&Entry::default())))
    }

    pub(super) fn change(self, platform: &'static str, change: impl FnOnce(&mut Entry)) {
        self.0.update(|entries| change(entries.entry(platform).or_default()));
    }
}

/// An entry with what its fields hold at first.
fn blank(ways: &[Way]) -> Entry {
    let fields = ways.iter().flat_map(|way| way.fields);
    let values = fields.map(|field| (field.id.to_string(), field.initial.to_string())).collect();
    let way = ways.first().map(|way| way.id.to_string()).unwrap_or_default();
    Entry { way, values, ..Entry::default() }
}

/// The form.
#[component]
pub fn ConnectForm() -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    // One that a link needs first, else the one that it names.
    let missing = untrack(|| workspace.missing_connections()).into_iter().next();
    let named =
        missing.or_else(|| workspace.selection.with_untracked(|selection| selection.platform.clone()));
    let platform = RwSignal::new(session.connector(named.as_deref().map(platform_of)).platform());
    let blanks = session.connectors.with_value(|all| {
        all.iter().map(|connector| (connector.platform().id, blank(connector.ways()))).collect()
    });
    let entries = Entries(RwSignal::new_local(blanks));
    Effect::new(move |_| {
        if let Some((offered, entry)) = session.offered.get() {
            session.offered.set(None);
            entries.change(offered.id, |held| *held = entry);
            platform.set(offered);
        }
    });
    let send = move || {
        let platform = platform.get_untracked();
        let entry = entries.0.with_untracked(|all| all.get(platform.id).cloned().unwrap_or_default());
        if session.connector(Some(platform.id)).leaves(&entry.way) {
            session.leave(platform, &entry);
        } else {
            session.connect(platform, entry);
        }
    };
    // What was chosen is looked at first: something of it may have to be put right.
    let look = move || {
        let platform = platform.get_untracked();
        let entry = entries.0.with_untracked(|all| all.get(platform.id).cloned().unwrap_or_default());
        session.understand(platform, entry);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    let wording = Memo::new(move |_| session.connector(Some(platform.get().id)).wording());
    let leaves = move || {
        let platform = platform.get().id;
        entries.with(platform, |entry| session.connector(Some(platform)).leaves(&entry.way))
    };
    let running = move || session.steps.with(|steps| Step::is_running(steps));
    let failed = move || session.steps.with(|steps| Step::failure(steps).is_some());
    let platforms = session
        .connectors
        .with_value(|all| all.iter().map(|connector| connector.platform()).collect::<Vec<_>>());
    let choices = platforms.into_iter().map(|one| {
        let choose = move |_| {
            session.stop();
            platform.set(one);
        };
        view! {
            <button
                type="button"
                disabled=running
                aria-pressed=move || (platform.get() == one).to_string()
                on:click=choose
            >
                {one.name}
            </button>
        }
    });
    let choices = choices.collect_view();
    view! {
        <Present platform />
        <form class="connect stack" on:submit=submit aria-labelledby="connect-title" autocomplete="off">
            <h2 id="connect-title">{move || wording.get().title}</h2>
            <div class="segments" role="group" aria-label="Platform">{choices}</div>
            <p class="note">{move || wording.get().promise}</p>
            <fieldset class="stack" disabled=running>
                <legend class="unseen">{move || wording.get().legend}</legend>
                {move || view! { <Credentials platform=platform.get().id entries look=Callback::new(move |()| look()) /> }}
            </fieldset>
            <div class="row">
                <button class="primary" type="submit" disabled=running>
                    {move || match (leaves(), failed()) {
                        (true, _) => "Sign in there",
                        (false, true) => "Retry",
                        (false, false) => wording.get().submit,
                    }}
                </button>
                <Show when=running>
                    <button type="button" on:click=move |_| session.stop()>"Cancel"</button>
                </Show>
                <Show when=move || session.has_demo(platform.get()) && !running()>
                    <button type="button" on:click=move |_| session.open_demo(platform.get_untracked())>
                        "Open the demo recordings"
                    </button>
                </Show>
            </div>
            <Steps steps=session.steps />
        </form>
    }
}

/// A platform's ways to sign in, and the fields of the chosen one.
#[component]
fn Credentials(platform: &'static str, entries: Entries, look: Callback<()>) -> impl IntoView {
    let session = expect_context::<Session>();
    let connector = session.connector(Some(platform));
    let ways = connector.ways();
    let take = Callback::new(move |entry: Entry| {
        entries.change(platform, |held| {
            held.way = entry.way;
            held.values.extend(entry.values);
        });
    });
    let chosen = Memo::new(move |_| {
        let way = entries.with(platform, |entry| entry.way.clone());
        ways.iter().find(|one| one.id == way).or(ways.first()).copied()
    });
    let kind = format!("Kind of {}", connector.wording().legend.to_lowercase());
    let kinds = move || {
        let kind = kind.clone();
        let button = |way: &'static Way| {
            view! {
                <button
                    type="button"
                    aria-pressed=move || (chosen.get().is_some_and(|one| one.id == way.id)).to_string()
                    on:click=move |_| entries.change(platform, |entry| entry.way = way.id.into())
                >
                    {way.label}
                </button>
            }
        };
        view! {
            <div class="segments" role="group" aria-label=kind>
                {ways.iter().map(button).collect_view()}
            </div>
        }
    };
    let fields = move || {
        let way = chosen.get()?;
        // Where files are all there is to fill in, they are opened once they are chosen.
        let alone = way.fields.len() == 1;
        let field = |&field: &FormField| match field.files {
            true => view! { <Files platform entries field look=alone.then_some(look) /> }.into_any(),
            false => view! { <Text platform entries field /> }.into_any(),
        };
        let fields = way.fields.iter().map(field).collect_view();
        let note = (!way.note.is_empty()).then(|| view! { <p class="note">{way.note}</p> });
        let back = session.connector(Some(platform)).leaves(way.id).then(|| {
            view! { <p class="note">"Redirect URI to register there: " <code>{sign_in::here()}</code></p> }
        });
        Some(view! { {note} {fields} {back} })
    };
    view! {
        {connector.settings_file().map(|file| view! { <ConfigFile file ways take /> })}
        {(ways.len() > 1).then(kinds)}
        {fields}
        {connector.help().map(|help| view! { <WaysIn help /> })}
    }
}

/// The connections that stand, while another is being made.
#[component]
fn Present(
    /// The platform of the next connection.
    platform: RwSignal<Platform>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let workspace = expect_context::<Workspace>();
    let line = move |one: Connection| {
        let (key, name) = (one.key, in_line(&one.name, 60));
        let label = format!("Disconnect {name}");
        view! {
            <li class="row">
                <Swatch colour=one.colour />
                <span class="connected">{name} " " <span class="note">{one.platform}</span></span>
                <button type="button" aria-label=label on:click=move |_| session.disconnect(&key)>"Disconnect"</button>
            </li>
        }
    };
    view! {
        <Show when=move || !workspace.connections.with(Vec::is_empty)>
            <section class="connect stack" aria-label="Present connections">
                <h2>"Connected"</h2>
                <ul class="stack">
                    {move || workspace.connections.get().into_iter().map(line).collect_view()}
                </ul>
                <label class="row">
                    <input
                        type="checkbox"
                        prop:checked=move || session.keeps(platform.get())
                        on:change:target=move |event| session.beside.set(Some(event.target().checked()))
                    />
                    "Keep these beside the next connection, on one time axis"
                </label>
                <div class="row">
                    <button type="button" class="primary" on:click=move |_| {
                        session.stop();
                        session.phase.set(Phase::Connected);
                    }>"Back to the charts"</button>
                </div>
            </section>
        </Show>
    }
}

/// A field.
#[component]
fn Text(platform: &'static str, entries: Entries, field: FormField) -> impl IntoView {
    let value =
        move || entries.with(platform, |entry| entry.values.get(field.id).cloned().unwrap_or_default());
    let typed = move |text: String| {
        entries.change(platform, |entry| {
            entry.values.insert(field.id.into(), text);
        });
    };
    let input = match field.lines {
        true => view! {
            <textarea
                id=field.id
                rows="3"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                required=!field.optional
                prop:value=value
                on:input:target=move |event| typed(event.target().value())
            ></textarea>
        }
        .into_any(),
        false => view! {
            <input
                id=field.id
                type=if field.secret { "password" } else { "text" }
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=field.placeholder
                required=!field.optional
                prop:value=value
                on:input:target=move |event| typed(event.target().value())
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=field.id>{field.label}</label>
            {input}
        </div>
    }
}

/// A field for which files are chosen.
#[component]
fn Files(
    platform: &'static str,
    entries: Entries,
    field: FormField,
    /// What follows when they are chosen.
    look: Option<Callback<()>>,
) -> impl IntoView {
    let names = move || {
        entries.with(platform, |entry| {
            entry.files.iter().map(|file| in_line(file.0.name(), 80)).collect::<Vec<_>>().join(", ")
        })
    };
    let take = Callback::new(move |files: Vec<Chosen>| {
        // What was put right of others does not hold for these.
        entries.change(platform, |entry| {
            entry.files = files;
            entry.values.clear();
        });
        if let Some(look) = look {
            look.run(());
        }
    });
    view! {
        <Wanted platform />
        <div class="field">
            <label for=field.id>{field.label}</label>
            <ChooseFiles id=field.id take />
            <p class="note" role="status">{names}</p>
        </div>
        {look.map(|look| view! { <Understood platform entries look /> })}
    }
}

/// Why a browser cannot reach a server directly, and what to do. Opens by itself when it was not reached.
#[component]
fn WaysIn(help: &'static Help) -> impl IntoView {
    let session = expect_context::<Session>();
    let way = |(what, how): &(&'static str, &'static str)| view! { <li><b>{*what}</b> " – " {*how}</li> };
    view! {
        <details class="ways-in" prop:open=move || session.was_unreachable()>
            <summary>{help.title}</summary>
            <p class="note">{help.reason}</p>
            <ol class="stack">{help.ways.iter().map(way).collect_view()}</ol>
        </details>
    }
}
