//! What a server says, as an input spells it.

use std::rc::Rc;

use streamscope_client::registry::{Chosen, Connected, Connector, Entry, connectors};
use streamscope_client::{Canned, Error, MemoryDisk, MemoryTransport, Step, TransportError};

use crate::input::Input;

/// What stands before each answer but the first.
const BETWEEN: &str = "\n=== ";
/// Requests that are answered at all: whoever asks more often asks without end.
const MOST_REQUESTS: usize = 400;

/// A secret with everything in it that is escaped somewhere.
pub(crate) const SECRET: &str = r#"S3cr/t+of"the\tok&n="#;

/// A transport on which a server gives the answers of an input, one after the other, then none any more. An answer is a
/// line with its status, lines of headers, an empty line, and the body, in pieces as the input cuts them.
pub(crate) fn server(input: &Input<'_>) -> MemoryTransport {
    let mut answers = answers(input).into_iter();
    let mut requests = 0;
    MemoryTransport::new(move |_| {
        requests += 1;
        assert!(requests <= MOST_REQUESTS, "a server is asked without end");
        answers.next().unwrap_or_else(|| Canned {
            head: Err(TransportError::permanent("no answer is left")),
            ..Canned::failure("")
        })
    })
}

fn answers(input: &Input<'_>) -> Vec<Canned> {
    let mut rest = input.body;
    let mut answers = Vec::new();
    while !rest.is_empty() {
        let end = find(rest, BETWEEN.as_bytes());
        let (answer, after) = rest.split_at(end.unwrap_or(rest.len()));
        answers.push(canned(answer, input));
        rest = after.get(BETWEEN.len()..).unwrap_or_default();
    }
    answers
}

fn canned(answer: &[u8], input: &Input<'_>) -> Canned {
    let head_end = find(answer, b"\n\n");
    let (head, body) = answer.split_at(head_end.unwrap_or(answer.len()));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(200);
    let body = Input { body: body.get(2..).unwrap_or_default(), ..*input };
    let pieces = body.pieces().into_iter().map(|piece| Step::Bytes(piece.to_vec())).collect();
    let answer = Canned::new(status, "").steps(pieces);
    lines
        .filter_map(|line| line.split_once(':'))
        .fold(answer, |answer, (name, value)| answer.header(name.trim(), value.trim()))
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

/// The connector of a platform.
pub(crate) fn connector(platform: &str) -> Rc<dyn Connector> {
    let known = connectors().into_iter().find(|connector| connector.platform().id == platform);
    known.expect("the platform is in the registry")
}

/// A connection with every secret the same.
pub(crate) fn connect(connector: &dyn Connector, transport: &MemoryTransport) -> Connected {
    let way = connector.ways().first().expect("there is a way to sign in");
    let fill = |id: &str| match id {
        id if id.contains("url") => format!("https://{id}.example"),
        "domain" => "plant.example".into(),
        id => id.into(),
    };
    let text = |field: &streamscope_client::registry::FormField| match field.secret {
        true => SECRET.to_string(),
        false => fill(field.id),
    };
    let values = way.fields.iter().map(|field| (field.id.to_string(), text(field))).collect();
    let file = |_| Chosen(Rc::new(MemoryDisk::new("table.csv", Vec::new())));
    let files = way.fields.iter().filter(|field| field.files).map(file).collect();
    let entry = Entry { way: way.id.into(), values, files };
    let connected = connector.connect(&entry, Rc::new(transport.clone()));
    connected.unwrap_or_else(|error| panic!("the entry is whole: {error}"))
}

/// Holds an error to its promise: nothing in it is a secret, or the telling beginning of one.
pub(crate) fn assert_clean(error: &Error) {
    let said = format!("{error} {error:?}").to_lowercase();
    let telling = SECRET[..8].to_lowercase();
    assert!(!said.contains(&telling), "an error holds a secret: {error:?}");
}
