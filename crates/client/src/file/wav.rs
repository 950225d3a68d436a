//! WAV files: one stream, with a value a channel.

use std::ops::Range;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, FileWindow, ParseError, WavFile, WavStep, WavWalk};

use super::read::{FileRead, Windows};
use super::recording::{Recording, WINDOW, dimensions, hertz, refused};
use crate::{Disk, Event, Extent, Read, Result, StreamInfo, TimeRange};

/// Nobody tells when a WAV was recorded: its times are those since its first sample.
const START: i64 = 0;

/// A WAV file that is open.
pub(super) struct WavRecording {
    disk: Rc<dyn Disk>,
    file: WavFile,
}

impl WavRecording {
    /// Opens a file: finds its samples.
    pub(super) async fn open(disk: Rc<dyn Disk>) -> Result<Self> {
        let mut walk = WavWalk::new(disk.bytes());
        let mut step = walk.begin();
        loop {
            match step {
                WavStep::Found(file) => return Ok(Self { disk, file }),
                WavStep::Need(place) => {
                    let bytes = disk.read(place).await?;
                    step = walk.take(&bytes).map_err(|error| refused(disk.as_ref(), error))?;
                }
            }
        }
    }

    fn samples_in(&self, range: TimeRange) -> Range<u64> {
        self.file.sample_at(range.start)..self.file.sample_at(range.end)
    }

    /// From the first sample to the end of the last; `None` where there is none, or times do not fit into ns.
    fn span(&self) -> Option<TimeRange> {
        let end = self.file.time_of(self.file.frames)?;
        (self.file.frames > 0).then_some(TimeRange { start: START, end })
    }
}

impl Windows for WavRecording {
    fn disk(&self) -> &dyn Disk {
        self.disk.as_ref()
    }

    fn window(&self, _: usize, samples: Range<u64>) -> Option<FileWindow> {
        self.file.window(samples, WINDOW)
    }

    fn rows(&self, _: usize, window: &FileWindow, bytes: &[u8]) -> Result<Batch, ParseError> {
        let rows = self.file.rows(window.samples.clone(), bytes, START)?;
        Ok(Batch { rows, begins_interval: false })
    }
}

impl Recording for WavRecording {
    fn streams(&self, subject_id: &str) -> Vec<StreamInfo> {
        let file = &self.file;
        let cut = format!("{} of {} samples", file.frames, file.frames + file.lacks);
        let known = [
            ("rate", hertz(file.rate.into())),
            ("cut off", if file.lacks > 0 { cut } else { String::new() }),
        ];
        let known = known.into_iter().filter(|(_, text)| !text.is_empty());
        vec![StreamInfo {
            id: format!("{subject_id}/1"),
            subject_id: subject_id.into(),
            name: if file.channels == 1 { "1 channel".into() } else { format!("{} channels", file.channels) },
            stream_type: "sound".into(),
            dimensions: dimensions(&file.layout()),
            labels: known.map(|(name, text)| (name.to_string(), text)).collect(),
            extent: self.span().map_or(Extent::Empty, Extent::Known),
            ..StreamInfo::default()
        }]
    }

    fn samples(&self, _: usize, range: TimeRange) -> u64 {
        let samples = self.samples_in(range);
        samples.end.saturating_sub(samples.start)
    }

    fn read(self: Rc<Self>, stream: usize, range: TimeRange) -> Option<Box<dyn Read>> {
        let (layout, left) = (self.file.layout(), self.samples_in(range));
        (stream == 0).then(|| FileRead::boxed(self, stream, layout, left))
    }

    fn intervals(&self, _: usize) -> Option<Vec<TimeRange>> {
        Some(self.span().into_iter().collect())
    }

    fn events<'a>(&'a self, _: &'a str) -> LocalBoxFuture<'a, Result<Rc<Vec<Event>>>> {
        async { Ok(Rc::default()) }.boxed_local()
    }
}
