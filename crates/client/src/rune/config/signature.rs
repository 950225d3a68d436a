//! From credentials to the headers that sign requests.

use std::rc::Rc;

use super::cognito::cognito;
use super::{AuthMethod, Config, refuse, set};
use crate::http::Auth;
use crate::transport::{Header, Request, Transport};
use crate::{Error, Result};

const TOKEN: [&str; 2] = ["X-Rune-User-Access-Token-Id", "X-Rune-User-Access-Token-Secret"];
const KEY: [&str; 2] = ["X-Rune-Client-Key-ID", "X-Rune-Client-Access-Key"];
/// The header of a JSON Web Token.
pub(super) const JWT: &str = "X-Rune-User-Access-Token";

/// Credentials that never change.
struct Signature {
    headers: Vec<Header>,
    secrets: Vec<String>,
}

impl Auth for Signature {
    fn sign(&self, _request: &Request, _unix_ms: f64) -> Vec<Header> {
        self.headers.clone()
    }

    fn secrets(&self) -> Vec<String> {
        self.secrets.clone()
    }
}

impl Config {
    /// What signs requests. Fails when the credentials are not whole or cannot be sent; nothing is sent.
    pub(in crate::rune) fn auth(&self, transport: Rc<dyn Transport>) -> Result<Rc<dyn Auth>> {
        let method = self.auth_method()?;
        // Both as the official client does: a JWT is used as long as it is accepted, and a refresh token renews it.
        let renewable = set(&self.cognito_client_id).and(set(&self.cognito_refresh_token)).is_some();
        let fixed = match method {
            AuthMethod::Jwt => set(&self.cognito_refresh_token).is_none(),
            AuthMethod::CognitoRefresh => false,
            _ => true,
        };
        if fixed || (set(&self.jwt).is_some() && !renewable) {
            return self.fixed(method);
        }
        Ok(Rc::new(cognito(self, transport)?))
    }

    /// What signs requests with credentials as they are, for [`Rune::with_auth`](crate::rune::Rune::with_auth): no
    /// refresh token is exchanged for a JWT, and a program that needs none is spared what does it. Fails when the
    /// credentials are not whole or cannot be sent.
    pub fn fixed_auth(&self) -> Result<Rc<dyn Auth>> {
        self.fixed(self.auth_method()?)
    }

    fn fixed(&self, method: AuthMethod) -> Result<Rc<dyn Auth>> {
        match method {
            AuthMethod::AccessToken => pair(
                TOKEN,
                value("access_token_id", &self.access_token_id)?,
                value("access_token_secret", &self.access_token_secret)?,
            ),
            AuthMethod::ClientKeys => pair(
                KEY,
                value("client_key_id", &self.client_key_id)?,
                value("client_access_key", &self.client_access_key)?,
            ),
            AuthMethod::Jwt | AuthMethod::CognitoRefresh => self.fixed_jwt(),
            AuthMethod::Custom => self.custom(),
        }
    }

    fn fixed_jwt(&self) -> Result<Rc<dyn Auth>> {
        let jwt = value("jwt", &self.jwt)?;
        Ok(Rc::new(Signature { headers: vec![(JWT.into(), jwt.clone())], secrets: vec![jwt] }))
    }

    fn custom(&self) -> Result<Rc<dyn Auth>> {
        if self.custom_auth_headers.is_empty() {
            return Err(missing("custom_auth_headers"));
        }
        let mut signature = Signature { headers: Vec::new(), secrets: Vec::new() };
        for (name, given) in &self.custom_auth_headers {
            let name = name.trim();
            let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            if name.is_empty() || !name.bytes().all(usual) {
                return Err(refuse(format!("custom_auth_headers: \"{name}\" is not the name of a header.")));
            }
            let field = format!("custom_auth_headers: {name}");
            let value = sendable(&field, given.trim())?;
            // "Bearer …": the secret is the last word, and a server may give it back alone.
            signature.secrets.extend(value.rsplit(' ').next().map(str::to_string));
            signature.secrets.push(value.clone());
            signature.headers.push((name.to_string(), value));
        }
        // The longest first: striking out a part would leave the rest of the whole.
        signature.secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(Rc::new(signature))
    }
}

/// An id, which is no secret (yet nothing prints it), and its secret.
fn pair(names: [&str; 2], id: String, secret: String) -> Result<Rc<dyn Auth>> {
    let [id_name, secret_name] = names.map(str::to_string);
    Ok(Rc::new(Signature {
        headers: vec![(id_name, id), (secret_name, secret.clone())],
        secrets: vec![secret],
    }))
}

fn missing(name: &str) -> Error {
    refuse(format!("{name} is not set."))
}

/// A credential that is there and can be sent.
pub(super) fn value(name: &str, given: &Option<String>) -> Result<String> {
    sendable(name, set(given).ok_or_else(|| missing(name))?)
}

/// A credential as it goes into a header.
pub(super) fn sendable(name: &str, value: &str) -> Result<String> {
    if value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Ok(value.to_string());
    }
    Err(refuse(format!("{name} holds a character that cannot be part of a credential.")))
}
