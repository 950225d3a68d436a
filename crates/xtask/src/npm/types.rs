//! TypeScript types of options and results, from the Rust structs and their comments.
//!
//! wasm-bindgen declares classes and functions, and what `crates/js` writes by hand; the names of types that they mention
//! and do not declare are looked up here. Fails on what it does not know: a type is never guessed, and never `any`.
//!
//! What a server sends beyond a struct's fields (flattened attributes) has no type and is left out.
//!
//! A struct of `crates/js` that serde reads is an argument: `Option` is an option that may be left out, or null. Every other
//! struct is a result: `Option` is `null`. Names are spelt as serde does, those of the client in camelCase, as
//! `crates/js` hands them out. The client's types of a platform get its prefix before their own names.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use syn::{GenericArgument, PathArguments, Type};

use super::entry::Platform;
use source::{Item, Member, files, items_of};

/// Where types are looked up, first come first served: here, then in the platforms' folders of the client, then here.
const FIRST: &str = "crates/js/src";
const LAST: [&str; 4] = [
    "crates/client/src/error.rs",
    "crates/client/src/source",
    "crates/frame/src/csv/dialect.rs",
    "crates/frame/src/time/spelling.rs",
];

/// Names that mean JavaScript's own types.
const OWN: [&str; 2] = ["Error", "Date"];

/// All structs and enums by their names.
pub(super) struct Sources(BTreeMap<String, Item>);

impl Sources {
    /// Reads all, as they are with these features of the package.
    pub(super) fn read(root: &Path, platforms: &[Platform], features: &[&str]) -> Result<Self> {
        let mut all = Self(BTreeMap::new());
        all.add(&root.join(FIRST), "", true, features)?;
        for Platform { name, prefix, .. } in platforms {
            for path in [format!("crates/client/src/{name}.rs"), format!("crates/client/src/{name}")] {
                all.add(&root.join(path), prefix, false, features)?;
            }
        }
        for path in LAST {
            all.add(&root.join(path), "", false, features)?;
        }
        Ok(all)
    }

