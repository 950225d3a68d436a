//! Pixel columns and range summaries against a plain walk over the samples.

use proptest::prelude::*;
use streamscope_signal::{PixelColumn, Pyramid, RangeSummary, SECOND, Slices, StepRule, TimeIndex, Values};

use crate::support::{Rows, awkward_value, near, rows, same};

fn build(rows: &Rows) -> (TimeIndex, Pyramid) {
    let (mut index, mut pyramid) = (TimeIndex::new(), Pyramid::new());
    for chunk in rows.chunks() {
        index.push(chunk.times).expect("times ascend");
        pyramid.push(Values::floats(chunk.values));
    }
    (index, pyramid)
}

fn columns(rows: &Rows, start: i64, end: i64, pixels: usize) -> Vec<PixelColumn> {
    let (index, pyramid) = build(rows);
    let chunks = rows.chunks();
    let pixels = index.pixels(&chunks, start, end, pixels);
    pyramid.columns(&index, &chunks, &pixels)
}

/// Every sample looked at, column by column.
fn reference(rows: &Rows, start: i64, end: i64, pixels: usize, rule: StepRule) -> Vec<PixelColumn> {
    let edge = |pixel: usize| start + ((end - start) as i128 * pixel as i128 / pixels as i128) as i64;
    let of_pixel = |pixel: usize| {
        let inside = |&row: &usize| edge(pixel) <= rows.times[row] && rows.times[row] < edge(pixel + 1);
        let chosen: Vec<usize> = (0..rows.times.len()).filter(inside).collect();
        let values: Vec<f64> =
            chosen.iter().map(|&row| rows.values[row]).filter(|value| !value.is_nan()).collect();
        let some = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let time = |row: Option<&usize>| row.map_or(0, |&row| rows.times[row]);
        let before = chosen.first().and_then(|&row| row.checked_sub(1));
        PixelColumn {
            min: some(values.iter().copied().reduce(f64::min)),
            max: some(values.iter().copied().reduce(f64::max)),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            first: some(values.first().copied()),
            last: some(values.last().copied()),
            first_time: time(chosen.first()),
            last_time: time(chosen.last()),
            count: values.len() as u64,
            missing: (chosen.len() - values.len()) as u64,
            gap_before: before.is_some_and(|row| {
                let duration = rows.durations.get(row).copied().unwrap_or(0);
                rows.times[row + 1] - rows.times[row] > rule.longest.max(duration)
            }),
        }
    };
    (0..pixels).map(of_pixel).collect()
}

fn agree(one: &PixelColumn, other: &PixelColumn) -> bool {
    let floats = |column: &PixelColumn| [column.min, column.max, column.mean, column.first, column.last];
    let rest = |column: &PixelColumn| {
        (column.first_time, column.last_time, column.count, column.missing, column.gap_before)
    };
    floats(one).iter().zip(floats(other)).all(|(&one, other)| same(one, other)) && rest(one) == rest(other)
}

/// Many rows in long chunks: all levels take part. Whole numbers, so that sums are exact.
fn long(count: usize) -> Rows {
    let mut rows = Rows::default();
    let mut time = -5 * SECOND;
    for row in 0..count {
        let noise = row.wrapping_mul(2_654_435_761) >> 7;
        time += if noise.is_multiple_of(5000) { 40_000 } else { 900 + (noise % 200) as i64 };
        let missing = noise.is_multiple_of(97) || (row / 9000) % 4 == 2;
        rows.times.push(time);
        rows.values.push(if missing { f64::NAN } else { (noise % 4001) as f64 - 2000.0 });
    }
    rows.cuts = vec![0, 1, 33, 64, 20_000, 20_000, 20_001, count / 2];
    rows
}

#[test]
fn a_long_stream_is_exact_at_every_zoom() {
    let rows = long(60_000);
    let (index, pyramid) = build(&rows);
    let chunks = rows.chunks();
    let (first, last) = (rows.times[0], rows.times[rows.times.len() - 1]);
    let span = last - first;
    let views = [
        (first, last + 1, 7),
        (first, last + 1, 31),
        (first + span / 3, last - span / 5, 13),
        (first - span, last + span, 5),
        (first + span / 2, first + span / 2 + 9000, 20),
    ];
    for (start, end, pixels) in views {
        let chosen = index.pixels(&chunks, start, end, pixels);
        let drawn = pyramid.columns(&index, &chunks, &chosen);
        let expected = reference(&rows, start, end, pixels, index.step_rule());
        for (pixel, (one, other)) in drawn.iter().zip(&expected).enumerate() {
            assert!(agree(one, other), "{start}..{end}, column {pixel} of {pixels}: {one:?}, not {other:?}");
        }
    }
}

