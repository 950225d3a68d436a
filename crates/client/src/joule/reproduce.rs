//! A request of the explorer elsewhere: the official API's, the npm package's and curl's.
//!
//! A node computes no availability and no averages: those views stand on its intervals and its rows.

use crate::TimeRange;
use crate::reproduce::{Language, Picture, shell, string};

/// Rows of a stream (by its path), or where it has any.
pub(super) fn text(language: Language, url: &str, picture: Picture, path: &str, range: TimeRange) -> String {
    let intervals = picture == Picture::Availability;
    // A range that holds the same samples in microseconds: both ends are rounded up.
    let microseconds = |time: i64| time.div_euclid(1000) + i64::from(time.rem_euclid(1000) > 0);
    let (start, end) = (microseconds(range.start), microseconds(range.end));
    let (quoted_path, quoted_url) = (string(path), string(url));
    match language {
        Language::Python => {
            let (what, read) = if intervals {
                (
                    "intervals",
                    format!("intervals = await node.data_intervals({quoted_path}, start={start}, end={end})"),
                )
            } else {
                let pipe = format!("pipe = await node.data_read({quoted_path}, start={start}, end={end})");
                ("rows", format!("{pipe}\n    rows = await pipe.read_all(maxrows=10**9)"))
            };
            format!(
                "import asyncio\nfrom joule import api\n\nasync def read():\n    \
                 node = api.create_tcp_node({quoted_url}, \"YOUR API KEY\", \"node\")\n    {read}\n    \
                 await node.close()\n    return {what}\n\n{what} = asyncio.run(read())\n"
            )
        }
        Language::JavaScript => {
            let range = format!("startTime: {start}000n,\n  endTime: {end}000n,\n}})");
            let read = if intervals {
                format!("const intervals = await node.dataIntervals({quoted_path}, {{\n  {range};")
            } else {
                format!(
                    "const table = await node.dataRead({{\n  stream: {quoted_path},\n  {range}.toTable();"
                )
            };
            format!(
                "import {{ init, Joule }} from \"streamscope\";\n\nawait init();\n\
                 const node = new Joule({{ url: {quoted_url}, apiKey: \"YOUR API KEY\" }});\n{read}\n"
            )
        }
        Language::Curl => {
            let resource = if intervals { "/data/intervals.json" } else { "/data" };
            let output = if intervals { "" } else { " \\\n  --output rows.bin" };
            let (resource, path) = (shell(&format!("{url}{resource}")), shell(&format!("path={path}")));
            format!(
                "curl --get {resource} \\\n  --header 'X-API-KEY: YOUR API KEY' \\\n  \
                 --data-urlencode {path} \\\n  --data-urlencode 'start={start}' \\\n  \
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
        let text = text(Language::Curl, "https://node.example.org", Picture::Availability, "/a b", range);
        assert!(
            text.contains("'start=0'") && text.contains("'end=3'") && text.contains("intervals.json"),
            "{text}"
        );
    }

    #[test]
    fn a_path_stays_within_its_quotes() {
        let range = TimeRange { start: 0, end: 1_000 };
        let of = |language| text(language, "https://n.org", Picture::Rows, "/x'$(touch p)'\"", range);
        assert!(of(Language::Curl).contains(r#"'path=/x'\''$(touch p)'\''"'"#), "{}", of(Language::Curl));
        assert!(of(Language::Python).contains(r#""/x'$(touch p)'\"""#), "{}", of(Language::Python));
    }
}
