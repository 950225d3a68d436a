//! The time zone on screen: a choice among all that the browser knows.

use std::time::Duration;

use leptos::prelude::*;

use crate::state::Workspace;
use crate::zones;

/// How long after the page stands its some 400 zones are listed: making so many elements must not hold up the start.
const LATER: Duration = Duration::from_millis(400);

/// The choice.
#[component]
pub fn ZoneSelect() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let chosen = Memo::new(move |_| workspace.selection.with(|selection| selection.zone.clone()));
    let own = zones::own();
    let names = RwSignal::new(Vec::new());
    set_timeout(move || drop(names.try_set(zones::names())), LATER);
    let listed = Memo::new(move |_| names.with(|names| names.contains(&chosen.get())));
    // One piece of HTML instead of elements one by one: it is made again only when the list itself changes.
    let options = Memo::new(move |_| {
        // A zone may have an older name that the browser takes but does not list.
        let other = (!listed.get()).then(|| chosen.get());
        let chosen = chosen.get_untracked();
        names.with(|names| {
            let all = other.iter().chain(names);
            all.map(|name| option(name, *name == own, *name == chosen)).collect::<String>()
        })
    });
    view! {
        <select
            class="zone"
            aria-label="Time zone"
            title="Time zone"
            prop:value=chosen
            inner_html=options
            on:change:target=move |event| {
                let zone = event.target().value();
                workspace.selection.update(|selection| selection.zone = zone);
            }
        ></select>
    }
}

/// A zone as HTML. Its name may come from a link: it is text and nothing else.
fn option(name: &str, own: bool, chosen: bool) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            other => text.push(other),
        }
    }
    let selected = if chosen { " selected" } else { "" };
    let here = if own { " (here)" } else { "" };
    format!("<option value=\"{text}\"{selected}>{text}{here}</option>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_nothing_else() {
        assert_eq!(
            option("\"><b>&", false, true),
            "<option value=\"&quot;&gt;&lt;b&gt;&amp;\" selected>&quot;&gt;&lt;b&gt;&amp;</option>"
        );
    }
}
