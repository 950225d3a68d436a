//! Streams of other subjects among the tracks: a link names them by their ids, and they are listed when their connection is
//! there.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::state::Workspace;

/// Lists the subjects of kept streams that are not known yet, each once for a connection.
pub fn follow(workspace: Workspace) {
    let kept = Memo::new(move |_| workspace.selection.with(|selection| selection.kept.clone()));
    let asked = StoredValue::new(BTreeSet::<String>::new());
    Effect::new(move || {
        let Some(source) = workspace.source.get() else {
            asked.set_value(BTreeSet::new());
            return;
        };
        let known = |id: &String| workspace.kept.with_untracked(|held| held.iter().any(|one| one.id == *id));
        let subjects: BTreeSet<_> = kept.with(|kept| {
            kept.iter().filter(|(stream, _)| !known(stream)).map(|(_, subject)| subject.clone()).collect()
        });
        let there = |subject: &String| workspace.is_connected(&workspace.key_of(subject));
        for subject in subjects.into_iter().filter(there) {
            if !asked.try_update_value(|asked| asked.insert(subject.clone())).unwrap_or_default() {
                continue;
            }
            let mut pages = source.streams(&subject);
            spawn_local(async move {
                while let Some(Ok(page)) = pages.next().await {
                    let wanted = workspace.selection.with_untracked(|held| {
                        page.into_iter()
                            .filter(|stream| held.kept.contains_key(&stream.id))
                            .collect::<Vec<_>>()
                    });
                    workspace.kept.update(|kept| {
                        let new: Vec<_> = wanted
                            .into_iter()
                            .filter(|one| kept.iter().all(|held| held.id != one.id))
                            .collect();
                        kept.extend(new);
                    });
                }
                let there = workspace.kept.with_untracked(|kept| {
                    kept.iter().map(|stream| stream.id.clone()).collect::<BTreeSet<_>>()
                });
                let gone = workspace.selection.with_untracked(|held| {
                    let of_it =
                        held.kept.iter().filter(|(_, of)| **of == subject).map(|(stream, _)| stream.clone());
                    of_it.filter(|stream| !there.contains(stream)).collect::<Vec<_>>()
                });
                workspace.kept_unknown.update(|unknown| unknown.extend(gone));
                asked.update_value(|asked| {
                    asked.remove(&subject);
                });
            });
        }
    });
}
