//! One comparison as it is typed, and what it means.

use streamscope_client::Filter;
use streamscope_client::filter::Value;
use streamscope_signal::TimeZone;

use super::names::{Kind, Names};
use crate::moment::{local_text, parse};
use crate::text::in_line;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Operator {
    #[default]
    Equals,
    Between,
    Less,
    LessEquals,
    Greater,
    GreaterEquals,
}

impl Operator {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Equals, Self::Between, Self::Less, Self::LessEquals, Self::Greater, Self::GreaterEquals];

    /// What stands between the stream and the value.
    pub fn words(self) -> &'static str {
        match self {
            Self::Equals => "is",
            Self::Between => "is between",
            Self::Less => "is less than",
            Self::LessEquals => "is at most",
            Self::Greater => "is greater than",
            Self::GreaterEquals => "is at least",
        }
    }

    /// Whether values of a kind are compared so: states have no order.
    pub fn fits(self, kind: Kind) -> bool {
        self == Self::Equals || kind != Kind::State
    }

    /// The operator of a comparison, with its values; `None` for a filter that is none.
    pub fn of(filter: &Filter) -> Option<(Self, &Value, Option<&Value>)> {
        Some(match filter {
            Filter::Equals(_, value) => (Self::Equals, value, None),
            Filter::Between(_, low, high) => (Self::Between, low, Some(high)),
            Filter::Less(_, value) => (Self::Less, value, None),
            Filter::LessEquals(_, value) => (Self::LessEquals, value, None),
            Filter::Greater(_, value) => (Self::Greater, value, None),
            Filter::GreaterEquals(_, value) => (Self::GreaterEquals, value, None),
            Filter::Not(_) | Filter::And(_) | Filter::Or(_) => return None,
        })
    }
}

/// A comparison as it is typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Condition {
    /// Name of the stream.
    pub stream: String,
    /// How its values are compared.
    pub operator: Operator,
    /// The value, or the lower of two.
    pub low: String,
    /// The upper of two.
    pub high: String,
    /// A stream that the catalogue does not list, by its id, with what it is compared with: a filter that somebody
    /// stored may look at one.
    unlisted: Option<(String, Kind)>,
}

/// A field of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The stream's name.
    Stream,
    /// The operator.
    Operator,
    /// The value, or the lower of two.
    Low,
    /// The upper of two.
    High,
    /// All of it.
    Whole,
}

/// What is wrong, in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field.
    pub field: Field,
    /// A sentence.
    pub words: String,
}

impl Problem {
    pub(super) fn of(field: Field, words: impl Into<String>) -> Self {
        Self { field, words: words.into() }
    }
}

impl Condition {
    /// A comparison, to be changed; `None` for a filter that is none. Times are typed in `zone`.
    pub fn of(filter: &Filter, names: &Names, zone: &TimeZone) -> Option<Self> {
        let (operator, low, high) = Operator::of(filter)?;
        let id = filter.stream_ids().first()?.to_string();
        let kind = match low {
            Value::Int(_) | Value::Float(_) => Kind::Number,
            Value::Text(_) => Kind::State,
            Value::Time { .. } => Kind::Time,
        };
        let named = names.by_id(&id);
        Some(Self {
            stream: named.map_or_else(|| id.clone(), |named| named.name.clone()),
            operator,
            low: text(low, zone),
            high: high.map(|high| text(high, zone)).unwrap_or_default(),
            unlisted: named.is_none().then_some((id, kind)),
        })
    }

    /// The stream that it looks at: id and kind of values.
    fn subject<'a>(&'a self, names: &'a Names) -> Option<(&'a str, Kind)> {
        let unlisted = self.unlisted.as_ref().filter(|(id, _)| *id == self.stream.trim());
        let named = names.typed(&self.stream).map(|named| (named.id.as_str(), named.kind));
        named.or_else(|| unlisted.map(|(id, kind)| (id.as_str(), *kind)))
    }

    /// What the values of its stream are, once that is known.
    pub fn kind(&self, names: &Names) -> Option<Kind> {
        self.subject(names).map(|(_, kind)| kind)
    }

    /// What it means. `noun` is the platform's word for a stream.
    pub fn read(&self, names: &Names, zone: &TimeZone, noun: &str) -> Result<Filter, Problem> {
        if self.stream.trim().is_empty() {
            return Err(Problem::of(Field::Stream, format!("Choose a {noun}.")));
        }
        let Some((id, kind)) = self.subject(names) else {
            let words = format!(
                "There is no {noun} \"{}\" here: choose one from the list.",
                in_line(&self.stream, 60)
            );
            return Err(Problem::of(Field::Stream, words));
        };
        if !self.operator.fits(kind) {
            return Err(Problem::of(
                Field::Operator,
                "States have no order: they are compared with \"is\" alone.",
            ));
        }
        let id = id.to_string();
        let one = |text: &str, field| value(text, kind, zone).map_err(|words| Problem::of(field, words));
        let low = one(&self.low, Field::Low)?;
        Ok(match self.operator {
            Operator::Equals => Filter::Equals(id, low),
            Operator::Less => Filter::Less(id, low),
            Operator::LessEquals => Filter::LessEquals(id, low),
            Operator::Greater => Filter::Greater(id, low),
            Operator::GreaterEquals => Filter::GreaterEquals(id, low),
            Operator::Between => {
                let high = one(&self.high, Field::High)?;
                if is_above(&low, &high) {
                    return Err(Problem::of(Field::High, "The second value must not be below the first."));
                }
                Filter::Between(id, low, high)
            }
        })
    }
}

