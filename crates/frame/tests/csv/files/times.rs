//! Times as files write them: units told by their size, dates by their shape, and words where neither is sure.

use streamscope_frame::{Dialect, ParseErrorKind, TimeSpelling};

use super::{column, read_as, refused, time};
use crate::support::{Value, text};

#[test]
fn units_of_time_show_in_their_size() {
    let moment = |nanos| time(1_709_545_399, nanos);
    for name in ["time", "Timestamp", "ts", "start_time"] {
        assert_eq!(column(name, &["1709545399.000123", "0"]), [moment(123_000), time(0, 0)]);
        assert_eq!(column(name, &["1709545399000", "1709545399001.25"]), [moment(0), moment(1_250_000)]);
        assert_eq!(column(name, &["1709545399000123"]), [moment(123_000)]);
        assert_eq!(column(name, &["1709545399000123456", "NaN"]), [moment(123_456), Value::Null]);
    }
    assert_eq!(column("time", &["1.709545399e9"]), [moment(0)]);
    assert_eq!(column("time", &["-1500000000"]), [time(-1_500_000_000, 0)]);
    assert_eq!(column("power", &["1709545399000123"]), [Value::Int(1_709_545_399_000_123)]);
}

#[test]
fn units_that_are_not_sure_are_refused_with_words() {
    let cases: [&[&str]; 8] = [
        &["0.004", "0.008"],
        &["0"],
        &["45000.5"],
        &["1709545399", "1709545400000"],
        &["50000000000"],
        &["202311020815"],
        &["20231102081541123"],
        &["noon"],
    ];
    for cells in cases {
        let body = format!("time;x\n{};1\n", cells.join(";1\n"));
        let error = refused(&body, Dialect::default());
        assert!(
            matches!(&error.kind, ParseErrorKind::Unclear(words) if words.contains("`time_format`")),
            "{error}"
        );
        assert_eq!(error.column.as_deref(), Some("time"), "{cells:?}");
        let plain = Dialect { time_format: Some(TimeSpelling::None), ..Dialect::default() };
        assert!(!matches!(read_as(&body, plain).rows[0][0], Value::Time(_)), "{cells:?}");
    }
    let error = refused("time,x\n1709545399,1\n1709545400000,2\n", Dialect::default());
    assert_eq!((error.record, error.line, error.byte), (1, 3, 20), "{error}");
}

#[test]
fn units_of_time_that_are_said() {
    let read = |cell: &str, format| {
        let dialect = Dialect { time_format: Some(format), ..Dialect::default() };
        read_as(&format!("time,x\n{cell},1\n"), dialect).rows.swap_remove(0).swap_remove(0)
    };
    assert_eq!(read("12.5", TimeSpelling::Unix), time(12, 500_000_000));
    assert_eq!(read("12.5", TimeSpelling::UnixMs), time(0, 12_500_000));
    assert_eq!(read("12.5", TimeSpelling::UnixUs), time(0, 12_500));
    assert_eq!(read("12", TimeSpelling::UnixNs), time(0, 12));
    assert_eq!(read("20231102", TimeSpelling::Iso), time(1_698_883_200, 0));
    assert_eq!(read("02/11/2023 08:15", TimeSpelling::Dmy), time(1_698_912_900, 0));
    assert_eq!(read("11/02/2023 08:15", TimeSpelling::Mdy), time(1_698_912_900, 0));
    assert_eq!(read("2.11.2023 8:15:00 +01", TimeSpelling::Dmy), time(1_698_909_300, 0));
    // A date that begins with its year is one, whatever was said of numbers.
    assert_eq!(read("2023-11-02", TimeSpelling::UnixMs), time(1_698_883_200, 0));
    let late: String = (0..300).map(|_| "1,1\n").collect();
    let dialect = Dialect { time_format: Some(TimeSpelling::UnixMs), ..Dialect::default() };
    let error = refused(&format!("time,x\n{late}noon,1\n"), dialect);
    assert_eq!((error.record, error.column.as_deref()), (300, Some("time")));
}

#[test]
fn dates_as_programs_write_them() {
    for cell in [
        "2023-11-02T08:15:41+0100",
        "2023-11-02T08:15:41+01",
        "2023-11-02 08:15:41+01:00",
        "2023-11-02 08:15:41 +01:00",
        "2023-11-02T07:15:41Z",
        "2023-11-02T07:15:41 UTC",
        "2023-11-02 07:15:41 UTC",
        "2023-11-02 07:15:41 GMT",
        "2023-11-02 07:15:41.000",
        "2023-11-02 07:15:41",
        "2023-11-02T07:15:41",
        "20231102T071541Z",
        "20231102T081541+0100",
        "20231102_071541",
        "2023/11/02 07:15:41",
        "2023.11.02 07:15:41",
        "2023-11-02T08:15:41+01:00[Europe/Paris]",
        "2023-11-02T07:15:41Z[UTC]",
        "2023-11-02T07:15:41,0000000000Z",
    ] {
        assert_eq!(column("when", &[cell]), [time(1_698_909_341, 0)], "{cell}");
    }
    assert_eq!(column("time", &["20231102071541"]), [time(1_698_909_341, 0)]);
    assert_eq!(column("date", &["20231102"]), [time(1_698_883_200, 0)]);
    assert_eq!(column("id", &["20231102"]), [Value::Int(20_231_102)]);
    assert_eq!(column("t", &["2023-11-02T07:15:41,25Z"]), [time(1_698_909_341, 250_000_000)]);
    assert_eq!(column("t", &["2023-11-02T07:15:41.9999999996Z"]), [time(1_698_909_342, 0)]);
    assert_eq!(
        column("date", &["2023-11-02", "2023-11-03"]),
        [time(1_698_883_200, 0), time(1_698_969_600, 0)]
    );
    assert_eq!(column("t", &["2023-11-02 07:15"]), [time(1_698_909_300, 0)]);
    assert_eq!(column("t", &["2023-11-01T24:00:00Z"]), [time(1_698_883_200, 0)]);
    assert_eq!(column("t", &["1677-09-21T00:12:44Z"]), [time(-9_223_372_036, 0)]);
}

#[test]
fn dates_that_mean_no_instant_are_said_to_be_none() {
    for cell in [
        "2023-11-02T08:15:41 CET",
        "2023-02-29",
        "2023-11-02T25:00:00Z",
        "2023-11-02T08:15:60Z",
        "2023-11-02T08:15:41+24:00",
        "2023-11-02T08:15:41+1:00",
        "2023-11-02T08:15:41.Z",
        "2023-W44-4",
        "9999-12-31T23:59:59Z",
        "08:15:41",
    ] {
        let error = refused(&format!("time;x\n{cell};1\n"), Dialect::default());
        assert!(matches!(error.kind, ParseErrorKind::Unclear(_)), "{cell}: {error}");
        assert_eq!(column("note", &[cell]), [text(cell)]);
    }
    for (name, cell) in [("time", "02/11/2023"), ("Date", "25.11.2023 08:15"), ("Datum Uhrzeit", "2-11-2023")]
    {
        let error = refused(&format!("{name};x\n{cell};1\n"), Dialect::default());
        let words = error.to_string();
        assert!(
            words.contains("day") && words.contains("month") && words.contains("`time_format`"),
            "{words}"
        );
    }
}
