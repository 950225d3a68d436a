//! Users, records, ranges and what belongs to them.

use serde_json::{Value, json};

use super::LONG;
use super::tape::{Device, Tape};
use crate::hexoskin::{Catalogue, Object, objects};

/// The demo's own user.
const OWN: i64 = 99;
/// A runner whom the demo's user coaches.
const RUNNER: i64 = 123;
/// Somebody who has recorded nothing that is left.
const QUIET: i64 = 5437;
/// Somebody whom nobody else sees.
const HIDDEN: i64 = 777;

/// When the recordings were made: 2024-03-09 08:00 UTC, Unix s.
const MORNING: i64 = 1_709_971_200;
/// The older ones: 2012-11-20 07:00 UTC.
const LONG_AGO: i64 = 1_353_394_800;
const DAY: i64 = 86_400;

/// Puts everything into an empty catalogue.
pub(super) fn fill(catalogue: &mut Catalogue) {
    for (resource, list) in objects() {
        list.into_iter().for_each(|object| catalogue.add(resource, object));
    }
    people(catalogue);
    for session in sessions() {
        record(catalogue, &session);
        catalogue.tapes.push(session.tape);
    }
    ranges(catalogue);
    small_things(catalogue);
}

fn add(catalogue: &mut Catalogue, resource: &str, object: Value) {
    if let Value::Object(object) = object {
        catalogue.add(resource, object);
    }
}

fn people(catalogue: &mut Catalogue) {
    let people = [
        (OWN, "demo@example.org", "Ada", "Demo", "F", json!("1988-02-29")),
        (RUNNER, "runner@example.org", "Björn", "O'Runner", "M", json!("1975-11-03")),
        (QUIET, "quiet@example.org", "", "", "", Value::Null),
        (HIDDEN, "hidden@example.org", "Not", "Visible", "", Value::Null),
    ];
    for (id, email, first, last, gender, born) in people {
        add(
            catalogue,
            "user",
            json!({
                "id": id, "username": email, "email": email, "first_name": first, "last_name": last,
                "profile": format!("/api/profile/{id}/"), "devices": null, "stats": null,
            }),
        );
        add(
            catalogue,
            "profile",
            json!({
                "id": id, "user": format!("/api/user/{id}/"), "gender": gender, "date_of_birth": born, "avatar": null,
                "fitness": null, "preferences": null, "unit_system": "metric", "last_modified": "2024-03-01T00:00:00+00:00",
            }),
        );
    }
    for (id, deviceid, model, user) in
        [(1, "HXSKIN12340001", 1, OWN), (2, "HXSKIN12340002", 1, RUNNER), (3, "HXASTRO0001", 2, OWN)]
    {
        add(
            catalogue,
            "device",
            json!({
                "id": id, "deviceid": deviceid, "model": model, "serial": id, "status": 1, "user": format!("/api/user/{user}/"),
                "batt_start": null, "batt_end": null, "charge_time": null, "purchase_order": null, "bt_addr": "", "bt_info": "",
                "fw_start": "", "fw_end": "", "hw_rev": "", "mcu_info": "", "created": "2012-11-01T00:00:00+00:00",
                "last_modified": "2024-03-01T00:00:00+00:00",
            }),
        );
    }
}

/// A tape and whose it is.
struct Session {
    tape: Tape,
    user: i64,
    device: &'static str,
    status: &'static str,
}

impl Session {
    /// A session of a body that does what `effort` says: seconds and percents.
    fn new(record: i64, user: i64, start: i64, seconds: i64, effort: &[(i64, i64)]) -> Self {
        let tape = Tape {
            record,
            start,
            device: Device::Hexoskin,
            seconds,
            raw_seconds: seconds,
            effort: effort.to_vec(),
            rest_rate: 52 + record % 17,
            loose: None,
            live: false,
        };
        let device = if user == RUNNER { "HXSKIN12340002" } else { "HXSKIN12340001" };
        Self { tape, user, device, status: "complete" }
    }
}

/// A start in ticks of 1/256 s; odd ones lie between two seconds.
fn start(second: i64, ticks: i64) -> i64 {
    second * 256 + ticks
}

fn sessions() -> Vec<Session> {
    let hour = [
        (0, 2),
        (600, 4),
        (660, 28),
        (1_200, 30),
        (1_320, 78),
        (2_300, 92),
        (2_400, 30),
        (2_700, 8),
        (3_600, 2),
    ];
    let walk = [(0, 5), (60, 32), (540, 35), (600, 5)];
    let mut all = vec![Session::new(LONG, OWN, start(MORNING, 0), 3_600, &hour)];
    // A run in two parts with a break of five minutes, 1/256 s off any whole second.
    all.push(Session::new(100_001, RUNNER, start(MORNING, 1), 900, &walk));
    all.push(Session::new(100_002, RUNNER, start(MORNING + 1_200, 131), 900, &walk));
    // The garment had no contact for two minutes.
    let mut loose = Session::new(100_003, OWN, start(MORNING + DAY, 77), 1_200, &walk);
    loose.tape.loose = Some((400, 520));
    // Raw signals stop before the end: the device was not emptied to the last.
    let mut incomplete = Session::new(100_004, OWN, start(MORNING + 2 * DAY, 200), 1_800, &walk);
    (incomplete.tape.raw_seconds, incomplete.status) = (1_000, "incomplete");
    let empty = Session::new(100_005, RUNNER, start(MORNING + 3 * DAY, 0), 0, &[]);
    let mut astroskin = Session::new(100_006, OWN, (MORNING + 4 * DAY) * 1_000 + 3, 600, &walk);
    (astroskin.tape.device, astroskin.device) = (Device::Astroskin, "HXASTRO0001");
    let mut live = Session::new(100_007, OWN, start(MORNING + 5 * DAY, 0), 0, &walk);
    (live.tape.live, live.status) = (true, "realtime");
    let hidden = Session::new(100_008, HIDDEN, start(MORNING, 0), 300, &walk);
    all.extend([loose, incomplete, empty, astroskin, live, hidden]);
    // Short ones of the first year, more than a page of them.
    let early = (0..20).map(|day| {
        let second = LONG_AGO + 2 * day * DAY + 613 * day;
        Session::new(37_700 + day, OWN, start(second, 119 * day % 256), 300 + 60 * (day % 5), &walk)
    });
    all.extend(early);
    all
}

