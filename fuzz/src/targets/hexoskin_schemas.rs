//! What a Hexoskin server says of its resources: a schema that was written reads back.

use std::collections::BTreeMap;

use streamscope_client::hexoskin::{Endpoint, Schema};

use crate::input::Input;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    if input.bit(0) {
        let _ = serde_json::from_slice::<BTreeMap<String, Endpoint>>(input.body);
        return;
    }
    let Ok(schema) = serde_json::from_slice::<Schema>(input.body) else { return };
    let written = serde_json::to_vec(&schema).expect("a schema can be written");
    assert_eq!(serde_json::from_slice::<Schema>(&written).ok(), Some(schema), "what is written reads back");
}
