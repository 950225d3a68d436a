//! Subjects that lie in each other, as a tree with one tab stop. Arrows move, open and close; Enter and Space choose.

use std::collections::{BTreeMap, BTreeSet};

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use streamscope_client::Subject;

use crate::state::Workspace;
use crate::text::in_line;

/// A tree of no more rows than this is open at first.
const OPEN_ROWS: usize = 40;

/// A subject in its place.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    id: String,
    name: String,
    /// 1 for those that lie in nothing.
    level: usize,
    /// Whether what lies in it is shown; `None` where nothing does.
    open: Option<bool>,
}

/// The rows that are shown, from the top: parents before what lies in them, siblings in the order of their names.
fn rows(subjects: &[Subject], closed: &BTreeSet<String>) -> Vec<Row> {
    let mut rows = Vec::new();
    let known: BTreeSet<&str> = subjects.iter().map(|subject| subject.id.as_str()).collect();
    let mut inside_of = BTreeMap::<&str, Vec<&Subject>>::new();
    let mut roots = Vec::new();
    for subject in subjects {
        match subject.parent.as_deref().filter(|parent| known.contains(parent)) {
            Some(parent) => inside_of.entry(parent).or_default().push(subject),
            None => roots.push(subject),
        }
    }
    let roots = roots.into_iter();
    let mut ahead: Vec<(&Subject, usize)> = sorted(roots).into_iter().rev().map(|root| (root, 1)).collect();
    while let Some((subject, level)) = ahead.pop() {
        let inside = sorted(inside_of.get(subject.id.as_str()).into_iter().flatten().copied());
        // What was not asked for yet is asked for when the row is opened.
        let asked = !(subject.has_inner && inside.is_empty());
        let open = asked && !closed.contains(&subject.id);
        rows.push(Row {
            id: subject.id.clone(),
            name: subject.name.clone(),
            level,
            open: (subject.has_inner || !inside.is_empty()).then_some(open),
        });
        // A tree is no deeper than it has subjects: one that lies in itself ends there.
        if open && level < subjects.len() {
            ahead.extend(inside.into_iter().rev().map(|subject| (subject, level + 1)));
        }
    }
    rows
}

fn sorted<'a>(subjects: impl Iterator<Item = &'a Subject>) -> Vec<&'a Subject> {
    let mut sorted: Vec<_> = subjects.collect();
    sorted.sort_by_cached_key(|subject| subject.name.to_lowercase());
    sorted
}

/// Where a key leads from a row: to another row, or to this one opened or closed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    To(usize),
    Open(bool),
}

fn step(key: &str, rows: &[Row], here: usize) -> Option<Step> {
    let row = rows.get(here)?;
    let parent = || rows.get(..here)?.iter().rposition(|other| other.level < row.level);
    Some(match (key, row.open) {
        ("ArrowDown", _) => Step::To((here + 1).min(rows.len() - 1)),
        ("ArrowUp", _) => Step::To(here.saturating_sub(1)),
        ("Home", _) => Step::To(0),
        ("End", _) => Step::To(rows.len() - 1),
        ("ArrowRight", Some(false)) => Step::Open(true),
        ("ArrowRight", Some(true)) => Step::To(here + 1),
        ("ArrowLeft", Some(true)) => Step::Open(false),
        ("ArrowLeft", _) => Step::To(parent()?),
        _ => return None,
    })
}

