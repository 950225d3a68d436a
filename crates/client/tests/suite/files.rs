//! Files as a connection, and CSV files read from any place.

use std::cell::Cell;
use std::fmt::Write;
use std::ops::Range;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, TryStreamExt};
use streamscope_client::file::{Connector, Files};
use streamscope_client::registry::{Choice, Chosen, Connector as _, Entry, FirstView, Stage, Understanding};
use streamscope_client::{
    Ask, Canned, Disk, ErrorKind, Extent, MemoryDisk, MemoryTransport, Result, Source, StreamInfo, TimeRange,
};
use streamscope_frame::{floats, times};

use super::Random;

const START: i64 = 1_700_000_000;
const SECOND: i64 = 1_000_000_000;
pub(super) const ALWAYS: TimeRange = TimeRange { start: i64::MIN, end: i64::MAX };

/// A disk that counts what is read from it.
pub(super) struct Counting {
    pub(super) disk: MemoryDisk,
    pub(super) read: Cell<u64>,
}

impl Disk for Counting {
    fn name(&self) -> &str {
        self.disk.name()
    }

    fn bytes(&self) -> u64 {
        self.disk.bytes()
    }

    fn read(&self, range: Range<u64>) -> LocalBoxFuture<'_, Result<Vec<u8>>> {
        self.read.set(self.read.get() + range.end.min(self.bytes()) - range.start);
        self.disk.read(range)
    }
}

/// What needs no waiting: memory answers at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory answers at once")
}

fn disk(name: &str, text: impl Into<Vec<u8>>) -> Rc<dyn Disk> {
    Rc::new(MemoryDisk::new(name, text.into()))
}

pub(super) fn open(disk: Rc<dyn Disk>) -> Result<(Files, Vec<StreamInfo>)> {
    let name = disk.name().to_string();
    let files = Files::new([disk]);
    let streams = now(files.streams(&name).try_concat())?;
    Ok((files, streams))
}

pub(super) fn refusal(name: &str, text: impl Into<Vec<u8>>) -> String {
    let error = open(disk(name, text)).err().expect("the file is refused");
    assert!(error.message.starts_with(name), "{}", error.message);
    error.message
}

/// The rows of a range, and the error after them.
pub(super) fn rows(
    files: &Files,
    stream: &StreamInfo,
    range: TimeRange,
) -> (Vec<(i64, f64)>, Option<String>) {
    let mut read = files.read(&Ask::of(stream, range)).unwrap();
    assert!(!read.declares_gaps() || stream.stream_type == "Flow");
    let mut rows = Vec::new();
    loop {
        match now(read.next_batch()) {
            Ok(Some(batch)) => {
                let times = times(&batch.rows).unwrap().to_vec();
                rows.extend(times.into_iter().zip(floats(batch.rows.column(1)).unwrap().to_vec()));
            }
            Ok(None) => return (rows, None),
            Err(error) => return (rows, Some(error.message)),
        }
    }
}

/// Rows of a walk: several at one time now and then, sometimes long after the row before.
fn walk(count: usize) -> (String, Vec<(i64, f64)>) {
    let mut random = Random(7);
    let mut text = String::from("time,place [m],state\n");
    let mut time = START * 1000;
    let mut known = Vec::new();
    for row in 0..count {
        let value = (row as i64 * 7919) % 10_007 - 5_000;
        writeln!(text, "{}.{:03},{value},{}", time / 1000, time % 1000, ["on", "off"][row / 100 % 2])
            .unwrap();
        known.push((time * 1_000_000, value as f64));
        let step = [0, 20, 20, 20, 20, 20, 20, 5_000];
        time += step[random.below(8) as usize];
    }
    (text, known)
}

