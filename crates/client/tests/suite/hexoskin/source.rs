//! The platform as the explorer sees it: users, records and ranges, channels, events, live samples.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::TryStreamExt;
use streamscope_client::hexoskin::{Connector, Hexoskin};
use streamscope_client::registry::{self, Connector as _, Departure, Entry, Returned};
use streamscope_client::reproduce::{Language, Picture};
use streamscope_client::{
    Ask, Canned, ErrorKind, EventContent, Extent, MemoryTransport, Source, StreamInfo, Subject, TimeRange,
};
use streamscope_frame::times;

use super::data::server::{SECONDS, START, wav_of};
use super::*;

const TICK: i64 = 3_906_250;

fn range(id: u64) -> Value {
    json!({ "id": id, "resource_uri": format!("/api/range/{id}/"), "name": "walk", "note": "", "user": "/api/user/1/",
        "start": START + 256, "end": START + 512, "start_date": "2014-07-17T19:38:07+00:00" })
}

fn record(id: u64, status: &str) -> Value {
    json!({ "id": id, "resource_uri": format!("/api/record/{id}/"), "user": "/api/user/1/", "status": status,
        "start": START, "end": START + SECONDS * 256, "start_date": "2014-07-17T19:38:06+00:00" })
}

fn list(objects: &[Value]) -> Canned {
    ok(
        json!({ "meta": { "limit": 20, "offset": 0, "total_count": objects.len(), "next": null }, "objects": objects }),
    )
}

/// A user with two records and a range; of the first record, heart rate and ECG.
fn platform() -> MemoryTransport {
    server(|line, request| {
        let (place, query) = line.split_once('?').unwrap_or((line, ""));
        match place {
            "GET /api/user/" => list(&[
                json!({ "id": 1, "resource_uri": "/api/user/1/", "first_name": "Ada", "last_name": "L" }),
                json!({ "id": 2, "resource_uri": "/api/user/2/", "username": "bob" }),
            ]),
            "GET /api/record/" => list(&[record(8, "realtime"), record(7, "complete")]),
            "GET /api/range/" => list(&[range(31)]),
            "GET /api/unit/" => list(&[
                json!({ "id": 1, "resource_uri": "/api/unit/1/", "si_short": "bpm" }),
                json!({ "id": 2, "resource_uri": "/api/unit/2/", "si_short": "count" }),
            ]),
            "GET /api/datatype/" => list(&[
                kind(19, "HR", 1),
                kind(33, "BR", 1),
                kind(1000, "HR_quality", 1),
                kind(4113, "ECG_I", 256),
            ]),
            "GET /api/data/" if query.contains("max_values=2") => {
                let two = json!([[START, 1], [START + 256, 2]]);
                ok(
                    json!([{ "user": "/api/user/1/", "data": { "19": two, "33": [], "1000": two, "4113": two } }]),
                )
            }
            "GET /api/data/" if query.contains("datatype=19") => heart(request),
            "GET /api/data/" => Canned::new(200, wav_of(request)),
            "GET /api/record/7/" => ok(record(7, "complete")),
            "GET /api/record/8/" => ok(record(8, "realtime")),
            "POST /api/range/" => Canned::new(201, "").header("Location", "/api/range/32/"),
            "PATCH /api/range/31/" | "DELETE /api/range/31/" => Canned::new(204, ""),
            _ => lost(line),
        }
    })
}

fn kind(id: i64, name: &str, freq: i64) -> Value {
    json!({ "id": id, "name": name, "info": format!("{name} in words"), "freq": freq, "hexo_step": 256 / freq,
        "unit": "/api/unit/1/", "unit_raw": if id == 4113 { "/api/unit/1/" } else { "/api/unit/2/" },
        "resource_uri": format!("/api/datatype/{id}/") })
}

/// One value a second, the number of the second, over the window asked for.
fn heart(request: &streamscope_client::Request) -> Canned {
    let number = |name: &str| super::super::parameter(request, name).unwrap().parse::<i64>().unwrap();
    let (from, to) = (number("start"), number("end").min(START + SECONDS * 256));
    let points: Vec<_> =
        (0..=SECONDS).map(|n| (START + n * 256, n)).filter(|(tick, _)| (from..=to).contains(tick)).collect();
    ok(json!([{ "user": "/api/user/1/", "data": { "19": points } }]))
}

fn source(transport: &MemoryTransport) -> Hexoskin {
    api(transport)
}

async fn channels(source: &Hexoskin, subject: &str) -> Vec<StreamInfo> {
    source.streams(subject).try_concat().await.unwrap()
}

