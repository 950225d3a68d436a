//! How a person opens files.

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::{ABOUT, Files};
use crate::registry::{self, Connected, Entry, FormField, Stage, Way, Wording};
use crate::transport::Transport;
use crate::{About, Error, ErrorKind, Result};

const WAYS: [Way; 1] = [Way {
    id: "disk",
    label: "From disk",
    note: "Such files tell the time of a clock, but not in which zone it was: their times are shown as UTC.",
    fields: &[FormField::new("files", "EDF, EDF+, BDF, BDF+ or WAV files").of_files()],
}];

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
    Ok(Files::new(entry.files.iter().map(|chosen| chosen.0.clone())))
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
