//! Archives that are written hold the files that went in.

use streamscope_frame::{ZipWriter, ZippedFile};

use crate::hexoskin::zip::{Files, unzip};

fn archive(files: &Files) -> Vec<u8> {
    let (mut zip, mut bytes) = (ZipWriter::default(), Vec::new());
    for (name, content) in files {
        let mut file = ZippedFile::default();
        content.chunks(7).for_each(|piece| file.update(piece));
        assert_eq!(file.size(), content.len() as u64);
        bytes.extend(zip.header(name, &file).unwrap());
        bytes.extend(content);
    }
    bytes.extend(zip.finish().unwrap());
    bytes
}

#[test]
fn files_come_out_as_they_went_in() {
    let files: Files = vec![
        ("herz-größe.csv".into(), b"time,value\n1,2\n".to_vec()),
        ("empty".into(), Vec::new()),
        ("PK.bin".into(), b"PK\x03\x04PK\x01\x02PK\x05\x06".repeat(40)),
    ];
    for files in [files, Files::new()] {
        let bytes = archive(&files);
        let (found, end) = unzip([bytes.as_slice()]);
        assert_eq!((found, end), (files, Ok(())));
    }
}

#[test]
fn an_archive_that_would_be_too_large_is_refused() {
    let (mut zip, file) = (ZipWriter::default(), ZippedFile::default());
    assert!(zip.header(&"x".repeat(70_000), &file).is_err());
    for number in 0..65_534 {
        zip.header(&number.to_string(), &file).unwrap();
    }
    let error = zip.header("one more", &file).unwrap_err();
    assert!(error.to_string().contains("save less at once"), "{error}");
}
