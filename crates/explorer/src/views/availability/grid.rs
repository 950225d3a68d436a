//! Which stretches of time the availability view asks about: days by stream, or hours by day.

use streamscope_client::{StreamInfo, TimeRange};
use streamscope_signal::{Civil, SECOND, TimeZone};

use crate::catalogue::title;
use crate::charts::civil::short_date;
use crate::recording::{Question, WindowState};
use crate::text::csv_cell;

/// A stretch of time and where it stands in its row, in columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The stretch.
    pub range: TimeRange,
    /// Left edge, counted in columns.
    pub left: f64,
    /// Width in columns: 1, or less where two stretches share a column (an hour that comes twice).
    pub width: f64,
}

/// A row of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// What stands to its left.
    pub label: String,
    /// What is asked of the server.
    pub question: Question,
    /// The stream, when the row is of one.
    pub stream: Option<String>,
    /// Its stretches, in time order.
    pub places: Vec<Place>,
}

/// The grid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// Rows, top to bottom.
    pub rows: Vec<GridRow>,
    /// Labels over the columns: column and text.
    pub heads: Vec<(usize, String)>,
    /// Number of columns.
    pub columns: usize,
    /// Everything that is asked about.
    pub span: Option<TimeRange>,
    /// Whether a row is a day (and a column an hour).
    pub by_hour: bool,
}

/// What is known of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellState {
    /// Data lie in this share of its windows, above 0.
    Data(f64),
    /// Asked for, and none.
    Empty,
    /// Not asked yet, or the answer is on its way.
    NotAsked,
    /// Asked for, and no answer came.
    Failed,
}

impl Grid {
    /// Days by stream. Above several streams stands what they have together: all of them, or any.
    pub fn days(streams: &[StreamInfo], span: TimeRange, all: bool, zone: &TimeZone) -> Self {
        let days = zone.days(span.start, span.end);
        let resolution_s = resolution(&days.iter().map(|day| day.start).collect::<Vec<_>>());
        let places: Vec<_> = days
            .iter()
            .enumerate()
            .map(|(column, day)| Place {
                range: TimeRange { start: day.start, end: day.end },
                left: column as f64,
                width: 1.0,
            })
            .collect();
        let together = (streams.len() > 1).then(|| GridRow {
            label: if all { "All of them".into() } else { "Any of them".into() },
            question: Question { streams: streams.into(), all, resolution_s },
            stream: None,
            places: places.clone(),
        });
        let single = streams.iter().map(|stream| GridRow {
            label: title(stream),
            question: Question::one(stream, resolution_s),
            stream: Some(stream.id.clone()),
            places: places.clone(),
        });
        let heads = days.iter().enumerate().map(|(column, day)| {
            let civil = Civil::at(day.start, zone);
            (column, short_date(&civil))
        });
        Self {
            rows: together.into_iter().chain(single).collect(),
            heads: heads.collect(),
            columns: days.len(),
            span: whole(&days),
            by_hour: false,
        }
    }

    /// Hours by day of one stream. An hour that comes twice has two halves of a column, one that never comes none.
    pub fn hours(stream: &StreamInfo, span: TimeRange, zone: &TimeZone) -> Self {
        let days = zone.days(span.start, span.end);
        let resolution_s = resolution(&days.iter().map(|day| day.start).collect::<Vec<_>>());
        let rows = days.iter().map(|day| GridRow {
            label: short_date(&Civil::at(day.start, zone)),
            question: Question::one(stream, resolution_s),
            stream: Some(stream.id.clone()),
            places: hours_of(day.start, day.end, zone),
        });
        Self {
            rows: rows.collect(),
            heads: (0..24).map(|hour| (hour, format!("{hour:02}"))).collect(),
            columns: 24,
            span: whole(&days),
            by_hour: true,
        }
    }
}

fn whole(days: &[streamscope_signal::LocalDay]) -> Option<TimeRange> {
    Some(TimeRange { start: days.first()?.start, end: days.last()?.end })
}

fn hours_of(start: i64, end: i64, zone: &TimeZone) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut time = start;
    while time < end {
        let next = (time + 3600 * SECOND).min(end);
        let left = f64::from(Civil::at(time, zone).hour());
        let range = TimeRange { start: time, end: next };
        match places.last_mut().filter(|last| last.left == left) {
            Some(last) => {
                last.width = 0.5;
                places.push(Place { range, left: left + 0.5, width: 0.5 });
            }
            None => places.push(Place { range, left, width: 1.0 }),
        }
        time = next;
    }
    places
}

/// The coarsest resolution up to an hour whose windows begin where days begin, s: zones are off by quarters of an hour.
pub fn resolution(day_starts: &[i64]) -> u32 {
    let fits = |resolution: &u32| {
        day_starts.iter().all(|start| start.rem_euclid(i64::from(*resolution) * SECOND) == 0)
    };
    [3600, 1800, 900].into_iter().find(fits).unwrap_or(300)
}

