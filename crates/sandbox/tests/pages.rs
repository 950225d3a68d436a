//! Pages and their tokens.

use crate::fixture::{NOW, encoded, get, get_at, ok, paged, read_all, refusal, sandbox, stream, text};

fn target(name: &str) -> String {
    format!("/v2/streams/{}?timestamp=unixns", stream(&sandbox(), "juniper", name))
}

#[test]
fn every_page_size_gives_the_same_rows() {
    let target = target("Steps");
    let (whole, pages) = read_all(&paged(u64::MAX), &target);
    assert_eq!(pages, 1);
    assert!(whole.len() > 1000);
    for size in [1, 2, 7, 999, whole.len() as u64 - 1, whole.len() as u64, whole.len() as u64 + 1] {
        let (rows, pages) = read_all(&paged(size), &target);
        assert_eq!(pages as u64, (whole.len() as u64).div_ceil(size), "pages of {size}");
        assert!(rows == whole, "pages of {size} rows");
    }
}

#[test]
fn pages_cross_the_borders_of_chunks() {
    let target = target("Acceleration x");
    let (whole, _) = read_all(&paged(u64::MAX), &target);
    assert_eq!(whole.len(), 200_000);
    for size in [65_535, 65_536, 65_537, 150_000] {
        assert!(read_all(&paged(size), &target).0 == whole, "pages of {size} rows");
    }
    // Ranges that start and end anywhere, at rows and between them.
    for (start, end) in [(0, 1), (65_535, 65_537), (131_072, 131_072), (123_456, 199_999)] {
        let time = |row: usize| whole[row].split(',').next().unwrap_or_default().to_owned();
        let range = format!("{target}&start_time_ns={}&end_time_ns={}", time(start), time(end));
        assert!(read_all(&paged(40_000), &range).0 == whole[start..end], "rows {start} to {end}");
    }
}

#[test]
fn every_page_repeats_the_header() {
    let (target, sandbox) = (target("Steps"), paged(3));
    let first = get(&sandbox, &target);
    let token = first.header("X-Rune-Next-Page-Token").map(encoded).expect("a token");
    let second = ok(&sandbox, &format!("{target}&page_token={token}"));
    assert_eq!(second.lines().next(), text(first).lines().next());
    assert_eq!(second.lines().count(), 4);
}

#[test]
fn a_limit_holds_over_all_pages() {
    let target = target("Steps");
    let (whole, _) = read_all(&sandbox(), &target);
    for (size, limit, pages) in [(10, 25, 3), (10, 30, 3), (10, 1, 1), (1000, 25, 1)] {
        let (rows, found) = read_all(&paged(size), &format!("{target}&limit={limit}"));
        assert!(rows == whole[..limit], "limit {limit} in pages of {size}");
        assert_eq!(found, pages, "limit {limit} in pages of {size}");
    }
    assert_eq!(read_all(&sandbox(), &format!("{target}&limit=0")).0.len(), whole.len());
}

#[test]
fn availability_has_pages_too() {
    let id = stream(&sandbox(), "juniper", "Heart rate");
    let target =
        format!("/v2/streams/{id}/availability?start_time=1708761000&end_time=1709000000&resolution=300");
    let (whole, _) = read_all(&sandbox(), &target);
    assert!(whole.iter().any(|row| row.ends_with(",0")) && whole.iter().any(|row| row.ends_with(",1")));
    let (rows, pages) = read_all(&paged(100), &target);
    assert_eq!((rows, pages), (whole.clone(), whole.len().div_ceil(100)));
    let (rows, _) = read_all(&paged(100), &format!("{target}&limit=250"));
    assert_eq!(rows, whole[..250]);
}

#[test]
fn availability_of_all_time_costs_no_more_than_its_page() {
    let id = stream(&sandbox(), "juniper", "Heart rate");
    let query = "start_time=-9000000000&end_time=9000000000&resolution=300";
    let response = get(&paged(50), &format!("/v2/streams/{id}/availability?{query}"));
    assert!(response.header("X-Rune-Next-Page-Token").is_some());
    assert_eq!(text(response).lines().count(), 51);
}

#[test]
fn a_token_lives_for_five_minutes() {
    let (target, sandbox) = (target("Steps"), paged(10));
    let first = get(&sandbox, &target);
    let token = first.header("X-Rune-Next-Page-Token").map(encoded).expect("a token");
    let next = format!("{target}&page_token={token}");
    assert_eq!(get_at(&sandbox, &next, NOW + 299).status, 200);
    let (status, kind, message) = refusal(get_at(&sandbox, &next, NOW + 300));
    assert_eq!((status, kind.as_str()), (400, "InvalidPageToken"));
    assert!(message.contains("expired"), "{message}");
}

#[test]
fn a_token_belongs_to_its_query() {
    let (target, sandbox) = (target("Steps"), paged(10));
    let first = get(&sandbox, &format!("{target}&limit=100&start_time=0"));
    let token = first.header("X-Rune-Next-Page-Token").map(encoded).expect("a token");
    let path = target.split('?').next().unwrap_or_default();
    let status = |query: &str| get(&sandbox, &format!("{path}?{query}&page_token={token}")).status;
    assert_eq!(status("timestamp=unixns&limit=100&start_time=0"), 200);
    assert_eq!(
        status("start_time=0&limit=100&timestamp=unixns"),
        200,
        "the order of parameters does not count"
    );
    assert_eq!(status("timestamp=unixns&limit=200&start_time=0"), 400);
    assert_eq!(status("timestamp=unix&limit=100&start_time=0"), 400);
    assert_eq!(status("timestamp=unixns&limit=100"), 400);
    let other = stream(&sandbox, "willow", "Steps");
    let other = format!("/v2/streams/{other}?timestamp=unixns&limit=100&start_time=0&page_token={token}");
    assert_eq!(get(&sandbox, &other).status, 400);
}

#[test]
fn an_altered_token_is_refused() {
    let (target, sandbox) = (target("Steps"), paged(10));
    let first = get(&sandbox, &target);
    let token = first.header("X-Rune-Next-Page-Token").expect("a token").to_owned();
    for place in 0..token.len() - 2 {
        let mut altered = token.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = encoded(&String::from_utf8(altered).expect("text"));
        let (status, kind, _) = refusal(get(&sandbox, &format!("{target}&page_token={altered}")));
        assert_eq!((status, kind.as_str()), (400, "InvalidPageToken"), "place {place}");
    }
    for token in ["x", "AAAA", "%00", "ünïcode"] {
        assert_eq!(refusal(get(&sandbox, &format!("{target}&page_token={token}"))).0, 400, "{token}");
    }
}
