//! A filter as a sentence.

use streamscope_client::Filter;
use streamscope_client::filter::Value;
use streamscope_signal::TimeZone;

use super::condition::Operator;
use super::names::Names;
use crate::charts::civil::exact_time;
use crate::text::in_line;

/// What a filter asks of a row: "Speed is at least 10 and (Grade is A or Grade is B)".
pub fn words(filter: &Filter, names: &Names, zone: &TimeZone) -> String {
    let inner = |filter: &Filter| {
        let text = words(filter, names, zone);
        if matches!(filter, Filter::And(all) | Filter::Or(all) if all.len() != 1) {
            format!("({text})")
        } else {
            text
        }
    };
    let joined = |all: &[Filter], word: &str, nothing: &str| match all {
        [] => nothing.to_string(),
        all => all.iter().map(inner).collect::<Vec<_>>().join(word),
    };
    match filter {
        Filter::Not(filter) => format!("not ({})", words(filter, names, zone)),
        Filter::And(all) => joined(all, " and ", "anything"),
        Filter::Or(all) => joined(all, " or ", "nothing"),
        Filter::Equals(id, ..)
        | Filter::Between(id, ..)
        | Filter::Less(id, ..)
        | Filter::LessEquals(id, ..)
        | Filter::Greater(id, ..)
        | Filter::GreaterEquals(id, ..) => {
            let name = in_line(names.by_id(id).map_or(id, |named| &named.name), 80);
            let compared = Operator::of(filter).map(|(operator, low, high)| {
                let high = high.map(|high| format!(" and {}", value(high, zone))).unwrap_or_default();
                format!("{} {}{high}", operator.words(), value(low, zone))
            });
            format!("{name} {}", compared.unwrap_or_default())
        }
    }
}

fn value(value: &Value, zone: &TimeZone) -> String {
    match value {
        Value::Int(number) => number.to_string().replace('-', "−"),
        Value::Float(number) => number.to_string().replace('-', "−"),
        Value::Text(text) => in_line(text, 80),
        Value::Time { time_ns } => exact_time(*time_ns, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;

    #[test]
    fn a_filter_says_what_it_asks() {
        let equals = |id: &str, state: &str| Filter::Equals(id.into(), state.into());
        let filter = Filter::And(vec![
            Filter::GreaterEquals("s".into(), (-10).into()),
            Filter::Or(vec![equals("g", "A"), equals("g", "B 80")]),
            Filter::Not(Box::new(Filter::Between("t1".into(), 0.5.into(), 2.into()))),
            Filter::Less("gone".into(), Value::time(0)),
        ]);
        assert_eq!(
            words(&filter, &names(), &TimeZone::utc()),
            "Speed is at least −10 and (Grade is A or Grade is B 80) and not (Temperature (t1) is between 0.5 and 2) \
             and gone is less than Thu 1 Jan 1970, 00:00:00 UTC"
        );
    }
}
