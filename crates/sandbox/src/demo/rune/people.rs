//! People, organizations, devices, events, nights and projects.

use serde_json::{Value, json};

use super::calendar::{DAYS, START, at};
use super::vitals::{Night, nights};
use super::{life, types};
use crate::demo::random::Random;
use crate::rune::{
    Access, Catalogue, Cohort, CustomDetail, Device, DeviceType, Duration, Event, EventClass, Metric, Org,
    Patient, Project, ProjectPatient, Tag, User,
};

/// Patients by index.
pub(super) const JUNIPER: usize = 0;
pub(super) const WILLOW: usize = 1;
pub(super) const ALDER: usize = 2;
pub(super) const SORREL: usize = 3;

/// When everything was entered: two weeks before the recordings start. Unix s.
pub(super) const CREATED: f64 = START as f64 - 14.0 * 86_400.0 + 0.125;

/// Everything but the streams.
pub(super) fn catalogue() -> Catalogue {
    let orgs = vec![
        org("Cedar Hill Movement Clinic", &["clinic", "demo"]),
        org("Harbor Neuromodulation Lab", &["research"]),
    ];
    let patients = vec![
        patient(JUNIPER, "juniper", &["applewatch", "percept", "iphone"]),
        patient(WILLOW, "willow", &["applewatch", "iphone"]),
        patient(ALDER, "alder", &["percept"]),
        patient(SORREL, "sorrel", &["applewatch"]),
    ];
    // The last patient is known to the second organization alone, the first to both.
    let members = [(JUNIPER, 0), (WILLOW, 0), (ALDER, 0), (JUNIPER, 1), (SORREL, 1)];
    let accesses = members.iter().map(|&(patient, org): &(usize, usize)| Access {
        patient_id: patients[patient].id.clone(),
        org_id: orgs[org].id.clone(),
        start_time: CREATED + 3600.0 * org as f64,
        end_time: (patient == ALDER).then_some(CREATED + 400.0 * 86_400.0),
    });
    let user = User {
        id: format!("user-{},user", Random::named("user").hex(40)),
        created: CREATED,
        display_name: "Demo User".into(),
        email: "demo@example.org".into(),
        org_id: orgs[0].id.clone(),
    };
    let projects = vec![
        project("Tremor at home", "CLINICAL_TRIAL", "ACTIVE", &orgs[0], &patients[..3]),
        project("Adaptive stimulation, pilot", "EXPLORATORY", "ACTIVE", &orgs[0], &patients[2..3]),
        project("Sleep, in retrospect", "RETROSPECTIVE_STUDY", "COMPLETE", &orgs[1], &patients[3..]),
    ];
    let accesses = accesses.collect();
    Catalogue { user, orgs, accesses, patients, stream_types: types::all(), streams: Vec::new(), projects }
}

fn org(name: &str, tags: &[&str]) -> Org {
    Org {
        id: format!("org-{},org", Random::named(name).hex(40)),
        created: CREATED - 86_400.0 * 365.0,
        display_name: name.into(),
        org_tags: tags.iter().map(|tag| (*tag).into()).collect(),
    }
}

fn patient(index: usize, name: &str, kinds: &[&str]) -> Patient {
    let devices = kinds.iter().map(|kind| Device {
        // Short ids are unique within a patient only: every watch has the same one.
        device_short_id: Random::named(kind).hex(8),
        alias: match *kind {
            "applewatch" => "Apple Watch".into(),
            "percept" => "Percept PC".into(),
            _ => "iPhone".into(),
        },
        created_at: CREATED,
        device_type: DeviceType { id: (*kind).into() },
        disabled: *kind == "iphone" && index == WILLOW,
        disabled_at: (*kind == "iphone" && index == WILLOW).then_some(CREATED + 864_000.5),
        updated_at: CREATED + 7.25,
    });
    let watches_sleep = index == JUNIPER || index == WILLOW;
    Patient {
        id: Random::named(name).hex(32),
        code_name: name.into(),
        created_at: CREATED,
        devices: devices.collect(),
        events: if index == SORREL { Vec::new() } else { events(name) },
        nights: if watches_sleep { sleep(&nights(&mut sleep_of(index))) } else { Vec::new() },
    }
}

