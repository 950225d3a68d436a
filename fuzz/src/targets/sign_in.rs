//! People who come back from a platform's own page: whatever their address and state say, and whatever the server says
//! then, they are signed in or told why not, without a secret.

use std::rc::Rc;

use streamscope_client::registry::{Entry, Kept, Returned, carried, connectors};

use crate::input::Input;
use crate::script::{SECRET, assert_clean, server};

/// The input's first line is the address; the rest is what the server says. Where they say `$`, they say the secret.
pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let text = input.text().replace('$', SECRET);
    let (address, answers) = text.split_once('\n').unwrap_or((&text, ""));
    if let Some((_, state)) = address.split_once("state=") {
        let _ = carried(state);
    }
    let back = "https://explorer.example/";
    let kept = Kept { state: "unguessable".into(), verifier: SECRET.into() };
    let returned = Returned { address: format!("{back}{address}"), back: back.into(), kept };
    for connector in connectors() {
        for way in connector.ways().iter().filter(|way| connector.leaves(way.id)) {
            let transport = server(&Input { body: answers.as_bytes(), ..input });
            let values =
                [("url", "https://api.example".into()), ("client-id", "c".into()), ("scope", String::new())];
            let entry = Entry::new(way.id, values);
            let arrived = connector.arrive(&entry, &returned, Rc::new(transport.clone()));
            if let Err(error) = transport.run(arrived).expect("it comes to an end") {
                assert_clean(&error);
            }
        }
    }
}
