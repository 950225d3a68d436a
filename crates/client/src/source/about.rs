//! What a platform is, what it calls things, and how streams are told apart there.

use std::fmt;

/// A kind of server (or a file). Each platform's folder names its own; nothing else lists them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The name in links and in the package: lower-case letters ("joule").
    pub id: &'static str,
    /// The name as people write it ("Joule").
    pub name: &'static str,
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A platform's word for something, in the singular and in the plural.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noun {
    /// One of them ("patient").
    pub one: &'static str,
    /// Several of them ("patients").
    pub many: &'static str,
}

impl Noun {
    /// The word for so many.
    pub fn of(&self, count: usize) -> &'static str {
        if count == 1 { self.one } else { self.many }
    }
}

/// A property that streams of a platform are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facet {
    /// The name on the page ("Measurement").
    pub label: &'static str,
    /// Where a stream's value stands.
    pub of: FacetOf,
}

/// Where a stream's value of a [`Facet`] stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetOf {
    /// The device it was recorded from.
    Device,
    /// A label of this name.
    Label(&'static str),
    /// The algorithm that made it.
    Algorithm,
    /// The type of stream.
    StreamType,
}

/// What a source says of its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The platform.
    pub platform: Platform,
    /// Its word for a subject ("patient", "folder").
    pub subject: Noun,
    /// Its word for a stream ("stream", "channel", "variable").
    pub stream: Noun,
    /// The facets of its streams, in the order of the page.
    pub facets: &'static [Facet],
}
