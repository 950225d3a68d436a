//! The whole page on a platform that it knows by its connector alone: it connects, lists, reads and charts.

use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use streamscope_client::registry::Connector;
use streamscope_explorer::App;
use streamscope_explorer::recording::breath::rest;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement};

use crate::synthetic::{Synthesizer, Synthetic};

fn find<T: JsCast>(root: &HtmlElement, selector: &str) -> Option<T> {
    root.query_selector(selector).unwrap()?.dyn_into().ok()
}

async fn until<T>(what: &str, root: &HtmlElement, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = look() {
            return found;
        }
        rest(20).await;
    }
    panic!("waited in vain for {what}: {}", root.inner_text());
}

fn bubbling() -> EventInit {
    let init = EventInit::new();
    init.set_bubbles(true);
    init
}

async fn connect_with(root: &HtmlElement, word: &str) {
    let field: HtmlInputElement = until("the field", root, || find(root, "#magic-word")).await;
    assert_eq!(field.type_(), "password");
    field.set_value(word);
    field.dispatch_event(&Event::new_with_event_init_dict("input", &bubbling()).unwrap()).unwrap();
    let submit: HtmlElement = find(root, "form.connect button[type=submit]").unwrap();
    submit.click();
}

#[wasm_bindgen_test]
async fn a_platform_that_nobody_here_knows_connects_lists_reads_and_charts() {
    let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    root.set_attribute("style", "width: 1200px; height: 800px").unwrap();
    document().body().unwrap().append_child(&root).unwrap();
    let source = Synthetic::new(2);
    let connector: Rc<dyn Connector> = Rc::new(Synthesizer(source.clone()));
    let handle = mount_to(root.clone(), move || view! { <App connectors=vec![connector] /> });

    connect_with(&root, "now").await;
    let said = |text: &'static str| {
        let root = root.clone();
        move || root.inner_text().contains(text).then_some(())
    };
    until("the refusal", &root, said("This is not the magic word.")).await;
    connect_with(&root, "please").await;
    // Its own words, its own facets, and the subjects that lie in others.
    until("the volunteer", &root, || find::<HtmlElement>(&root, "#subject-subject")).await.click();
    let row: HtmlElement = until("the channel", &root, || find(&root, "#stream-heart")).await;
    // The facets are folded away, so they are no text on the screen.
    let facets: HtmlElement = find(&root, ".facets").expect("facets");
    assert!(facets.text_content().unwrap_or_default().contains("Maker"), "the platform's facet");
    row.click();
    until("a track", &root, || find::<HtmlElement>(&root, "[data-view=timeline] canvas")).await;
    until("a read", &root, || source.reads.borrow().iter().any(|(id, _)| id == "heart").then_some(())).await;
    until("the details", &root, said("Stream id")).await;
    assert!(!root.inner_text().contains("Reproduce this"), "it writes no request");
    drop(handle);
    root.remove();
}
