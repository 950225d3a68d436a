//! How a person opens files.

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
#[cfg(feature = "files")]
use streamscope_frame::Dialect;
use streamscope_signal::TimeZone;

#[cfg(feature = "files")]
use super::csv::{self, DECIMALS, SEPARATORS, TIMES};
use super::recording::Told;
use super::{ABOUT, Files};
#[cfg(feature = "files")]
use crate::registry::Understanding;
use crate::registry::{self, Connected, Entry, FormField, Stage, Way, Wording};
use crate::transport::Transport;
use crate::{About, Error, ErrorKind, Result};

const FILES: FormField =
    FormField::new("files", "EDF, EDF+, BDF, BDF+, WAV, Arrow IPC or CSV files").of_files();
const NOTE: &str = "Times without a zone, as EDF, BDF and many CSV files have them, are shown as UTC.";

const WAYS: [Way; 1] = [Way { id: "disk", label: "From disk", note: NOTE, fields: &[FILES] }];

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
    let told = told(entry)?;
    let files = files.with_dialect(told.dialect);
    Ok(match told.zone {
        Some(zone) => files.with_zone(TimeZone::clone(&zone)),
        None => files,
    })
}

/// How CSV files are written, as far as it was corrected.
#[cfg(feature = "files")]
fn told(entry: &Entry) -> Result<Told> {
    let skip = entry.given("skip").map(|text| {
        text.parse().map_err(|_| Error::invalid("\"Lines before the header\" is not a whole number."))
    });
    let zone = entry.given("zone").map(|name| {
        let unknown = || {
            Error::invalid(format!(
                "\"Zone of its clock\" is \"{name}\": write a zone such as Europe/Berlin or UTC."
            ))
        };
        zone(&name).map(Rc::new).ok_or_else(unknown)
    });
    let dialect = Dialect {
        separator: one_of(entry, "separator", &SEPARATORS),
        decimal: one_of(entry, "decimal", &DECIMALS),
        time_format: one_of(entry, "times", &TIMES),
        skip_lines: skip.transpose()?,
        time_column: entry.values.get("time").cloned().filter(|name| !name.is_empty()),
        nulls: None,
    };
    Ok(Told { dialect, zone: zone.transpose()? })
}

#[cfg(not(feature = "files"))]
fn told(_: &Entry) -> Result<Told> {
    Ok(Told::default())
}

#[cfg(all(feature = "files", any(feature = "native", target_arch = "wasm32")))]
fn zone(name: &str) -> Option<TimeZone> {
    crate::zones::table(name)
}

#[cfg(all(feature = "files", not(any(feature = "native", target_arch = "wasm32"))))]
fn zone(name: &str) -> Option<TimeZone> {
    (name == "UTC").then(TimeZone::utc)
}

/// What was chosen of these; `None` where nothing was.
#[cfg(feature = "files")]
fn one_of<T: Copy>(entry: &Entry, id: &str, known: &[(&str, &str, T)]) -> Option<T> {
    let text = entry.text(id);
    known.iter().find(|(value, ..)| *value == text).map(|(.., meaning)| *meaning)
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

    #[cfg(feature = "files")]
    fn understand<'a>(&'a self, entry: &'a Entry) -> LocalBoxFuture<'a, Result<Option<Understanding>>> {
        let first = entry.files.iter().find(|chosen| csv::is_csv(chosen.0.name()));
        async move {
            let Some(first) = first else { return Ok(None) };
            csv::understand(first.0.as_ref(), &told(entry)?).await.map(Some)
        }
        .boxed_local()
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
