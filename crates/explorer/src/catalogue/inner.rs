//! Subjects that lie in others and were not listed with them: asked for when a row is opened, or when a link names one.

use futures_util::StreamExt;
use leptos::prelude::*;
use streamscope_client::Subject;

use crate::state::{Listing, Workspace};

/// Asks for what lies in a subject, unless it was asked for.
pub fn list(workspace: Workspace, id: &str) {
    let holds = workspace.subjects.with_untracked(|all| all.iter().any(|one| one.id == id && one.has_inner));
    let fresh = workspace.looked_into.with_untracked(|asked| !asked.contains(id));
    let Some(source) = workspace.source.get_untracked().filter(|_| holds && fresh) else { return };
    workspace.looked_into.update(|asked| {
        asked.insert(id.into());
    });
    let mut pages = source.subjects(Some(id));
    let listing = async move {
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => workspace.subjects.update(|subjects| subjects.extend(page)),
                Err(error) => workspace.subjects_listing.set(Listing::Failed(error.to_string())),
            }
        }
    };
    workspace.inner_listings.with_value(|listings| listings.spawn(listing));
}

/// Opens what leads to the selected subject: while it is not among those listed, what lies in others is asked for.
/// Where nothing is selected, the first subject that others lie in is opened.
pub fn follow(workspace: Workspace) {
    Effect::new(move || {
        let chosen = workspace.selection.with(|selection| selection.subject.clone());
        let next = workspace.subjects.with(|subjects| {
            let known = chosen.as_ref().is_some_and(|id| subjects.iter().any(|one| one.id == *id));
            let wanted = |one: &Subject| !known || Some(&one.id) == chosen.as_ref();
            workspace.unasked(subjects).find(|one| wanted(one)).map(|one| one.id.clone())
        });
        if let (Some(id), true) = (next, workspace.subjects_listing.get() == Listing::Ready) {
            list(workspace, &id);
        }
    });
}