#[test]
fn a_single_peak_survives_every_zoom() {
    let mut rows = long(50_000);
    rows.cuts = vec![];
    rows.values[31_234] = 1e9;
    let (first, last) = (rows.times[0], rows.times[rows.times.len() - 1]);
    for pixels in [1, 2, 10, 100, 1600] {
        let drawn = columns(&rows, first, last + 1, pixels);
        assert_eq!(drawn.iter().filter(|column| column.max == 1e9).count(), 1);
        assert_eq!(drawn.iter().map(|column| column.count + column.missing).sum::<u64>(), 50_000);
    }
}

#[test]
fn nothing_one_row_and_no_pixels() {
    let nothing = columns(&Rows::default(), 0, 100, 3);
    assert_eq!(nothing.len(), 3);
    assert!(nothing.iter().all(|column| column.count == 0 && column.missing == 0 && column.min.is_nan()));
    let one = Rows { times: vec![50], values: vec![2.5], ..Rows::default() };
    let drawn = columns(&one, 0, 100, 2);
    assert_eq!((drawn[0].count, drawn[1].count), (0, 1));
    assert_eq!((drawn[1].min, drawn[1].max, drawn[1].first, drawn[1].last_time), (2.5, 2.5, 2.5, 50));
    assert!(columns(&one, 0, 100, 0).is_empty());
    assert!(columns(&one, 100, 0, 4).iter().all(|column| column.count == 0));
    assert_eq!(columns(&one, i64::MIN, i64::MAX, 2)[1].count, 1);
}

#[test]
fn equal_times_stay_in_one_column_in_their_order() {
    let times = vec![0, 5, 5, 5, 5, 9];
    let rows = Rows { times, values: vec![1.0, 2.0, 9.0, 3.0, 4.0, 6.0], cuts: vec![3], ..Rows::default() };
    let drawn = columns(&rows, 0, 10, 10);
    assert_eq!((drawn[5].first, drawn[5].last, drawn[5].max, drawn[5].count), (2.0, 4.0, 9.0, 4));
}

#[test]
fn the_levels_take_little_memory() {
    let times: Vec<i64> = (0..1_000_000).collect();
    let mut pyramid = Pyramid::new();
    pyramid.push(Values::floats(&vec![1.0; times.len()]));
    assert!(pyramid.bytes() as f64 / times.len() as f64 <= 1.4, "{}", pyramid.bytes());
}

#[test]
fn a_long_stretch_without_values_hides_neither_first_nor_last() {
    let mut rows = Rows { times: (0..30_000).collect(), values: vec![f64::NAN; 30_000], ..Rows::default() };
    rows.values[17_001] = 4.0;
    rows.values[23_003] = 8.0;
    let drawn = columns(&rows, 3, 29_990, 1);
    assert_eq!((drawn[0].first, drawn[0].last, drawn[0].count, drawn[0].missing), (4.0, 8.0, 2, 29_985));
}

#[test]
fn a_chunk_that_ends_without_values_does_not_hide_the_ones_before() {
    let values = vec![f64::NAN, 1.0, 2.0, f64::NAN, f64::NAN];
    let rows = Rows { times: (0..5).collect(), values, cuts: vec![1, 3], ..Rows::default() };
    let drawn = columns(&rows, 0, 5, 1);
    assert_eq!((drawn[0].first, drawn[0].last, drawn[0].missing), (1.0, 2.0, 3));
}

#[test]
fn the_deviation_of_a_range_survives_a_large_mean() {
    let values: Vec<f64> = (0..10_000).map(|row| 1e9 + f64::from(row % 2)).collect();
    let rows = Rows { times: (0..10_000).collect(), values, ..Rows::default() };
    let (index, pyramid) = build(&rows);
    let summary = pyramid.summary(&index, &rows.chunks(), 0..10_000);
    assert!(
        near(summary.std.expect("many values"), (0.25_f64 * 10_000.0 / 9_999.0).sqrt(), 1e3),
        "{summary:?}"
    );
}

