//! The recordings: plausible, and awkward on purpose.

use super::{LONG, raw, sandbox, values};

/// Beats a minute of RR intervals between two minutes of the long record.
fn rate(rows: &[(i64, f64)], minutes: std::ops::Range<i64>) -> f64 {
    let minute = |time: i64| (time - super::START) / (60 * 256);
    let inside: Vec<_> = rows.iter().filter(|row| minutes.contains(&minute(row.0))).collect();
    60.0 * inside.len() as f64 / inside.iter().map(|row| row.1).sum::<f64>()
}

#[test]
fn the_heart_follows_the_effort() {
    let sandbox = sandbox();
    let intervals = values(&sandbox, 18, &format!("record={LONG}"));
    assert!(intervals.iter().all(|row| (0.2..2.0).contains(&row.1)), "every interval is a heart's");
    let (rest, run) = (rate(&intervals, 1..9), rate(&intervals, 25..38));
    assert!((45.0..75.0).contains(&rest) && (140.0..185.0).contains(&run), "{rest} {run}");
    for pair in intervals.windows(2) {
        let between = (pair[1].0 - pair[0].0) as f64 / 256.0;
        assert_eq!(between, pair[1].1, "an interval reaches from beat to beat");
    }
    let shown = |second: u32| raw(LONG, 19, second) as f64;
    assert!((shown(300) - rest).abs() < 8.0 && (shown(1_900) - run).abs() < 15.0);
    let normal = values(&sandbox, 318, &format!("record={LONG}"));
    assert!(
        normal.len() < intervals.len() && normal.len() * 10 > intervals.len() * 9,
        "a few beats are out of turn"
    );
}

#[test]
fn every_beat_is_a_peak_of_the_ecg() {
    let sandbox = sandbox();
    let beats = values(
        &sandbox,
        22,
        &format!("record={LONG}&start={}&end={}", super::START + 256 * 60, super::START + 256 * 120),
    );
    assert!(beats.len() > 40);
    for (time, _) in beats {
        let number = u32::try_from(time - super::START).expect("a number");
        let (peak, beside) = (raw(LONG, 4113, number), raw(LONG, 4113, number + 100));
        assert!(peak > beside + 120, "{number}: {peak} {beside}");
    }
}

#[test]
fn breaths_are_counted_and_steps_are_felt() {
    let sandbox = sandbox();
    let begins = values(&sandbox, 34, &format!("record={LONG}"));
    let minute =
        |from: i64| begins.iter().filter(|row| (row.0 - super::START) / 256 / 60 == from).count() as i64;
    assert!((minute(5) - raw(LONG, 33, 330)).abs() <= 2, "{} {}", minute(5), raw(LONG, 33, 330));
    assert_eq!((raw(LONG, 33, 1), raw(LONG, 53, 300)), (10, 0), "as after switching on; sitting");
    assert!((150..200).contains(&raw(LONG, 53, 1_900)), "running");
    let shaken =
        |from: u32| (from..from + 640).map(|n| (raw(LONG, 4146, n) + 248).abs()).max().expect("a sample");
    assert!(shaken(64 * 300) < 20 && shaken(64 * 1_900) > 300, "{} {}", shaken(64 * 300), shaken(64 * 1_900));
}

#[test]
fn a_loose_garment_is_told_by_its_quality() {
    let sandbox = sandbox();
    let intervals = values(&sandbox, 18, "record=100003");
    let longest = intervals.windows(2).map(|pair| pair[1].0 - pair[0].0).max().expect("beats");
    assert!(longest >= 120 * 256, "no beats for two minutes: {longest}");
    let quality = |second: u32| (raw(100_003, 1000, second), raw(100_003, 1001, second));
    assert_eq!((quality(399), quality(400), quality(519), quality(520)), ((0, 0), (1, 3), (1, 3), (0, 0)));
    assert_eq!((raw(100_003, 4129, 128 * 450), raw(100_003, 4113, 256 * 450) < 40), (0, true));
    assert_eq!(raw(100_003, 19, 410), raw(100_003, 19, 500), "the rate is held");
}
