//! The fields of conditions and groups.

use leptos::prelude::*;
use streamscope_signal::TimeZone;

use super::condition::{Condition, Field, Operator, Problem};
use super::names::{Kind, Names};
use super::node::{Body, Node};

/// Names that are offered while a name is typed.
const MOST_OFFERED: usize = 50;

/// What all fields share. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The streams that conditions may name.
    pub names: Memo<Names>,
    /// The platform's word for a stream.
    pub noun: &'static str,
    /// The zone that times are typed in.
    pub zone: StoredValue<TimeZone>,
    /// What is typed in the stream's field that has the focus.
    pub typed: RwSignal<String>,
}

/// The names that the field with the focus offers: one list for all fields, for there may be thousands.
#[component]
pub fn Suggestions(
    /// What all fields share.
    shared: Shared,
) -> impl IntoView {
    let offered = Memo::new(move |_| {
        shared.typed.with(|typed| shared.names.with(|names| names.matching(typed, MOST_OFFERED)))
    });
    view! {
        <datalist id="row-filter-names">
            {move || offered.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
        </datalist>
    }
}

/// A node, with all that lies in it.
#[component]
pub fn NodeFields(
    /// The node.
    node: Node,
    /// What all fields share.
    shared: Shared,
    /// Takes it out of its group; nothing for the one at the top.
    remove: Option<Callback<()>>,
) -> AnyView {
    match node.body.clone() {
        Body::Condition(condition) => view! { <ConditionFields node condition shared remove /> }.into_any(),
        Body::Group { any, inside } => view! { <GroupFields node any inside shared remove /> }.into_any(),
    }
}

#[component]
fn GroupFields(
    node: Node,
    any: ArcRwSignal<bool>,
    inside: ArcRwSignal<Vec<Node>>,
    shared: Shared,
    remove: Option<Callback<()>>,
) -> impl IntoView {
    let (any, inside) = (RwSignal::from(any), RwSignal::from(inside));
    let (key, problem) = (node.key, RwSignal::from(node.problem.clone()));
    let put = move |new: Node| {
        problem.set(None);
        inside.update(|inside| inside.push(new));
    };
    let child = move |node: Node| {
        let key = node.key;
        let remove = Callback::new(move |()| inside.update(|inside| inside.retain(|node| node.key != key)));
        view! { <NodeFields node shared remove=Some(remove) /> }
    };
    let heading = move || match (inside.with(Vec::is_empty), remove.is_some()) {
        (true, false) => "All rows: there is no condition.",
        _ => "",
    };
    view! {
        <fieldset class="filter-group" class:top=remove.is_none()>
            <legend class="unseen">{if remove.is_some() { "Group of conditions" } else { "Conditions" }}</legend>
            <div class="row">
                <Denied node=node.clone() />
                <select
                    aria-label="How many must be met"
                    aria-describedby=problem_id(key)
                    aria-invalid=move || problem.with(Option::is_some).to_string()
                    on:change:target=move |event| any.set(event.target().value() == "any")
                >
                    <option value="all" selected=move || !any.get()>"all of these"</option>
                    <option value="any" selected=move || any.get()>"any of these"</option>
                </select>
                <span class="note">{heading}</span>
                {remove.map(|remove| view! { <Remove remove what="Remove this group" /> })}
                <Trouble key problem />
            </div>
            <For each=move || inside.get() key=|node| node.key children=child />
            <div class="row">
                <button type="button" on:click=move |_| put(Node::condition())>"Add a condition"</button>
                <button type="button" on:click=move |_| put(Node::group(vec![Node::condition()]))>"Add a group"</button>
            </div>
        </fieldset>
    }
}

#[component]
fn ConditionFields(
    node: Node,
    condition: ArcRwSignal<Condition>,
    shared: Shared,
    remove: Option<Callback<()>>,
) -> impl IntoView {
    let condition = RwSignal::from(condition);
    let (key, problem) = (node.key, RwSignal::from(node.problem.clone()));
    let kind = Memo::new(move |_| {
        condition.with(|condition| shared.names.with(|names| condition.kind(names))).unwrap_or(Kind::Number)
    });
    let between = Memo::new(move |_| condition.with(|condition| condition.operator == Operator::Between));
    let wrong = move |field: Field| {
        move || {
            problem.with(|problem| problem.as_ref().is_some_and(|problem| problem.field == field)).to_string()
        }
    };
    let change = move |change: &dyn Fn(&mut Condition)| {
        problem.set(None);
        condition.update(|condition| change(condition));
    };
    let operators = move || {
        let (kind, now) = (kind.get(), condition.with(|condition| condition.operator));
        let offered = Operator::ALL.into_iter().filter(move |one| one.fits(kind) || *one == now);
        let option = move |one: Operator| {
            view! { <option value=one.words() selected=one == now>{one.words()}</option> }
        };
        offered.map(option).collect_view()
    };
    let value = move |field: Field, label: &'static str, part: fn(&mut Condition) -> &mut String| {
        let shown = move || condition.with(|condition| part(&mut condition.clone()).clone());
        view! {
            <input
                class="filter-value"
                class:time=move || kind.get() == Kind::Time
                aria-label=label
                aria-invalid=wrong(field)
                aria-describedby=problem_id(key)
                inputmode=move || if kind.get() == Kind::Number { "decimal" } else { "text" }
                placeholder=move || placeholder(kind.get(), shared)
                autocomplete="off"
                spellcheck="false"
                prop:value=shown
                on:input:target=move |event| {
                    let typed = event.target().value();
                    change(&|condition| *part(condition) = typed.clone());
                }
            />
        }
    };
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    view! {
        <div class="filter-condition row" role="group" aria-label="Condition">
            <Denied node=node.clone() />
            <input
                class="filter-stream"
                list="row-filter-names"
                aria-label=capital(shared.noun)
                placeholder=capital(shared.noun)
                aria-invalid=wrong(Field::Stream)
                aria-describedby=problem_id(key)
                autocomplete="off"
                spellcheck="false"
                prop:value=move || condition.with(|condition| condition.stream.clone())
                on:focus:target=move |event| shared.typed.set(event.target().value())
                on:input:target=move |event| {
                    let typed = event.target().value();
                    shared.typed.set(typed.clone());
                    change(&|condition| condition.stream = typed.clone());
                }
            />
            <select
                aria-label="Comparison"
                aria-invalid=wrong(Field::Operator)
                aria-describedby=problem_id(key)
                on:change:target=move |event| {
                    let words = event.target().value();
                    if let Some(chosen) = Operator::ALL.into_iter().find(|one| one.words() == words) {
                        change(&|condition| condition.operator = chosen);
                    }
                }
            >
                {operators}
            </select>
            {move || if between.get() { value(Field::Low, "From", |condition| &mut condition.low) } else { value(Field::Low, "Value", |condition| &mut condition.low) }}
            <Show when=move || between.get()>
                <span>"and"</span>
                {value(Field::High, "To", |condition| &mut condition.high)}
            </Show>
            {remove.map(|remove| view! { <Remove remove what="Remove this condition" /> })}
            <Trouble key problem />
        </div>
    }
}

fn placeholder(kind: Kind, shared: Shared) -> String {
    match kind {
        Kind::Number => "Number".into(),
        Kind::State => "State".into(),
        Kind::Time => shared.zone.with_value(|zone| format!("Time in {}", zone.name())),
    }
}

/// Whether a node must not be met.
#[component]
fn Denied(node: Node) -> impl IntoView {
    let not = RwSignal::from(node.not.clone());
    view! {
        <label class="filter-not">
            <input type="checkbox" prop:checked=move || not.get() on:change:target=move |event| not.set(event.target().checked()) />
            "not"
        </label>
    }
}

#[component]
fn Remove(remove: Callback<()>, what: &'static str) -> impl IntoView {
    view! { <button type="button" class="quiet" aria-label=what title=what on:click=move |_| remove.run(())>"×"</button> }
}

fn problem_id(key: usize) -> String {
    format!("row-filter-problem-{key}")
}

/// What is wrong, beside the fields.
#[component]
fn Trouble(key: usize, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let words = move || problem.get().map(|problem| problem.words);
    view! { <span id=problem_id(key) class="filter-problem" role="alert">{words}</span> }
}
