//! The keys of the tracks, and what they do.

/// What a key does; `None` for keys that are not ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Action {
    /// Pan by a share of the window.
    Pan(f64),
    /// Make the window so many times as long.
    Zoom(f64),
    /// Move the cursor by samples.
    Step(i64),
    /// Move the cursor to the next (1) or previous (-1) event.
    Event(i64),
    /// Change the event at the cursor.
    Edit,
    /// Show or hide the spectra.
    Spectrum,
    /// To the next (1) or previous (-1) subject.
    Subject(isize),
    /// To the first sample.
    First,
    /// To the last sample.
    Last,
    /// Show all data.
    Fit,
    /// Put a measuring cursor here.
    Mark,
    /// Take cursors away.
    Clear,
    /// Show or hide the list of keys.
    Help,
}

/// The keys and what they do, as the list shows them.
pub const KEYS: [(&str, &str); 13] = [
    ("← →", "pan; with Shift by a whole window"),
    ("+ −", "zoom at the cursor"),
    ("[ ]", "step the cursor by one sample"),
    ("n N", "go to the next or previous event"),
    ("e", "change the event at the cursor, where the platform takes changes"),
    ("> <", "go to the next or previous subject, with the same view"),
    ("Home End", "go to the first or last sample"),
    ("0", "fit all data"),
    ("m", "measure from here; once more ends it"),
    ("s", "show or hide the spectra of what is in view or measured"),
    ("Esc", "take the cursors away"),
    ("Shift + drag", "zoom to a stretch"),
    ("?", "show or hide this list"),
];

/// The action of a key.
pub fn action(key: &str, shift: bool) -> Option<Action> {
    let step = if shift { 1.0 } else { 0.15 };
    Some(match key {
        "ArrowLeft" => Action::Pan(-step),
        "ArrowRight" => Action::Pan(step),
        "+" | "=" => Action::Zoom(0.5),
        "-" | "_" => Action::Zoom(2.0),
        "[" => Action::Step(-1),
        "]" => Action::Step(1),
        "n" => Action::Event(1),
        "N" => Action::Event(-1),
        "e" => Action::Edit,
        ">" => Action::Subject(1),
        "<" => Action::Subject(-1),
        "Home" => Action::First,
        "End" => Action::Last,
        "0" => Action::Fit,
        "m" => Action::Mark,
        "s" => Action::Spectrum,
        "Escape" => Action::Clear,
        "?" => Action::Help,
        _ => return None,
    })
}
