//! The query part of a URL.

/// Decoded parameters, in order.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Decodes what follows `?`. Parameters with an empty value count as not given.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes()).into_owned();
        Self { pairs: pairs.filter(|(_, value)| !value.is_empty()).collect() }
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All names and values, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of a parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A number that differs when anything but the parameters `except` differs. The order of names does not count.
    pub(crate) fn fingerprint(&self, path: &str, except: &[&str]) -> u64 {
        let mut pairs: Vec<_> =
            self.pairs.iter().filter(|(key, _)| !except.contains(&key.as_str())).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let texts = pairs.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
        fnv(std::iter::once(path).chain(texts))
    }
}

/// FNV-1a over texts, with their borders.
pub(crate) fn fnv<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    let bytes = texts.flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
