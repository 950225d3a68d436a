//! Makes files, field by field.

/// A signal of a file to be made.
#[derive(Clone)]
pub(crate) struct Signal {
    pub(crate) label: &'static str,
    pub(crate) physical: (&'static str, &'static str),
    pub(crate) digital: (&'static str, &'static str),
    /// Samples in a record.
    pub(crate) samples: usize,
}

impl Signal {
    pub(crate) fn new(label: &'static str, samples: usize) -> Self {
        Self { label, physical: ("-100", "100"), digital: ("-1000", "1000"), samples }
    }
}

/// A file to be made. Sample number `n` of a signal is `n % 2001 - 1000`, as a raw value.
#[derive(Clone)]
pub(crate) struct Maker {
    pub(crate) is_bdf: bool,
    /// "EDF+C", "EDF+D" or nothing.
    pub(crate) reserved: &'static str,
    pub(crate) recording: &'static str,
    pub(crate) date: &'static str,
    pub(crate) time: &'static str,
    pub(crate) duration: &'static str,
    /// The records that the header names.
    pub(crate) named: &'static str,
    pub(crate) signals: Vec<Signal>,
    /// For each record what its annotation signal holds; also how many records there are.
    pub(crate) notes: Vec<Vec<u8>>,
}

/// Samples of the annotation signal.
pub(crate) const NOTES: usize = 60;

impl Maker {
    /// A plain file of so many records.
    pub(crate) fn plain(records: usize, signals: Vec<Signal>) -> Self {
        Self {
            is_bdf: false,
            reserved: "",
            recording: "a night",
            date: "29.11.26",
            time: "23.59.58",
            duration: "1",
            named: "-1",
            signals,
            notes: vec![Vec::new(); records],
        }
    }

    /// EDF+D with records that begin at these seconds.
    pub(crate) fn gaps(starts: &[&str], signals: Vec<Signal>) -> Self {
        let mut made = Self::plain(0, signals);
        made.reserved = "EDF+D";
        made.recording = "Startdate 29-NOV-2026 X X X";
        made.notes = starts.iter().map(|start| format!("+{start}\x14\x14\0").into_bytes()).collect();
        made.signals.push(Signal::new("EDF Annotations", NOTES));
        made
    }

    /// The bytes of the file.
    pub(crate) fn make(&self) -> Vec<u8> {
        let signals = &self.signals;
        let mut bytes = Vec::new();
        if self.is_bdf {
            bytes.push(0xFF);
            put(&mut bytes, "BIOSEMI", 7);
        } else {
            put(&mut bytes, "0", 8);
        }
        put(&mut bytes, "X", 80);
        put(&mut bytes, self.recording, 80);
        put(&mut bytes, self.date, 8);
        put(&mut bytes, self.time, 8);
        put(&mut bytes, &((signals.len() + 1) * 256).to_string(), 8);
        put(&mut bytes, self.reserved, 44);
        put(&mut bytes, self.named, 8);
        put(&mut bytes, self.duration, 8);
        put(&mut bytes, &signals.len().to_string(), 4);
        signals.iter().for_each(|signal| put(&mut bytes, signal.label, 16));
        signals.iter().for_each(|_| put(&mut bytes, "electrode", 80));
        signals.iter().for_each(|_| put(&mut bytes, "uV", 8));
        signals.iter().for_each(|signal| put(&mut bytes, signal.physical.0, 8));
        signals.iter().for_each(|signal| put(&mut bytes, signal.physical.1, 8));
        signals.iter().for_each(|signal| put(&mut bytes, signal.digital.0, 8));
        signals.iter().for_each(|signal| put(&mut bytes, signal.digital.1, 8));
        signals.iter().for_each(|_| put(&mut bytes, "HP:0.1Hz", 80));
        signals.iter().for_each(|signal| put(&mut bytes, &signal.samples.to_string(), 8));
        signals.iter().for_each(|_| put(&mut bytes, "", 32));
        let width = if self.is_bdf { 3 } else { 2 };
        for (record, notes) in self.notes.iter().enumerate() {
            for signal in signals {
                if signal.label.ends_with("Annotations") {
                    let mut filled = notes.clone();
                    filled.resize(signal.samples * width, 0);
                    bytes.extend(filled);
                    continue;
                }
                for within in 0..signal.samples {
                    let value = raw(record * signal.samples + within);
                    bytes.extend(&value.to_le_bytes()[..width]);
                }
            }
        }
        bytes
    }
}

/// The raw value of a sample.
pub(crate) fn raw(sample: usize) -> i32 {
    (sample % 2001) as i32 - 1000
}

fn put(bytes: &mut Vec<u8>, text: &str, width: usize) {
    assert!(text.len() <= width, "{text}");
    bytes.extend(format!("{text:width$}").into_bytes());
}
