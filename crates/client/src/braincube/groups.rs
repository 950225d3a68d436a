//! Variables of data groups.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::address::BaseId;
use super::{Braincube, Variable};
use crate::Result;

/// Up to so many variables are asked for one by one, side by side; more are picked out of the list of all.
const FEW: usize = 12;

impl Braincube {
    /// Ids of a data group's variables.
    pub async fn data_group_variable_ids(&self, base: &BaseId, group: &str) -> Result<Vec<String>> {
        Ok(self.data_group(base, group).await?.variable_ids.unwrap_or_default())
    }

    /// The variables of a data group, in its order.
    pub async fn data_group_variables(&self, base: &BaseId, group: &str) -> Result<Vec<Variable>> {
        let ids = self.data_group_variable_ids(base, group).await?;
        self.variables_named(base, &ids).await
    }

    /// The variables of these ids, in their order, in as few requests as it takes.
    pub(super) async fn variables_named(&self, base: &BaseId, ids: &[String]) -> Result<Vec<Variable>> {
        let mut found: Vec<Option<Variable>> = ids.iter().map(|_| None).collect();
        if ids.len() > FEW {
            let mut pages = self.variables(base)?.with_page_size(self.settings.page_size.max(1000));
            while found.iter().any(Option::is_none)
                && let Some(page) = pages.next_page().await?
            {
                for variable in page {
                    let place = ids.iter().position(|id| *id == variable.id || *id == variable.long_id);
                    if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                        *slot = Some(variable);
                    }
                }
            }
        }
        let rest = ids.iter().zip(found).map(async |(id, found)| match found {
            Some(variable) => Ok(variable),
            None => self.variable(base, id).await,
        });
        stream::iter(rest).buffered(self.at_once()).try_collect().await
    }
}
