//! Streams in the data records of one file.

use streamscope_frame::{Column, EdfAnnotation, EdfPlan, EdfSignal};

use super::grid::{Grid, Rows, grid};
use super::scale::EdfScale;
use super::survey::EdfSurvey;
use super::text::{ascii, note};

/// Characters of a label, of a unit, and of other texts; bytes of an annotation.
const LABEL: usize = 16;
const UNIT: usize = 8;
const WORDS: usize = 80;
const NOTE: usize = 511;
/// Room that the recording's date leaves.
const RECORDING: usize = 52;
/// The annotation of a data record that is not full.
const MISSING: &str = "no samples";

/// What a file says of itself.
#[derive(Debug, Clone, Default)]
pub struct EdfHead {
    /// Who was measured: the four words of EDF+, or a name.
    pub patient: String,
    /// What was recorded, without its date.
    pub recording: String,
    /// What was noted beside the samples.
    pub annotations: Vec<EdfAnnotation>,
}

/// Streams that lie in one file together.
#[derive(Debug)]
pub struct EdfLayout {
    pub(super) surveys: Vec<EdfSurvey>,
    pub(super) grid: Grid,
    pub(super) plan: EdfPlan,
    scales: Vec<EdfScale>,
}

impl EdfLayout {
    /// Lays streams, which were looked at to their end, into data records; gives them back where they begin or end their
    /// stretches apart, or where no data record fits.
    pub fn new(surveys: Vec<EdfSurvey>, head: &EdfHead) -> Result<Self, Vec<EdfSurvey>> {
        let rows = |survey| -> Rows<'_> {
            let survey: &EdfSurvey = survey;
            Rows { runs: &survey.runs, step: survey.step_ns(), signals: survey.columns.len() }
        };
        let found = grid(&surveys.iter().map(rows).collect::<Vec<_>>());
        let Some(grid) = found else { return Err(surveys) };
        let mut signals = Vec::new();
        for (survey, samples) in surveys.iter().zip(&grid.samples) {
            signals.extend(survey.signals(*samples));
        }
        let (signals, scales): (Vec<_>, Vec<_>) = signals.into_iter().unzip();
        let noted = head
            .annotations
            .iter()
            .map(|noted| EdfAnnotation { text: note(&noted.text, NOTE), ..noted.clone() });
        let mut annotations: Vec<_> = noted.filter(|noted| !noted.text.is_empty()).collect();
        annotations.extend(surveys.first().map(|first| not_full(first, &grid)).unwrap_or_default());
        let plan = EdfPlan {
            patient: ascii(&head.patient, WORDS - 6),
            recording: ascii(&head.recording, RECORDING),
            start: grid.stretches.first().map_or(0, |(start, _)| *start),
            has_gaps: grid.stretches.len() > 1,
            record_ns: grid.record_ns,
            records: grid.stretches.iter().map(|(_, records)| records).sum(),
            signals,
            annotations,
        };
        Ok(Self { surveys, grid, plan, scales })
    }

    /// The scale of each signal.
    pub fn scales(&self) -> &[EdfScale] {
        &self.scales
    }

    /// Whether there are gaps: EDF+D.
    pub fn has_gaps(&self) -> bool {
        self.plan.has_gaps
    }

    /// Places in the last data records of stretches that hold no sample: they repeat the last one, and are annotated
    /// `no samples`.
    pub fn missing(&self) -> u64 {
        self.grid.missing
    }

    /// Annotations of the file, without those that it has for places without a sample.
    pub fn events(&self) -> usize {
        self.plan.annotations.iter().filter(|noted| noted.text != MISSING).count()
    }
}

impl EdfSurvey {
    fn signals(&self, samples: u32) -> Vec<(EdfSignal, EdfScale)> {
        let is_one = self.columns.len() == 1;
        let columns = self.columns.iter().filter_map(|place| self.stream.layout.columns.get(*place));
        let signal = |column: &Column| {
            let label = if is_one {
                self.stream.title.clone()
            } else {
                format!("{} {}", column.name, self.stream.title)
            };
            let mut signal = EdfSignal::new(ascii(&label, LABEL), samples);
            signal.unit = ascii(column.unit.as_deref().unwrap_or_default(), UNIT);
            signal.transducer = ascii(&self.stream.transducer, WORDS);
            signal.prefilter = ascii(&self.stream.prefilter, WORDS);
            signal
        };
        let scaled = columns.zip(&self.scales).map(|(column, scale)| scale.of(signal(column)));
        scaled.collect()
    }
}

/// Annotations of data records that are not full.
fn not_full(survey: &EdfSurvey, grid: &Grid) -> Vec<EdfAnnotation> {
    let step = survey.step_ns();
    let stretches = survey.runs.iter().zip(&grid.stretches);
    let not_full = stretches.filter_map(|(run, (start, records))| {
        let ends = start.saturating_add((run.rows as f64 * step) as i64);
        let full = start.saturating_add(grid.record_ns.saturating_mul(*records as i64));
        let room = records * u64::from(*grid.samples.first()?);
        (room > run.rows).then(|| EdfAnnotation {
            start: ends,
            duration: Some(full.saturating_sub(ends).max(0)),
            text: MISSING.into(),
        })
    });
    not_full.collect()
}
