//! Data: every format, thinning that is noticed, and reads that return every sample.

mod read;
pub(in crate::suite) mod server;

use arrow_array::Float64Array;
use streamscope_client::ErrorKind;
use streamscope_client::hexoskin::{Counts, Filters, Format};
use streamscope_frame::{TickRate, TimedValues, WavHeader, times};

pub(in crate::suite) use self::read::{TICK, expected, gather, is_binary};
use self::server::{START, ecg, pairs, signals, stored, wav};
use super::*;

#[test]
fn the_example_of_the_document() {
    let transport = signals(|line, _| match line {
        "GET /api/data/?record=99999&datatype__in=19%2C33%2C49" => Some(Canned::new(
            200,
            r#"[{"user": "/api/v1/user/99/", "data": {"19": [[359840227126, 70], [359840227382, 71]], "33": [], "49": [[359840227126, 0.25]]}}]"#,
        )),
        "GET /api/data/?record=99999&datatype=19&flat=1" => {
            Some(Canned::new(200, "[[359840227126, 70], [359840227382, null]]"))
        }
        "GET /api/data/?record=99999&datatype=19&flat=1&no_timestamps=1" => {
            Some(Canned::new(200, "[70, 71.5]"))
        }
        _ => None,
    });
    let api = api(&transport);
    let record = Filters::new().with("record", 99999);
    run(&transport, async {
        let result = api.data_list(&record.clone().with("datatype__in", [19, 33, 49])).await.unwrap();
        assert_eq!(result.len(), 1);
        let user = result[0].user.clone().unwrap();
        assert!(user == api.resource_from_uri("/api/user/99/").unwrap(), "a user object");
        let points: Vec<_> = result[0].data[&19].points().collect();
        assert_eq!(points, [(359_840_227_126, 70.0), (359_840_227_382, 71.0)]);
        assert_eq!((result[0].data.len(), result[0].data[&33].values.len()), (3, 0));
        let heart = record.clone().with("datatype", 19);
        // The server takes any text for yes, and answers in another shape.
        for shape in ["flat", "no_timestamps"] {
            let refused = api.data_list(&heart.clone().with(shape, false)).await.unwrap_err();
            assert_eq!(refused.kind, ErrorKind::InvalidInput, "{refused}");
        }
        let flat = api.data_flat(&heart).await.unwrap();
        assert_eq!(
            (flat.ticks.len(), flat.values[0], flat.values[1].is_nan(), flat.one_in),
            (2, 70.0, true, 1)
        );
        assert_eq!(api.data_values(&heart).await.unwrap().values, [70.0, 71.5]);
    });
}

#[test]
fn what_matches_nothing_is_empty() {
    let transport = signals(|_, _| Some(Canned::new(200, "[]")));
    let api = api(&transport);
    let filters = Filters::new().with("record", 1).with("datatype", 19);
    run(&transport, async {
        assert_eq!(api.data_list(&filters).await.unwrap(), []);
        assert_eq!(api.data_flat(&filters).await.unwrap().values, [0.0; 0]);
        assert_eq!(api.data_binary(&filters).await.unwrap().next().await, Ok(None));
    });
}

#[test]
fn parameters_that_the_schema_does_not_have_are_not_sent() {
    let transport = signals(|_, _| None);
    let api = api(&transport);
    let mood = Filters::new().with("mood", 1);
    unsent(&transport, run(&transport, api.data_list(&mood)), "data cannot be filtered by mood");
    unsent(&transport, run(&transport, api.data_download(&mood, Format::Edf)).map(drop), "by mood");
    let seconds = Filters::new().with("seconds", 1);
    unsent(&transport, run(&transport, api.data_flat(&seconds)), "seconds would round the times");
}

#[test]
fn thinning_is_recognised_in_one_answer() {
    let transport = signals(|line, _| {
        let step = if line.contains("max_values=100") { 10 } else { 14 };
        let count = if line.contains("max_values=100") { 100 } else { 65_536 };
        let points: Vec<_> = (0..count).map(|n| json!([START + n * step, ecg(n * step)])).collect();
        Some(ok(json!([{ "user": "/api/user/1/", "data": { "4113": points } }])))
    });
    let api = api(&transport);
    let ecg = Filters::new().with("record", 7).with("datatype", 4113);
    run(&transport, async {
        let all = api.data_list(&ecg).await.unwrap();
        assert_eq!((all[0].data[&4113].one_in, all[0].data[&4113].values.len()), (14, 65_536));
        let few = api.data_list(&ecg.clone().with("max_values", 100)).await.unwrap();
        assert_eq!(few[0].data[&4113].one_in, 10);
    });
}

