//! What an input is taken apart into.

/// An input: two bytes of choices, then the foreign bytes.
pub(crate) struct Input<'a> {
    /// What the target chooses by it, from 0 to 255.
    pub(crate) choice: u8,
    pub(crate) cut: u8,
    /// The foreign bytes.
    pub(crate) body: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn of(data: &'a [u8]) -> Self {
        match data {
            [choice, cut, body @ ..] => Self { choice: *choice, cut: *cut, body },
            _ => Self { choice: 0, cut: 0, body: &[] },
        }
    }

    /// One bit of the choice.
    pub(crate) fn bit(&self, bit: u8) -> bool {
        self.choice >> bit & 1 == 1
    }

    /// The foreign bytes as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }

    /// The foreign bytes in pieces of lengths that the input chooses: all of one byte, or of up to 2, 4, … 256 bytes.
    pub(crate) fn pieces(&self) -> Vec<&'a [u8]> {
        let mut random = u32::from(self.cut);
        let mut rest = self.body;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let length =
                if self.cut < 16 { 1 } else { (random >> 16) as usize % (1 << (self.cut % 8 + 1)) + 1 };
            let (piece, after) = rest.split_at(length.min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}
