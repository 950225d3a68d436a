//! The Hexoskin client against the sandbox: every sample of an hour, whichever way, is the generator's.

use std::rc::Rc;

use arrow_array::Int64Array;
use serde_json::{Map, json};
use streamscope_client::hexoskin::{Config, Credentials, Filters, Format, Hexoskin, SampleQuery, Scope, Way};
use streamscope_client::{ErrorKind, NativeTransport};
use streamscope_frame::times;
use streamscope_sandbox::demo::hexoskin::samples;
use streamscope_sandbox::testing::{TestOptions, TestServer};

/// The record of an hour.
const RECORD: i64 = 99_999;

fn config(server: &TestServer) -> Config {
    Config {
        url: format!("{}/hexoskin", server.url()),
        key: Some("demo-hexo".into()),
        secret: Some("demo-hexo-secret".into()),
        credentials: Some(Credentials::user("demo@example.org:demo-password").unwrap()),
        ..Config::default()
    }
}

fn connect(config: &Config) -> Hexoskin {
    Hexoskin::new(config, Rc::new(NativeTransport::new().unwrap())).unwrap()
}

/// Raw counts and their times, ns.
async fn raw(api: &Hexoskin, datatype: i64, way: Way) -> (Vec<i64>, Vec<i64>) {
    let record = api.resource("record").get(RECORD).await.unwrap();
    let query = SampleQuery { datatype, raw: true, way: Some(way), ..SampleQuery::default() };
    let mut read = api.samples(&record, &query).await.unwrap();
    let (mut at, mut counts) = (Vec::new(), Vec::new());
    while let Some(frame) = read.next().await.unwrap() {
        at.extend(times(&frame).unwrap());
        counts.extend(frame.column(1).as_any().downcast_ref::<Int64Array>().unwrap().values());
    }
    (at, counts)
}

#[tokio::test]
async fn every_sample_of_an_hour_is_the_generators() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let api = connect(&config(&server));
    for (datatype, count, step) in [(4113, 921_600, 1), (4129, 460_800, 2), (4146, 230_400, 4)] {
        let made = samples(RECORD, datatype, count).unwrap();
        let (at, binary) = raw(&api, datatype, Way::Binary).await;
        assert_eq!(binary.len(), made.len(), "{datatype}");
        assert!(binary == made, "{datatype} by binary");
        assert!(at.windows(2).all(|pair| pair[1] - pair[0] == step * 3_906_250), "{datatype} has no gap");
        assert!(raw(&api, datatype, Way::Json).await == (at, binary), "{datatype} by windows");
    }
}

#[tokio::test]
async fn one_answer_that_was_thinned_says_so() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let api = connect(&config(&server));
    let record = Filters::new().with("record", RECORD);
    let of = |datatype: i64| record.clone().with("datatype", datatype);
    let ecg = &api.data_list(&of(4113)).await.unwrap()[0];
    assert_eq!(ecg.data[&4113].one_in, 14);
    assert_eq!(api.data_list(&of(19)).await.unwrap()[0].data[&19].one_in, 1);
    assert!(ecg.user.is_some());
    let edf = api.data_download(&of(4113), Format::Edf).await.unwrap().into_bytes().await.unwrap();
    assert!(edf.starts_with(b"0       ") && edf.len() > 921_600 * 2, "every sample of two bytes");
}

#[tokio::test]
async fn people_sign_in_and_write() {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let signed_out = Config { credentials: None, key: Some("demo-hexo-password".into()), ..config(&server) };
    let api = connect(&Config { secret: Some("demo-hexo-password-secret".into()), ..signed_out });
    let sign_in =
        |password| api.oauth2_get_access_token_with_password("demo@example.org", password, Scope::Readwrite);
    assert_eq!(sign_in("wrong").await.unwrap_err().kind, ErrorKind::Unauthorized);
    let tokens = sign_in("demo-password").await.unwrap();
    assert!(tokens.refresh_token.is_some());

    let user = api.resource("account").list(&Filters::new()).await.unwrap().objects()[0].clone();
    let user = format!("/api/user/{}/", user.id());
    let fields = json!({ "name": "testnew_range", "start": 353_163_129_199_i64, "end": 353_163_139_199_i64, "user": user });
    let range = api.resource("range").create(fields.as_object().unwrap().clone()).await.unwrap();
    range.set("name", "newtestyrangey");
    range.update(Map::new()).await.unwrap();
    range.reload().await.unwrap();
    assert_eq!(range.get("name").await.unwrap().value(), "newtestyrangey");
    range.delete().await.unwrap();
    assert_eq!(api.resource("range").get_fresh(range.id()).await.unwrap_err().kind, ErrorKind::NotFound);
}
