//! Where platforms may be named: in their own folders and in the registry, and nowhere in the explorer.

use std::fs;
use std::path::{Path, PathBuf};

use streamscope_client::registry::connectors;

/// All files below a folder.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

/// The word of files, which is everybody's.
const EVERYDAY: &str = "file";

/// What only code that depends on the platform of files would say.
fn depends_on_files(text: &str) -> bool {
    let said = ["client::file", "client::{file", "registry::file"];
    said.iter().any(|said| text.contains(said)) || text.replace("type=\"file\"", "").contains("\"file\"")
}

/// The words of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_lowercase)
}

#[test]
fn the_explorer_knows_platforms_by_their_connectors_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/explorer/src");
    let mut found = Vec::new();
    files(&folder, &mut found);
    assert!(found.len() > 50, "the explorer lies elsewhere");
    let mut platforms: Vec<_> = connectors().iter().map(|connector| connector.platform().id).collect();
    assert!(platforms.contains(&EVERYDAY), "files have another name");
    platforms.retain(|id| *id != EVERYDAY);
    for file in found.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text = fs::read_to_string(file).unwrap();
        let named = words(&text).find(|word| platforms.contains(&word.as_str()));
        assert_eq!(named, None, "{} names a platform", file.display());
        assert!(!depends_on_files(&text), "{} depends on the platform of files", file.display());
    }
}
