//! The first row of a table of figures.

use leptos::prelude::*;

/// Names of columns, left to right.
pub fn table_head(names: &'static [&'static str]) -> impl IntoView {
    let cells: Vec<_> = names.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect();
    view! { <thead><tr>{cells}</tr></thead> }
}
