//! How a person opens files.

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Decimal, Dialect, Separator, TimeSpelling};

use super::{ABOUT, Files};
use crate::registry::{self, Connected, Entry, FormField, Stage, Way, Wording};
use crate::transport::Transport;
use crate::{About, Error, ErrorKind, Result};

const FILES: FormField = FormField::new("files", "EDF, EDF+, BDF, BDF+, WAV or CSV files").of_files();
const NOTE: &str = "Times without a zone, as EDF, BDF and many CSV files have them, are shown as UTC.";

const WAYS: [Way; 2] = [
    Way { id: "disk", label: "From disk", note: NOTE, fields: &[FILES] },
    Way {
        id: "csv",
        label: "CSV, told how",
        note: "What is left empty shows by itself. Times without a zone are shown as UTC.",
        fields: &[
            FILES,
            FormField::new("separator", "Between two cells").optional().with_placeholder(", ; | or tab"),
            FormField::new("decimal", "Before decimals").optional().with_placeholder(". or ,"),
            FormField::new("times", "Times")
                .optional()
                .with_placeholder("ymd, dmy, mdy, or Unix s, ms, us, ns"),
            FormField::new("skip", "Lines before the header").optional().with_placeholder("0"),
        ],
    },
];

const SEPARATORS: [(&str, Separator); 4] =
    [(",", Separator::Comma), (";", Separator::Semicolon), ("|", Separator::Pipe), ("tab", Separator::Tab)];
const DECIMALS: [(&str, Decimal); 2] = [(".", Decimal::Point), (",", Decimal::Comma)];
const TIMES: [(&str, TimeSpelling); 11] = [
    ("ymd", TimeSpelling::Iso),
    ("dmy", TimeSpelling::Dmy),
    ("mdy", TimeSpelling::Mdy),
    ("s", TimeSpelling::Unix),
    ("ms", TimeSpelling::UnixMs),
    ("us", TimeSpelling::UnixUs),
    ("ns", TimeSpelling::UnixNs),
    ("unix s", TimeSpelling::Unix),
    ("unix ms", TimeSpelling::UnixMs),
    ("unix us", TimeSpelling::UnixUs),
    ("unix ns", TimeSpelling::UnixNs),
];

/// Opens files.
pub struct Connector;

impl Connector {
    async fn open(&self, entry: &Entry) -> Result<Connected> {
        let files = files(entry)?;
        files.open_all().await?;
        let opening = files.opening();
        Ok(Connected { opening, ..connected(files) })
    }
}

/// The files of an entry.
fn files(entry: &Entry) -> Result<Files> {
    if entry.files.is_empty() {
        return Err(Error::invalid("Choose one file or several."));
    }
    let files = Files::new(entry.files.iter().map(|chosen| chosen.0.clone()));
    Ok(files.with_dialect(dialect(entry)?))
}

/// How CSV files are written, as far as it was filled in.
fn dialect(entry: &Entry) -> Result<Dialect> {
    if entry.way != WAYS[1].id {
        return Ok(Dialect::default());
    }
    let skip = entry.given("skip").map(|text| {
        text.parse().map_err(|_| Error::invalid("\"Lines before the header\" is not a whole number."))
    });
    Ok(Dialect {
        separator: one_of(entry, "separator", &SEPARATORS)?,
        decimal: one_of(entry, "decimal", &DECIMALS)?,
        time_format: one_of(entry, "times", &TIMES)?,
        skip_lines: skip.transpose()?,
        nulls: None,
    })
}

/// What a field says of these words; `None` where it is empty.
fn one_of<T: Copy>(entry: &Entry, id: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    let text = entry.text(id).to_ascii_lowercase();
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
    if found.is_some() || text.is_empty() {
        return Ok(found);
    }
    let field = WAYS[1].fields.iter().find(|field| field.id == id);
    let (label, known) = field.map(|field| (field.label, field.placeholder)).unwrap_or_default();
    Err(Error::invalid(format!("\"{label}\" is \"{text}\": write {known}, or leave it empty.")))
}

fn connected(files: Files) -> Connected {
    let name = files.name();
    Connected::to(Rc::new(files), name)
}

impl registry::Connector for Connector {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn ways(&self) -> &'static [Way] {
        &WAYS
    }

    fn wording(&self) -> Wording {
        Wording {
            title: "Open files".into(),
            promise: "Files are read here, from your disk, part by part as they are looked at. Nothing is uploaded, and \
                      links hold no more of them than their names.",
            legend: "Files",
            submit: "Open",
        }
    }

    fn stage_title(&self, stage: Stage, host: Option<&str>) -> String {
        match stage {
            Stage::Form => "Take the files".into(),
            Stage::Reach => format!("Open {}", host.unwrap_or("them")),
            Stage::SignIn => "Read their headers".into(),
            Stage::List => "List the files".into(),
        }
    }

    fn failed_at(&self, error: &Error) -> Stage {
        match error.kind {
            ErrorKind::InvalidInput => Stage::Form,
            ErrorKind::NotFound => Stage::Reach,
            _ => Stage::SignIn,
        }
    }

    fn connect(&self, entry: &Entry, _: Rc<dyn Transport>) -> Result<Connected> {
        files(entry).map(connected)
    }

    fn sign_in<'a>(
        &'a self,
        entry: &'a Entry,
        _: Rc<dyn Transport>,
    ) -> LocalBoxFuture<'a, Result<Connected>> {
        self.open(entry).boxed_local()
    }
}