#[test]
fn users_hold_their_records_and_ranges() {
    let transport = platform();
    let source = source(&transport);
    run(&transport, async {
        let users: Vec<Subject> = source.subjects(None).try_concat().await.unwrap();
        let seen: Vec<_> =
            users.iter().map(|user| (user.id.as_str(), user.name.as_str(), user.has_inner)).collect();
        assert_eq!(seen, [("/api/user/1/", "Ada L", true), ("/api/user/2/", "bob", true)]);
        let inner: Vec<Subject> = source.subjects(Some("/api/user/1/")).try_concat().await.unwrap();
        let seen: Vec<_> = inner.iter().map(|inner| (inner.id.as_str(), inner.name.as_str())).collect();
        let expected = [
            ("/api/record/8/", "record 8, 2014-07-17 19:38"),
            ("/api/record/7/", "record 7, 2014-07-17 19:38"),
            ("/api/range/31/", "walk, 2014-07-17 19:38"),
        ];
        assert_eq!(seen, expected);
        assert!(
            inner.iter().all(|inner| inner.parent.as_deref() == Some("/api/user/1/") && !inner.has_inner)
        );
    });
}

#[test]
fn channels_have_the_datatypes_names_units_and_rates() {
    let transport = platform();
    let source = source(&transport);
    run(&transport, async {
        assert_eq!(channels(&source, "/api/user/1/").await, []);
        let channels = channels(&source, "/api/record/7/").await;
        let ids: Vec<_> = channels.iter().map(|channel| channel.id.as_str()).collect();
        assert_eq!(ids, ["/api/record/7/19", "/api/record/7/1000", "/api/record/7/4113"], "33 has no values");
        let [heart, quality, ecg] = &channels[..] else { panic!("three channels") };
        assert_eq!((heart.name.as_str(), heart.labels["rate"].as_str()), ("HR in words", "1 Hz"));
        let unit = |channel: &StreamInfo| channel.dimensions[1].unit_abbrev.clone();
        assert_eq!((unit(heart), unit(ecg)), ("bpm".into(), "mV".into()));
        assert_eq!((quality.dimensions[1].display.states, heart.dimensions[1].display.states), (true, false));
        // One value may stand at the very end.
        let span = TimeRange { start: START * TICK, end: (START + SECONDS * 256 + 1) * TICK };
        assert_eq!(ecg.extent, Extent::Known(span));
    });
}

#[test]
fn a_channel_is_read_with_the_columns_that_were_told() {
    let transport = platform();
    let source = source(&transport);
    run(&transport, async {
        let channels = channels(&source, "/api/record/7/").await;
        let whole = channels[0].span().unwrap();
        let mut read = source.read(&Ask::of(&channels[0], whole)).unwrap();
        let mut seen = Vec::new();
        while let Some(batch) = read.next_batch().await.unwrap() {
            assert_eq!(batch.rows.schema_ref().as_ref(), &read.layout().schema());
            seen.extend(times(&batch.rows).unwrap().iter().map(|time| (time / TICK - START) / 256));
        }
        assert_eq!(seen, (0..=SECONDS).collect::<Vec<_>>());
        let some = Ask { most_rows: Some(100), ..Ask::of(&channels[2], whole) };
        let mut read = source.read(&some).unwrap();
        let rows = read.next_batch().await.unwrap().unwrap().rows.num_rows();
        assert_eq!(
            (rows, read.next_batch().await.unwrap().is_none(), read.progress().rows),
            (100, true, 100)
        );
        let odd = StreamInfo { id: "ecg".into(), ..channels[0].clone() };
        assert_eq!(source.read(&Ask::of(&odd, whole)).err().unwrap().kind, ErrorKind::InvalidInput);
    });
}

#[test]
fn ranges_are_events_that_can_be_written() {
    let transport = platform();
    let source = source(&transport);
    run(&transport, async {
        let stretch = TimeRange { start: START * TICK, end: (START + 10_000) * TICK };
        let events = source.events("/api/record/7/", stretch).await.unwrap();
        let event = &events[0];
        assert_eq!((event.start, event.end), ((START + 256) * TICK, Some((START + 512) * TICK)));
        assert_eq!(
            (event.name.as_str(), event.fields.as_slice()),
            ("walk", &[("name".to_string(), "walk".to_string())][..])
        );
        let writer = source.event_writer().unwrap();
        let place = &writer.places("/api/record/7/").await.unwrap()[0];
        assert_eq!((Some(&place.id), place.fields.len(), place.movable), (event.place.as_ref(), 2, true));
        let content = EventContent {
            start: stretch.start + 1,
            end: stretch.end,
            fields: vec![("name".into(), "run".into())],
        };
        writer.create(&place.id, &content).await.unwrap();
        writer.update(event, &content).await.unwrap();
        writer.remove(event).await.unwrap();
    });
    let query =
        format!("user=%2Fapi%2Fuser%2F1%2F&start__lt={}&end__gt={START}&order_by=start", START + 10_000);
    let lines = lines(&transport);
    assert!(lines.contains(&format!("GET /api/range/?{query}")), "{lines:?}");
    let sent: Vec<_> = transport
        .requests()
        .iter()
        .filter(|request| request.body.is_some())
        .map(|request| (line(request), body(request)))
        .collect();
    let times = json!({ "name": "run", "start": START + 1, "end": START + 10_000 });
    let mut with_user = times.clone();
    with_user["user"] = json!("/api/user/1/");
    assert_eq!(sent, [("POST /api/range/".to_string(), with_user), ("PATCH /api/range/31/".into(), times)]);
    assert!(lines.contains(&"DELETE /api/range/31/".to_string()));
}