fn value(text: &str, kind: Kind, zone: &TimeZone) -> Result<Value, String> {
    match kind {
        Kind::State if text.is_empty() => Err("Write the name of a state.".into()),
        Kind::State => Ok(Value::from(text)),
        Kind::Time => parse(text, zone).map(Value::time),
        Kind::Number => {
            let text = text.trim().replace('−', "-");
            let float = || text.parse::<f64>().ok().filter(|value| value.is_finite()).map(Value::Float);
            let number = text.parse::<i64>().ok().map(Value::Int).or_else(float);
            number.ok_or_else(|| "Write a number, like 12.5.".into())
        }
    }
}

fn is_above(low: &Value, high: &Value) -> bool {
    match (low, high) {
        (Value::Int(low), Value::Int(high)) => low > high,
        (Value::Time { time_ns: low }, Value::Time { time_ns: high }) => low > high,
        _ => number(low).zip(number(high)).is_some_and(|(low, high)| low > high),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Text(_) | Value::Time { .. } => None,
    }
}

fn text(value: &Value, zone: &TimeZone) -> String {
    match value {
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(text) => text.clone(),
        Value::Time { time_ns } => local_text(*time_ns, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;

    fn condition(stream: &str, operator: Operator, low: &str, high: &str) -> Condition {
        let [stream, low, high] = [stream, low, high].map(str::to_string);
        Condition { stream, operator, low, high, unlisted: None }
    }

    fn read(condition: &Condition) -> Result<Filter, Problem> {
        condition.read(&names(), &TimeZone::utc(), "variable")
    }

    #[test]
    fn what_is_typed_is_compared_as_the_stream_has_it() {
        let time = Value::time(1_709_280_000_000_000_000);
        let cases = [
            (condition("speed", Operator::Less, " −3 ", ""), Filter::Less("s".into(), (-3).into())),
            (
                condition("Speed", Operator::Between, "0.5", "2e3"),
                Filter::Between("s".into(), 0.5.into(), 2000.0.into()),
            ),
            (condition("Grade", Operator::Equals, "12", ""), Filter::Equals("g".into(), "12".into())),
            (
                condition("Tested", Operator::GreaterEquals, "2024-03-01 08:00", ""),
                Filter::GreaterEquals("d".into(), time),
            ),
            (
                condition("Speed", Operator::Equals, "9007199254740993", ""),
                Filter::Equals("s".into(), 9_007_199_254_740_993.into()),
            ),
        ];
        for (typed, meant) in cases {
            assert_eq!(read(&typed), Ok(meant), "{typed:?}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_field() {
        let cases = [
            (condition("", Operator::Less, "1", ""), Field::Stream, "Choose a variable."),
            (
                condition("Temperature", Operator::Less, "1", ""),
                Field::Stream,
                "There is no variable \"Temperature\" here: choose one from the list.",
            ),
            (condition("Speed", Operator::Less, "1,5", ""), Field::Low, "Write a number, like 12.5."),
            (condition("Speed", Operator::Less, "inf", ""), Field::Low, "Write a number, like 12.5."),
            (condition("Speed", Operator::Between, "1", ""), Field::High, "Write a number, like 12.5."),
            (
                condition("Speed", Operator::Between, "2", "1.5"),
                Field::High,
                "The second value must not be below the first.",
            ),
            (
                condition("Grade", Operator::Less, "A", ""),
                Field::Operator,
                "States have no order: they are compared with \"is\" alone.",
            ),
            (condition("Grade", Operator::Equals, "", ""), Field::Low, "Write the name of a state."),
            (
                condition("Tested", Operator::Less, "noon", ""),
                Field::Low,
                "Write a date and time like 2026-03-28 07:05:09.",
            ),
        ];
        for (typed, field, words) in cases {
            assert_eq!(read(&typed), Err(Problem::of(field, words)), "{typed:?}");
        }
    }

    #[test]
    fn a_comparison_that_is_opened_means_the_same() {
        let filters = [
            Filter::Between("t2".into(), 1.into(), 2.5.into()),
            Filter::Equals("g".into(), "Kraft 80".into()),
            Filter::Less("d".into(), Value::time(1_709_280_000_000_000_000)),
            Filter::Greater("unlisted".into(), 3.into()),
            Filter::LessEquals("unlisted".into(), Value::time(0)),
        ];
        for filter in filters {
            let opened = Condition::of(&filter, &names(), &TimeZone::utc()).unwrap();
            assert_eq!(read(&opened), Ok(filter), "{opened:?}");
        }
        assert_eq!(Condition::of(&Filter::And(vec![]), &names(), &TimeZone::utc()), None);
    }
}