/// How the record of an id was made.
pub(super) fn tape(record: i64) -> Option<Tape> {
    sessions().into_iter().map(|session| session.tape).find(|tape| tape.record == record)
}

fn record(catalogue: &mut Catalogue, session: &Session) {
    let tape = &session.tape;
    let end = tape.start + tape.seconds * tape.device.ticks();
    add(
        catalogue,
        "record",
        json!({
            "id": tape.record, "user": format!("/api/user/{}/", session.user),
            "device": format!("/api/device/{}/", session.device), "device_start": tape.start, "start": tape.start, "end": end,
            "status": session.status, "firmware_rev": "1.0.4", "garment": "00000000", "dev_id": "", "soft_uid": "",
            "soft_protocole": 0, "algo": null, "data_status": null, "importfile": null, "metrics": [],
            "last_modified": "2024-03-20T00:00:00+00:00",
        }),
    );
}

fn range(id: i64, user: i64, name: &str, start: i64, end: i64) -> Value {
    json!({
        "id": id, "name": name, "user": format!("/api/user/{user}/"), "start": start, "end": end, "rank": 0, "note": "",
        "parent": null, "ranges": [], "metrics": [], "activitytype": null, "trainingroutine": null,
        "context": { "trainingroutine": null, "activitytype": null },
        "created": "2024-03-10T00:00:00+00:00", "last_modified": "2024-03-10T00:00:00+00:00",
    })
}

fn ranges(catalogue: &mut Catalogue) {
    let minute = |minute: i64| start(MORNING + 60 * minute, 0);
    add(catalogue, "range", range(1, OWN, "warm-up, \"easy\"", minute(11), minute(20)));
    let mut run = range(2, OWN, "run", minute(22), minute(39));
    run["activitytype"] = json!("/api/activitytype/1/");
    run["trainingroutine"] = json!("/api/trainingroutine/1/");
    run["context"] =
        json!({ "trainingroutine": "/api/trainingroutine/1/", "activitytype": "/api/activitytype/1/" });
    add(catalogue, "range", run);
    add(catalogue, "range", range(3, RUNNER, "walk with a break", minute(0), minute(36)));
    add(catalogue, "range", range(4, OWN, "nothing recorded", minute(-600), minute(-500)));
    for day in 0..22 {
        let first = minute(24 * 60 * day);
        add(
            catalogue,
            "range",
            range(1_000 + day, RUNNER, &format!("day {}", day + 1), first, first + 256 * 600),
        );
    }
}

fn small_things(catalogue: &mut Catalogue) {
    let own = format!("/api/user/{OWN}/");
    add(
        catalogue,
        "activitytype",
        json!({
            "id": 1, "name": "Running", "base": "running", "category": "cardio", "description": "", "activityview": null,
            "default_metrics": [], "user": null, "using": "",
        }),
    );
    add(
        catalogue,
        "trainingroutine",
        json!({
            "id": 1, "name": "Run", "description": "", "activitytype": "/api/activitytype/1/", "user": own, "using": "",
            "steps": [], "metadata": null, "application_metadata": null, "importfile": null, "last_used": null,
        }),
    );
    for (id, user, second, text) in
        [(1, OWN, 1_325, "start of the run"), (2, OWN, 2_350, "last hill"), (3, QUIET, 0, "hello")]
    {
        add(
            catalogue,
            "annotation",
            json!({
                "id": id, "user": format!("/api/user/{user}/"), "start": start(MORNING + second, 0), "annotation": text,
                "datatype": "/api/datatype/208/", "record": null, "last_modified": "2024-03-10T00:00:00+00:00",
            }),
        );
    }
    for (id, name, kind) in [
        (12, "Breathing rate, mean", "avg"),
        (44, "Heart rate, mean", "avg"),
        (46, "Heart rate, maximum", "max"),
    ] {
        let metric: Object = [
            ("id", json!(id)),
            ("name", json!(name)),
            ("description", json!(name)),
            ("type", json!(kind)),
            ("is_kpi", json!(false)),
            ("writable", json!(false)),
            ("unit", json!("/api/unit/3/")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        catalogue.add("metric", metric);
    }
    track(catalogue, &own);
}

/// A track of a few points along the run.
fn track(catalogue: &mut Catalogue, user: &str) {
    add(
        catalogue,
        "track",
        json!({
            "id": 1, "name": "river", "user": user, "range": "/api/range/2/", "area": null, "distance": 640.5,
            "start_date": "2024-03-09T08:22:00+00:00", "end_date": "2024-03-09T08:39:00+00:00", "importfile": null,
        }),
    );
    for point in 0..12 {
        let time = format!("2024-03-09T08:{:02}:00", 22 + point);
        add(
            catalogue,
            "trackpoint",
            json!({
                "id": point + 1, "track": "/api/track/1/", "user": user, "range": "/api/range/2/", "record": null,
                "position": [8.54 + 0.001 * f64::from(point), 47.37], "time": time, "timestamp": time, "altitude": 408.0,
                "course": null, "speed": null, "horizontal_accuracy": null, "vertical_accuracy": null,
            }),
        );
    }
}
