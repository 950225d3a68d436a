//! The ways in which times are written.

use crate::TimeFormat;

/// How times are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeSpelling {
    /// Seconds since the Unix epoch, with or without a fraction.
    Unix,
    /// Milliseconds since the Unix epoch.
    UnixMs,
    /// Microseconds since the Unix epoch.
    UnixUs,
    /// Nanoseconds since the Unix epoch.
    UnixNs,
    /// A date, or date and time, year first: ISO-8601 and what programs write in its place.
    Iso,
    /// Day, month, year: `02.11.2023 08:15`.
    Dmy,
    /// Month, day, year: `11/02/2023 08:15`.
    Mdy,
    /// No column holds times: numbers stay numbers, text stays text.
    None,
}

impl TimeSpelling {
    /// Decimal places from a count of these units to nanoseconds; `None` for dates.
    pub(crate) fn places(self) -> Option<u8> {
        match self {
            Self::Unix => Some(9),
            Self::UnixMs => Some(6),
            Self::UnixUs => Some(3),
            Self::UnixNs => Some(0),
            _ => None,
        }
    }
}

impl From<TimeFormat> for TimeSpelling {
    fn from(format: TimeFormat) -> Self {
        match format {
            TimeFormat::Unix => Self::Unix,
            TimeFormat::UnixNs => Self::UnixNs,
            TimeFormat::Iso => Self::Iso,
        }
    }
}
