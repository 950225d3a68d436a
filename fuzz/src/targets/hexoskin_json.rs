//! JSON of Hexoskin's data: as many values as times, and no more than the answer has bytes for.

use streamscope_frame::HexoskinAnswer;

pub(super) fn run(data: &[u8]) {
    let Ok(answer) = HexoskinAnswer::parse(data) else { return };
    let of_users = answer.users.iter().flat_map(|user| user.data.values());
    for points in of_users.chain([&answer.flat]) {
        assert!(
            points.ticks.is_empty() || points.ticks.len() == points.values.len(),
            "every value has a time"
        );
        assert!(points.values.len() <= data.len(), "no value without bytes");
    }
}
