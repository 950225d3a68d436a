//! Inputs of a size.

/// So many times the same, and what stands around it.
pub(super) fn around(before: &str, part: &str, times: usize, after: &str) -> Vec<u8> {
    [before, &part.repeat(times), after].concat().into_bytes()
}

/// CSV of two columns.
pub(super) fn csv(before: &str, part: &str, times: usize, after: &str) -> Vec<u8> {
    around(&format!("c0,c1\n{before}"), part, times, after)
}

/// A header and rows of these cells.
pub(super) fn wide(columns: usize, cell: &str, rows: usize) -> Vec<u8> {
    let names: Vec<_> = (0..columns).map(|column| format!("c{column}")).collect();
    let row = vec![cell; columns].join(",");
    format!("{}\n{}", names.join(","), format!("{row}\n").repeat(rows)).into_bytes()
}

/// Columns of integers, and a row at the end that is none.
pub(super) fn changing(columns: usize) -> Vec<u8> {
    let mut body = wide(columns, "1", 260);
    body.extend(vec!["0.5"; columns].join(",").into_bytes());
    body
}

pub(super) fn texts(rows: usize) -> Vec<u8> {
    (0..rows).fold(String::from("c0,c1\n"), |body, row| body + &format!("{row},t{row}\n")).into_bytes()
}

pub(super) fn deep(before: &str, size: usize, after: &str) -> Vec<u8> {
    [before, &"[".repeat(size), &"]".repeat(size), after].concat().into_bytes()
}

pub(super) fn json_columns(size: usize) -> Vec<u8> {
    let columns: Vec<_> = (0..size).map(|column| format!("\"c{column}\": [1, 0.5]")).collect();
    format!("{{\"data\": {{{}}}}}", columns.join(",")).into_bytes()
}

/// Rows of `float32_2`, each with a token behind it or not.
pub(super) fn joule(rows: usize, tokens: bool) -> Vec<u8> {
    let row = |time: usize| {
        [&(time as i64).to_le_bytes()[..], &[0; 8], if tokens { &[0; 16] } else { &[] }].concat()
    };
    (1..rows).flat_map(row).collect()
}

const FORMAT: &[u8] = b"fmt \x10\0\0\0\x01\0\x01\0\0\x01\0\0\0\x02\0\0\x02\0\x10\0";

pub(super) fn wav(samples: usize) -> Vec<u8> {
    let length = (2 * samples as u32).to_le_bytes();
    [&b"RIFF\0\0\0\0WAVE"[..], FORMAT, b"data", &length, &vec![7; 2 * samples]].concat()
}

pub(super) fn wav_chunks(chunks: usize) -> Vec<u8> {
    [&b"RIFF\0\0\0\0WAVE"[..], &b"LIST\x02\0\0\0ab".repeat(chunks)].concat()
}

/// Files of one byte each, as they are.
pub(super) fn zip(files: usize) -> Vec<u8> {
    let file =
        [&b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0"[..], &[1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], b"x"]
            .concat();
    file.repeat(files)
}

/// A file whose length stands behind it, full of marks of that.
pub(super) fn descriptors(size: usize) -> Vec<u8> {
    let head = [&b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0"[..], &[0; 16]].concat();
    [head, b"PK\x07\x08".repeat(size)].concat()
}

pub(super) fn hexoskin_columns(columns: usize) -> Vec<u8> {
    let names: Vec<_> = (0..columns).map(|column| format!("/api/datatype/{column}/")).collect();
    format!("timestamp,{}\n1{}\n", names.join(","), ",2".repeat(columns)).into_bytes()
}

pub(super) fn hexoskin_rows(rows: usize) -> Vec<u8> {
    (0..rows).fold(String::from("timestamp,a\n"), |body, row| body + &format!("{row},72\n")).into_bytes()
}

pub(super) fn users(users: usize) -> Vec<u8> {
    let user = |user| format!("{{\"user\":\"/api/user/{user}/\",\"data\":{{\"{user}\":[[1,2]]}}}}");
    format!("[{}]", (0..users).map(user).collect::<Vec<_>>().join(",")).into_bytes()
}

pub(super) fn schema(fields: usize) -> Vec<u8> {
    let field = |field| format!("\"f{field}\":{{\"type\":\"integer\",\"nullable\":true}}");
    let fields = (0..fields).map(field).collect::<Vec<_>>().join(",");
    format!("{{\"fields\":{{{fields}}},\"filtering\":{{}}}}").into_bytes()
}

/// A column that was asked for.
pub(super) fn braincube(cell: &str, cells: usize) -> Vec<u8> {
    around("{\"datadefs\":[{\"id\":\"mb7/d101\",\"type\":\"NUMERIC\",\"data\":[", cell, cells, "1]}]}")
}

pub(super) fn strange_columns(columns: usize) -> Vec<u8> {
    let column = |column| format!("{{\"id\":\"mb7/d{column}\",\"data\":[1,2]}}");
    let columns: Vec<_> = (200..200 + columns).map(column).collect();
    format!("{{\"datadefs\":[{}]}}", columns.join(",")).into_bytes()
}

pub(super) fn settings(settings: usize) -> Vec<u8> {
    (0..settings).fold(String::new(), |file, setting| file + &format!("s{setting}: a\n")).into_bytes()
}
