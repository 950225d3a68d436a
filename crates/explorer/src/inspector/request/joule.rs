//! A Joule view as a request: the official API's, the npm package's and curl's.
//!
//! A node computes no availability and no averages: those views stand on its intervals and its rows.

use streamscope_client::TimeRange;

use super::Language;
use crate::state::View;

/// Rows of a stream (by its path), or where it has any.
pub(super) fn text(language: Language, url: &str, view: View, path: &str, range: TimeRange) -> String {
    let intervals = view == View::Availability;
    // A range that holds the same samples in microseconds: both ends are rounded up.
    let microseconds = |time: i64| time.div_euclid(1000) + i64::from(time.rem_euclid(1000) > 0);
    let (start, end) = (microseconds(range.start), microseconds(range.end));
    match language {
        Language::Python => {
            let (what, read) = if intervals {
                (
                    "intervals",
                    format!("intervals = await node.data_intervals(\"{path}\", start={start}, end={end})"),
                )
            } else {
                let pipe = format!("pipe = await node.data_read(\"{path}\", start={start}, end={end})");
                ("rows", format!("{pipe}\n    rows = await pipe.read_all(maxrows=10**9)"))
            };
            format!(
                "import asyncio\nfrom joule import api\n\nasync def read():\n    \
                 node = api.create_tcp_node(\"{url}\", \"YOUR API KEY\", \"node\")\n    {read}\n    \
                 await node.close()\n    return {what}\n\n{what} = asyncio.run(read())\n"
            )
        }
        Language::JavaScript => {
            let range = format!("startTime: {start}000n,\n  endTime: {end}000n,\n}})");
            let read = if intervals {
                format!("const intervals = await node.dataIntervals(\"{path}\", {{\n  {range};")
            } else {
                format!("const table = await node.dataRead({{\n  stream: \"{path}\",\n  {range}.toTable();")
            };
            format!(
                "import {{ init, Joule }} from \"streamscope\";\n\nawait init();\n\
                 const node = new Joule({{ url: \"{url}\", apiKey: \"YOUR API KEY\" }});\n{read}\n"
            )
        }
        Language::Curl => {
            let resource = if intervals { "/data/intervals.json" } else { "/data" };
            let output = if intervals { "" } else { " \\\n  --output rows.bin" };
            format!(
                "curl --get '{url}{resource}' \\\n  --header 'X-API-KEY: YOUR API KEY' \\\n  \
                 --data-urlencode 'path={path}' \\\n  --data-urlencode 'start={start}' \\\n  \
                 --data-urlencode 'end={end}'{output}\n"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_hold_the_same_samples() {
        let range = TimeRange { start: -1, end: 2_001 };
        let text = text(Language::Curl, "https://node.example.org", View::Availability, "/a b", range);
        assert!(
            text.contains("'start=0'") && text.contains("'end=3'") && text.contains("intervals.json"),
            "{text}"
        );
    }
}
