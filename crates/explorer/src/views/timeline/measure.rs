//! Two cursors measure an interval: how long it is, and what each dimension did in it.

use leptos::prelude::*;
use streamscope_client::TimeRange;
use streamscope_signal::{SECOND, TimeZone};

use super::stage::Stage;
use crate::catalogue::label;
use crate::charts::civil::exact_time;
use crate::charts::format::{duration, grouped, value};
use crate::inspector::copy::CopyButton;
use crate::recording::{Data, Figures, Recording, SampleValue};
use crate::text::in_line;
use crate::views::table_head::table_head;

/// What a dimension did between the cursors. Of the samples, whatever the track is drawn through.
#[derive(Debug, Clone, PartialEq)]
struct Measured {
    stream: String,
    column: String,
    unit: String,
    figures: Option<Figures>,
    /// The sample nearest to the second cursor less the one nearest to the first.
    change: Option<f64>,
}

impl Measured {
    fn of(stream: &str, data: &Data, interval: TimeRange) -> Vec<Self> {
        let Some(shown) = data.shown() else { return Vec::new() };
        let all = shown.numbers().filter_map(|column| {
            let described = shown.layout.columns.get(column)?;
            Some(Self {
                stream: stream.into(),
                column: described.name.clone(),
                unit: described.unit.clone().unwrap_or_default(),
                figures: data.figures(column, interval).filter(|figures| figures.count > 0),
                change: at(data, column, interval.end)
                    .zip(at(data, column, interval.start))
                    .map(|(b, a)| b - a),
            })
        });
        all.collect()
    }

    /// Count, mean, smallest, largest value and change, as they read.
    fn cells(&self) -> [String; 5] {
        let number = |of: fn(&Figures) -> f64| {
            self.figures.as_ref().map_or("–".into(), |figures| value(of(figures)))
        };
        [
            grouped(self.figures.as_ref().map_or(0, |figures| figures.count)),
            number(|figures| figures.mean),
            number(|figures| figures.min),
            number(|figures| figures.max),
            self.change.map_or("–".into(), value),
        ]
    }
}

/// The finite number of the sample nearest to an instant.
fn at(data: &Data, column: usize, time: i64) -> Option<f64> {
    let (_, row) = data.nearest(time)?;
    let number = match row.cells.get(column)? {
        SampleValue::Number(number) => *number,
        SampleValue::Integer(number) => *number as f64,
        _ => return None,
    };
    Some(number).filter(|number| number.is_finite())
}

/// Times in the interval's own length.
fn rate(interval: TimeRange) -> String {
    format!("{} Hz", value(SECOND as f64 / (interval.end - interval.start).max(1) as f64))
}

/// All of it as a table that spreadsheets take: a line for the interval, then one for each dimension, split by tabs.
fn text(interval: TimeRange, zone: &TimeZone, rows: &[Measured]) -> String {
    let mut lines = vec![
        format!(
            "A {}\tB {}\tΔt {}\t1/Δt {}",
            exact_time(interval.start, zone),
            exact_time(interval.end, zone),
            duration(interval.end - interval.start),
            rate(interval)
        ),
        ["Stream", "Dimension", "Values", "Mean", "Min", "Max", "B − A", "Unit"].join("\t"),
    ];
    lines.extend(rows.iter().map(|row| {
        let names = [in_line(&row.stream, 80), in_line(&row.column, 80)];
        names.into_iter().chain(row.cells()).chain([in_line(&row.unit, 40)]).collect::<Vec<_>>().join("\t")
    }));
    lines.join("\n")
}

/// The figures of the measured interval; nothing while none is measured.
#[component]
pub fn Measure(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let measured = Memo::new(move |_| {
        let interval = stage.measured.get()?;
        let of = |recording: &Recording| {
            recording.track();
            recording.with(|data| Measured::of(&label(recording.stream()), data, interval))
        };
        Some((interval, recordings.with(|recordings| recordings.iter().flat_map(of).collect::<Vec<_>>())))
    });
    let copied = Signal::derive(move || {
        let (interval, rows) = measured.get().unwrap_or((TimeRange { start: 0, end: 1 }, Vec::new()));
        text(interval, &stage.zone.get(), &rows)
    });
    move || {
        let (interval, rows) = measured.get()?;
        let zone = stage.zone.get();
        let row = |row: Measured| {
            let cells: Vec<_> = row.cells().into_iter().map(|cell| view! { <td>{cell}</td> }).collect();
            view! {
                <tr>
                    <th scope="row">{row.stream.clone()} " " <small title=row.column.clone()>{in_line(&row.column, 40)}</small></th>
                    {cells}
                    <td class="unit" title=row.unit.clone()>{in_line(&row.unit, 24)}</td>
                </tr>
            }
        };
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        Some(view! {
            <section class="measure" aria-label="Measured interval">
                <header>
                    <strong>"Δt " {duration(interval.end - interval.start)}</strong>
                    <span>"1/Δt " {rate(interval)}</span>
                    <span>"A " {exact_time(interval.start, &zone)} " to B " {exact_time(interval.end, &zone)}</span>
                    <CopyButton label="Copy the measured figures" text=copied />
                    <button type="button" on:click=move |_| stage.measured.set(None)>"Close"</button>
                </header>
                <table>
                    {table_head(&["Dimension", "Values", "Mean", "Min", "Max", "B − A", "Unit"])}
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_a_table() {
        let figures = Figures { count: 1_200, missing: 0, mean: 0.25, min: -1.0, max: 1.5 };
        let row = Measured {
            stream: "Acceleration".into(),
            column: "x".into(),
            unit: "g".into(),
            figures: Some(figures),
            change: Some(-0.5),
        };
        let empty = Measured { figures: None, change: None, ..row.clone() };
        let interval = TimeRange { start: 0, end: 400_000_000 };
        let text = text(interval, &TimeZone::utc(), &[row, empty]);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].ends_with("Δt 400 ms\t1/Δt 2.5 Hz"), "{}", lines[0]);
        assert_eq!(lines[2], "Acceleration\tx\t1,200\t0.25\t−1\t1.5\t−0.5\tg");
        assert_eq!(lines[3], "Acceleration\tx\t0\t–\t–\t–\t–\tg");
    }
}