/// What the windows of a stretch say together; `windows` are all of a row's, in time order.
pub fn cell(windows: &[(i64, WindowState)], range: TimeRange) -> CellState {
    let from = windows.partition_point(|&(start, _)| start < range.start);
    let to = windows.partition_point(|&(start, _)| start < range.end);
    let inside = windows.get(from..to.max(from)).unwrap_or_default();
    let count = |wanted: WindowState| inside.iter().filter(|&&(_, state)| state == wanted).count();
    match () {
        () if inside.is_empty() || count(WindowState::NotAsked) > 0 => CellState::NotAsked,
        () if count(WindowState::Failed) > 0 => CellState::Failed,
        () if count(WindowState::Data) == 0 => CellState::Empty,
        () => CellState::Data(count(WindowState::Data) as f64 / inside.len() as f64),
    }
}

/// Completeness per row and stretch as CSV; unknown shares are empty cells.
pub fn completeness_csv(grid: &Grid, states: &[Vec<CellState>], zone: &TimeZone) -> String {
    let mut text = String::from("stream_id,name,start,end,completeness,state\n");
    for (row, states) in grid.rows.iter().zip(states) {
        for (place, state) in row.places.iter().zip(states) {
            let (share, word) = match state {
                CellState::Data(share) => (format!("{share:.4}"), "data"),
                CellState::Empty => ("0".into(), "none"),
                CellState::NotAsked => (String::new(), "not asked"),
                CellState::Failed => (String::new(), "failed"),
            };
            let id = row.stream.clone().unwrap_or_else(|| row.label.to_lowercase());
            let (start, end) = (Civil::at(place.range.start, zone), Civil::at(place.range.end, zone));
            text.push_str(&format!(
                "{},{},{start},{end},{share},{word}\n",
                csv_cell(&id),
                csv_cell(&row.label)
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use streamscope_frame::civil::days_from_civil;
    use streamscope_signal::DAY;

    use super::*;
    use crate::charts::civil::tests::paris;

    fn day(month: u32, day: u32) -> TimeRange {
        let noon = days_from_civil(2026, month, day) * DAY + DAY / 2;
        TimeRange { start: noon, end: noon + 1 }
    }

    #[test]
    fn days_have_as_many_hours_as_their_clocks_show() {
        let hours = |range: TimeRange| {
            let day = paris().day_of(range.start);
            hours_of(day.start, day.end, &paris())
        };
        assert_eq!(hours(day(3, 28)).len(), 24);
        let spring = hours(day(3, 29));
        assert_eq!(spring.len(), 23);
        assert!(spring.iter().all(|place| place.left != 2.0));
        let autumn = hours(day(10, 25));
        assert_eq!(autumn.len(), 25);
        let twice: Vec<_> = autumn.iter().filter(|place| place.width < 1.0).map(|place| place.left).collect();
        assert_eq!(twice, [2.0, 2.5]);
    }

    #[test]
    fn windows_begin_where_local_days_begin() {
        let starts = |offset_s: i32| {
            let zone = TimeZone::fixed("x", offset_s);
            zone.days(0, 3 * DAY).iter().map(|day| day.start).collect::<Vec<_>>()
        };
        assert_eq!(resolution(&starts(7200)), 3600);
        assert_eq!(resolution(&starts(19_800)), 1800);
        assert_eq!(resolution(&starts(20_700)), 900);
        assert_eq!(resolution(&starts(1172)), 300);
    }

    #[test]
    fn a_stretch_is_known_only_when_all_of_it_is() {
        use WindowState::{Data, Empty, Failed, NotAsked};
        let windows = |states: [WindowState; 4]| -> Vec<_> { (0..4).map(|at| at * 10).zip(states).collect() };
        let all = TimeRange { start: 0, end: 40 };
        assert_eq!(cell(&windows([Data, Data, Empty, Data]), all), CellState::Data(0.75));
        assert_eq!(cell(&windows([Empty; 4]), all), CellState::Empty);
        assert_eq!(cell(&windows([Data, NotAsked, Data, Failed]), all), CellState::NotAsked);
        assert_eq!(cell(&windows([Data, Failed, Data, Data]), all), CellState::Failed);
        assert_eq!(
            cell(&windows([Data, Empty, Empty, Empty]), TimeRange { start: 10, end: 20 }),
            CellState::Empty
        );
        assert_eq!(cell(&[], all), CellState::NotAsked);
    }

    #[test]
    fn completeness_is_written_per_stream_and_day() {
        let row = GridRow {
            label: "Heart, rate".into(),
            question: Question::one(&StreamInfo::default(), 3600),
            stream: Some("a".into()),
            places: vec![Place { range: TimeRange { start: 0, end: DAY }, left: 0.0, width: 1.0 }],
        };
        let grid = Grid { rows: vec![row], columns: 1, ..Grid::default() };
        let csv = completeness_csv(&grid, &[vec![CellState::Data(0.5)]], &TimeZone::utc());
        let line = "a,\"Heart, rate\",1970-01-01 00:00:00+00:00,1970-01-02 00:00:00+00:00,0.5000,data\n";
        assert_eq!(csv, format!("stream_id,name,start,end,completeness,state\n{line}"));
    }
}
