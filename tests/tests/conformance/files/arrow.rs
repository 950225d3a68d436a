//! Arrow IPC as pyarrow writes it: every value and time is what pyarrow reads back.

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use serde_json::Value;

use super::super::official;
use super::{all_times, all_values, open, read, same, saved};

async fn compare(call: &Value) {
    let path = call["path"].as_str().unwrap();
    let (files, _, streams) = open(path).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    let rows = call["rows"].as_u64().unwrap() as usize;
    let times = saved(&call["times"], i64::from_le_bytes);
    let stream = |name: &str| streams.iter().find(|stream| stream.name == name).unwrap();
    for (name, values) in call["values"].as_object().unwrap() {
        let batches = read(&files, stream(name)).await;
        let place = format!("{path} {name}");
        assert!(all_times(&batches) == times, "{place}: times");
        let ours = all_values(&batches, 1);
        let theirs = saved(values, f64::from_le_bytes);
        // A null is a NaN here and there, and a NaN has many forms.
        let even =
            |values: Vec<f64>| values.into_iter().map(|value| if value.is_nan() { f64::NAN } else { value });
        same(&place, &even(ours).collect::<Vec<_>>(), &even(theirs).collect::<Vec<_>>());
    }
    let mut texts = Vec::new();
    for batch in read(&files, stream("category")).await {
        let column = batch.rows.column(1).as_dictionary::<Int32Type>();
        let names = column.values().as_string::<i32>();
        texts.extend(column.keys().iter().map(|key| key.map(|key| names.value(key as usize).to_string())));
    }
    assert_eq!(texts.len(), rows, "{path}");
    assert_eq!(serde_json::json!(texts), call["category"], "{path}");
    let labels = &streams[0].labels;
    assert_eq!(labels["not read"], "nested (lists), view (views of text)");
    assert_eq!(labels["format"].contains("file"), call["is_file"].as_bool().unwrap());
}

#[tokio::test]
async fn arrow_files_are_what_pyarrow_reads() {
    let (mut read, mut refused) = (0, 0);
    for call in official("STREAMSCOPE_PYTHON", "files_arrow", "") {
        if let Some(why) = call["refused"].as_str() {
            let error = open(call["path"].as_str().unwrap()).await.err().expect("it is refused");
            assert!(error.message.contains(why) && error.message.contains("uncompressed"), "{error}");
            refused += 1;
        } else {
            compare(&call).await;
            read += 1;
        }
    }
    assert_eq!((read, refused), (4, 2));
}
