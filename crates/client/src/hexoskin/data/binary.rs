//! Binary data: every sample, as raw counts, file by file and as they arrive.

use streamscope_frame::{PairsParser, TimedValues, WavHeader, WavParser};

use super::unpack::{Files, Piece};
use super::{Datatype, Format};
use crate::hexoskin::Hexoskin;
use crate::hexoskin::filters::Filters;
use crate::{Error, Result};

/// Some samples of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryFile {
    /// The file's path in the zip ("record_37700/ECG_I.wav"); empty where the answer is the file itself.
    pub name: String,
    /// The samples that came, after those before.
    pub counts: Counts,
}

/// Raw counts of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Counts {
    /// Samples at one rate, without times.
    Regular {
        /// What the file says of them.
        header: WavHeader,
        /// The counts.
        counts: Vec<i32>,
    },
    /// Values with times of their own, ticks from the start of the record.
    Timed(TimedValues),
}

/// The files of an answer, under way. Dropping it stops the download.
pub struct BinaryRead {
    files: Files,
    datatypes: Vec<Datatype>,
    name: String,
    parser: Parser,
    /// The file's header was handed out.
    headed: bool,
    /// Why it ends after the samples that were handed out.
    failure: Option<Error>,
}

enum Parser {
    /// Between files, or before a file's first bytes, which tell what it is.
    Unknown(Vec<u8>),
    Wav(Box<WavParser>),
    Pairs(PairsParser),
    /// A file of another kind.
    Passed,
}

impl Hexoskin {
    /// Data as raw counts (`Accept: application/octet-stream`): never thinned. `seconds`, `flat` and `max_values` do
    /// nothing here.
    pub async fn data_binary(&self, filters: &Filters) -> Result<BinaryRead> {
        let ids = ["datatype", "datatype__in"].into_iter().filter_map(|name| filters.get(name));
        let ids: Vec<i64> =
            ids.flat_map(|ids| ids.split(',')).filter_map(|id| id.trim().parse().ok()).collect();
        let mut datatypes = Vec::with_capacity(ids.len());
        for id in ids {
            datatypes.push(self.datatype(id).await?);
        }
        self.read_binary(filters, datatypes).await
    }

    pub(super) async fn read_binary(
        &self,
        filters: &Filters,
        datatypes: Vec<Datatype>,
    ) -> Result<BinaryRead> {
        let files = Files::new(self.data_download(filters, Format::Binary).await?);
        let (name, parser) = (String::new(), Parser::Passed);
        Ok(BinaryRead { files, datatypes, name, parser, headed: false, failure: None })
    }
}

impl BinaryRead {
    /// The next samples; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<BinaryFile>> {
        loop {
            if let Some(error) = &self.failure {
                return Err(error.clone());
            }
            match self.files.next().await? {
                None => return Ok(None),
                Some(Piece::Begin(name)) => {
                    self.name = name;
                    self.parser = Parser::Unknown(Vec::new());
                    self.headed = false;
                }
                Some(Piece::Bytes(bytes)) => {
                    let pushed = self.push(&bytes);
                    // Samples before an error are good.
                    self.failure = pushed.err().map(|parse| self.files.refuse(parse));
                    if let Some(counts) = self.take() {
                        return Ok(Some(BinaryFile { name: self.name.clone(), counts }));
                    }
                }
                Some(Piece::End) => {
                    let finished = match &mut self.parser {
                        Parser::Wav(parser) => parser.finish(),
                        Parser::Pairs(parser) => parser.finish(),
                        Parser::Unknown(_) | Parser::Passed => Ok(()),
                    };
                    finished.map_err(|parse| self.files.refuse(parse))?;
                }
            }
        }
    }

    /// Bytes of the answer so far.
    pub fn bytes(&self) -> u64 {
        self.files.bytes
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), streamscope_frame::ParseError> {
        match &mut self.parser {
            Parser::Wav(parser) => parser.push(bytes),
            Parser::Pairs(parser) => parser.push(bytes),
            Parser::Passed => Ok(()),
            Parser::Unknown(head) => {
                head.extend_from_slice(bytes);
                if head.len() < 4 {
                    return Ok(());
                }
                let head = std::mem::take(head);
                self.parser = self.recognise(&head);
                self.push(&head)
            }
        }
    }

    /// What a file is: by its first bytes, or its name.
    fn recognise(&self, head: &[u8]) -> Parser {
        let name = self.name.to_ascii_lowercase();
        if head.starts_with(b"RIFF") || name.ends_with(".wav") {
            return Parser::Wav(Box::new(WavParser::new(self.is_signed())));
        }
        if name.is_empty() || name.ends_with(".hxd") {
            Parser::Pairs(PairsParser::default())
        } else {
            Parser::Passed
        }
    }

    /// Whether the counts of the file at hand have a sign: as its datatype says, which is the only one or has its name.
    fn is_signed(&self) -> bool {
        let file = self.name.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        let named = self.datatypes.iter().find(|datatype| datatype.name.eq_ignore_ascii_case(stem));
        let only = self.datatypes.first().filter(|_| self.datatypes.len() == 1);
        named.or(only).is_none_or(|datatype| datatype.signed)
    }

    fn take(&mut self) -> Option<Counts> {
        match &mut self.parser {
            Parser::Wav(parser) => {
                let (header, counts) = (parser.header()?, parser.take());
                let news = !counts.is_empty() || !std::mem::replace(&mut self.headed, true);
                self.headed = true;
                news.then_some(Counts::Regular { header, counts })
            }
            Parser::Pairs(parser) => {
                let rows = parser.take();
                (!rows.ticks.is_empty()).then_some(Counts::Timed(rows))
            }
            Parser::Unknown(_) | Parser::Passed => None,
        }
    }
}
