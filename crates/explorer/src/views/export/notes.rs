//! What stands below a saved figure.

use leptos::prelude::*;
use streamscope_client::{Dimension, StreamInfo, TimeRange};

use crate::catalogue::label as stream_title;
use crate::charts::civil::exact_time;
use crate::recording::expected;
use crate::row_filter::in_force;
use crate::state::Workspace;
use crate::text::in_line;
use crate::views::timeline::clock::clock_note;

/// What the page calls the selected subject.
pub(super) fn subject(workspace: &Workspace) -> Option<String> {
    let id = workspace.selection.with_untracked(|selection| selection.subject.clone())?;
    let named = workspace.subjects.with_untracked(|subjects| {
        let subject = subjects.iter().find(|subject| subject.id == id);
        subject.map(|subject| subject.name.clone()).filter(|name| !name.is_empty())
    });
    Some(in_line(&named.unwrap_or_else(|| untrack(|| workspace.own_id(&id))), 80))
}

/// What stands below a saved figure.
pub(super) fn notes(workspace: &Workspace, streams: &[StreamInfo], range: TimeRange) -> Vec<String> {
    let zone = workspace.zone.get_untracked();
    let units = streams.iter().map(|stream| {
        let drawn = |dimension: &&Dimension| expected(dimension).is_some();
        let with_unit = |dimension: &&Dimension| !dimension.unit_abbrev.is_empty();
        let dimensions = stream.dimensions.iter().filter(drawn).filter(with_unit);
        let units: Vec<_> = dimensions
            .map(|dimension| {
                format!("{} in {}", in_line(&dimension.id, 40), in_line(&dimension.unit_abbrev, 24))
            })
            .collect();
        let units = if units.is_empty() { String::new() } else { format!(" ({})", units.join(", ")) };
        format!(
            "{}{units}; stream {}",
            stream_title(stream),
            in_line(&untrack(|| workspace.own_id(&stream.id)), 80)
        )
    });
    let named = if zone.name() == "UTC" { String::new() } else { format!(", {}", zone.name()) };
    let times = format!("{} to {}{named}", exact_time(range.start, &zone), exact_time(range.end, &zone));
    let mut sources = Vec::<String>::new();
    for stream in streams {
        let source = untrack(|| source(workspace, stream));
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let filter = untrack(|| in_force(workspace)).map(|words| lines(&words)).unwrap_or_default();
    std::iter::once(times).chain(filter).chain(units).chain(sources).collect()
}

/// Where a stream comes from, and the clock that its times were set by.
fn source(workspace: &Workspace, stream: &StreamInfo) -> String {
    let platform = workspace.connection_of(&stream.subject_id).map(|one| one.platform).unwrap_or_default();
    let clock = clock_note(workspace.clock_of(&stream.subject_id));
    let clock = clock.map(|words| format!("; {words}")).unwrap_or_default();
    format!("Source: {platform}, subject {}{clock}", in_line(&workspace.own_id(&stream.subject_id), 80))
}

/// Letters of a line below a figure.
const LETTERS_OF_A_LINE: usize = 110;

/// A long sentence, line by line.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < LETTERS_OF_A_LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}
