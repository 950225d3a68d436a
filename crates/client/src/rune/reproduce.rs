//! A request of the explorer elsewhere: the official client's, the npm package's and curl's.

use std::fmt::Write;

use streamscope_signal::{DAY, SECOND};

use super::AuthMethod;
use crate::reproduce::{Language, Picture, shell, string};
use crate::{TimeRange, url};

/// Rune's addresses, and how requests are signed.
pub(super) struct Api<'a> {
    pub(super) graph_url: &'a str,
    pub(super) stream_url: &'a str,
    pub(super) credentials: AuthMethod,
}

impl Api<'_> {
    pub(super) fn text(
        &self,
        language: Language,
        picture: Picture,
        stream_id: &str,
        range: TimeRange,
    ) -> String {
        match language {
            Language::Python => python(self, picture, stream_id, range),
            Language::JavaScript => javascript(self, picture, stream_id, range),
            Language::Curl => curl(self, picture, stream_id, range),
        }
    }
}

const HOUR_S: i64 = 3600;
const SLOT_S: i64 = 900;
const MOST_DAYS: i64 = 14;

/// Whole days of a range, within what the API takes.
fn days(range: TimeRange) -> i64 {
    (range.end.saturating_sub(range.start) + DAY - 1).div_euclid(DAY).clamp(1, MOST_DAYS)
}

/// Seconds, rounded outwards so that no sample at an edge is left out.
fn seconds(range: TimeRange) -> (i64, i64) {
    (
        range.start.div_euclid(SECOND),
        range.end.div_euclid(SECOND) + i64::from(range.end.rem_euclid(SECOND) > 0),
    )
}

/// Path below the stream API's base, and the query.
fn endpoint(picture: Picture, stream_id: &str, range: TimeRange) -> (String, Vec<(&'static str, String)>) {
    let path = format!("/v2/streams/{}", url::encode(stream_id));
    let (start, end) = seconds(range);
    match picture {
        Picture::Rows => (
            path,
            vec![
                ("start_time_ns", range.start.to_string()),
                ("end_time_ns", range.end.to_string()),
                ("timestamp", "iso".into()),
                ("translate_enums", "true".into()),
            ],
        ),
        Picture::Availability => (
            format!("{path}/availability"),
            vec![
                ("start_time", start.to_string()),
                ("end_time", end.to_string()),
                ("resolution", HOUR_S.to_string()),
                ("timestamp", "iso".into()),
            ],
        ),
        Picture::DailyAggregate => (
            format!("{path}/daily_aggregate"),
            vec![
                ("start_time", start.to_string()),
                ("resolution", SLOT_S.to_string()),
                ("n_days", days(range).to_string()),
            ],
        ),
    }
}

/// How a request is signed, with what to fill in: keywords of the official client, and HTTP headers.
struct Signing {
    keywords: &'static [(&'static str, &'static str)],
    headers: &'static [(&'static str, &'static str)],
}

fn signing(method: AuthMethod) -> Signing {
    let (keywords, headers): (&[_], &[_]) = match method {
        AuthMethod::AccessToken => (
            &[
                ("access_token_id", "\"YOUR ACCESS TOKEN ID\""),
                ("access_token_secret", "\"YOUR ACCESS TOKEN SECRET\""),
            ],
            &[
                ("X-Rune-User-Access-Token-Id", "YOUR ACCESS TOKEN ID"),
                ("X-Rune-User-Access-Token-Secret", "YOUR ACCESS TOKEN SECRET"),
            ],
        ),
        AuthMethod::ClientKeys => (
            &[
                ("client_key_id", "\"YOUR CLIENT KEY ID\""),
                ("client_access_key", "\"YOUR CLIENT ACCESS KEY\""),
            ],
            &[
                ("X-Rune-Client-Key-ID", "YOUR CLIENT KEY ID"),
                ("X-Rune-Client-Access-Key", "YOUR CLIENT ACCESS KEY"),
            ],
        ),
        AuthMethod::Jwt => (&[("jwt", "\"YOUR JWT\"")], &[("X-Rune-User-Access-Token", "YOUR JWT")]),
        AuthMethod::CognitoRefresh => (
            &[
                ("cognito_client_id", "\"YOUR COGNITO CLIENT ID\""),
                ("cognito_refresh_token", "\"YOUR REFRESH TOKEN\""),
            ],
            &[("X-Rune-User-Access-Token", "THE JWT THAT COGNITO GIVES FOR YOUR REFRESH TOKEN")],
        ),
        AuthMethod::Custom => {
            (&[("custom_auth_headers", "{\"YOUR HEADER\": \"ITS VALUE\"}")], &[("YOUR HEADER", "ITS VALUE")])
        }
    };
    Signing { keywords, headers }
}

fn python(api: &Api, picture: Picture, stream_id: &str, range: TimeRange) -> String {
    let mut text = String::from("from runeq import Config, Session\n\nsession = Session(Config(\n");
    let urls = [("graph_url", api.graph_url), ("stream_url", api.stream_url)];
    for (keyword, url) in urls {
        let _ = writeln!(text, "    {keyword}={},", string(url));
    }
    for (keyword, value) in signing(api.credentials).keywords {
        let _ = writeln!(text, "    {keyword}={value},");
    }
    text.push_str("))\n");
    let (start, end) = seconds(range);
    let stream_id = string(stream_id);
    let _ = match picture {
        Picture::Rows => write!(
            text,
            "stream = session.stream_metadata.get_stream_metadata({stream_id})\n\
             frame = stream.get_stream_dataframe(\n    start_time_ns={},\n    end_time_ns={},\n    \
             stream_client=session.stream_client,\n)\n",
            range.start, range.end
        ),
        Picture::Availability => write!(
            text,
            "frame = session.stream_metadata.get_stream_availability_dataframe(\n    {stream_id},\n    \
             start_time={start},\n    end_time={end},\n    resolution={HOUR_S},\n)\n"
        ),
        Picture::DailyAggregate => write!(
            text,
            "day = session.stream.get_stream_daily_aggregate(\n    {stream_id},\n    \
             start_time={start},\n    resolution={SLOT_S},\n    n_days={},\n)\n",
            days(range)
        ),
    };
    text
}

fn javascript(api: &Api, picture: Picture, stream_id: &str, range: TimeRange) -> String {
    let mut text = String::from(
        "import { init, Rune } from \"streamscope\";\n\nawait init();\nconst rune = new Rune({\n",
    );
    let urls = [("graphUrl", api.graph_url), ("streamUrl", api.stream_url)];
    for (name, url) in urls {
        let _ = writeln!(text, "  {name}: {},", string(url));
    }
    for (keyword, value) in signing(api.credentials).keywords {
        let _ = writeln!(text, "  {}: {value},", camel_case(keyword));
    }
    text.push_str("});\n");
    let (start, end) = seconds(range);
    let stream_id = string(stream_id);
    let _ = match picture {
        Picture::Rows => write!(
            text,
            "const table = await rune.data({{\n  streamId: {stream_id},\n  startTimeNs: {}n,\n  \
             endTimeNs: {}n,\n}}).toTable();\n",
            range.start, range.end
        ),
        Picture::Availability => write!(
            text,
            "const availability = await rune.availability({{\n  streamId: {stream_id},\n  startTime: {start},\n  \
             endTime: {end},\n  resolution: {HOUR_S},\n}});\n"
        ),
        Picture::DailyAggregate => write!(
            text,
            "const day = await rune.dailyAggregate({{\n  streamId: {stream_id},\n  startTime: {start},\n  \
             resolution: {SLOT_S},\n  nDays: {},\n}});\n",
            days(range)
        ),
    };
    text
}

/// "graphUrl" of "graph_url".
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_string();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let upper = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &upper.into_iter().chain(letters).collect::<String>()
    })
}