#[test]
fn samples_that_are_not_lent_any_more_read_as_missing() {
    let rows = Rows { times: (0..100).collect(), values: vec![1.0; 100], ..Rows::default() };
    let (index, pyramid) = build(&rows);
    let gone: Vec<Slices> = vec![];
    let pixels = index.pixels(&rows.chunks(), 0, 100, 1);
    let column = pyramid.columns(&index, &gone, &pixels)[0];
    assert_eq!((column.count, column.missing), (96, 4));
    assert!(index.pixels(&gone, 0, 100, 4).iter().all(|pixel| pixel.first_time == 0));
}

fn reference_summary(values: &[f64]) -> RangeSummary {
    let kept: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    let mean = kept.iter().sum::<f64>() / kept.len() as f64;
    let squares = kept.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let std = (squares / (kept.len() as f64 - 1.0)).sqrt();
    RangeSummary {
        count: kept.len() as u64,
        missing: (values.len() - kept.len()) as u64,
        mean: Some(mean).filter(|mean| !mean.is_nan()),
        min: kept.iter().copied().reduce(f64::min),
        max: kept.iter().copied().reduce(f64::max),
        std: Some(std).filter(|std| kept.len() > 1 && !std.is_nan()),
    }
}

fn sorted_rows(most: usize) -> impl Strategy<Value = Rows> {
    rows(most, prop_oneof![8 => 0_i64..20_000, 1 => 0_i64..2_000_000]).prop_map(|mut rows| {
        rows.times.sort_unstable();
        rows
    })
}

proptest! {
    #[test]
    fn columns_agree_with_looking_at_every_sample(
        rows in sorted_rows(400),
        start in -2000_i64..22_000,
        length in 1_i64..100_000,
        pixels in 1_usize..40,
    ) {
        let (index, pyramid) = build(&rows);
        let chunks = rows.chunks();
        let chosen = index.pixels(&chunks, start, start + length, pixels);
        let drawn = pyramid.columns(&index, &chunks, &chosen);
        let expected = reference(&rows, start, start + length, pixels, index.step_rule());
        prop_assert_eq!(drawn.len(), pixels);
        for (one, other) in drawn.iter().zip(&expected) {
            prop_assert!(agree(one, other), "{one:?}, not {other:?}");
        }
    }

    #[test]
    fn summaries_agree_with_looking_at_every_sample(
        values in prop::collection::vec(prop_oneof![9 => -1e3..1e3, 1 => awkward_value()], 0..2000),
        from in 0_usize..2000,
        length in 0_usize..2000,
        cut in 0_usize..2000,
    ) {
        let cut = cut.min(values.len());
        let times = (0..values.len() as i64).collect();
        let rows = Rows { times, values, cuts: vec![cut], ..Rows::default() };
        let (index, pyramid) = build(&rows);
        let chunks = rows.chunks();
        let chosen = index.rows_in(&chunks, from as i64, (from + length) as i64);
        let summary = pyramid.summary(&index, &chunks, chosen.clone());
        let expected = reference_summary(&rows.values[chosen]);
        let figures = |summary: &RangeSummary| [summary.mean, summary.min, summary.max, summary.std];
        prop_assert_eq!((summary.count, summary.missing), (expected.count, expected.missing));
        for (one, other) in figures(&summary).into_iter().zip(figures(&expected)) {
            let (one, other) = (one.unwrap_or(f64::NAN), other.unwrap_or(f64::NAN));
            prop_assert!(near(one, other, 1e3), "{summary:?}, not {expected:?}");
        }
    }

    #[test]
    fn rows_are_found_wherever_chunks_end(rows in sorted_rows(200), time in -10_i64..2_000_010) {
        let (index, _) = build(&rows);
        let chunks = rows.chunks();
        let expected = rows.times.iter().filter(|&&at| at < time).count();
        prop_assert_eq!(index.row_at(&chunks, time), expected);
        for (row, &at) in rows.times.iter().enumerate() {
            prop_assert_eq!(index.time(&chunks, row), Some(at));
        }
        prop_assert_eq!(index.locate(rows.times.len()), None);
    }
}
