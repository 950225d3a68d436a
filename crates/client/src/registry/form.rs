//! The form in which a person fills in how to connect.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::Disk;

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Its name among the platform's ways.
    pub id: &'static str,
    /// The label of its button.
    pub label: &'static str,
    /// A sentence on it, where there is something to know; empty otherwise.
    pub note: &'static str,
    /// What is filled in.
    pub fields: &'static [FormField],
}

impl Way {
    /// Whether files are chosen for it.
    pub fn takes_files(&self) -> bool {
        self.fields.iter().any(|field| field.files)
    }
}

/// A field of the form, named as the platform's own site and client do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormField {
    /// Its name in an [`Entry`].
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it holds at first.
    pub initial: &'static str,
    /// An example, shown while it is empty.
    pub placeholder: &'static str,
    /// Whether it holds a secret.
    pub secret: bool,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Whether it holds several lines.
    pub lines: bool,
    /// Whether files are chosen for it: they stand in [`Entry::files`].
    pub files: bool,
}

impl FormField {
    /// A field that must be filled in.
    pub const fn new(id: &'static str, label: &'static str) -> Self {
        Self {
            id,
            label,
            initial: "",
            placeholder: "",
            secret: false,
            optional: false,
            lines: false,
            files: false,
        }
    }

    /// The same, with a secret in it.
    pub const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The same, which may stay empty.
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The same, of several lines.
    pub const fn of_lines(self) -> Self {
        Self { lines: true, ..self }
    }

    /// The same, for which files are chosen.
    pub const fn of_files(self) -> Self {
        Self { files: true, ..self }
    }

    /// The same, filled in at first.
    pub const fn with_initial(self, initial: &'static str) -> Self {
        Self { initial, ..self }
    }

    /// The same, with an example.
    pub const fn with_placeholder(self, placeholder: &'static str) -> Self {
        Self { placeholder, ..self }
    }
}

/// What a person filled in. Holds secrets: it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The way to sign in.
    pub way: String,
    /// Texts by the id of their field.
    pub values: BTreeMap<String, String>,
    /// The files that were chosen, where the way has a field for them.
    pub files: Vec<Chosen>,
}

impl Entry {
    /// An entry of these texts.
    pub fn new<const N: usize>(way: &str, values: [(&str, String); N]) -> Self {
        let values = values.into_iter().map(|(id, text)| (id.to_string(), text)).collect();
        Self { way: way.into(), values, files: Vec::new() }
    }

    /// A field's text without spaces around it; empty where it was not filled in.
    pub fn text(&self, id: &str) -> &str {
        self.values.get(id).map(|text| text.trim()).unwrap_or_default()
    }

    /// The same; `None` for an empty one.
    pub fn given(&self, id: &str) -> Option<String> {
        Some(self.text(id)).filter(|text| !text.is_empty()).map(Into::into)
    }
}

/// A file that was chosen. The same one is equal, another one never is.
#[derive(Clone)]
pub struct Chosen(pub Rc<dyn Disk>);

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Chosen {}

/// How something that was chosen is understood, before any of it is drawn, and what of that can be corrected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understanding {
    /// What it is about ("weather.csv").
    pub name: String,
    /// What was found, and how.
    pub said: Vec<(String, String)>,
    /// What can be corrected. What is chosen stands in [`Entry::values`] under the id; without it, what was found holds.
    pub choices: Vec<Choice>,
    /// Why it cannot be opened so.
    pub problem: Option<String>,
}

/// Something that can be corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name in an [`Entry`].
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What was found.
    pub found: String,
    /// What can be chosen: values and their labels. Where there are none, something is written.
    pub options: Vec<(String, String)>,
}

/// What the form says around its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Its heading.
    pub title: String,
    /// What becomes of what is filled in.
    pub promise: &'static str,
    /// What is filled in, in a word ("Credentials").
    pub legend: &'static str,
    /// Its button.
    pub submit: &'static str,
}
