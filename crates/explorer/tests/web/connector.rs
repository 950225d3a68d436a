//! How a person connects to the synthetic platform.

use std::rc::Rc;

use streamscope_client::registry::{Connected, Connector, Entry, FormField, Way};
use streamscope_client::{About, Error, ErrorKind, Result, Transport};

use super::{ABOUT, Synthetic};

const WAYS: [Way; 1] = [Way {
    id: "word",
    label: "Word",
    note: "",
    fields: &[FormField::new("magic-word", "Magic word").secret()],
}];

/// Connects whoever knows the word.
pub(crate) struct Synthesizer(pub(crate) Synthetic);

impl Connector for Synthesizer {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ways(&self) -> &'static [Way] {
        &WAYS
    }

    fn connect(&self, entry: &Entry, _transport: Rc<dyn Transport>) -> Result<Connected> {
        if entry.text("magic-word") != "please" {
            return Err(Error::new(ErrorKind::Configuration, "This is not the magic word."));
        }
        Ok(Connected::to(Rc::new(self.0.clone()), "nowhere.example"))
    }
}
