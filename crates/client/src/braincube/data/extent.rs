//! From when to when a memory base has rows.
//!
//! Nobody tells, so the dates of all rows are read, and nothing of them is kept.

use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampNanosecondType;
use streamscope_frame::{BraincubeColumn, BraincubeOptions, ColumnType};

use crate::braincube::Braincube;
use crate::braincube::address::BaseId;
use crate::braincube::info::BaseInfo;
use crate::braincube::zone::BaseClock;
use crate::turn::Turn;
use crate::{Extent, Progress, Result};

impl Braincube {
    /// The time that the rows of a memory base cover; unknown where nothing dates them, or in a zone that is not known.
    pub(in crate::braincube) async fn extent(&self, base: &BaseId, info: &BaseInfo) -> Result<Extent> {
        let (Some(time), Ok(zone)) = (info.time(), info.zone()) else { return Ok(Extent::Unknown) };
        let request = self.data_request(base, time, &[time.to_string()], None)?;
        let column = BraincubeColumn {
            id: time.into(),
            name: "time".into(),
            unit: None,
            kind: Some(ColumnType::Time),
            ordered: true,
        };
        let options = BraincubeOptions { columns: vec![column], clock: Rc::new(BaseClock(zone)) };
        let turn = Turn::default();
        turn.begin(self.http.transport.as_ref());
        let answer = self.fetch_answer(&request, &options, &turn, &mut Progress::default()).await?;
        let mut ends: Option<(i64, i64)> = None;
        for rows in answer {
            let times = rows.column(0).as_primitive_opt::<TimestampNanosecondType>();
            for time in times.into_iter().flatten().flatten() {
                let (first, last) = ends.unwrap_or((time, time));
                ends = Some((first.min(time), last.max(time)));
            }
            turn.give(self.http.transport.as_ref()).await;
        }
        let range = Extent::of(ends.map(|(first, _)| first), ends.map(|(_, last)| last.saturating_add(1)));
        Ok(range.unwrap_or(Extent::Empty))
    }
}
