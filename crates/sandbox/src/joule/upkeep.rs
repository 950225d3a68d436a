//! Removing rows, joining intervals, and making decimations anew.

use std::sync::Arc;

use serde_json::json;

use super::Node;
use super::data::stream;
use super::decimator::{Decimator, FACTOR};
use super::layout::time;
use super::parameters::{Parameters, Window};
use super::recording::{Outline, Recording};
use super::reply::{self, Refusal, Result, json};
use super::table::{CHUNK_ROWS, Table, chunks, key};
use crate::{Request, Response};

/// `DELETE /data`: removes the rows in a window, at every resolution. Rows of a live stream are not stored and stay.
pub(super) fn remove(node: &Arc<Node>, request: &Request) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.edit_rows();
    let stream = stream(&catalogue, &parameters)?;
    let window = parameters.window()?;
    let Some(mut outline) = Outline::load(&node.store, stream.id)? else { return Ok(reply::ok()) };
    let layout = stream.layout();
    let base = Table::open(&node.store, key(stream.id, 1), layout.width())?;
    let mut changes = vec![base.remove(window)?];
    for power in 1..=outline.levels {
        let level = Table::open(&node.store, key(stream.id, FACTOR.pow(power)), layout.decimated().width())?;
        changes.push(level.remove(window)?);
    }
    outline.borders.retain(|&border| !window.contains(border));
    if let Some(start) = window.start
        && let Some(last) = base.previous_time(start.saturating_sub(1))?
    {
        // Where rows were removed, an interval ends.
        outline.close(last, start);
    }
    node.store.edit(&mut |writer| {
        changes.iter().try_for_each(|change| change.write(writer))?;
        outline.write(writer, stream.id)
    })?;
    Ok(reply::ok())
}

/// `POST /data/consolidate.json`: joins intervals that are at most `max_gap` µs apart.
pub(super) fn consolidate(node: &Arc<Node>, request: &Request, now: i64) -> Result<Response> {
    let parameters = Parameters::of(request);
    let catalogue = node.edit_rows();
    let stream = stream(&catalogue, &parameters)?;
    let window = parameters.window()?;
    let max_gap = parameters.get("max_gap").ok_or_else(|| Refusal::bad("specify max_gap as us integer"))?;
    let max_gap = max_gap.trim().parse::<i64>().ok().filter(|gap| *gap > 0);
    let max_gap = max_gap.ok_or_else(|| Refusal::bad("max_gap must be postive integer"))?;
    let intervals = Recording::open(&node.store, stream, now)?.intervals(window)?;
    let gaps = intervals.windows(2).filter_map(|pair| match pair {
        [(_, end), (next, _)] => (next.saturating_sub(*end) <= max_gap).then_some(*end),
        _ => None,
    });
    let gaps: Vec<i64> = gaps.collect();
    if let Some(mut outline) = Outline::load(&node.store, stream.id)? {
        outline.borders.retain(|border| !gaps.contains(border));
        node.store.edit(&mut |writer| outline.write(writer, stream.id))?;
    }
    Ok(json(&json!({ "num_consolidated": gaps.len() })))
}

/// `DELETE /data/decimate.json`: removes all resolutions but the first.
pub(super) fn drop_decimations(node: &Arc<Node>, request: &Request) -> Result<Response> {
    redecimate(node, request, false)
}

/// `POST /data/decimate.json`: makes all other resolutions from the first.
pub(super) fn decimate(node: &Arc<Node>, request: &Request) -> Result<Response> {
    redecimate(node, request, true)
}

fn redecimate(node: &Arc<Node>, request: &Request, make: bool) -> Result<Response> {
    let catalogue = node.edit_rows();
    let stream = stream(&catalogue, &Parameters::of(request))?;
    let layout = stream.layout();
    let base = Table::open(&node.store, key(stream.id, 1), layout.width())?;
    if make && base.rows() == 0 {
        // The node has no words for nothing to decimate.
        return Err(Refusal::failed());
    }
    let Some(mut outline) = Outline::load(&node.store, stream.id)? else { return Ok(reply::ok()) };
    let mut levels: Vec<Vec<u8>> = Vec::new();
    if make {
        let mut decimator = Decimator::new(layout);
        let mut start = i64::MIN;
        for end in outline.borders.iter().copied().chain([i64::MAX]) {
            loop {
                let rows = base.read(Window { start: Some(start), end: Some(end) }, CHUNK_ROWS)?;
                for (level, rows) in decimator.push(&rows).into_iter().enumerate() {
                    match levels.get_mut(level) {
                        Some(made) => made.extend_from_slice(&rows),
                        None => levels.push(rows),
                    }
                }
                let Some(last) = rows.chunks_exact(layout.width()).last() else { break };
                start = time(last).saturating_add(1);
            }
            decimator.close();
            start = end;
        }
    }
    let old = std::mem::replace(&mut outline.levels, levels.len() as u32);
    node.store.edit(&mut |writer| {
        (1..=old).try_for_each(|power| writer.truncate(&key(stream.id, FACTOR.pow(power)), 0))?;
        for (power, rows) in (1u32..).zip(&levels) {
            for (info, bytes) in chunks(rows, layout.decimated().width()) {
                writer.chunk(&key(stream.id, FACTOR.pow(power)), info, bytes)?;
            }
        }
        outline.write(writer, stream.id)
    })?;
    Ok(reply::ok())
}
