//! Structs and enums of the Rust sources, as syn reads them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use syn::{Attribute, Expr, ExprLit, Fields, Lit, Meta, Token, Type, punctuated::Punctuated};

/// A struct or an enum.
pub(super) struct Item {
    pub(super) docs: Vec<String>,
    /// What serde does with all names (`rename_all`).
    pub(super) rule: Option<String>,
    /// One a field or variant.
    pub(super) members: Vec<Member>,
    pub(super) is_enum: bool,
    /// Whether JavaScript gives it: serde reads it.
    pub(super) is_argument: bool,
    /// What stands before the names of types from the same place.
    pub(super) prefix: &'static str,
    /// Whether it is of this package, not of the client.
    pub(super) own: bool,
}

/// A field or a variant.
pub(super) struct Member {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    /// What serde calls it instead.
    pub(super) renamed: Option<String>,
    /// Whether its own fields stand in its place.
    pub(super) is_flattened: bool,
    /// Whether it may be missing from what is written.
    pub(super) is_skipped: bool,
    /// `None` for a variant.
    pub(super) kind: Option<Type>,
}

/// Rust files at or below a path, in a fixed order.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>> {
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

/// The structs with named fields and the enums of a file, as they are with these features of the package.
pub(super) fn items_of(text: &str, own: bool, features: &[&str]) -> Result<Vec<(String, Item)>> {
    let mut found = Vec::new();
    for item in syn::parse_file(text)?.items {
        match item {
            syn::Item::Struct(item) => {
                let Fields::Named(fields) = item.fields else { continue };
                let mut members = Vec::new();
                for field in fields.named {
                    if is_there(&field.attrs, features)? {
                        let name = field.ident.as_ref().map(unraw).unwrap_or_default();
                        members.push(member(&field.attrs, name, Some(field.ty))?);
                    }
                }
                found.push((item.ident.to_string(), described(&item.attrs, members, false, own)?));
            }
            syn::Item::Enum(item) => {
                let mut members = Vec::new();
                for variant in item.variants {
                    if !is_there(&variant.attrs, features)? {
                        continue;
                    }
                    let name = variant.ident.to_string();
                    // An enum that holds values is no type of JavaScript's: see `variant_name`.
                    let kind = variant.fields.iter().next().map(|field| field.ty.clone());
                    members.push(member(&variant.attrs, name, kind)?);
                }
                found.push((item.ident.to_string(), described(&item.attrs, members, true, own)?));
            }
            _ => {}
        }
    }
    Ok(found)
}

fn described(attributes: &[Attribute], members: Vec<Member>, is_enum: bool, own: bool) -> Result<Item> {
    let is_argument = own && derives(attributes, "Deserialize")?;
    let rule = serde(attributes, "rename_all")?;
    Ok(Item { docs: docs(attributes), rule, members, is_enum, is_argument, prefix: "", own })
}

fn member(attributes: &[Attribute], name: String, kind: Option<Type>) -> Result<Member> {
    Ok(Member {
        docs: docs(attributes),
        renamed: serde(attributes, "rename")?,
        is_flattened: serde(attributes, "flatten")?.is_some(),
        is_skipped: serde(attributes, "skip_serializing_if")?.is_some(),
        name,
        kind,
    })
}

/// A name without the mark of Rust's own words.
fn unraw(name: &syn::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_string()
}

fn docs(attributes: &[Attribute]) -> Vec<String> {
    let line = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => text(&pair.value),
        _ => None,
    };
    let lines = attributes.iter().filter_map(line);
    lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_string()).collect()
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// The members of a list such as `derive(…)`, of all attributes of this name.
fn lists(attributes: &[Attribute], name: &str) -> Result<Vec<Meta>> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        found.extend(attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?);
    }
    Ok(found)
}

fn derives(attributes: &[Attribute], derived: &str) -> Result<bool> {
    let list = lists(attributes, "derive")?;
    Ok(list.iter().any(|meta| meta.path().segments.last().is_some_and(|last| last.ident == derived)))
}

/// What serde is told by this name: its text, or an empty one where it stands alone. What it is told for reading only
/// does not count.
fn serde(attributes: &[Attribute], name: &str) -> Result<Option<String>> {
    let list = lists(attributes, "serde")?;
    let told = list.iter().find_map(|meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident(name) => text(&pair.value),
        Meta::Path(path) if path.is_ident(name) => Some(String::new()),
        _ => None,
    });
    Ok(told)
}

/// Whether something is compiled with these features.
fn is_there(attributes: &[Attribute], features: &[&str]) -> Result<bool> {
    let mut conditions = lists(attributes, "cfg")?.into_iter();
    conditions.try_fold(true, |so_far, condition| Ok(so_far && holds(&condition, features)?))
}

fn holds(condition: &Meta, features: &[&str]) -> Result<bool> {
    match condition {
        Meta::NameValue(pair) if pair.path.is_ident("feature") => {
            Ok(text(&pair.value).is_some_and(|feature| features.contains(&feature.as_str())))
        }
        Meta::List(list) if list.path.is_ident("not") => Ok(!holds(&list.parse_args()?, features)?),
        _ => bail!("a field depends on a condition that is not known here"),
    }
}
