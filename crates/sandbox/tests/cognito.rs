//! The stand-in for Cognito.

use serde_json::{Value, json};
use streamscope_sandbox::{Request, Response, Sandbox};

use crate::fixture::{NOW, sandbox, text};

fn exchange(sandbox: &Sandbox, client: &str, token: &str, target: &str) -> Response {
    let body = json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": client, "AuthParameters": { "REFRESH_TOKEN": token } });
    let request = Request {
        method: "POST".into(),
        path: "/cognito/".into(),
        headers: vec![
            ("x-amz-target".into(), target.into()),
            ("content-type".into(), "application/x-amz-json-1.1".into()),
        ],
        body: body.to_string().into_bytes(),
        ..Request::default()
    };
    sandbox.handle(&request, NOW)
}

const INITIATE: &str = "AWSCognitoIdentityProviderService.InitiateAuth";

#[test]
fn a_refresh_token_gives_access() {
    let sandbox = sandbox();
    let answer = exchange(&sandbox, "demo-cognito-client", "demo-refresh-token", INITIATE);
    assert_eq!(answer.status, 200);
    let answer: Value = serde_json::from_str(&text(answer)).expect("JSON");
    let token = answer["AuthenticationResult"]["AccessToken"].as_str().expect("a token").to_owned();
    let ask = |token: &str| {
        let path = "/api/v3/sleep_metrics?patient_id=none&start_date=2024-01-01&end_date=2024-01-02";
        sandbox.handle(&Request::get(path).with_header("X-Rune-User-Access-Token", token), NOW).status
    };
    // 404 comes after the credentials were accepted.
    assert_eq!((ask(&token), ask("demo-access-7"), ask("demo-access-")), (404, 401, 401));
}

#[test]
fn all_else_is_refused_as_cognito_does() {
    let sandbox = sandbox();
    for (client, token, target, kind) in [
        ("other", "demo-refresh-token", INITIATE, "ResourceNotFoundException"),
        ("demo-cognito-client", "other", INITIATE, "NotAuthorizedException"),
        ("demo-cognito-client", "demo-refresh-token", "Other", "UnknownOperationException"),
    ] {
        let answer = exchange(&sandbox, client, token, target);
        assert_eq!(answer.status, 400);
        let answer: Value = serde_json::from_str(&text(answer)).expect("JSON");
        assert_eq!(answer["__type"], kind);
    }
    assert_eq!(sandbox.handle(&Request::get("/cognito/"), NOW).status, 400);
}