#[test]
fn a_range_in_the_middle_of_a_long_file_is_read_by_itself() {
    let (text, known) = walk(400_000);
    let bytes = text.len() as u64;
    assert!(bytes > 8 << 20);
    let counting =
        Rc::new(Counting { disk: MemoryDisk::new("walk.csv", text.into_bytes()), read: Cell::new(0) });
    let (files, streams) = open(counting.clone()).unwrap();
    assert!(counting.read.get() < 4 << 20, "opening read {} bytes", counting.read.get());
    let place = &streams[0];
    let (first, last) = (known[0].0, known.last().unwrap().0);
    assert_eq!(place.extent, Extent::Known(TimeRange { start: first, end: last + 1 }));
    assert_eq!((place.dimensions[1].unit.as_str(), place.dimensions[1].data_type.as_str()), ("m", "int"));
    let mut random = Random(11);
    for _ in 0..200 {
        let from = random.below(known.len() as u64) as usize;
        let to = (from + random.below(3_000) as usize).min(known.len() - 1);
        let range = TimeRange { start: known[from].0, end: known[to].0 };
        let within: Vec<_> =
            known.iter().filter(|row| (range.start..range.end).contains(&row.0)).copied().collect();
        counting.read.set(0);
        assert_eq!(rows(&files, place, range), (within, None), "{range:?}");
        assert!(counting.read.get() < 2 << 20, "{range:?} read {} bytes", counting.read.get());
    }
    assert!(rows(&files, place, ALWAYS) == (known, None));
    let before = TimeRange { start: 0, end: first };
    assert_eq!(rows(&files, place, before), (Vec::new(), None));
}

#[test]
fn a_short_file_is_read_whole() {
    for count in [1, 2, 300, 5_000] {
        let (text, known) = walk(count);
        let (files, streams) = open(disk("walk.csv", text.trim_end())).unwrap();
        assert_eq!(rows(&files, &streams[0], ALWAYS), (known, None), "{count} rows");
    }
}

#[test]
fn how_a_file_was_understood_stands_beside_its_streams() {
    let text = "Gerät: 7\n\nDatum;Druck (hPa);Temp [°C]\n2023-11-14 22:13:20;1013,25;20,5\n2023-11-14 22:13:21;1013,5;\n";
    let (files, streams) = open(disk("wetter.csv", text)).unwrap();
    let names: Vec<_> = streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names, ["Druck (hPa)", "Temp [°C]"]);
    let labels = &streams[0].labels;
    let said = ["columns parted by", "decimals", "header", "time", "zone"].map(|name| labels[name].as_str());
    let time = "column Datum: year, month, day";
    assert_eq!(said, ["semicolon", "after a comma", "line 3", time, "none is written: UTC"]);
    let expected = vec![(START * SECOND, 1013.25), ((START + 1) * SECOND, 1013.5)];
    assert_eq!(rows(&files, &streams[0], ALWAYS), (expected, None));
}

#[test]
fn whole_numbers_that_have_fractions_further_on_are_floats_everywhere() {
    let row = |row: i64, value: String| format!("{},{value}\n", START + row);
    let whole = (0..200_000).map(|at| row(at, at.to_string()));
    let text = whole.chain((200_000..300_000).map(|at| row(at, format!("{at}.5")))).collect::<String>();
    let (files, streams) = open(disk("levels.csv", format!("time,level\n{text}"))).unwrap();
    assert_eq!(streams[0].dimensions[1].data_type, "sfloat");
    let (all, error) = rows(&files, &streams[0], ALWAYS);
    assert_eq!((all.len(), error), (300_000, None));
    assert_eq!((all[7].1, all[250_000].1), (7.0, 250_000.5));
}

#[test]
fn files_that_would_be_guessed_at_are_refused_in_words() {
    assert!(refusal("a.csv", "x,y\n1,2\n3,4\n").contains("no column of it holds times"));
    assert!(refusal("b.csv", "time,y\n1,2\n3,4\n").contains("may count s, ms"));
    assert!(refusal("c.csv", "time,y\n03/04/2023 10:00,2\n").contains("day or its month"));
    let later = format!("time,y\n{},1\n{},2\n", START + 1, START);
    assert!(refusal("d.csv", later).contains("sort the file"));
    assert!(refusal("e.csv", format!("time,y\n{START},1\n,2\n")).contains("has no time"));
    assert!(refusal("f.csv", "time,x\n").contains("it has no rows"));
    assert!(refusal("f.csv", "").contains("no line with the names of columns"));
    assert!(refusal("g.csv", b"\xFF\xFEt\0i\0m\0e\0".to_vec()).contains("UTF-16"));
    assert!(refusal("h.pdf", "%PDF-1.7").contains("no file that is read here"));
}

