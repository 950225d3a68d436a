//! The page on which a person logs in and lets an application in.

use crate::query::Query;
use crate::{Body, Request, Response};

use super::{Account, login};

/// What the person said.
pub(super) enum Consent {
    /// Nothing yet, or a wrong login: the page.
    Ask(Response),
    /// "No".
    Denied,
    /// "Yes".
    Allowed(&'static Account),
}

/// Reads the page's form, or gives the page. The form comes back to the same URL.
pub(super) fn consent(request: &Request, client: &str, scope: &str) -> Consent {
    if request.method != "POST" {
        return Consent::Ask(page(request, client, scope, ""));
    }
    let form = Query::parse(&String::from_utf8_lossy(&request.body));
    if form.get("allow") != Some("yes") {
        return Consent::Denied;
    }
    let text = |name: &str| form.get(name).unwrap_or_default();
    match login(text("username"), text("password")) {
        Some(account) => Consent::Allowed(account),
        None => Consent::Ask(page(request, client, scope, "<p role=alert>That login is not known.</p>")),
    }
}

fn page(request: &Request, client: &str, scope: &str, note: &str) -> Response {
    let [client, scope, query] = [client, scope, &request.query].map(escaped);
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Hexoskin sandbox</title>\
         <h1>Let {client} in?</h1>{note}<p>It asks for the scope {scope}.</p><form method=post action=\"?{query}\">\
         <p><label>User <input name=username value=\"demo@example.org\"></label>\
         <p><label>Password <input name=password type=password value=\"demo-password\"></label>\
         <p><button name=allow value=yes>Allow</button> <button name=allow value=no>Deny</button></form></html>"
    );
    Response::new(200, "text/html; charset=utf-8", Body::Whole(html.into_bytes()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Whether an answer may be sent to an address: a page of this machine, or of where the sandbox is served.
pub(super) fn may_return_to(request: &Request, uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")) else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let local =
        matches!(host, "127.0.0.1" | "localhost" | "[::1]") || Some(authority) == request.header("Host");
    local && !uri.contains('#')
}

/// Sends the person back, with parameters behind `separator`.
pub(super) fn send_back(uri: &str, separator: char, pairs: &[(&str, &str)]) -> Response {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    let separator = if separator == '?' && uri.contains('?') { '&' } else { separator };
    let mut response = crate::hexoskin::reply::empty(302);
    response.headers.push(("Location", format!("{uri}{separator}{query}")));
    response
}

/// A page that says why nobody is sent anywhere.
pub(super) fn refusal(message: &str) -> Response {
    let html = format!("<!doctype html><meta charset=utf-8><title>Hexoskin sandbox</title><p>{message}");
    Response::new(400, "text/html; charset=utf-8", Body::Whole(html.into_bytes()))
}
