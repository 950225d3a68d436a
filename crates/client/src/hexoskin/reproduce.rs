//! A channel's samples elsewhere: with Python's `requests`, the npm package and curl. The platform's own client is in no
//! package index, so that the Python is written without it.
//!
//! The server computes no availability and no averages: those views stand on the samples.

use super::Hexoskin;
use super::config::Credentials;
use super::data::Span;
use super::source::{channel_rate, place};
use crate::Ask;
use crate::reproduce::{Language, shell, string};

/// Samples of a window of JSON, below the ceiling above which the server leaves some out.
const WINDOW: i64 = 65_000;
/// Ticks that one irregular value is taken to cover.
const IRREGULAR_STEP: i64 = 64;

/// What stands in place of the credentials.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Key,
    Password,
    Token,
}

/// The samples of the channel; `None` where the request cannot be written down.
pub(super) fn text(api: &Hexoskin, language: Language, ask: &Ask<'_>) -> Option<String> {
    let stream = ask.one_stream().ok()?;
    let (record, datatype) = place(&stream.id).ok()?;
    let sign = match api.auth()? {
        Credentials::OAuth2(_) => Sign::Token,
        Credentials::User { .. } if api.signer.has_key_pair() => Sign::Key,
        Credentials::User { .. } => Sign::Password,
        Credentials::OAuth1 { .. } => return None,
    };
    if language == Language::JavaScript {
        return Some(javascript(api, sign, &record, datatype, ask));
    }
    let span = Span::of(&api.resource_from_uri(&record).ok()?).ok()?;
    let start = span.ticks.at_or_after(ask.range.start).max(span.start);
    let end = span.ticks.at_or_after(ask.range.end).min(span.after().unwrap_or(i64::MAX));
    let step = channel_rate(stream)
        .map_or(IRREGULAR_STEP, |rate| (span.ticks.per_second() as f64 / rate).round().max(1.0) as i64);
    let url = api.base.url(&format!("{}data/", api.base.root));
    Some(match language {
        Language::Python => python(&url, sign, &span, datatype, (start, end), WINDOW * step),
        _ => curl(&url, sign, &span, datatype, (start, end)),
    })
}

fn javascript(api: &Hexoskin, sign: Sign, record: &str, datatype: i64, ask: &Ask<'_>) -> String {
    let auth = match sign {
        Sign::Key => {
            "key: \"YOUR API KEY\",\n  secret: \"YOUR API SECRET\",\n  auth: \"YOUR USER:YOUR PASSWORD\""
        }
        Sign::Password => "auth: \"YOUR USER:YOUR PASSWORD\"",
        Sign::Token => "auth: { accessToken: \"YOUR ACCESS TOKEN\" }",
    };
    let (url, behind) = api.base.configured();
    let behind = behind.map(|server| format!("  serverUrl: {},\n", string(&server))).unwrap_or_default();
    format!(
        "import {{ init, Hexoskin }} from \"streamscope/hexoskin\";\n\nawait init();\nconst api = new Hexoskin({{\n  \
         url: {},\n{behind}  {auth},\n}});\nconst table = await api.samples({{\n  of: {},\n  datatype: {datatype},\n  \
         startTime: {}n,\n  endTime: {}n,\n}}).toTable();\n",
        string(&url),
        string(record),
        ask.range.start,
        ask.range.end,
    )
}

/// Window by window, since the server leaves samples out of longer ones. It answers few requests a second, to this page's
/// too, so that a refused one is sent again a second later.
fn python(
    url: &str,
    sign: Sign,
    span: &Span,
    datatype: i64,
    (start, end): (i64, i64),
    window: i64,
) -> String {
    let (class, auth) = match sign {
        Sign::Password => ("", "session.auth = (\"YOUR USER\", \"YOUR PASSWORD\")\n"),
        Sign::Token => ("", "session.headers[\"Authorization\"] = \"Bearer YOUR ACCESS TOKEN\"\n"),
        Sign::Key => (
            "\n\nclass Signed(requests.auth.HTTPBasicAuth):\n    \
             def __call__(self, request):\n        stamp = str(int(time.time()))\n        \
             text = \"YOUR API SECRET\" + stamp + request.url\n        \
             request.headers[\"X-HEXOTIMESTAMP\"] = stamp\n        \
             request.headers[\"X-HEXOAPIKEY\"] = \"YOUR API KEY\"\n        \
             request.headers[\"X-HEXOAPISIGNATURE\"] = hashlib.sha1(text.encode()).hexdigest()\n        \
             return super().__call__(request)\n\n",
            "session.auth = Signed(\"YOUR USER\", \"YOUR PASSWORD\")\n",
        ),
    };
    let asked = format!(
        "{{{}: {}, \"datatype\": {datatype}, \"start\": start, \"end\": last, \"flat\": 1}}",
        string(&span.kind),
        string(&span.id),
    );
    let imports = if sign == Sign::Key { "import hashlib\n" } else { "" };
    format!(
        "{imports}import time\n\nimport requests\n{class}\nsession = requests.Session()\n{auth}rows, start, end = [], {start}, {end}\nwhile start < end:\n    \
         last = min(start + {window}, end)\n    answer = session.get({}, params={asked})\n    \
         if answer.status_code == 429:\n        time.sleep(1)\n        continue\n    \
         answer.raise_for_status()\n    rows += [row for row in answer.json() if start <= row[0] < last]\n    \
         start = last\n",
        string(url),
    )
}

/// The binary file, of which the server leaves nothing out.
fn curl(url: &str, sign: Sign, span: &Span, datatype: i64, (start, end): (i64, i64)) -> String {
    let auth = match sign {
        Sign::Token => "--header 'Authorization: Bearer YOUR ACCESS TOKEN'",
        // A signature holds the time and the whole URL, which curl cannot write.
        Sign::Key | Sign::Password => "--user 'YOUR USER:YOUR PASSWORD'",
    };
    let whose = shell(&format!("{}={}", span.kind, span.id));
    format!(
        "curl --fail --retry 3 --get {} \\\n  {auth} \\\n  --header 'Accept: application/octet-stream' \\\n  --data-urlencode {whose} \
         \\\n  --data-urlencode 'datatype={datatype}' \\\n  --data-urlencode 'start={start}' \\\n  \
         --data-urlencode 'end={end}' \\\n  --output samples.bin\n",
        shell(url),
    )
}