/// The random numbers of a patient's nights: the stream of sleep stages and the sleep metrics tell the same.
pub(super) fn sleep_of(patient: usize) -> Random {
    Random::named(&format!("sleep of {patient}"))
}

fn sleep(nights: &[Night]) -> Vec<Value> {
    let night = |night: &Night| {
        let total = |wanted: i64| -> i64 {
            let of_stage = night.stages.iter().filter(|&&(_, _, stage)| stage == wanted);
            of_stage.map(|&(_, length, _)| length).sum()
        };
        let (start, _, _) = *night.stages.first()?;
        let (last, length, _) = *night.stages.last()?;
        // Noon lies on the same date in every zone that matters here.
        let noon = jiff::Timestamp::from_second(at(night.day, 43_200)).ok()?;
        Some(json!({
            "id": Random::named(&format!("night of {start}")).hex(32),
            "date": noon.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
            "sleep_start_time": start,
            "sleep_end_time": last + length,
            "timezone": "America/Los_Angeles",
            "total_sleep_time": total(1) + total(2) + total(3) + total(4),
            "total_stage_time_rem": total(1),
            "total_stage_time_core": total(2),
            "total_stage_time_deep": total(3),
            "total_stage_time_unspecified": total(4),
            "waso": total(0),
            "number_of_awakenings": night.stages.iter().filter(|&&(_, _, stage)| stage == 0).count(),
            "qa_large_gaps": night.day % 11 == 0,
            "qa_stage_overlap": false,
        }))
    };
    nights.iter().filter_map(night).collect()
}

fn events(patient: &str) -> Vec<Event> {
    let mut random = Random::named(&format!("events of {patient}"));
    let mut events = Vec::new();
    for day in 0..DAYS {
        for dose in life::DOSES {
            let time = at(day, (dose * 3600.0) as i64 + random.whole(-300, 900));
            let custom = random
                .chance(0.05)
                .then(|| CustomDetail { display_name: Some("herbal tea, own mix".into()) });
            let payload = json!({ "dosage": 100, "unit": "mg" }).to_string();
            let mut event = event(
                "medication",
                "carbidopa-levodopa",
                "Carbidopa/Levodopa",
                time,
                0,
                payload,
                &mut random,
            );
            event.custom_detail = custom;
            event.method = Some(if random.chance(0.3) { "autolog" } else { "manual" }.into());
            events.push(event);
        }
        if random.chance(0.6) {
            let time = at(day, 9 * 3600 + random.whole(0, 36_000));
            let severity = json!({ "severity": random.whole(1, 5) }).to_string();
            let (value, name) =
                [("tremor", "Tremor"), ("freezing", "Freezing of gait"), ("slowness", "Slowness")]
                    [random.whole(0, 3) as usize];
            events.push(event("symptom", value, name, time, random.whole(0, 90) * 60, severity, &mut random));
        }
        if random.chance(0.5) {
            let time = at(day, 16 * 3600 + random.whole(0, 7200));
            let length = random.whole(15, 80) * 60;
            events.push(event("activity", "walking", "Walking", time, length, String::new(), &mut random));
        }
        let mood =
            json!({ "value": random.whole(1, 6), "note": "a, \"quoted\" line\nand another — ünïcode" });
        let evening = at(day, 21 * 3600 + random.whole(0, 1800));
        events.push(event("wellbeing", "mood", "Mood", evening, 0, mood.to_string(), &mut random));
    }
    // An event that outlasts the recordings, and one whose end nobody logged.
    events.push(event(
        "activity",
        "physical-therapy",
        "Physical therapy",
        at(2, 36_000),
        120 * 86_400,
        String::new(),
        &mut random,
    ));
    let mut open = event("symptom", "dizziness", "Dizziness", at(28, 40_000), 0, String::new(), &mut random);
    open.duration = Some(Duration { start_time: at(28, 40_000) as f64, end_time: None, end_time_max: None });
    open.tags = None;
    events.push(open);
    events.sort_by_key(|event| event.duration.as_ref().map(|duration| (duration.start_time * 1000.0) as i64));
    events
}

