//! Search and facets over a subject's streams. A facet counts what it would leave, given the search and the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use streamscope_client::{Facet, FacetOf, StreamInfo, Subject};

/// A stream's value of a facet; empty where it has none.
fn value(facet: Facet, stream: &StreamInfo) -> &str {
    match facet.of {
        FacetOf::Device => stream.device_id.as_deref(),
        FacetOf::Label(name) => stream.labels.get(name).map(String::as_str),
        FacetOf::Algorithm => Some(stream.algorithm.as_str()),
        FacetOf::StreamType => Some(stream.stream_type.as_str()),
    }
    .unwrap_or_default()
}

/// A stream, and all text in which it is found: made once, for a subject may have thousands of streams and every letter
/// that is typed looks through them.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The stream.
    pub stream: Arc<StreamInfo>,
    /// In lower case, one line a piece.
    text: String,
}

impl Entry {
    /// The entry of a stream. The subject knows the names of its devices.
    pub fn new(stream: &StreamInfo, subject: Option<&Subject>) -> Self {
        let device = device_name(stream, subject);
        let dimensions = stream.dimensions.iter().flat_map(|one| [&one.id, &one.quantity, &one.unit]);
        let texts = [&stream.name, &stream.id, &stream.stream_type, &stream.algorithm, &stream.description];
        let texts = texts.into_iter().chain(stream.labels.values()).chain(dimensions).chain([&device]);
        let text = texts.map(String::as_str).collect::<Vec<_>>().join("\n").to_lowercase();
        Self { stream: Arc::new(stream.clone()), text }
    }
}

/// In which entries all words occur.
pub fn found(entries: &[Entry], words: &str) -> Vec<bool> {
    let words = words.to_lowercase();
    let words: Vec<_> = words.split_whitespace().collect();
    entries.iter().map(|entry| words.iter().all(|word| entry.text.contains(word))).collect()
}

/// What the person looks for among streams.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamSearch {
    /// Words; all must occur somewhere in a stream.
    pub words: String,
    /// The facets of which a value is chosen, each with it.
    pub chosen: Vec<(Facet, String)>,
}

impl StreamSearch {
    /// Whether it leaves everything.
    pub fn is_empty(&self) -> bool {
        self.words.trim().is_empty() && self.chosen.is_empty()
    }

    /// The streams that it leaves, of those that were [`found`].
    pub fn left(&self, entries: &[Entry], found: &[bool]) -> Vec<Arc<StreamInfo>> {
        let found = entries.iter().zip(found).filter(|(_, found)| **found).map(|(entry, _)| &entry.stream);
        found.filter(|stream| self.leaves(stream, None)).cloned().collect()
    }

    /// The values of a facet among the streams, each with how many it would leave. The chosen one is always there.
    pub fn options(&self, facet: Facet, entries: &[Entry], found: &[bool]) -> Vec<(String, usize)> {
        let mut counts = BTreeMap::<String, usize>::new();
        for (Entry { stream, .. }, found) in entries.iter().zip(found) {
            let counted = *found && self.leaves(stream, Some(facet));
            let value = value(facet, stream);
            match counts.get_mut(value) {
                Some(count) => *count += usize::from(counted),
                None => _ = counts.insert(value.to_string(), usize::from(counted)),
            }
        }
        counts.remove("");
        counts.into_iter().filter(|(value, count)| *count > 0 || self.chosen(facet) == Some(value)).collect()
    }

    /// The value chosen of a facet.
    pub fn chosen(&self, facet: Facet) -> Option<&String> {
        self.chosen.iter().find(|(one, _)| *one == facet).map(|(_, value)| value)
    }

    /// Chooses a value of a facet, or none.
    pub fn choose(&mut self, facet: Facet, value: Option<String>) {
        self.chosen.retain(|(one, _)| *one != facet);
        self.chosen.extend(value.map(|value| (facet, value)));
    }

    /// Whether the chosen values leave a stream; those of one facet are not looked at.
    fn leaves(&self, stream: &StreamInfo, but: Option<Facet>) -> bool {
        let looked_at = self.chosen.iter().filter(|(facet, _)| Some(*facet) != but);
        looked_at.into_iter().all(|(facet, chosen)| value(*facet, stream) == chosen)
    }
}

/// The name of the device a stream comes from, else its id, else nothing.
pub fn device_name(stream: &StreamInfo, subject: Option<&Subject>) -> String {
    let Some(id) = &stream.device_id else { return String::new() };
    let known = subject.and_then(|subject| subject.devices.iter().find(|device| &device.id == id));
    known.map(|device| device.name.clone()).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone())
}

#[cfg(test)]
mod tests {
    use streamscope_client::Device;

    use super::*;

    const DEVICE: Facet = Facet { label: "Device", of: FacetOf::Device };
    const CATEGORY: Facet = Facet { label: "Category", of: FacetOf::Label("category") };
    const MEASUREMENT: Facet = Facet { label: "Measurement", of: FacetOf::Label("measurement") };

    fn stream(id: &str, device: &str, category: &str) -> StreamInfo {
        StreamInfo {
            id: id.into(),
            subject_id: "p".into(),
            device_id: Some(device.into()),
            name: format!("Name of {id}"),
            stream_type: "probability".into(),
            description: String::new(),
            algorithm: format!("{category}-maker.0"),
            dimensions: Vec::new(),
            labels: [("category".to_string(), category.to_string())].into(),
            extent: Default::default(),
        }
    }

    fn subject() -> Subject {
        let device = Device { id: "d1".into(), name: "Left Watch".into(), kind: "watch".into() };
        Subject { id: "p".into(), name: "P".into(), parent: None, has_inner: false, devices: vec![device] }
    }

    #[test]
    fn every_word_must_occur_somewhere() {
        let entries = [Entry::new(&stream("tremor", "d1", "symptom"), Some(&subject()))];
        let finds = |search: &str| found(&entries, search) == [true];
        assert!(finds("") && finds("TREMOR") && finds("symptom watch") && finds("left prob"));
        assert!(!finds("tremor implant"));
    }

    #[test]
    fn a_facet_counts_what_it_would_leave_given_the_others() {
        let streams = [stream("a", "d1", "neural"), stream("b", "d1", "vital"), stream("c", "d2", "vital")];
        let entries = streams.map(|stream| Entry::new(&stream, None));
        let mut search = StreamSearch::default();
        let found = found(&entries, "");
        search.choose(DEVICE, Some("d1".into()));
        let options = search.options(DEVICE, &entries, &found);
        assert_eq!(options, [("d1".to_string(), 2), ("d2".to_string(), 1)]);
        search.choose(CATEGORY, Some("neural".into()));
        assert_eq!(search.options(DEVICE, &entries, &found), [("d1".to_string(), 1)]);
        let left = search.left(&entries, &found);
        assert_eq!(left.iter().map(|stream| stream.id.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(search.options(MEASUREMENT, &entries, &found), []);
    }
}