#[test]
fn live_samples_come_once_while_the_window_moves() {
    // Three samples more with each request, and the last of those before once again.
    let asked = Rc::new(Cell::new(0));
    let count = asked.clone();
    // The transport's clock is the reader's: live samples are of now.
    let clock = MemoryTransport::new(|_| Canned::new(404, ""));
    let base = (streamscope_client::Transport::unix_ms(&clock) / 1e3) as i64 * 256;
    let transport = server(move |line, request| {
        if line.starts_with("GET /api/record/8/") {
            return ok(record(8, "realtime"));
        }
        if line.starts_with("GET /api/datatype/19/") {
            return ok(kind(19, "HR", 1));
        }
        if line.starts_with("GET /api/unit/") {
            return ok(json!({ "resource_uri": line.strip_prefix("GET ").unwrap(), "si_short": "bpm" }));
        }
        assert!(line.starts_with("GET /api/data/?datatype=19&record=8&start="), "{line}");
        let held = count.replace(count.get() + 1).min(2) as i64 * 3;
        let start = super::super::parameter(request, "start").unwrap().parse::<i64>().unwrap();
        let points: Vec<_> =
            (0..held).map(|n| (base + n * 256, n)).filter(|(tick, _)| *tick >= start - 256).collect();
        ok(json!([{ "user": "/api/user/1/", "data": { "19": points } }]))
    });
    let source = source(&transport);
    let stream = StreamInfo {
        id: "/api/record/8/19".into(),
        labels: [("status".to_string(), "realtime".to_string())].into(),
        dimensions: ["time", "HR"]
            .map(|id| streamscope_client::Dimension {
                id: id.into(),
                data_type: String::new(),
                quantity: String::new(),
                unit: String::new(),
                unit_abbrev: if id == "HR" { "bpm".into() } else { String::new() },
                display: streamscope_client::Display::default(),
            })
            .into(),
        ..StreamInfo::default()
    };
    let mut live = source.live(&stream, base * TICK).unwrap().unwrap();
    let seen = run(&transport, async {
        let mut seen = Vec::new();
        while seen.len() < 6 {
            let batch = live.next_batch().await.unwrap().unwrap();
            seen.extend(times(&batch.rows).unwrap().iter().map(|time| (time / TICK - base) / 256));
        }
        seen
    });
    assert_eq!((seen, asked.get()), (vec![0, 1, 2, 3, 4, 5], 3));
    let urls: Vec<_> = lines(&transport).into_iter().filter(|line| line.contains("/data/")).collect();
    assert_eq!(urls[0], urls[1], "the window stands while nothing comes");
    let kept = StreamInfo { labels: [("status".to_string(), "complete".to_string())].into(), ..stream };
    assert!(source.live(&kept, 0).is_none());
}

#[test]
fn the_form_asks_for_what_each_way_needs() {
    let transport: Rc<dyn streamscope_client::Transport> = Rc::new(platform());
    let values = [
        ("url", BASE),
        ("key", "k"),
        ("secret", "s"),
        ("user", "u"),
        ("password", "p"),
        ("access-token", "t"),
        ("client-id", "c"),
        ("scope", "readonly"),
        ("token", "t"),
        ("token-secret", "ts"),
    ];
    let entry = |way: &str, empty: &str| {
        let mut entry = Entry::new(way, values.map(|(id, text)| (id, text.to_string())));
        entry.values.insert(empty.into(), String::new());
        Connector.connect(&entry, transport.clone())
    };
    assert_eq!(entry("key", "").unwrap().host, "api.example");
    for way in Connector.ways() {
        for field in way.fields.iter().filter(|field| !field.optional) {
            let error = entry(way.id, field.id).err().unwrap();
            assert!(error.kind == ErrorKind::Configuration && error.message.contains(field.label), "{error}");
        }
    }
}

