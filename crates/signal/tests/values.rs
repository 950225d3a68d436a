//! Values lent by Arrow columns, with and without nulls.

use arrow_array::{Array, BooleanArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array};
use streamscope_signal::{Pyramid, RangeSummary, Samples, TimeIndex, Values};

struct Column<'a>(&'a dyn Array);

impl Samples for Column<'_> {
    fn values(&self, _: usize) -> Values<'_> {
        Values::of(self.0).unwrap_or(Values::none())
    }
}

fn summary(array: &dyn Array) -> RangeSummary {
    let mut index = TimeIndex::new();
    index.push(&(0..array.len() as i64).collect::<Vec<_>>()).expect("times ascend");
    let mut pyramid = Pyramid::new();
    pyramid.push(Values::of(array).expect("a numeric column"));
    pyramid.summary(&index, &Column(array), 0..array.len())
}

#[test]
fn nulls_in_the_bitmap_are_missing_whatever_lies_below_them() {
    let valid: Vec<bool> = (0..100).map(|row| row % 3 != 0).collect();
    let floats = Float64Array::new((0..100).map(f64::from).collect(), Some(valid.clone().into()));
    let integers = Int64Array::new((0..100).collect(), Some(valid.clone().into()));
    let single = Float32Array::new((0_u8..100).map(f32::from).collect(), Some(valid.clone().into()));
    let (medium, short) = (
        Int32Array::new((0..100).collect(), Some(valid.clone().into())),
        Int16Array::new((0..100).collect(), Some(valid.into())),
    );
    for array in [&floats as &dyn Array, &integers, &single, &medium, &short] {
        let found = summary(array);
        assert_eq!((found.count, found.missing), (66, 34));
        assert_eq!((found.min, found.max, found.mean), (Some(1.0), Some(98.0), Some(49.5)));
        let slice = array.slice(1, 40);
        assert_eq!((summary(&slice).count, summary(&slice).max), (27, Some(40.0)));
    }
}

#[test]
fn only_numbers_are_values() {
    assert!(Values::of(&BooleanArray::from(vec![true])).is_none());
    assert!(Values::none().is_empty());
    assert_eq!(Values::of(&Int64Array::from(vec![1, 2])).map(|values| values.len()), Some(2));
}