    fn add(&mut self, path: &Path, prefix: &'static str, own: bool, features: &[&str]) -> Result<()> {
        for file in files(path)? {
            let text = fs::read_to_string(&file)?;
            let found = items_of(&text, own, features).with_context(|| file.display().to_string())?;
            for (name, item) in found.into_iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
                self.0.entry(format!("{prefix}{name}")).or_insert(Item { prefix, ..item });
            }
        }
        Ok(())
    }

    /// Declarations of all types that `classes` mentions, and of those that they mention.
    pub(super) fn declarations(&self, classes: &str) -> Result<String> {
        let there: BTreeSet<String> = exports(classes).into_iter().map(bare).collect();
        let code = classes.lines().filter(|line| !line.trim_start().starts_with(['*', '/']));
        let mut wanted: Vec<String> =
            code.flat_map(names).filter(|name| self.0.contains_key(*name)).map(String::from).collect();
        let mut done = BTreeSet::new();
        let mut out = String::new();
        while let Some(name) = wanted.pop() {
            if there.contains(&name) || !done.insert(name.clone()) {
                continue;
            }
            let item = self.0.get(&name).with_context(|| format!("no struct or enum is named {name}"))?;
            let declaration =
                self.declaration(&name, item, &there).with_context(|| format!("the type {name}"))?;
            wanted.extend(
                declaration
                    .lines()
                    .filter(|line| !line.trim_start().starts_with(['*', '/']))
                    .flat_map(names)
                    .filter(|name| self.0.contains_key(*name))
                    .map(String::from),
            );
            out.push_str(&declaration);
        }
        Ok(out)
    }

    fn declaration(&self, name: &str, item: &Item, there: &BTreeSet<String>) -> Result<String> {
        let mut out = String::new();
        if item.is_enum {
            self.literals(name, item, &mut out)?;
            return Ok(out);
        }
        self.comment(&item.docs, "", &mut out);
        out.push_str(&format!("export interface {name} {{\n"));
        for field in item.members.iter().filter(|field| !field.is_flattened) {
            let kind = field.kind.as_ref().context("a field has no type")?;
            let inner = generic(kind, "Option").and_then(|inner| inner.into_iter().next());
            let spelt = self.kind(item, field, inner.unwrap_or(kind), there)?;
            let (mark, null) = match (inner.is_some(), item.is_argument) {
                (true, true) => ("?", " | null"),
                (true, false) if field.is_skipped => ("?", ""),
                (true, false) => ("", " | null"),
                (false, _) => ("", ""),
            };
            self.comment(&field_docs(item, field), "    ", &mut out);
            out.push_str(&format!("    {}{mark}: {spelt}{null};\n", field_name(item, field)?));
        }
        out.push_str("}\n\n");
        Ok(out)
    }

    /// An enum as a union of texts.
    fn literals(&self, name: &str, item: &Item, out: &mut String) -> Result<()> {
        let spelt = item.members.iter().map(|variant| variant_name(item, variant));
        let spelt = spelt.collect::<Result<Vec<_>>>()?;
        let described = item.members.iter().zip(&spelt).filter(|(variant, _)| !variant.docs.is_empty());
        let lines = described.map(|(variant, literal)| format!("- `{literal}`: {}", variant.docs.join(" ")));
        let docs: Vec<String> = item.docs.iter().cloned().chain(lines).collect();
        self.comment(&docs, "", out);
        out.push_str(&format!("export type {name} = {};\n\n", spelt.join(" | ")));
        Ok(())
    }

    /// A Rust type as TypeScript. `there` are the types that are written by hand.
    fn kind(&self, of: &Item, field: &Member, kind: &Type, there: &BTreeSet<String>) -> Result<String> {
        let inside = |inner: &Type| self.kind(of, field, inner, there);
        if let Type::Reference(reference) = kind {
            return inside(&reference.elem);
        }
        let Type::Path(path) = kind else { bail!("{} has a type of no name", field.name) };
        let last = path.path.segments.last().context("a type has no name")?;
        let arguments = arguments(&last.arguments);
        let name = last.ident.to_string();
        Ok(match (name.as_str(), arguments.as_slice()) {
            ("Vec" | "Set", [item]) => {
                let item = inside(item)?;
                if item.contains(' ') { format!("({item})[]") } else { format!("{item}[]") }
            }
            ("Option", [inner]) => format!("{} | null", inside(inner)?),
            ("BTreeMap" | "IndexMap" | "Map", [_, value]) => format!("Record<string, {}>", inside(value)?),
            // How `crates/js` reads it, not what it is.
            ("Strict" | "Json" | "Box" | "Cow", [inner]) => inside(inner)?,
            ("String" | "str", []) => "string".into(),
            ("f64" | "u16" | "u32" | "i32" | "usize", []) => "number".into(),
            ("i64" | "u64", []) => if is_exact(of, field) { "bigint" } else { "number" }.into(),
            ("bool", []) => "boolean".into(),
            ("Value", []) => "unknown".into(),
            (name, []) => {
                let prefixed = format!("{}{name}", of.prefix);
                match self.0.contains_key(&prefixed) || there.contains(&prefixed) {
                    true => prefixed,
                    false if there.contains(name) => name.into(),
                    false => bail!("there is no TypeScript type for `{name}` of {}", field.name),
                }
            }
            _ => bail!("there is no TypeScript type for `{name}` of {}", field.name),
        })
    }

    /// A comment: links lose their targets, names of fields are spelt as here.
    fn comment(&self, docs: &[String], indent: &str, out: &mut String) {
        if docs.is_empty() {
            return;
        }
        out.push_str(&format!("{indent}/**\n"));
        for line in docs {
            out.push_str(format!("{indent} * {}", self.prose(line)).trim_end());
            out.push('\n');
        }
        out.push_str(&format!("{indent} */\n"));
    }

    fn prose(&self, line: &str) -> String {
        let fields = || self.0.values().flat_map(|item| &item.members).map(|member| &member.name);
        let mut out = String::new();
        for (place, part) in line.split('`').enumerate() {
            let code = place % 2 == 1;
            if place > 0 {
                out.push('`');
            }
            if code && part.contains('_') && fields().any(|name| name == part) {
                out.push_str(&camel_case(part));
            } else if code && part == "None" {
                out.push_str("null");
            } else if code {
                out.push_str(part.trim_start_matches("Self::").trim_start_matches("super::"));
            } else {
                // What is left of [`name`](target).
                let part = part.strip_prefix(']').unwrap_or(part);
                let part = match part.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                    Some((target, rest)) if place > 0 && target.contains("::") => rest,
                    _ => part,
                };
                out.push_str(part.strip_suffix('[').unwrap_or(part));
            }
        }
        out
    }
}

/// Names that a declaration file exports, types with `type` before them.
pub(super) fn exports(declarations: &str) -> Vec<String> {
    let export = |line: &str| {
        let rest = line.strip_prefix("export ")?.trim_start_matches("declare ");
        let (keyword, rest) = rest.split_once(' ')?;
        let name = names_with_case(rest).next()?.to_string();
        match keyword {
            "class" | "function" => Some(name),
            "interface" | "type" => Some(format!("type {name}")),
            _ => None,
        }
    };
    declarations.lines().filter_map(export).collect()
}

