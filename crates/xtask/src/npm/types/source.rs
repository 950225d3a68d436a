//! Structs and enums as the sources write them, line by line.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// A struct or an enum.
pub(super) struct Item {
    pub(super) docs: Vec<String>,
    pub(super) attributes: String,
    /// One a field or variant.
    pub(super) members: Vec<Member>,
    pub(super) is_enum: bool,
    pub(super) is_argument: bool,
    /// What stands before the names of types from the same place.
    pub(super) prefix: &'static str,
    /// Whether it is of this package, not of the client.
    pub(super) own: bool,
}

/// A field or a variant.
pub(super) struct Member {
    pub(super) docs: Vec<String>,
    pub(super) attributes: String,
    pub(super) name: String,
    /// Empty for a variant that holds nothing.
    pub(super) kind: String,
}

/// Rust files at or below a path, in a fixed order.
pub(super) fn files(path: &Path) -> Result<Vec<std::path::PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|end| end == "rs") {
            found.extend(files(&path)?);
        }
    }
    found.sort();
    Ok(found)
}

/// Structs with named fields, and enums; of other crates than `js` only public ones.
pub(super) fn items_of(text: &str, private: bool) -> Result<Vec<(String, Item)>> {
    let mut items = Vec::new();
    let (mut docs, mut attributes) = (Vec::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let declared = line
            .strip_prefix("pub ")
            .or_else(|| Some(line.trim_start_matches("pub(crate) ")).filter(|_| private));
        let declared = declared.and_then(|line| line.strip_suffix(" {"));
        let named = declared.and_then(|line| {
            line.strip_prefix("struct ")
                .map(|name| (name, false))
                .or_else(|| line.strip_prefix("enum ").map(|name| (name, true)))
        });
        if let Some((name, is_enum)) = named {
            let members = members_of(&mut lines, is_enum).with_context(|| name.to_string())?;
            let name = name.split('<').next().unwrap_or(name);
            let item = Item {
                docs: std::mem::take(&mut docs),
                attributes: std::mem::take(&mut attributes),
                members,
                is_enum,
                is_argument: text.contains(&format!("given!({name} {{")),
                prefix: "",
                own: false,
            };
            items.push((name.to_string(), item));
        } else if !gather(line, &mut lines, &mut docs, &mut attributes) {
            docs.clear();
            attributes.clear();
        }
    }
    Ok(items)
}

fn members_of<'a>(lines: &mut impl Iterator<Item = &'a str>, is_enum: bool) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let (mut docs, mut attributes) = (Vec::new(), String::new());
    while let Some(line) = lines.next() {
        if line == "}" {
            return Ok(members);
        }
        if gather(line.trim_start(), lines, &mut docs, &mut attributes)
            || line.trim().is_empty()
            || line.trim_start().starts_with("//")
        {
            continue;
        }
        let line = line.trim().trim_end_matches(',');
        let line = line
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        let (name, kind) =
            if is_enum { (line, "") } else { line.split_once(": ").context(line.to_string())? };
        members.push(Member {
            docs: std::mem::take(&mut docs),
            attributes: std::mem::take(&mut attributes),
            name: name.trim_start_matches("r#").into(),
            kind: kind.into(),
        });
    }
    bail!("its end is missing")
}

/// Takes a line that is a comment or an attribute.
fn gather<'a>(
    line: &str,
    lines: &mut impl Iterator<Item = &'a str>,
    docs: &mut Vec<String>,
    attributes: &mut String,
) -> bool {
    if let Some(doc) = line.strip_prefix("///") {
        docs.push(doc.strip_prefix(' ').unwrap_or(doc).to_string());
        return true;
    }
    if !line.starts_with("#[") {
        return false;
    }
    attributes.push_str(line);
    let mut end = line.trim_end().ends_with(']');
    while !end {
        let Some(next) = lines.next() else { break };
        attributes.push_str(next);
        end = next.trim_end().ends_with(']');
    }
    true
}
