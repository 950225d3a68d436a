//! Where in an answer the parser stands, and what a token means there.

use super::BraincubeParser;
use super::answer::ReadColumn;
use super::cell::{name, slice, take_cell};
use super::column::{Cells, Kind};
use super::syntax::{Bracket, Token};
use crate::{ColumnType, ParseErrorKind};

/// Ids reported that nobody asked for.
const MOST_REPORTED: usize = 20;

/// What the next value is.
pub(super) enum Place {
    Start,
    Member { datadefs: bool },
    Columns,
    Column(Current, Member),
    Cells(Current),
}

#[derive(Clone, Copy)]
pub(super) enum Member {
    Id,
    Type,
    Data,
    Other,
}

/// A column whose object is open.
#[derive(Default)]
pub(super) struct Current {
    pub(super) id: Option<String>,
    kind: Option<String>,
    pub(super) cells: Option<Cells>,
    /// It has data, but nobody asked for it.
    dropped: bool,
}

impl BraincubeParser {
    /// Passes over the value whose bracket was just opened.
    fn skip(&mut self) {
        self.skipping = Some(self.syntax.depth() - 1);
    }

    pub(super) fn take(&mut self, token: Token, bytes: &[u8]) -> Result<(), ParseErrorKind> {
        let malformed = |words: &str| Err(ParseErrorKind::Malformed(words.into()));
        let place = std::mem::replace(&mut self.place, Place::Start);
        self.place = match (place, token) {
            // The syntax lets nothing else than an object begin.
            (Place::Start, _) => Place::Member { datadefs: false },
            (Place::Member { .. }, Token::Key(name)) => {
                Place::Member { datadefs: slice(bytes, name) == b"datadefs" }
            }
            (Place::Member { datadefs: true }, Token::Open(Bracket::Array)) => {
                self.found_columns = true;
                Place::Columns
            }
            (Place::Member { datadefs: true }, token) if !matches!(token, Token::Close) => {
                return malformed("`datadefs` is not a list");
            }
            (place @ Place::Member { .. }, token) => {
                if matches!(token, Token::Open(_)) {
                    self.skip();
                }
                place
            }
            (Place::Columns, Token::Open(Bracket::Object)) => {
                Place::Column(Current::default(), Member::Other)
            }
            (Place::Columns, Token::Close) => Place::Member { datadefs: false },
            (Place::Columns, _) => return malformed("`datadefs` holds something else than columns"),
            (Place::Column(current, _), Token::Close) => {
                self.end_column(current)?;
                Place::Columns
            }
            (Place::Column(current, member), token) => self.member(current, member, token, bytes)?,
            (Place::Cells(current), token) => self.cell(current, token, bytes)?,
        };
        Ok(())
    }

    fn member(
        &mut self,
        mut current: Current,
        member: Member,
        token: Token,
        bytes: &[u8],
    ) -> Result<Place, ParseErrorKind> {
        let refused = |name: &str| ParseErrorKind::Malformed(format!("`{name}` of a column cannot be read"));
        match (member, token) {
            (_, Token::Key(name)) => {
                let member = match slice(bytes, name) {
                    b"id" => Member::Id,
                    b"type" => Member::Type,
                    b"data" => Member::Data,
                    _ => Member::Other,
                };
                return Ok(Place::Column(current, member));
            }
            (Member::Id, Token::Text(span) | Token::Bare(span)) => {
                current.id = Some(name(bytes, span).ok_or_else(|| refused("id"))?);
            }
            (Member::Type, Token::Text(span)) => {
                current.kind = Some(name(bytes, span).ok_or_else(|| refused("type"))?);
            }
            (Member::Data, Token::Open(Bracket::Array)) => {
                self.begin_cells(&mut current)?;
                return Ok(Place::Cells(current));
            }
            (Member::Data, Token::Bare(span)) if slice(bytes, span) == b"null" => {}
            (Member::Data, _) => return Err(refused("data")),
            (Member::Id, Token::Open(_)) => return Err(refused("id")),
            (_, Token::Open(_)) => self.skip(),
            _ => {}
        }
        Ok(Place::Column(current, member))
    }