#[test]
fn times_that_go_back_between_the_places_looked_at_end_the_read() {
    let (mut text, known) = walk(200_000);
    let at = text.len() / 3 + 150_000;
    let line = at + text[at..].find('\n').unwrap() + 1;
    text.insert_str(line, &format!("{START}.000,1,on\n"));
    let (files, streams) = open(disk("walk.csv", text)).unwrap();
    let (before, error) = rows(&files, &streams[0], ALWAYS);
    assert!(error.unwrap().contains("Rows must be in order of time"));
    assert_eq!(before, known[..before.len()], "no row before it is wrong");
    assert!(before.len() > 10_000);
}

#[test]
fn a_last_line_that_was_cut_off_ends_the_read_after_the_rows_before() {
    let text = format!("time,x,y\n{START},1,2\n{},3,4\n{},5", START + 1, START + 2);
    let (files, streams) = open(disk("cut.csv", text)).unwrap();
    let (rows, error) = rows(&files, &streams[0], ALWAYS);
    assert_eq!(rows.len(), 2);
    assert!(error.unwrap().contains("ends in the middle of a record"));
}

fn transport() -> Rc<MemoryTransport> {
    Rc::new(MemoryTransport::new(|_| Canned::failure("files have no network")))
}

fn chosen(name: &str, text: &str, values: &[(&str, &str)]) -> Entry {
    Entry {
        way: Connector.ways()[0].id.into(),
        files: vec![Chosen(disk(name, text))],
        values: values.iter().map(|(id, text)| (id.to_string(), text.to_string())).collect(),
    }
}

fn understood(entry: &Entry) -> Understanding {
    now(Connector.understand(entry)).unwrap().expect("a CSV file can be understood in ways")
}

fn starts_at(entry: &Entry) -> i64 {
    let opening = now(Connector.sign_in(entry, transport())).unwrap().opening.unwrap();
    let FirstView::Clock(range) = opening.view else { panic!("files have no zone") };
    range.start / SECOND
}

fn choice<'a>(understanding: &'a Understanding, id: &str) -> &'a Choice {
    understanding.choices.iter().find(|choice| choice.id == id).expect("it can be chosen")
}

#[test]
fn what_does_not_show_by_itself_is_told_in_the_form() {
    let told = |values: &[(&str, &str)]| chosen("a.csv", "preamble\ntime|x\n03/04/2023 10:00|2\n", values);
    let untold = understood(&told(&[]));
    let problem = untold.problem.as_deref().expect("its dates are not clear");
    assert!(problem.contains("say below how times are written"), "{problem}");
    assert_eq!(choice(&untold, "times").found, "not clear");
    assert_eq!(choice(&untold, "separator").found, "bar");
    let refused = now(Connector.sign_in(&told(&[]), transport())).err().unwrap();
    assert_eq!(Connector.failed_at(&refused), Stage::SignIn);
    for (times, date, day) in [("dmy", "2023-04-03", 19_450), ("mdy", "2023-03-04", 19_420)] {
        let entry = told(&[("skip", "1"), ("times", times)]);
        let told = understood(&entry);
        assert_eq!(told.problem, None);
        assert!(
            told.said.contains(&("First time".into(), format!("{date} 10:00:00 UTC"))),
            "{:?}",
            told.said
        );
        assert!(told.said.contains(&("Columns".into(), "time (times), x (whole numbers)".into())));
        assert_eq!(starts_at(&entry), day * 86_400 + 36_000);
    }
    let wrong = now(Connector.sign_in(&told(&[("skip", "some")]), transport())).err().unwrap();
    assert_eq!(wrong.message, "\"Lines before the header\" is not a whole number.");
}

#[test]
fn another_column_another_unit_and_another_decimal_mark_can_be_chosen() {
    let text =
        "when,saved,x\n1700000000,2023-11-20 00:00:00,\"1,500\"\n1700000001,2023-11-20 00:00:00,\"2,500\"\n";
    let by_itself = chosen("a.csv", text, &[]);
    assert_eq!(choice(&understood(&by_itself), "time").found, "saved");
    let entry = chosen("a.csv", text, &[("time", "when"), ("decimal", ",")]);
    let told = understood(&entry);
    assert_eq!((told.problem.as_deref(), choice(&told, "decimal").found.as_str()), (None, "after a comma"));
    let names: Vec<_> = choice(&told, "time").options.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["when", "saved", "x"]);
    assert_eq!(starts_at(&entry), START);
    let entry = chosen("b.csv", "n,x\n1000,1\n1001,2\n", &[("time", "n"), ("times", "ms")]);
    let connected = now(Connector.sign_in(&entry, transport())).unwrap();
    let streams = now(connected.source.streams("b.csv").try_concat()).unwrap();
    assert_eq!(streams[0].extent, Extent::Known(TimeRange { start: SECOND, end: SECOND + 1_000_001 }));
}

