//! What JavaScript gets, in a browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic)]

use js_sys::{BigInt64Array, Float64Array, Int32Array, Reflect, Uint8Array};
use streamscope_js::{Frame, Parser, parse_csv};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const BODY: &str = "time,x,n,flag,place,note\n\
    1648412619.2589417,0.5,9007199254740993,true,walk,\"{\"\"a\"\": 1}\"\n\
    1648412620,,,,,\n\
    1648412621.5,-1e-7,-1,false,rest,{}\n";

fn bytes(text: &str) -> Uint8Array {
    Uint8Array::from(text.as_bytes())
}

fn options(json: &str) -> JsValue {
    js_sys::JSON::parse(json).unwrap()
}

fn frame() -> Frame {
    parse_csv(&bytes(BODY), JsValue::UNDEFINED).unwrap().unwrap()
}

fn numbers<T: JsCast>(value: JsValue) -> T {
    value.dyn_into().unwrap_or_else(|other| panic!("another kind of array: {other:?}"))
}

#[wasm_bindgen_test]
fn columns_have_names_types_and_exact_values() {
    let frame = frame();
    assert_eq!(frame.rows(), 3);
    assert_eq!(frame.names(), ["time", "x", "n", "flag", "place", "note"]);
    assert_eq!(numbers::<js_sys::Array>(frame.types()).join(","), "time,float,int,bool,text,json");
    let times = [1_648_412_619_258_941_700, 1_648_412_620_000_000_000, 1_648_412_621_500_000_000];
    assert_eq!(numbers::<BigInt64Array>(frame.copy(&0_u32.into()).unwrap()).to_vec(), times);
    let x = numbers::<Float64Array>(frame.copy(&1_u32.into()).unwrap()).to_vec();
    assert!(x[0] == 0.5 && x[1].is_nan() && x[2] == -1e-7);
    assert_eq!(
        numbers::<BigInt64Array>(frame.copy(&2_u32.into()).unwrap()).to_vec(),
        [9_007_199_254_740_993, 0, -1]
    );
    assert_eq!(numbers::<Uint8Array>(frame.copy(&3_u32.into()).unwrap()).to_vec(), [1, 0, 0]);
    assert_eq!(numbers::<Int32Array>(frame.copy(&4_u32.into()).unwrap()).to_vec(), [0, 0, 1]);
    assert_eq!(frame.dictionary(&4_u32.into()).unwrap().unwrap(), ["walk", "rest"]);
    assert_eq!(frame.strings(&5_u32.into()).unwrap().unwrap(), ["{\"a\": 1}", "", "{}"]);
    assert!(
        frame.copy(&5_u32.into()).unwrap().is_undefined() && frame.strings(&4_u32.into()).unwrap().is_none()
    );
}

#[wasm_bindgen_test]
fn nulls_are_told_apart() {
    let frame = frame();
    assert!(frame.validity(&0_u32.into()).unwrap().is_none(), "no time is missing");
    for column in 1..6_u32 {
        assert_eq!(frame.validity(&column.into()).unwrap().unwrap().to_vec(), [1, 0, 1]);
    }
}

#[wasm_bindgen_test]
fn views_show_the_same_values_without_a_copy() {
    let frame = frame();
    for column in [0_u32, 1, 2, 4] {
        let (view, copy) = (frame.view(&column.into()).unwrap(), frame.copy(&column.into()).unwrap());
        let memory = |array: &JsValue| Reflect::get(array, &"buffer".into()).unwrap();
        assert_eq!(memory(&view), js_sys::WebAssembly::Memory::from(wasm_bindgen::memory()).buffer());
        assert_ne!(memory(&copy), memory(&view));
        let text = |array: JsValue| js_sys::Array::from(&array).join(",");
        assert_eq!(text(view), text(copy));
    }
    assert!(frame.view(&3_u32.into()).unwrap().is_undefined());
    assert!(frame.view(&6_u32.into()).unwrap_err().is_instance_of::<js_sys::TypeError>());
}

#[wasm_bindgen_test]
fn a_body_in_pieces_gives_frames_as_it_comes() {
    let given = r#"{"columns": [{"name": "time", "type": "time"}, {"name": "x", "type": "float"}], "timeFormat": "unixns"}"#;
    let mut parser = Parser::new(options(given)).unwrap();
    let mut rows = Vec::new();
    for piece in ["ti", "me,x\n1,1\n2,", "2\n3,3"] {
        parser.push(&bytes(piece)).unwrap();
        rows.extend(parser.take().map(|frame| frame.rows()));
    }
    parser.finish().unwrap();
    rows.extend(parser.take().map(|frame| frame.rows()));
    // A file's dialect is told from its first rows: they wait for one another.
    assert_eq!(rows.iter().map(|rows| *rows as f64).sum::<f64>(), 3.0);
    assert_eq!(parser.rows(), 3.0);
}

#[wasm_bindgen_test]
fn errors_say_where() {
    let given = r#"{"columns": [{"name": "time", "type": "time"}, {"name": "x", "type": "float"}], "timeFormat": "unixns"}"#;
    let error = parse_csv(&bytes("time,x\n1,1\n2,oops\n"), options(given)).err().unwrap();
    let property = |name: &str| Reflect::get(&error, &name.into()).unwrap();
    assert_eq!(property("name"), "StreamscopeError");
    assert_eq!(property("message"), "`oops` is not a number in column `x` (record 1, line 3, byte 13)");
    assert_eq!(property("kind"), "body");
    assert_eq!(property("column"), "x");
    assert_eq!([property("record"), property("line"), property("byte")], [1.0, 3.0, 13.0]);
}

#[wasm_bindgen_test]
fn options_that_make_no_sense_are_refused() {
    for given in [
        r#"{"timeFormat": "stardate"}"#,
        r#"{"columns": [{"name": "x", "type": "blob"}]}"#,
        r#"{"colums": []}"#,
    ] {
        assert!(Parser::new(options(given)).err().unwrap().is_instance_of::<js_sys::TypeError>(), "{given}");
    }
    assert!(parse_csv(&bytes(""), JsValue::UNDEFINED).unwrap().is_none());
}