#[test]
fn csv_becomes_columns() {
    let transport = signals(|line, request| {
        assert_eq!(
            (line, header(request, "Accept").as_deref()),
            ("GET /api/data/?record=7&datatype__in=19%2C33", Some("text/csv"))
        );
        Some(Canned::new(
            200,
            "timestamp,/api/datatype/19/,/api/datatype/33/\n359840227126,70,12\n359840227382,,13\n",
        ))
    });
    let filters = Filters::new().with("record", 7).with("datatype__in", [19, 33]);
    let frames = run(&transport, api(&transport).data_table(&filters, TickRate::T256)).unwrap();
    assert_eq!(times(&frames[0]).unwrap(), [1_405_625_887_210_937_500, 1_405_625_888_210_937_500]);
    let heart = frames[0].column(1).as_any().downcast_ref::<Float64Array>().unwrap();
    assert_eq!(heart.iter().collect::<Vec<_>>(), [Some(70.0), None]);

    let transport = signals(|_, _| Some(Canned::new(200, "<html>")));
    let error = run(&transport, api(&transport).data_table(&filters, TickRate::T256)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Body);
    assert!(error.parse.is_some() && error.message.contains("`timestamp` is missing"), "{error}");
}

#[test]
fn edf_comes_as_it_is() {
    let transport = signals(|_, request| {
        assert_eq!(header(request, "Accept").as_deref(), Some("application/x-edf"));
        let steps = [&b"0       "[..], b"X F X X X", b""]
            .map(|bytes| streamscope_client::Step::Bytes(bytes.to_vec()));
        Some(Canned::new(200, "").steps(steps.into()))
    });
    let filters = Filters::new().with("record", 7);
    let download = run(&transport, api(&transport).data_download(&filters, Format::Edf)).unwrap();
    assert_eq!(run(&transport, download.into_bytes()).unwrap(), b"0       X F X X X");
}

#[test]
fn files_of_a_zip_and_bare_ones() {
    let respiration = wav(128, &[1, -1]);
    let beats = pairs(&[(0, 200), (205, -3)]);
    let files = [
        ("record_7/ECG_I.wav", &wav(256, &[-5, 6])[..]),
        ("record_7/notes.txt", b"hello"),
        ("record_7/resp.wav", &respiration),
        ("record_7/RR_interval.hxd", &beats),
    ];
    let zip = stored(&files);
    let bare = beats.clone();
    let transport = signals(move |line, request| {
        assert_eq!(header(request, "Accept").as_deref(), Some("application/octet-stream"));
        Some(Canned::new(200, if line.contains("__in") { zip.clone() } else { bare.clone() }))
    });
    let api = api(&transport);
    let read = |filters: Filters| {
        run(&transport, async {
            let mut read = api.data_binary(&filters).await.unwrap();
            let mut files = Vec::new();
            while let Some(file) = read.next().await.unwrap() {
                files.push((file.name, file.counts));
            }
            files
        })
    };
    let regular = |rate, counts: &[i32]| Counts::Regular {
        header: WavHeader { rate, samples: 2 },
        counts: counts.into(),
    };
    let timed = Counts::Timed(TimedValues { ticks: vec![0, 205], values: vec![200, -3] });
    let expected = [
        ("record_7/ECG_I.wav".to_string(), regular(256, &[-5, 6])),
        // Respiration has no sign, which the file does not say.
        ("record_7/resp.wav".to_string(), regular(128, &[1, 65_535])),
        ("record_7/RR_interval.hxd".to_string(), timed.clone()),
    ];
    let record = Filters::new().with("record", 7);
    assert_eq!(read(record.clone().with("datatype__in", [4113, 4129, 18])), expected);
    assert_eq!(read(record.with("datatype", 18)), [(String::new(), timed)]);
}
