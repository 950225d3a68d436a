//! The tables of methods: complete, and every row proven.

mod hexoskin;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The cells of the tables' first and last columns.
struct Methods {
    /// Official name and case.
    offered: Vec<(String, String)>,
    left_out: Vec<String>,
}

/// The two tables of a file: what is offered, and what is left out.
fn tables(file: &str) -> [Vec<Vec<String>>; 2] {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let (offered, left_out) = text.split_once("## Left out").unwrap();
    [offered, left_out].map(|text| {
        let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
        let cells =
            |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect();
        lines.skip(1).map(cells).collect()
    })
}

/// The rows of what is offered, cell by cell.
fn rows(file: &str) -> Vec<Vec<String>> {
    let [offered, _] = tables(file);
    offered
}

fn methods(file: &str) -> Methods {
    let [offered, left_out] = tables(file);
    let offered = offered.into_iter().map(|row| (row[0].clone(), row.last().unwrap().clone()));
    Methods { offered: offered.collect(), left_out: left_out.into_iter().map(|row| row[0].clone()).collect() }
}

/// Fails unless the table (a file in tests/) has every official name, no others, and a comparison for each.
pub(crate) fn check(table: &str, official: &BTreeSet<String>, compared: &BTreeMap<String, usize>) {
    let Methods { offered, left_out } = methods(table);
    let names: Vec<&String> = offered.iter().map(|(name, _)| name).chain(&left_out).collect();
    let listed: BTreeSet<String> = names.iter().map(|name| name.to_string()).collect();
    assert_eq!(listed.len(), names.len(), "a name stands in the table twice");
    let missing: Vec<_> = official.difference(&listed).collect();
    assert!(missing.is_empty(), "the table lacks {missing:?}");
    let invented: Vec<_> = listed.difference(official).collect();
    assert!(invented.is_empty(), "the official client does not have {invented:?}");
    let unproven: Vec<_> = offered.iter().filter(|(_, case)| !compared.contains_key(case)).collect();
    assert!(unproven.is_empty(), "no comparison took place for {unproven:?}");
}
