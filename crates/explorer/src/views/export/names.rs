//! What saved files are called.

use std::collections::BTreeSet;

use leptos::prelude::*;
use streamscope_client::TimeRange;
use streamscope_signal::{Civil, TimeZone};

use super::notes::subject;
use crate::state::Workspace;

/// Letters of a name's part: file systems take some 250 bytes.
const LETTERS: usize = 40;

/// "p-7-heart-rate-20260328T0600-20260329T0600.csv": subject, what it holds, and its range in the zone on screen.
pub(super) fn file_name(workspace: &Workspace, what: &str, range: TimeRange, extension: &str) -> String {
    let subject = subject(workspace).map(|subject| word(&subject)).unwrap_or_default();
    let filtered = workspace.selection.with_untracked(|selection| selection.filter.is_some());
    let range = workspace.zone.with_untracked(|zone| in_a_name(range, zone));
    let parts = [subject, word(what), range, if filtered { "filtered".into() } else { String::new() }];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}.{extension}", parts.join("-"))
}

/// The file of a stream in an archive, unlike all that are `taken`.
pub(super) fn member(stream: &str, extension: &str, taken: &mut BTreeSet<String>) -> String {
    let stem = match word(stream) {
        stem if stem.is_empty() => "stream".into(),
        stem if is_reserved(&stem) => format!("stream-{stem}"),
        stem => stem,
    };
    let all = std::iter::once(stem.clone()).chain((2_u32..).map(|number| format!("{stem}-{number}")));
    let free = all.map(|stem| format!("{stem}.{extension}")).find(|name| !taken.contains(name));
    let name = free.unwrap_or_default();
    taken.insert(name.clone());
    name
}

/// Whether Windows takes a name for a device, with any extension.
fn is_reserved(stem: &str) -> bool {
    let numbered = |stem: &str| stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).map(str::len);
    matches!(stem, "con" | "prn" | "aux" | "nul") || numbered(stem) == Some(1)
}

/// A text as part of a file's name: letters and digits in lower case, one `-` for all that is between them.
fn word(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-").to_lowercase();
    joined.chars().take(LETTERS).collect::<String>().trim_end_matches('-').into()
}

fn in_a_name(range: TimeRange, zone: &TimeZone) -> String {
    let text = |time: i64| {
        let civil = Civil::at(time, zone);
        let seconds = if civil.second() == 0 { String::new() } else { format!("{:02}", civil.second()) };
        format!("{}T{:02}{:02}{seconds}", civil.date_text().replace('-', ""), civil.hour(), civil.minute())
    };
    format!("{}-{}", text(range.start), text(range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        assert_eq!(word("Heart rate (ECG, lead II)"), "heart-rate-ecg-lead-ii");
        assert_eq!(word("/site A/../x'$(touch p)'"), "site-a-x-touch-p");
        assert_eq!(word("\u{202e}größe\0"), "größe");
        assert!(word(&"x".repeat(500)).len() <= LETTERS);
        let mut taken = BTreeSet::new();
        let names = ["Beat", "beat", "…", "BEAT"].map(|name| member(name, "csv", &mut taken));
        assert_eq!(names, ["beat.csv", "beat-2.csv", "stream.csv", "beat-3.csv"]);
        let names = ["AUX", "com1", "compass"].map(|name| member(name, "csv", &mut taken));
        assert_eq!(names, ["stream-aux.csv", "stream-com1.csv", "compass.csv"]);
    }

    #[test]
    fn ranges_tell_seconds_where_there_are_some() {
        let range = TimeRange { start: 0, end: 90_061 * 1_000_000_000 };
        assert_eq!(in_a_name(range, &TimeZone::utc()), "19700101T0000-19700102T010101");
    }
}
