//! What the settings of jobs and data groups come to: their variables and their data.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::address::BaseId;
use super::model::Job;
use super::{Braincube, DataQuery, DataRead};
use crate::Result;
use crate::filter::Filter;

impl Braincube {
    /// The data of a data group's variables.
    pub async fn data_group_data(
        &self,
        base: &BaseId,
        group: &str,
        filter: Option<&Filter>,
    ) -> Result<DataRead> {
        let variables = self.data_group_variable_ids(base, group).await?;
        self.data(&DataQuery { filter: filter.cloned(), ..DataQuery::new(base.clone(), variables) }).await
    }

    /// Ids of a job's variables, each once: those that its categories look at, then those of its data groups.
    pub async fn job_variable_ids(&self, base: &BaseId, job: &str) -> Result<Vec<String>> {
        let job = self.job(base, job).await?;
        self.variable_ids_of_job(base, &job).await
    }

    async fn variable_ids_of_job(&self, base: &BaseId, job: &Job) -> Result<Vec<String>> {
        let groups = job.data_group_ids.iter().map(|id| self.data_group_variable_ids(base, id));
        let groups: Vec<Vec<String>> = stream::iter(groups).buffered(self.at_once()).try_collect().await?;
        let mut ids = job.category_variable_ids.clone();
        for id in groups.into_iter().flatten() {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// The data that a job looks at: rows of its variables that meet its conditions and those of its events, and
    /// `filter`, as far as it is given. They come from the memory base as it is now, not from the copy that was made when
    /// the job was created.
    pub async fn job_data(&self, base: &BaseId, job: &str, filter: Option<&Filter>) -> Result<DataRead> {
        let job = self.job(base, job).await?;
        let (variables, conditions) = futures_util::future::try_join(
            self.variable_ids_of_job(base, &job),
            self.conditions_of_job(base, &job, true),
        )
        .await?;
        let filter = Filter::all(filter.cloned().into_iter().chain(conditions));
        self.data(&DataQuery { filter, ..DataQuery::new(base.clone(), variables) }).await
    }
}
