//! Filters that a platform keeps.

use crate::Filter;

/// A filter that people have named.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFilter {
    /// What the platform calls its kind ("event", "job").
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The filter.
    pub filter: Filter,
}