fn curl(api: &Api, picture: Picture, stream_id: &str, range: TimeRange) -> String {
    let (path, query) = endpoint(picture, stream_id, range);
    let base = api.stream_url;
    let mut text = format!("curl --get --include {}", shell(&format!("{base}{path}")));
    for (header, value) in signing(api.credentials).headers {
        let _ = write!(text, " \\\n  --header '{header}: {value}'");
    }
    for (name, value) in query {
        let _ = write!(text, " \\\n  --data-urlencode {}", shell(&format!("{name}={value}")));
    }
    if picture != Picture::DailyAggregate {
        text.push_str(
            "\n# While the answer has an X-Rune-Next-Page-Token, repeat with page_token= set to it.",
        );
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: TimeRange = TimeRange { start: 1_709_280_000_250_000_001, end: 1_709_366_400_000_000_000 };

    #[test]
    fn whole_seconds_are_rounded_outwards() {
        let odd = TimeRange { start: -1, end: RANGE.start };
        let api = Api { graph_url: "", stream_url: "", credentials: AuthMethod::Jwt };
        let text = api.text(Language::Curl, Picture::Availability, "abc", odd);
        assert!(text.contains("'start_time=-1'") && text.contains("'end_time=1709280001'"), "{text}");
    }

    #[test]
    fn days_stay_within_what_the_api_takes() {
        let days_of = |count: i64| days(TimeRange { start: 0, end: count * DAY });
        assert_eq!([0, 1, 13, 14, 400].map(days_of), [1, 1, 13, 14, 14]);
        assert_eq!(days(TimeRange { start: 0, end: DAY + 1 }), 2);
    }
}
