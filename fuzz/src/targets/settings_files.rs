//! Configuration files of the platforms' own clients: understood or refused, and no refusal quotes a secret.

use streamscope_client::registry::{carried, carry, connectors};

use crate::input::Input;
use crate::script::{SECRET, assert_clean};

/// The input is a file; where it says `$`, it says the secret.
pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let text = input.text().replace('$', SECRET);
    for connector in connectors() {
        let Some(file) = connector.settings_file() else { continue };
        match (file.read)(&text) {
            Ok(entry) => {
                assert!(connector.ways().iter().any(|way| way.id == entry.way), "a way that there is");
                let carried = carried(&format!("state.{}", carry(&*connector, &entry)));
                let (platform, carried) = carried.expect("what is carried comes back");
                assert_eq!((platform.as_str(), &carried.way), (connector.platform().id, &entry.way));
            }
            Err(error) => assert_clean(&error),
        }
    }
}
