//! Foreign text in the fields of a header, which hold so many ASCII characters.

/// What letters of units and names become. µ is left to the header.
const SPELLED: [(char, &str); 12] = [
    ('°', "deg"),
    ('²', "2"),
    ('³', "3"),
    ('Ω', "Ohm"),
    ('Ω', "Ohm"),
    ('·', "."),
    ('–', "-"),
    ('−', "-"),
    ('ä', "ae"),
    ('ö', "oe"),
    ('ü', "ue"),
    ('ß', "ss"),
];

/// A text in ASCII and the micro sign, of so many characters at most.
pub(super) fn ascii(text: &str, most: usize) -> String {
    let mut spelled = String::new();
    for letter in text.trim().chars() {
        match SPELLED.iter().find(|(known, _)| *known == letter) {
            Some((_, words)) => spelled.push_str(words),
            None if (' '..='~').contains(&letter) || letter == 'µ' || letter == 'μ' => spelled.push(letter),
            None if letter.is_control() => spelled.push(' '),
            None => spelled.push('?'),
        }
    }
    spelled.chars().take(most).collect::<String>().trim_end().into()
}

/// The text of an annotation: no control characters, and so many bytes at most.
pub(super) fn note(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let clean = clean.trim();
    if clean.len() <= most {
        return clean.into();
    }
    // Room for the dots.
    let end = (0..=most - 3).rev().find(|end| clean.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", clean.get(..end).unwrap_or_default())
}
