//! What columns hold, as a schema tells it.

use arrow_ipc::{self as ipc, Precision, Type};

use crate::ColumnType;

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Whole numbers of so many bytes.
    Int {
        width: u64,
        signed: bool,
    },
    /// Floats of so many bytes.
    Float {
        width: u64,
    },
    Bool,
    /// Text whose ends are numbers of so many bytes.
    Text {
        width: u64,
    },
    /// Keys of a dictionary.
    Dictionary {
        width: u64,
        signed: bool,
        id: i64,
        ends: u64,
    },
    /// A count of units since 1970, of so many ns each.
    Time {
        width: u64,
        unit: i64,
    },
    /// None of these: what it is called.
    Other(&'static str),
}

impl Kind {
    pub(super) fn of(field: &ipc::Field) -> Self {
        let kind = Self::plain(field);
        let Some(dictionary) = field.dictionary() else { return kind };
        // Keys are whole numbers of 32 bits where nobody says otherwise.
        let (width, signed) =
            dictionary.indexType().map_or((4, true), |keys| (keys.bitWidth() as u64 / 8, keys.is_signed()));
        match kind {
            Self::Text { width: ends } if matches!(width, 1 | 2 | 4 | 8) => {
                Self::Dictionary { width, signed, id: dictionary.id(), ends }
            }
            _ => Self::Other("a dictionary of other values than text"),
        }
    }

    fn plain(field: &ipc::Field) -> Self {
        match field.type_type() {
            Type::Int => match field.type_as_int().map(|int| (int.bitWidth(), int.is_signed())) {
                Some((bits @ (8 | 16 | 32 | 64), signed)) => Self::Int { width: bits as u64 / 8, signed },
                _ => Self::Other("whole numbers of an unknown width"),
            },
            Type::FloatingPoint => match field.type_as_floating_point().map(|float| float.precision()) {
                Some(Precision::HALF) => Self::Float { width: 2 },
                Some(Precision::SINGLE) => Self::Float { width: 4 },
                Some(Precision::DOUBLE) => Self::Float { width: 8 },
                _ => Self::Other("numbers of an unknown width"),
            },
            Type::Bool => Self::Bool,
            Type::Utf8 => Self::Text { width: 4 },
            Type::LargeUtf8 => Self::Text { width: 8 },
            Type::Timestamp => match field.type_as_timestamp().and_then(|time| unit_ns(time.unit())) {
                Some(unit) => Self::Time { width: 8, unit },
                None => Self::Other("times of an unknown unit"),
            },
            Type::Date => match field.type_as_date().map(|date| date.unit()) {
                Some(ipc::DateUnit::DAY) => Self::Time { width: 4, unit: 86_400_000_000_000 },
                Some(ipc::DateUnit::MILLISECOND) => Self::Time { width: 8, unit: 1_000_000 },
                _ => Self::Other("dates of an unknown unit"),
            },
            Type::Null => Self::Other("nothing"),
            Type::Binary | Type::LargeBinary | Type::BinaryView | Type::FixedSizeBinary => {
                Self::Other("bytes")
            }
            Type::Utf8View => Self::Other("views of text"),
            Type::Decimal => Self::Other("decimal numbers"),
            Type::Duration | Type::Interval | Type::Time => Self::Other("lengths of time"),
            Type::Struct_ | Type::Map | Type::Union => Self::Other("records"),
            _ => Self::Other("lists"),
        }
    }

    /// The type of column that it becomes; `None` where it is not read.
    pub(super) fn column(&self) -> Option<ColumnType> {
        Some(match self {
            Self::Int { width: 1, .. } | Self::Int { width: 2, signed: true } => ColumnType::Int16,
            Self::Int { width: 2, .. } | Self::Int { width: 4, signed: true } => ColumnType::Int32,
            Self::Int { .. } => ColumnType::Int,
            Self::Float { width: 8 } => ColumnType::Float,
            Self::Float { .. } => ColumnType::Float32,
            Self::Bool => ColumnType::Bool,
            Self::Text { .. } | Self::Dictionary { .. } => ColumnType::Text,
            Self::Time { .. } => ColumnType::Time,
            Self::Other(_) => return None,
        })
    }
}

fn unit_ns(unit: ipc::TimeUnit) -> Option<i64> {
    Some(match unit {
        ipc::TimeUnit::SECOND => 1_000_000_000,
        ipc::TimeUnit::MILLISECOND => 1_000_000,
        ipc::TimeUnit::MICROSECOND => 1_000,
        ipc::TimeUnit::NANOSECOND => 1,
        _ => return None,
    })
}

/// Nodes and buffers that a field takes in a batch, with the fields in it, and how many lists of views; `None` where
/// nobody knows.
pub(super) fn takes(field: &ipc::Field) -> Option<[usize; 3]> {
    if field.dictionary().is_some() {
        return Some([1, 2, 0]);
    }
    let own = match field.type_type() {
        Type::Null | Type::RunEndEncoded => [1, 0, 0],
        Type::Struct_ | Type::FixedSizeList => [1, 1, 0],
        Type::Utf8 | Type::LargeUtf8 | Type::Binary | Type::LargeBinary => [1, 3, 0],
        // Beside these, as many as the batch says.
        Type::Utf8View | Type::BinaryView => [1, 2, 1],
        Type::ListView | Type::LargeListView => [1, 3, 0],
        Type::Union => match field.type_as_union()?.mode() {
            ipc::UnionMode::Sparse => [1, 1, 0],
            _ => [1, 2, 0],
        },
        Type::NONE => return None,
        known if known.variant_name().is_some() => [1, 2, 0],
        _ => return None,
    };
    let children = field.children().into_iter().flatten();
    children.map(|child| takes(&child)).try_fold(own, |[a, b, c], inner| {
        let [d, e, f] = inner?;
        Some([a + d, b + e, c + f])
    })
}
