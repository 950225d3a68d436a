//! A quick look at a stream whose columns are known: the read is asked for when its first frame is, and gives an
//! envelope even of rows so few that the node has not decimated them.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, JouleLayout, Layout};

use super::read::{DataQuery, Way, decimated_layout};
use crate::joule::Joule;
use crate::reduced::Reduced;
use crate::{Progress, Read, Reduction, Result};

/// An envelope, on its way.
pub(in crate::joule) struct Look {
    joule: Joule,
    query: DataQuery,
    format: JouleLayout,
    elements: Vec<Column>,
    layout: Layout,
    way: Option<Way>,
    level: u64,
}

impl Look {
    /// A look at a stream of this layout; `query` says how many rows at most.
    pub(in crate::joule) fn new(
        joule: &Joule,
        query: DataQuery,
        format: JouleLayout,
        elements: Vec<Column>,
    ) -> Self {
        let layout = decimated_layout(&elements);
        Self { joule: joule.clone(), query, format, elements, layout, way: None, level: 1 }
    }

    async fn batch(&mut self) -> Result<Option<Batch>> {
        if self.way.is_none() {
            let (level, way) = self.joule.way(&self.query, self.format, &self.elements).await?;
            self.level = level;
            self.way = Some(match (level, way) {
                (1, Way::Rows(rows)) => Way::Reduced(Box::new(Reduced::new(rows, 1, self.layout.clone()))),
                (_, way) => way,
            });
        }
        let Some(way) = &mut self.way else { return Ok(None) };
        way.next().await
    }
}

impl Read for Look {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.batch().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn reduction(&self) -> Reduction {
        Reduction::of(self.level)
    }

    fn progress(&self) -> Progress {
        self.way.as_ref().map(Way::progress).unwrap_or_default()
    }
}
