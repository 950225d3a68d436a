//! Ids of several connections in one list.
//!
//! The connection that is *home* keeps its ids. An id of another one begins with that one's key and `~`: `lab-2~p1`.
//! A key is a platform's id, and a number from the second connection of a platform on.

/// What stands between a key and an id.
const BETWEEN: char = '~';

/// An id as all connections know it. One of home that looks as if it were another's is written out too.
pub fn outer(home: &str, key: &str, id: &str) -> String {
    if key == home && keyed(id).is_none() { id.into() } else { format!("{key}{BETWEEN}{id}") }
}

/// The key of the connection that an id belongs to, and the id as that connection has it.
pub fn inner<'a>(home: &'a str, id: &'a str) -> (&'a str, &'a str) {
    keyed(id).unwrap_or((home, id))
}

/// The name of all that a connection holds, among clocks: that of the connection which an id belongs to.
pub fn all_of(home: &str, id: &str) -> String {
    format!("{}{BETWEEN}", inner(home, id).0)
}

/// The id of a platform that a key names.
pub fn platform_of(key: &str) -> &str {
    key.split('-').next().unwrap_or(key)
}

/// The key of a platform's next connection, beside those that are taken.
pub fn next_key(platform: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|number| format!("{platform}-{number}"));
    std::iter::once(platform.to_string()).chain(numbered).find(|key| !is_taken(key)).unwrap_or_default()
}

/// An id split at its key, where it has one.
fn keyed(id: &str) -> Option<(&str, &str)> {
    let (key, id) = id.split_once(BETWEEN)?;
    let (platform, number) = key.split_once('-').unwrap_or((key, "2"));
    let is_key = !platform.is_empty()
        && platform.bytes().all(|letter| letter.is_ascii_lowercase())
        && !number.is_empty()
        && number.bytes().all(|digit| digit.is_ascii_digit());
    is_key.then_some((key, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_comes_back() {
        for (key, id) in [
            ("lab", "p1"),
            ("lab", "lab~p1"),
            ("lab", "notes~1.csv"),
            ("lab", "a-b~c"),
            ("lab", ""),
            ("lab-2", "p1"),
            ("plant", "/site A~b/x"),
            ("plant", "~"),
        ] {
            assert_eq!(inner("lab", &outer("lab", key, id)), (key, id));
        }
        assert_eq!(outer("lab", "lab", "p1"), "p1");
        assert_eq!(outer("lab", "lab", "My~file"), "My~file");
    }

    #[test]
    fn a_platform_is_connected_more_than_once() {
        assert_eq!(next_key("lab", |_| false), "lab");
        assert_eq!(next_key("lab", |key| key == "lab" || key == "lab-2"), "lab-3");
        assert_eq!(platform_of("lab-3"), "lab");
    }
}