#[test]
fn clock_times_are_those_of_the_zone_that_was_told_also_where_the_clock_goes_back() {
    // In Berlin the hour from 02:00 to 03:00 came twice, at the end of 29 October 2023's summer time.
    let clock: Vec<String> = (0..16)
        .map(|quarter| {
            let minutes: i32 = if quarter < 8 { 60 + quarter * 15 } else { quarter * 15 };
            format!("2023-10-29 {:02}:{:02}:00,{quarter}", minutes / 60, minutes % 60)
        })
        .collect();
    let text = format!("time,x\n{}\n", clock.join("\n"));
    let refused = now(Connector.sign_in(&chosen("a.csv", &text, &[]), transport())).err().unwrap();
    assert!(refused.message.contains("earlier than the one before it"), "{refused}");
    let entry = chosen("a.csv", &text, &[("zone", "Europe/Berlin")]);
    assert!(understood(&entry).said.contains(&("First time".into(), "2023-10-29 01:00:00 UTC+02:00".into())));
    let connected = now(Connector.sign_in(&entry, transport())).unwrap();
    let streams = now(connected.source.streams("a.csv").try_concat()).unwrap();
    // 23:00 UTC of the day before.
    let first = 1_698_534_000;
    let mut read = connected.source.read(&Ask::of(&streams[0], ALWAYS)).unwrap();
    let batch = now(read.next_batch()).unwrap().unwrap();
    let expected: Vec<i64> = (0..16).map(|quarter| (first + quarter * 900) * SECOND).collect();
    assert_eq!(times(&batch.rows).unwrap(), expected);
    assert!(streams[0].labels["zone"].contains("Europe/Berlin"));
    // A file that names its zone has no other.
    let zoned = chosen("b.csv", "time,x\n2023-10-29T01:00:00Z,1\n", &[("zone", "Europe/Berlin")]);
    assert!(understood(&zoned).choices.iter().all(|choice| choice.id != "zone"));
    assert_eq!(starts_at(&zoned), first + 7_200);
    let unknown = now(Connector.understand(&chosen("a.csv", &text, &[("zone", "Mars/Olympus")])));
    assert!(unknown.err().unwrap().message.contains("Mars/Olympus"));
}

#[test]
fn the_connector_opens_what_was_chosen() {
    let entry = |files: Vec<Rc<dyn Disk>>| Entry {
        way: Connector.ways()[0].id.into(),
        files: files.into_iter().map(Chosen).collect(),
        ..Entry::default()
    };
    let (text, known) = walk(1_000);
    let files = vec![disk("bad.edf", "0       and no more"), disk("walk.csv", text), disk("walk.csv", "")];
    let connected = now(Connector.sign_in(&entry(files), transport())).unwrap();
    assert_eq!(connected.host, "3 files");
    let subjects = now(connected.source.subjects(None).try_concat()).unwrap();
    let names: Vec<_> = subjects.iter().map(|subject| subject.name.as_str()).collect();
    assert_eq!(names, ["bad.edf (cannot be read)", "walk.csv", "walk.csv (2) (cannot be read)"]);
    let opening = connected.opening.unwrap();
    assert_eq!((opening.subject.as_str(), opening.streams.len()), ("walk.csv", 2));
    let FirstView::Clock(range) = opening.view else { panic!("files have no zone") };
    assert_eq!((range.start, range.end), (known[0].0, known[999].0 + 1));

    let none = now(Connector.sign_in(&entry(Vec::new()), transport())).err().unwrap();
    assert_eq!((none.kind, Connector.failed_at(&none)), (ErrorKind::InvalidInput, Stage::Form));
    let bad = now(Connector.sign_in(&entry(vec![disk("bad.edf", "0       and no more")]), transport()));
    assert_eq!(Connector.failed_at(&bad.err().unwrap()), Stage::SignIn);
}
