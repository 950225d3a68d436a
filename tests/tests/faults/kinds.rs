//! The faults, by the names that the tables give them.

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection breaks at a place of the body.
    Cut(Place),
    /// The body ends inside a row, with a length that matches.
    Short,
    Drops,
    Pause,
    /// No head comes.
    Silence,
    /// The body stops inside a row, and the connection stays.
    Stall,
    /// This status, with a `Retry-After`.
    Status(u16, Option<&'static str>),
    /// A web page in place of the data.
    Page,
    /// The right body under another content type.
    Typed,
    Malformed,
    /// A row with an earlier time in the place of another.
    Back,
    /// The answer before comes once more; where there is none, this one's rows come twice.
    Repeated,
    /// The body goes on for ever behind its rows.
    Endless,
    /// A page without rows that names another one.
    Empty,
    /// A head that declares gzip.
    Packed,
    Redirect,
    /// The network goes inside a row.
    Offline,
    /// The server's name leads nowhere any more.
    Nameless,
    /// The server gets half of the request's body, and no more.
    Upload(Midway),
}

/// What becomes of a request whose body is halfway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Midway {
    /// The connection breaks.
    Broken,
    /// Nothing happens any more.
    Stalled,
    /// An answer comes: a 503.
    Refused,
}

/// A place of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    InRow,
    Between,
    LastByte,
}

/// How often a fault comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Often {
    Times(usize),
    Always,
}

/// The rows of the tables.
pub(super) const FAULTS: [(&str, Fault, Often); 40] = {
    use Fault::*;
    use Often::*;
    const ONCE: Often = Times(1);
    [
        ("cut before the body", Cut(Place::Start), ONCE),
        ("cut inside a row", Cut(Place::InRow), ONCE),
        ("cut between rows", Cut(Place::Between), ONCE),
        ("cut before the last byte", Cut(Place::LastByte), ONCE),
        ("cut before the body, always", Cut(Place::Start), Always),
        ("cut inside a row, always", Cut(Place::InRow), Always),
        ("short, whole to HTTP", Short, ONCE),
        ("short, whole to HTTP, always", Short, Always),
        ("a byte at a time", Drops, Always),
        ("a pause in the body", Pause, Always),
        ("no answer", Silence, ONCE),
        ("no answer, always", Silence, Always),
        ("a stall in the body", Stall, ONCE),
        ("a stall in the body, always", Stall, Always),
        ("429", Status(429, None), ONCE),
        ("429, always", Status(429, None), Always),
        ("429, Retry-After 1 s", Status(429, Some("1")), ONCE),
        ("429, Retry-After an hour", Status(429, Some("3600")), ONCE),
        ("503", Status(503, None), ONCE),
        ("500, always", Status(500, None), Always),
        ("401", Status(401, None), ONCE),
        ("401, always", Status(401, None), Always),
        ("a web page", Page, Always),
        ("another content type", Typed, Always),
        ("a malformed row", Malformed, Always),
        ("a row that goes back", Back, Always),
        ("a repeated page", Repeated, Always),
        ("an endless body", Endless, Always),
        ("empty pages", Empty, Times(3)),
        ("endless paging", Empty, Always),
        ("gzip that is none", Packed, Always),
        ("a redirect", Redirect, Always),
        ("offline", Offline, Always),
        ("the name is gone", Nameless, Always),
        ("an upload is cut", Upload(Midway::Broken), ONCE),
        ("an upload is cut, always", Upload(Midway::Broken), Always),
        ("an upload stalls", Upload(Midway::Stalled), ONCE),
        ("an upload stalls, always", Upload(Midway::Stalled), Always),
        ("an upload is refused midway", Upload(Midway::Refused), ONCE),
        ("an upload is refused midway, always", Upload(Midway::Refused), Always),
    ]
};
