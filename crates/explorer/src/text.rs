//! Foreign text on the page: names, units and labels as a server sent them, whatever they hold.

use streamscope_frame::is_formula;

/// A piece of foreign text as part of a line: cut after so many letters, without control characters, and closed in
/// itself, so that marks of direction inside turn nothing around that comes after it. What is cut off belongs at hand,
/// as the element's title. Plain text stays as it is.
pub fn in_line(text: &str, letters: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(letters * 4));
    let mut open = Vec::new();
    let mut turns = false;
    let mut rest = text.trim().chars();
    for letter in rest.by_ref().take(letters) {
        turns |= may_turn(letter);
        match letter {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push(POP_EMBEDDING),
            '\u{2066}'..='\u{2068}' => open.push(POP_ISOLATE),
            // Without something of ours to close, they would close what stands around the text.
            POP_EMBEDDING if open.last() != Some(&POP_EMBEDDING) => continue,
            POP_ISOLATE if !open.contains(&POP_ISOLATE) => continue,
            POP_EMBEDDING => drop(open.pop()),
            POP_ISOLATE => while open.pop() == Some(POP_EMBEDDING) {},
            _ => {}
        }
        kept.push(visible(letter));
    }
    if rest.next().is_some() {
        kept.push('…');
    }
    if !turns {
        return kept;
    }
    let closed = open.iter().rev().fold(kept, |kept, close| kept + close.encode_utf8(&mut [0; 4]));
    format!("{FIRST_STRONG_ISOLATE}{closed}{POP_ISOLATE}")
}

/// A text as a cell of a CSV file for people. One that a spreadsheet would run as a formula, and that is no number, gets a `'` before it.
pub fn csv_cell(text: &str) -> String {
    let guard = if is_formula(text) && text.parse::<f64>().is_err() { "'" } else { "" };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{guard}{}\"", text.replace('"', "\"\"")),
        false => format!("{guard}{text}"),
    }
}

/// Ends an embedding or an override.
const POP_EMBEDDING: char = '\u{202c}';
/// Ends an isolate.
const POP_ISOLATE: char = '\u{2069}';
/// Begins a stretch whose direction its own first letter decides, and which touches nothing around it.
const FIRST_STRONG_ISOLATE: char = '\u{2068}';

/// A control character as the sign for it.
fn visible(letter: char) -> char {
    match letter {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
        letter => letter,
    }
}

/// Letters of scripts that run from right to left, and marks of direction.
fn may_turn(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["Heart rate", "µV²/Hz", "Größe 😀", ""] {
            assert_eq!(in_line(text, 80), text);
        }
    }

    #[test]
    fn cells_are_quoted_and_run_nothing() {
        for (text, cell) in [
            ("Heart rate", "Heart rate"),
            ("a, \"b\"", "\"a, \"\"b\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-12.5", "-12.5"),
            ("@SUM(1,2)", "\"'@SUM(1,2)\""),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
    }

    #[test]
    fn long_text_is_cut_and_control_characters_are_shown() {
        assert_eq!(in_line(&"n".repeat(10_000), 5), "nnnnn…");
        assert_eq!(in_line("12345", 5), "12345");
        assert_eq!(in_line(" one\ntwo\0\u{7f}\u{9b} ", 80), "one two␀␡\u{fffd}");
    }

    #[test]
    fn what_is_open_is_closed_inside_its_own_isolate() {
        assert_eq!(in_line("a\u{202e}b", 80), "\u{2068}a\u{202e}b\u{202c}\u{2069}");
        assert_eq!(in_line("\u{2067}\u{202b}x", 80), "\u{2068}\u{2067}\u{202b}x\u{202c}\u{2069}\u{2069}");
        // Closing marks of its own cannot end the isolate around it.
        assert_eq!(in_line("\u{2069}\u{202c}\u{202e}x", 80), "\u{2068}\u{202e}x\u{202c}\u{2069}");
        assert_eq!(in_line("\u{2066}\u{202e}x\u{2069}y", 80), "\u{2068}\u{2066}\u{202e}x\u{2069}y\u{2069}");
        // The cut leaves nothing open either.
        assert_eq!(in_line("\u{202e}abc", 2), "\u{2068}\u{202e}a…\u{202c}\u{2069}");
    }
}
