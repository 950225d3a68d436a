//! Sleep metrics, from the Strive API.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use streamscope_frame::civil::{civil_from_days, days_from_civil, days_in_month};

use super::Rune;
use super::model::{Attributes, lenient};
use super::people::check;
use crate::transport::Request;
use crate::{Error, Result, url};

/// Dates in one request: the server's limit.
const DATES_A_REQUEST: i64 = 31;

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default, deserialize_with = "lenient")]
    sleep_metrics_healthkit: Vec<Attributes>,
}

impl Rune {
    /// A patient's nights from one date to another, both inclusive (`YYYY-MM-DD`): rows as they are served, in order of
    /// the requests. [`table`](super::table) makes a table of them. A range that ends before it starts is empty.
    pub async fn sleep_metrics(
        &self,
        patient_id: &str,
        start_date: &str,
        end_date: &str,
    ) -> Result<Vec<Attributes>> {
        let patient_id = check(patient_id)?;
        let (start, end) = (days("start_date", start_date)?, days("end_date", end_date)?);
        let windows = (start..=end).step_by(DATES_A_REQUEST as usize);
        let windows = windows.map(|first| {
            let last = end.min(first + DATES_A_REQUEST - 1);
            self.nights(patient_id, date(first), date(last))
        });
        let nights: Vec<Vec<Attributes>> =
            stream::iter(windows).buffered(self.at_once()).try_collect().await?;
        Ok(nights.into_iter().flatten().collect())
    }

    async fn nights(&self, patient_id: &str, first: String, last: String) -> Result<Vec<Attributes>> {
        let pairs = [("patient_id", patient_id), ("start_date", &first), ("end_date", &last)];
        let request =
            Request::get(url::with_query(&format!("{}/api/v3/sleep_metrics", self.strive_url), pairs));
        let answer: Answer = self.http.fetch_json(&request).await?;
        Ok(answer.data.sleep_metrics_healthkit)
    }
}

/// Days since 1970-01-01 of a date.
fn days(name: &str, text: &str) -> Result<i64> {
    let refused = || Error::invalid(format!("{name} is \"{text}\"; give a date such as 2024-03-01."));
    let mut parts =
        text.split('-').map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then_some(part));
    let mut next = |length: usize| {
        let part = parts.next().flatten().filter(|part| part.len() == length);
        part.and_then(|part| part.parse::<u32>().ok()).ok_or_else(refused)
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let year = i64::from(year);
    let inside = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
    if !inside || parts.next().is_some() {
        return Err(refused());
    }
    Ok(days_from_civil(year, month, day))
}

fn date(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}
