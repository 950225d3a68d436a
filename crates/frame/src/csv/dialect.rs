//! How a file is written, as far as somebody says so.

use crate::TimeSpelling;

/// How a CSV file is written. What is `None` is found from the file's first bytes and rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Dialect {
    /// What stands between two cells.
    pub separator: Option<Separator>,
    /// What stands before the decimals of a number.
    pub decimal: Option<Decimal>,
    /// Lines before the header that are not looked at, blank ones counted. `None`: what does not look like the table
    /// that follows is skipped.
    pub skip_lines: Option<u32>,
    /// The words that stand for null, in columns of every type. `None`: the usual ones, in columns of numbers, times and
    /// truth values.
    pub nulls: Option<Vec<String>>,
    /// How times are written. `None`: as their values show, where they leave no doubt.
    pub time_format: Option<TimeSpelling>,
    /// The name of the column of times. `None`: as names and values show.
    pub time_column: Option<String>,
}

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub enum Separator {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "\t")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Pipe,
}

impl Separator {
    /// All, in the order in which they are preferred: a comma is more often part of a text or a number than others.
    pub(super) const ALL: [Self; 4] = [Self::Tab, Self::Semicolon, Self::Pipe, Self::Comma];

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub enum Decimal {
    /// `.`
    #[serde(rename = ".")]
    Point,
    /// `,`
    #[serde(rename = ",")]
    Comma,
}
