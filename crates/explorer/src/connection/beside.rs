//! Connections side by side: one more, another one in view, one less.

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use streamscope_client::together::names;
use streamscope_client::{Platform, Source, StreamInfo, Together};

use crate::state::{Connection, Listing, Workspace};

/// Colours that connections are told apart by; then they begin anew.
pub const COLOURS: usize = 6;

impl Workspace {
    /// The key of a connection to be made: that of the same platform and name, whose place it takes, or a new one.
    pub fn key_for(&self, platform: Platform, name: &str) -> String {
        self.connections.with_untracked(|all| {
            let same = all.iter().find(|one| one.platform == platform.name && one.name == name);
            let is_taken = |key: &str| all.iter().any(|one| one.key == key);
            same.map_or_else(|| names::next_key(platform.id, is_taken), |one| one.key.clone())
        })
    }

    /// Puts a connection beside the others, and turns to it; unless a link asks for its streams beside a subject of another.
    pub fn join(&self, made: Connection, source: Rc<dyn Source>) {
        let key = made.key.clone();
        let stays = untrack(|| self.missing_connections()).contains(&key)
            && self.selection.with_untracked(|held| {
                let is_elsewhere = |id: &String| held.key_of(id) != key && self.is_connected(held.key_of(id));
                held.subject.as_ref().is_some_and(is_elsewhere)
            });
        let home = self.selection.with_untracked(|selection| selection.platform.clone().unwrap_or_default());
        let together = self.together.get_value().unwrap_or_else(|| Rc::new(Together::new(home)));
        together.set_clocks(self.selection.with_untracked(|selection| selection.clocks.clone()));
        self.forget_rows(&together, &key);
        together.put(key.clone(), source);
        self.together.set_value(Some(together.clone()));
        self.connections.update(|all| {
            all.retain(|one| one.key != key);
            let colour = (0..COLOURS).find(|colour| all.iter().all(|one| one.colour != *colour));
            let colour = colour.unwrap_or(all.len() % COLOURS);
            all.push(Connection { colour, ..made });
        });
        if !stays {
            self.turn_to_connection(&key);
        }
        self.source.set(Some(together));
    }

    /// Turns to a connection: its subjects are listed, and the tracks of others stay. A subject of a connection that is
    /// not there stays selected: a link waits for it.
    pub fn turn_to_connection(&self, key: &str) {
        let Some(together) = self.together.get_value() else { return };
        let subject = self.selection.with_untracked(|selection| selection.subject.clone());
        let elsewhere =
            subject.filter(|id| together.key_of(id) != key && self.is_connected(together.key_of(id)));
        if let Some(subject) = elsewhere {
            let of = together.key_of(&subject).to_string();
            let left_at = self.connections.with_untracked(|all| {
                all.iter().find(|one| one.key == key).and_then(|one| one.left_at.clone())
            });
            self.keep_tracks();
            self.connections.update(|all| {
                all.iter_mut()
                    .filter(|one| one.key == of)
                    .for_each(|one| one.left_at = Some(subject.clone()));
            });
            self.selection.update(|selection| {
                (selection.subject, selection.filter) = (left_at, None);
            });
        }
        together.turn_to(key);
        self.streams.set(Vec::new());
        self.streams_listing.set(Listing::Idle);
        self.subjects.set(Vec::new());
        self.looked_into.set(Default::default());
        self.subjects_listing.set(Listing::Loading);
        self.at.set(key.into());
    }

    /// Keeps the selected subject's tracks, whatever is turned to.
    pub fn keep_tracks(&self) {
        let tracks = untrack(|| self.selected_streams());
        self.note_kept(tracks);
        self.selection.update(|selection| selection.keep_all());
    }

    /// Notes streams that are kept, and the name of the subject that is left.
    pub fn note_kept(&self, streams: Vec<StreamInfo>) {
        let subject = self.selection.with_untracked(|selection| selection.subject.clone());
        let name = self.subjects.with_untracked(|all| {
            let of = all.iter().find(|one| Some(&one.id) == subject.as_ref())?;
            Some((of.id.clone(), of.name.clone())).filter(|(_, name)| !name.is_empty())
        });
        self.kept_names.update(|names| names.extend(name));
        self.kept.update(|kept| {
            kept.retain(|held| streams.iter().all(|stream| stream.id != held.id));
            kept.extend(streams);
        });
    }

    /// Lets go of one of several connections, of its credentials and of all that came from it.
    pub fn part(&self, key: &str) {
        let Some(together) = self.together.get_value() else { return };
        together.remove(key);
        self.connections.update(|all| all.retain(|one| one.key != key));
        self.kept.update(|kept| kept.retain(|stream| together.key_of(&stream.id) != key));
        self.selection.update(|selection| {
            selection.retain(|stream| together.key_of(stream) != key);
            selection.clocks.retain(|of, _| together.key_of(of) != key);
            selection.subject.take_if(|subject| together.key_of(subject) == key);
        });
        self.forget_rows(&together, key);
        let next = self.connections.with_untracked(|all| all.first().map(|one| one.key.clone()));
        if let Some(next) = next.filter(|_| self.at.get_untracked() == key) {
            self.turn_to_connection(&next);
        }
        self.source.set(Some(together));
    }

    fn forget_rows(&self, together: &Rc<Together>, key: &str) {
        self.recordings.forget_those(|stream| together.key_of(&stream.id) == key);
    }
}

/// Sets clocks as the selection says, in the source and in all that was listed. What was fetched under another clock is
/// fetched again.
pub fn follow_clocks(workspace: Workspace) {
    let clocks = Memo::new(move |_| workspace.selection.with(|selection| selection.clocks.clone()));
    Effect::new(move || {
        let clocks = clocks.get();
        let Some(together) = workspace.together.get_value() else { return };
        let subjects = || {
            workspace.streams.with_untracked(|streams| {
                workspace.kept.with_untracked(|kept| {
                    streams.iter().chain(kept).map(|stream| stream.subject_id.clone()).collect::<Vec<_>>()
                })
            })
        };
        let before: BTreeMap<_, _> =
            subjects().into_iter().map(|id| (id.clone(), together.clock_of(&id))).collect();
        together.set_clocks(clocks);
        let moved: BTreeMap<_, _> = before
            .into_iter()
            .map(|(id, clock)| (id.clone(), (clock, together.clock_of(&id))))
            .filter(|(_, (before, now))| before != now)
            .collect();
        if moved.is_empty() {
            return;
        }
        let set = |streams: &mut Vec<StreamInfo>| {
            for stream in streams {
                if let Some((before, now)) = moved.get(&stream.subject_id) {
                    stream.extent =
                        stream.extent.moved(|range| now.shown_range(before.recorded_range(range)));
                }
            }
        };
        workspace.recordings.forget_those(|stream| moved.contains_key(&stream.subject_id));
        workspace.streams.update(set);
        workspace.kept.update(set);
        workspace.clocks_set.notify();
    });
}
