//! "Reproduce this": the request behind a view, as text for other tools. Pure, without credentials.

mod joule;
mod rune;

use streamscope_client::TimeRange;

use crate::state::{Access, View};

/// A language that a request is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Python, with the official client.
    #[default]
    Python,
    /// JavaScript, with the npm package.
    JavaScript,
    /// A shell command.
    Curl,
}

impl Language {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Python, Self::JavaScript, Self::Curl];

    /// The tab's label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Curl => "curl",
        }
    }
}

/// The rows, availability or daily aggregate of one stream over a range, in one language.
pub fn text(language: Language, access: &Access, view: View, stream_id: &str, range: TimeRange) -> String {
    match access {
        Access::Rune { graph_url, stream_url, credentials } => {
            let api = rune::Api { graph_url, stream_url, credentials: *credentials };
            api.text(language, view, stream_id, range)
        }
        Access::Joule { url } => joule::text(language, url, view, stream_id, range),
    }
}

#[cfg(test)]
mod tests {
    use streamscope_client::rune::AuthMethod;

    use super::*;

    const RANGE: TimeRange = TimeRange { start: 1_709_280_000_250_000_001, end: 1_709_366_400_000_000_000 };

    #[test]
    fn every_language_asks_for_the_same_range_and_holds_no_secret() {
        let rune = Access::Rune {
            graph_url: "https://graph.example.org".into(),
            stream_url: "https://stream.example.org".into(),
            credentials: AuthMethod::ClientKeys,
        };
        let joule = Access::Joule { url: "https://stream.example.org".into() };
        let (rune_range, joule_range) =
            (["1709280000250000001", "1709366400000000000"], ["1709280000250001", "1709366400000000"]);
        for (access, range, key) in
            [(rune, rune_range, "YOUR CLIENT KEY ID"), (joule, joule_range, "YOUR API KEY")]
        {
            for language in Language::ALL {
                let text = text(language, &access, View::Timeline, "/site/abc", RANGE);
                for part in ["/site/abc", range[0], range[1], "https://stream.example.org", key] {
                    assert!(text.contains(part), "{part} is missing in {text}");
                }
            }
        }
    }
}
