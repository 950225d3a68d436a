//! Headers in which bytes were changed: an error or rows, never a panic, and never more rows than there are bytes.

use super::maker::{Maker, Signal};
use super::open;
use crate::support::Dice;

/// Reads everything that a file seems to hold. Returns whether it was read.
fn survives(bytes: &[u8]) -> bool {
    let Ok(open) = open(bytes) else { return false };
    let mut samples = 0;
    for signal in 0..open.file.header().signals.len() {
        let whole = open.read(signal, 4_096, false);
        let Ok(rows) = whole else { return false };
        assert!(rows.times.windows(2).all(|pair| pair[0] <= pair[1]), "times go back");
        assert_eq!(rows.times.len() as u64, open.file.samples(signal));
        assert_eq!(open.file.samples_in(signal, i64::MIN, i64::MAX).end, open.file.samples(signal));
        samples += rows.times.len();
    }
    open.file.intervals();
    assert!(samples <= bytes.len(), "more samples than bytes");
    true
}

fn mutate(file: &[u8], header: usize, dice: &mut Dice) -> Vec<u8> {
    const TELLING: &[u8] = b"0123456789+-. eE\0\x14\x15\xFFCD";
    let mut bytes = file.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(header);
        bytes[at] =
            if dice.below(4) == 0 { dice.below(256) as u8 } else { TELLING[dice.below(TELLING.len())] };
    }
    if dice.below(10) == 0 {
        bytes.truncate(dice.below(bytes.len()));
    }
    bytes
}

#[test]
fn ten_thousand_mutated_headers_of_each_format_do_no_harm() {
    let signals = vec![Signal::new("a", 40), Signal::new("b", 3)];
    let plain = Maker::plain(6, signals.clone());
    let gaps = Maker::gaps(&["0", "1", "7", "8", "20", "21.5"], signals);
    let mut even = gaps.clone();
    even.reserved = "EDF+C";
    let mut bdf = Maker { is_bdf: true, reserved: "BDF+D", ..gaps.clone() };
    bdf.signals.last_mut().unwrap().label = "BDF Annotations";
    for (number, made) in [plain, even, gaps, bdf].iter().enumerate() {
        let file = made.make();
        assert!(survives(&file));
        let mut dice = Dice::new(0xED5F + number as u64);
        // The annotations of the first record count as header.
        let header = 256 * (made.signals.len() + 1) + 300;
        let read = (0..10_000).filter(|_| survives(&mutate(&file, header, &mut dice))).count();
        assert!((1_000..9_500).contains(&read), "{read} of 10,000 were read: both ends are to be tried");
    }
}