    /// Where a column stands among those asked for, by its id.
    fn wanted(&self, id: &str) -> Option<usize> {
        self.options.columns.iter().position(|column| number_of(&column.id) == number_of(id))
    }

    /// How a column's cells are read, once that is known.
    fn kind(&self, place: usize, wire_type: Option<&str>) -> Option<Kind> {
        let column = self.options.columns.get(place)?;
        let time = || Kind::Time { clock: self.options.clock.clone(), ordered: column.ordered };
        Some(match column.kind {
            Some(ColumnType::Float) => Kind::Float,
            Some(ColumnType::Time) => time(),
            Some(_) => Kind::Text,
            None => match wire_type?.to_ascii_uppercase().as_str() {
                "NUMERIC" | "NUMERICAL" => Kind::Number,
                "DATETIME" => time(),
                _ => Kind::Text,
            },
        })
    }

    fn begin_cells(&mut self, current: &mut Current) -> Result<(), ParseErrorKind> {
        if current.cells.is_some() || current.dropped {
            return Err(ParseErrorKind::Malformed("a column has `data` twice".into()));
        }
        // Where the id comes after the data, they are kept as text until then.
        let place = current.id.as_deref().map(|id| self.wanted(id));
        if place == Some(None) {
            current.dropped = true;
            return Ok(());
        }
        let kind = place.flatten().and_then(|place| self.kind(place, current.kind.as_deref()));
        current.cells = Some(Cells::new(&kind.unwrap_or(Kind::Text), self.rows.unwrap_or_default()));
        Ok(())
    }

    fn cell(&mut self, mut current: Current, token: Token, bytes: &[u8]) -> Result<Place, ParseErrorKind> {
        let rows = current.cells.as_ref().map(Cells::rows);
        if matches!(token, Token::Close) {
            let expected = rows.map(|rows| *self.rows.get_or_insert(rows));
            return match rows.zip(expected) {
                Some((rows, expected)) if rows < expected => Err(self.uneven(current, &rows.to_string())),
                _ => Ok(Place::Column(current, Member::Other)),
            };
        }
        if rows.is_some() && rows == self.rows {
            return Err(self.uneven(current, "more"));
        }
        if matches!(token, Token::Open(_)) {
            self.skip();
        }
        let taken = current.cells.as_mut().map_or(Ok(()), |cells| take_cell(cells, token, bytes));
        let place = Place::Cells(current);
        match taken {
            Ok(()) => Ok(place),
            Err(kind) => {
                // An error tells its column.
                self.place = place;
                Err(kind)
            }
        }
    }

    /// The refusal of a column that is not as long as the first.
    fn uneven(&mut self, current: Current, found: &str) -> ParseErrorKind {
        let expected = self.rows.unwrap_or_default();
        let id = current.id.as_deref().unwrap_or("a column");
        let words = format!("the first column has {expected} values, `{id}` has {found}");
        self.place = Place::Cells(current);
        ParseErrorKind::Malformed(words)
    }

    fn end_column(&mut self, current: Current) -> Result<(), ParseErrorKind> {
        let Some(id) = &current.id else {
            return Err(ParseErrorKind::Malformed("a column has no `id`".into()));
        };
        let Some(place) = self.wanted(id) else {
            if self.report.unexpected.len() < MOST_REPORTED {
                self.report.unexpected.push(id.clone());
            }
            return Ok(());
        };
        let Some(mut cells) = current.cells else { return Ok(()) };
        let wire_type = current.kind.unwrap_or_default();
        if let Some(kind) = self.kind(place, Some(&wire_type)).filter(|_| cells.is_text()) {
            cells = cells.reread(&kind)?;
        }
        if self.columns.get(place).is_some_and(Option::is_some) {
            return Err(ParseErrorKind::Header(format!("column `{id}` appears twice")));
        }
        self.report.reordered |= self.columns.iter().skip(place + 1).any(Option::is_some);
        if let Some(slot) = self.columns.get_mut(place) {
            *slot = Some(ReadColumn { cells, wire_type });
        }
        Ok(())
    }
}

/// The variable's own number in an id: what stands after `/d`, or all of a bare one.
fn number_of(id: &str) -> &str {
    id.rsplit_once("/d").map_or(id, |(_, number)| number)
}
