//! TypeScript types of options and results, from the Rust structs and their comments.
//!
//! wasm-bindgen declares classes and functions; the names of types that it mentions and does not declare are looked up
//! here. Reads the sources line by line, as rustfmt leaves them, and fails on what it does not know: a type is never
//! guessed, and never `any`.
//!
//! What a server sends beyond a struct's fields (flattened attributes) has no type and is left out.
//!
//! A struct that `given!` is called for is an argument: `Option` is an option that may be left out. Every other struct is
//! a result: `Option` is `null`. Names become camelCase, as `crates/js` spells them. Types of a Joule node get its name
//! before their own, because platforms use the same words.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use source::{Item, Member, files, items_of};

/// Where types are looked up, first come first served.
const FOLDERS: [&str; 6] = [
    "crates/js/src",
    "crates/client/src/rune",
    "crates/client/src/error.rs",
    "crates/client/src/source.rs",
    "crates/client/src/joule.rs",
    JOULE,
];

/// Where the types of a Joule node are.
const JOULE: &str = "crates/client/src/joule";

/// What stands above a field or variant that the core does without.
const FULL: &str = "cfg(feature = \"full\")";

/// Names that mean JavaScript's own types.
const OWN: [&str; 2] = ["Error", "Date"];

/// All structs and enums by their names.
pub(super) struct Sources(BTreeMap<String, Item>);

impl Sources {
    /// Reads all; where `full` is false, without what is only there for the whole package.
    pub(super) fn read(root: &Path, full: bool) -> Result<Self> {
        let mut items = BTreeMap::new();
        for folder in FOLDERS {
            let own = folder.starts_with("crates/js");
            let prefix = if folder.starts_with(JOULE) { "Joule" } else { "" };
            for file in files(&root.join(folder))? {
                let text = fs::read_to_string(&file)?;
                let found = items_of(&text, own).with_context(|| file.display().to_string())?;
                for (name, mut item) in found {
                    item.members.retain(|member| full || !member.attributes.contains(FULL));
                    item.prefix = prefix;
                    item.own = own;
                    if !OWN.contains(&name.as_str()) {
                        items.entry(format!("{prefix}{name}")).or_insert(item);
                    }
                }
            }
        }
        Ok(Self(items))
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
            let declaration = self.declaration(&name, item).with_context(|| format!("the type {name}"))?;
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

    fn declaration(&self, name: &str, item: &Item) -> Result<String> {
        let mut out = String::new();
        if item.is_enum {
            let mut docs = item.docs.clone();
            let spelt = item.members.iter().map(|variant| variant_name(item, variant));
            let spelt = spelt.collect::<Result<Vec<_>>>()?;
            for (variant, literal) in
                item.members.iter().zip(&spelt).filter(|(variant, _)| !variant.docs.is_empty())
            {
                docs.push(format!("- `{literal}`: {}", variant.docs.join(" ")));
            }
            self.comment(&docs, "", &mut out);
            out.push_str(&format!("export type {name} = {};\n\n", spelt.join(" | ")));
            return Ok(out);
        }
        let result = !item.is_argument;
        self.comment(&item.docs, "", &mut out);
        out.push_str(&format!("export interface {name} {{\n"));
        for field in item.members.iter().filter(|field| !field.attributes.contains("flatten")) {
            let inner = field.kind.strip_prefix("Option<").and_then(|kind| kind.strip_suffix('>'));
            let kind = self.kind(item, &field.name, inner.unwrap_or(&field.kind))?;
            let (mark, null) = match (inner.is_some(), result) {
                (true, true) if field.attributes.contains("skip_serializing_if") => ("?", ""),
                (true, true) => ("", " | null"),
                (true, false) => ("?", ""),
                (false, _) => ("", ""),
            };
            let name = renamed(&field.attributes).unwrap_or_else(|| camel_case(&field.name));
            let mut docs = field.docs.clone();
            // The client says so once, for all of them.
            let time =
                field.kind.contains("f64") && (field.name.ends_with("_at") || field.name.ends_with("_time"));
            if result && time && !docs.iter().any(|doc| doc.contains("seconds")) {
                docs.push("Unix seconds.".into());
            }
            self.comment(&docs, "    ", &mut out);
            out.push_str(&format!("    {name}{mark}: {kind}{null};\n"));
        }
        out.push_str("}\n\n");
        Ok(out)
    }

    /// A Rust type as TypeScript.
    fn kind(&self, of: &Item, field: &str, kind: &str) -> Result<String> {
        let kind = kind.trim();
        let inside = |outer: &str| kind.strip_prefix(outer).and_then(|rest| rest.strip_suffix('>'));
        if let Some(inner) = inside("Vec<").or_else(|| inside("Set<")) {
            let inner = self.kind(of, field, inner)?;
            return Ok(if inner.contains(' ') { format!("({inner})[]") } else { format!("{inner}[]") });
        }
        if let Some(inner) = inside("Option<") {
            return Ok(format!("{} | null", self.kind(of, field, inner)?));
        }
        if let Some((_, inner)) = inside("BTreeMap<")
            .or_else(|| inside("IndexMap<"))
            .or_else(|| inside("Map<"))
            .and_then(|inner| inner.split_once(", "))
        {
            return Ok(format!("Record<string, {}>", self.kind(of, field, inner)?));
        }
        let kind = kind.trim_start_matches("&'a ");
        let name = kind.rsplit("::").next().unwrap_or(kind);
        Ok(match name {
            "String" | "str" => "string".into(),
            "f64" | "u16" | "u32" | "i32" | "usize" => "number".into(),
            // What the client counts is a number, as in JSON; its instants and durations are exact.
            "i64" | "u64" if !of.own && !field.ends_with("_ns") => "number".into(),
            "i64" | "u64" => "bigint".into(),
            "bool" => "boolean".into(),
            "Value" => "unknown".into(),
            "Time" => "Time".into(),
            "OneOrMore" => "string | string[]".into(),
            "Address" | "Filter" | "FieldKind" => format!("Joule{name}"),
            name if self.0.contains_key(&format!("{}{name}", of.prefix)) => format!("{}{name}", of.prefix),
            _ => bail!("there is no TypeScript type for `{kind}`"),
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

fn renamed(attributes: &str) -> Option<String> {
    let (_, rest) = attributes.split_once("rename = \"")?;
    rest.split_once('"').map(|(name, _)| name.to_string())
}

/// A variant as a literal.
fn variant_name(item: &Item, variant: &Member) -> Result<String> {
    if variant.name.contains(['(', '{']) {
        bail!("the variant {} holds values, which this generator does not know", variant.name);
    }
    let rule = item.attributes.split_once("rename_all = \"").and_then(|(_, rest)| rest.split_once('"'));
    let name = renamed(&variant.attributes).unwrap_or_else(|| match rule.map(|(rule, _)| rule) {
        Some("lowercase") => variant.name.to_lowercase(),
        Some("snake_case") => snake_case(&variant.name),
        Some("SCREAMING_SNAKE_CASE") => snake_case(&variant.name).to_uppercase(),
        _ => variant
            .name
            .chars()
            .take(1)
            .map(|c| c.to_ascii_lowercase())
            .chain(variant.name.chars().skip(1))
            .collect(),
    });
    Ok(format!("\"{name}\""))
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