/// The tree.
#[component]
pub fn SubjectTree(
    /// Takes the id of the subject that is chosen.
    choose: Callback<String>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = Memo::new(move |_| workspace.selection.with(|selection| selection.subject.clone()));
    let closed = RwSignal::new(workspace.subjects.with_untracked(|subjects| too_many(subjects)));
    let rows =
        Memo::new(move |_| workspace.subjects.with(|subjects| closed.with(|closed| rows(subjects, closed))));
    let active = RwSignal::new(chosen.get_untracked());
    let here = move || {
        let id = active.get_untracked().or_else(|| chosen.get_untracked());
        rows.with_untracked(|rows| rows.iter().position(|row| Some(&row.id) == id.as_ref()).unwrap_or(0))
    };
    let turn = move |id: &str, open: bool| {
        if open {
            super::inner::list(workspace, id);
        }
        closed.update(|closed| {
            let _ = if open { closed.remove(id) } else { closed.insert(id.into()) };
        });
    };
    let on_key = move |event: KeyboardEvent| {
        let (key, here) = (event.key(), here());
        let Some(row) = rows.with_untracked(|rows| rows.get(here).cloned()) else { return };
        if key == "Enter" || key == " " {
            event.prevent_default();
            choose.run(row.id);
            return;
        }
        let Some(step) = rows.with_untracked(|rows| step(&key, rows, here)) else { return };
        event.prevent_default();
        match step {
            Step::Open(open) => turn(&row.id, open),
            Step::To(next) => {
                let id = rows.with_untracked(|rows| rows.get(next).map(|row| row.id.clone()));
                if let Some(element) = id.as_ref().and_then(|id| document().get_element_by_id(&row_id(id))) {
                    element.scroll_into_view_with_scroll_into_view_options(&super::list::nearest());
                }
                active.set(id);
            }
        }
    };
    let line = move |row: Row| {
        let id = StoredValue::new(row.id.clone());
        let is_chosen =
            Memo::new(move |_| chosen.with(|chosen| id.with_value(|id| chosen.as_ref() == Some(id))));
        let is_active = move || active.with(|active| id.with_value(|id| active.as_ref() == Some(id)));
        let caret = move |event: leptos::ev::MouseEvent| {
            if let Some(open) = row.open {
                event.stop_propagation();
                id.with_value(|id| turn(id, !open));
            }
        };
        view! {
            <li
                id=row_id(&row.id)
                class="tree-row"
                class:active=is_active
                role="treeitem"
                attr:aria-level=row.level.to_string()
                aria-selected=move || is_chosen.get().to_string()
                aria-expanded=row.open.map(|open| open.to_string())
                title=row.id.clone()
                style:--level=row.level.to_string()
                on:click=move |_| {
                    active.set(Some(id.get_value()));
                    choose.run(id.get_value());
                }
            >
                <span class="tree-caret" aria-hidden="true" on:click=caret></span>
                <span class="tree-name">{in_line(&row.name, 80)}</span>
            </li>
        }
    };
    view! {
        <ul
            class="tree"
            role="tree"
            aria-label=move || workspace.source.get().map(|source| source.about().subject.many)
            tabindex="0"
            aria-activedescendant=move || active.get().or_else(|| chosen.get()).map(|id| row_id(&id))
            on:keydown=on_key
        >
            <For each=move || rows.get() key=|row| (row.id.clone(), row.open) children=line />
        </ul>
    }
}

/// What is closed at first: nothing, or all below the top where that would be too long to look through.
fn too_many(subjects: &[Subject]) -> BTreeSet<String> {
    let closed = if subjects.len() > OPEN_ROWS { subjects } else { &[] };
    closed.iter().map(|subject| subject.id.clone()).collect()
}

fn row_id(subject: &str) -> String {
    format!("subject-{subject}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Vec<Subject> {
        let subject = |id: &str, parent: Option<&str>| Subject {
            id: id.into(),
            name: id.rsplit('/').next().unwrap_or_default().into(),
            parent: parent.map(str::to_string),
            has_inner: false,
            devices: Vec::new(),
        };
        vec![
            subject("/site", None),
            subject("/site/b", Some("/site")),
            subject("/site/a", Some("/site")),
            subject("/site/a/x", Some("/site/a")),
            subject("/live", Some("/gone")),
        ]
    }

    #[test]
    fn a_tree_is_walked_from_the_top_with_siblings_by_name() {
        let closed = BTreeSet::new();
        let shown = |closed: &BTreeSet<String>| {
            rows(&tree(), closed).into_iter().map(|row| (row.id, row.level)).collect::<Vec<_>>()
        };
        let place = |id: &str, level| (id.to_string(), level);
        let all = [
            place("/live", 1),
            place("/site", 1),
            place("/site/a", 2),
            place("/site/a/x", 3),
            place("/site/b", 2),
        ];
        assert_eq!(shown(&closed), all);
        let closed = ["/site/a".to_string()].into();
        assert_eq!(shown(&closed).len(), 4);
    }

    #[test]
    fn arrows_open_close_and_climb() {
        let all = rows(&tree(), &BTreeSet::new());
        assert_eq!(step("ArrowRight", &all, 1), Some(Step::To(2)));
        assert_eq!(step("ArrowLeft", &all, 1), Some(Step::Open(false)));
        assert_eq!(step("ArrowLeft", &all, 3), Some(Step::To(2)));
        assert_eq!(step("ArrowLeft", &all, 0), None);
        assert_eq!(step("ArrowDown", &all, 4), Some(Step::To(4)));
        let closed = rows(&tree(), &["/site".to_string()].into());
        assert_eq!(step("ArrowRight", &closed, 1), Some(Step::Open(true)));
    }

    #[test]
    fn a_subject_that_lies_in_itself_does_not_hang() {
        let mut round = tree();
        round[0].parent = Some("/site/b".into());
        assert_eq!(rows(&round, &BTreeSet::new()).len(), 1);
    }
}