fn event(
    category: &str,
    value: &str,
    name: &str,
    time: i64,
    length: i64,
    payload: String,
    random: &mut Random,
) -> Event {
    let start = time as f64 + 0.25;
    let tags = random.chance(0.15).then(|| vec![Tag { name: "clinic visit".into() }]);
    Event {
        id: random.hex(32),
        display_name: name.into(),
        custom_detail: None,
        duration: Some(Duration {
            start_time: start,
            end_time: Some(start + length as f64),
            end_time_max: (length > 3600).then_some(start + length as f64 + 300.0),
        }),
        payload,
        classification: EventClass {
            namespace: "patient".into(),
            category: category.into(),
            value: Some(value.into()),
        },
        tags: Some(tags.unwrap_or_default()),
        method: Some("manual".into()),
        created_at: start + 2.5,
        updated_at: start + 2.5,
    }
}

fn project(title: &str, kind: &str, status: &str, org: &Org, patients: &[Patient]) -> Project {
    let mut random = Random::named(title);
    let members: Vec<_> =
        (1..).zip(patients).map(|(number, patient)| member(number, patient, &mut random)).collect();
    let (created_by, updated_by) = ("Demo User".to_string(), "Demo User".to_string());
    let cohort = |title: &str, patients: &[ProjectPatient], random: &mut Random| Cohort {
        id: random.hex(32),
        title: title.into(),
        description: format!("{title} of the project"),
        organization_id: org.id.clone(),
        created_at: CREATED + 60.0,
        updated_at: CREATED + 90.0,
        created_by: created_by.clone(),
        updated_by: updated_by.clone(),
        patients: patients.to_vec(),
    };
    let half = members.len().div_ceil(2);
    let (first, second) = members.split_at(half);
    let cohorts = [("First arm", first), ("Second arm", second)];
    let cohorts = cohorts.iter().filter(|(_, patients)| !patients.is_empty());
    let cohorts = cohorts.map(|(title, patients)| cohort(title, patients, &mut random)).collect();
    Project {
        id: random.hex(32),
        title: title.into(),
        status: status.into(),
        description: format!("A made-up project: {}", title.to_lowercase()),
        kind: kind.into(),
        organization_id: org.id.clone(),
        created_at: CREATED,
        updated_at: CREATED + 30.0,
        started_at: START as f64,
        created_by: created_by.clone(),
        updated_by: updated_by.clone(),
        cohorts,
        patients: members,
    }
}

fn member(number: usize, patient: &Patient, random: &mut Random) -> ProjectPatient {
    const KINDS: [&str; 3] = ["TOTAL_HOURS", "LATEST_DATA", "LAST_UPLOAD"];
    let metric = |kind: &str, data_type: &str, random: &mut Random| Metric {
        id: random.hex(32),
        created_at: CREATED,
        updated_at: CREATED + 86_400.0,
        kind: kind.into(),
        data_type: data_type.into(),
        value: match kind {
            "TOTAL_HOURS" => Some(f64::from(random.whole(20, 300) as i32) / 2.0),
            _ if random.chance(0.2) => None,
            _ => Some((START + random.whole(0, DAYS * 86_400)) as f64),
        },
        time_interval: "FOURTEEN_DAYS".into(),
    };
    let types = ["APPLEWATCH_TREMOR", "PERCEPT_TREND_LOG_LFP"];
    let metrics = KINDS.iter().flat_map(|kind| types.map(|data_type| (*kind, data_type)));
    let metrics = metrics.map(|(kind, data_type)| metric(kind, data_type, random)).collect();
    ProjectPatient {
        patient_id: patient.id.clone(),
        code_name: format!("P-{number:03}"),
        created_at: CREATED + 10.0,
        updated_at: CREATED + 20.0,
        created_by: "Demo User".into(),
        updated_by: "Demo User".into(),
        metrics,
    }
}