#[test]
fn who_leaves_the_page_comes_back_to_a_connection() {
    let transport = server(|line, request| match line {
        "POST /api/connect/oauth2/token/" => {
            let form = String::from_utf8(request.body.clone().unwrap()).unwrap();
            assert!(
                form.contains("code=c-1")
                    && form.contains("code_verifier=")
                    && form.contains("client_id=web")
            );
            ok(json!({ "access_token": "at-1", "token_type": "Bearer", "expires_in": 3600 }))
        }
        "GET /api/user/" => {
            assert_eq!(header(request, "Authorization").as_deref(), Some("Bearer at-1"));
            list(&[json!({ "id": 1, "resource_uri": "/api/user/1/", "username": "ada" })])
        }
        _ => lost(line),
    });
    let shared: Rc<dyn streamscope_client::Transport> = Rc::new(transport.clone());
    let values = [("url", BASE), ("client-id", "web"), ("scope", "readonly"), ("secret", "of another way")];
    let entry = Entry::new("code", values.map(|(id, text)| (id, text.to_string())));
    assert!(Connector.leaves("code") && Connector.leaves("implicit") && !Connector.leaves("key"));
    let (back, carried) = ("https://page.example/sub path/", registry::carry(&Connector, &entry));
    let Departure { url, kept } = Connector.depart(&entry, back, &carried, shared.clone()).unwrap();
    assert!(
        url.starts_with(&format!("{BASE}/api/connect/oauth2/auth/?response_type=code&client_id=web")),
        "{url}"
    );
    assert!(url.contains("redirect_uri=https%3A%2F%2Fpage.example%2Fsub%20path%2F"), "{url}");
    let (platform, travelled) = registry::carried(&kept.state).unwrap();
    assert_eq!(
        (platform.as_str(), travelled.way.as_str(), travelled.text("url")),
        ("hexoskin", "code", BASE)
    );
    assert_eq!(travelled.text("secret"), "", "secrets do not travel");

    let returned = |state: &str| Returned {
        address: format!("{back}?code=c-1&state={state}"),
        back: back.into(),
        kept: kept.clone(),
    };
    run(&transport, async {
        let forged = Connector.arrive(&travelled, &returned("x"), shared.clone()).await.err().unwrap();
        assert_eq!(forged.kind, ErrorKind::Unauthorized);
        let connected = Connector.arrive(&travelled, &returned(&kept.state), shared.clone()).await.unwrap();
        let users: Vec<Subject> = connected.source.subjects(None).try_concat().await.unwrap();
        assert_eq!(users.len(), 1);
    });
}

#[test]
fn a_view_is_written_down_without_secrets_and_within_its_quotes() {
    let transport = platform();
    let source = source(&transport);
    run(&transport, async {
        let streams = channels(&source, "/api/record/7/").await;
        let ecg = streams.iter().find(|stream| stream.stream_type == "ECG_I").unwrap();
        let ask = Ask::of(ecg, TimeRange { start: 0, end: i64::MAX });
        let text = |language| source.reproduce(language, Picture::Rows, &ask).unwrap();
        let python = text(Language::Python);
        assert!(
            python.contains(&format!("rows, start, end = [], {START}, {}", START + SECONDS * 256 + 1)),
            "{python}"
        );
        assert!(python.contains("start + 65000") && python.contains("YOUR API SECRET"), "{python}");
        assert!(text(Language::JavaScript).contains("of: \"/api/record/7/\""));
        assert!(text(Language::Curl).contains("--data-urlencode 'record=7'"));
        for language in Language::ALL {
            assert!(!text(language).contains("demo-"), "{}", text(language));
        }
        // Ids come from the server.
        let odd = StreamInfo { id: "/api/record/7\"'$(x)/4113".into(), ..ecg.clone() };
        let ask = Ask::of(&odd, TimeRange { start: 0, end: 1 });
        let text = source.reproduce(Language::JavaScript, Picture::Rows, &ask).unwrap();
        assert!(text.contains(r#"of: "/api/record/7\"'$(x)/""#), "{text}");
    });
}

#[test]
fn a_sandboxs_demo_opens_a_record_with_all_tracks() {
    let stream = |record: u64, datatype: u64| {
        json!({ "id": format!("/api/record/{record}/{datatype}"), "subject_id": format!("/api/record/{record}/"),
            "datatype": datatype, "min_time": 1.5, "max_time": 3.0 })
    };
    let info = json!({
        "url": "/hexoskin",
        "credentials": { "api_key": "k", "api_secret": "s", "username": "u", "password": "p" },
        "streams": [stream(1, 19), stream(2, 4113), stream(2, 33), stream(2, 19)],
    });
    let demo = Connector.demo(&info, &|path| Some(format!("http://sandbox{path}"))).unwrap();
    assert_eq!((demo.entry.text("url"), demo.entry.text("password")), ("http://sandbox/hexoskin", "p"));
    let opening = demo.opening.unwrap();
    assert_eq!((opening.subject.as_str(), opening.streams.len()), ("/api/record/2/", 3));
}