fn bare(export: String) -> String {
    export.trim_start_matches("type ").to_string()
}

fn names_with_case(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|name| !name.is_empty())
}

/// Names of types: those that begin with a capital.
fn names(line: &str) -> impl Iterator<Item = &str> {
    names_with_case(line).filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// The types that a generic type of this name holds.
fn generic<'a>(kind: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    Some(arguments(&last.arguments))
}

/// The types between angle brackets.
fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else { return Vec::new() };
    let kinds = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    kinds.collect()
}

/// Whether 64 bits are a `bigint`: this package's results, and whatever counts nanoseconds. The rest are numbers, as in
/// JSON.
fn is_exact(of: &Item, field: &Member) -> bool {
    (of.own && !of.is_argument) || field.name.ends_with("_ns")
}

/// A field's comment. The client says once, for all of them, that times are Unix seconds.
fn field_docs(item: &Item, field: &Member) -> Vec<String> {
    let mut docs = field.docs.clone();
    let kind = field.kind.as_ref().map(|kind| generic(kind, "Option").map_or(vec![kind], |inner| inner));
    let is_number =
        kind.iter().flatten().any(|kind| matches!(kind, Type::Path(path) if path.path.is_ident("f64")));
    let is_time = is_number && (field.name.ends_with("_at") || field.name.ends_with("_time"));
    if !item.is_argument && is_time && !docs.iter().any(|doc| doc.contains("seconds")) {
        docs.push("Unix seconds.".into());
    }
    docs
}

fn field_name(item: &Item, field: &Member) -> Result<String> {
    if let Some(renamed) = &field.renamed {
        return Ok(renamed.clone());
    }
    if item.own && field.name.contains('_') && item.rule.as_deref() != Some("camelCase") {
        bail!("{} is not spelt as JavaScript does: its struct lacks rename_all", field.name);
    }
    Ok(camel_case(&field.name))
}

/// A variant as a literal.
fn variant_name(item: &Item, variant: &Member) -> Result<String> {
    if variant.kind.is_some() {
        bail!("the variant {} holds values, which this generator does not know", variant.name);
    }
    let name = &variant.name;
    let first_small = || {
        let rest = name.chars().skip(1);
        name.chars().take(1).map(|c| c.to_ascii_lowercase()).chain(rest).collect()
    };
    let name = variant.renamed.clone().unwrap_or_else(|| match item.rule.as_deref() {
        Some("lowercase") => name.to_lowercase(),
        Some("UPPERCASE") => name.to_uppercase(),
        Some("snake_case") => snake_case(name),
        Some("SCREAMING_SNAKE_CASE") => snake_case(name).to_uppercase(),
        _ => first_small(),
    });
    Ok(format!("{name:?}"))
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |mut out, part| {
        let mut letters = part.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npm::entry::{PLATFORMS, all};

    /// What `crates/js` declares by hand, and the names of types that it mentions to wasm-bindgen.
    fn mentioned() -> String {
        let mut mentioned = String::new();
        for file in files(&crate::shell::root().join("crates/js/src")).unwrap() {
            let text = fs::read_to_string(file).unwrap();
            for (place, part) in text.split("r#\"").enumerate() {
                let (declared, code) = part.split_once("\"#;").unwrap_or(("", part));
                mentioned.push_str(if place > 0 { declared } else { "" });
                for line in code.lines().filter(|line| line.contains("type = ") || line.contains("-> \"")) {
                    for quoted in line.split('"').skip(1).step_by(2) {
                        mentioned.push_str(&format!("\nlet x: {quoted};\n"));
                    }
                }
                // What is public there is a class, which wasm-bindgen declares.
                for class in code.lines().filter_map(|line| line.strip_prefix("pub struct ")) {
                    let name = names(class).next().unwrap_or_default();
                    mentioned.push_str(&format!("\nexport class {name} {{\n"));
                }
            }
        }
        mentioned
    }

    #[allow(clippy::unwrap_used)]
    #[test]
    fn every_type_that_is_mentioned_is_declared_and_none_is_any() {
        for entry in all() {
            let mentioned = mentioned() + &entry.platform_type();
            let sources = Sources::read(&crate::shell::root(), &PLATFORMS, &entry.features).unwrap();
            let declared = sources.declarations(&mentioned).unwrap();
            assert!(declared.contains("export interface DataQuery {"), "{declared}");
            assert!(!declared.contains(": any"), "{declared}");
        }
    }
}
