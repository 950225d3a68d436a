//! The ways to sign in, and what was filled in.

use std::rc::Rc;

use super::super::config::{Config, Credentials, SERVER, refuse};
use super::super::{Grant, Hexoskin, Scope, Tokens};
use crate::Result;
use crate::registry::{self, Connected, Entry, FormField, Way};
use crate::transport::Transport;

const URL: FormField = FormField::new("url", "API URL").with_initial(SERVER);
const SERVER_URL: FormField =
    FormField::new("server-url", "Server behind a relay").optional().with_placeholder(SERVER);
const USER: FormField = FormField::new("user", "User");
const PASSWORD: FormField = FormField::new("password", "Password").secret();
const KEY: FormField = FormField::new("key", "API key");
const SECRET: FormField = FormField::new("secret", "API secret").secret();
const CLIENT: FormField = FormField::new("client-id", "Client id");
const SCOPE: FormField =
    FormField::new("scope", "Scope").with_initial("readonly").with_placeholder("readonly or readwrite");

/// The way whose password is exchanged for a token before anything else is asked.
pub(super) const PASSWORD_GRANT: &str = "password-grant";

pub(super) const WAYS: [Way; 7] = [
    Way {
        id: "key",
        label: "API key",
        note: "Each request is signed with the key's secret, for the user who signs in. The secret stays in this page's \
               memory; do not use one on a page that is not yours.",
        fields: &[URL, SERVER_URL, KEY, SECRET, USER, PASSWORD],
    },
    Way {
        id: "code",
        label: "OAuth2 sign-in",
        note: "You sign in on the platform's own page and come back with a code that only this page can use (S256 PKCE). \
               For clients registered for it without a secret.",
        fields: &[URL, SERVER_URL, CLIENT, SCOPE],
    },
    Way {
        id: "implicit",
        label: "OAuth2 implicit (older)",
        note: "The older way: the token itself comes back in the address, from where it is taken at once. For clients \
               registered so; use the OAuth2 sign-in where you can.",
        fields: &[URL, SERVER_URL, CLIENT, SCOPE],
    },
    Way {
        id: PASSWORD_GRANT,
        label: "OAuth2 password",
        note: "Your password is exchanged for a token. It works for the owner of the client only. The client's secret stays \
               in this page's memory; do not use one on a page that is not yours.",
        fields: &[
            URL,
            CLIENT,
            FormField::new("client-secret", "Client secret").secret().optional(),
            USER,
            PASSWORD,
            SCOPE,
        ],
    },
    Way {
        id: "token",
        label: "OAuth2 token",
        note: "An access token that another program has got. With a refresh token and the client's id it is renewed.",
        fields: &[
            URL,
            FormField::new("access-token", "Access token").secret(),
            FormField::new("refresh-token", "Refresh token").secret().optional(),
            CLIENT.optional(),
        ],
    },
    Way {
        id: "oauth1",
        label: "OAuth1 token",
        note: "A token of the older OAuth1 that another program has got. Requests are signed with both secrets, which stay in \
               this page's memory; do not use them on a page that is not yours.",
        fields: &[
            URL,
            SERVER_URL,
            KEY,
            SECRET,
            FormField::new("token", "Token").secret(),
            FormField::new("token-secret", "Token secret").secret(),
        ],
    },
    Way {
        id: "password",
        label: "Password",
        note: "Plain HTTP Basic, without a key. Newer servers may refuse it.",
        fields: &[URL, USER, PASSWORD],
    },
];

/// How a way that leaves the page gets its token.
pub(super) fn grant(way: &str) -> Option<Grant> {
    match way {
        "code" => Some(Grant::AuthorizationCode),
        "implicit" => Some(Grant::Implicit),
        _ => None,
    }
}

/// A form with all fields of its way that must be filled in. What belongs to other ways is not looked at.
pub(super) struct Filled<'a> {
    entry: &'a Entry,
    way: &'static Way,
}

impl<'a> Filled<'a> {
    pub(super) fn of(entry: &'a Entry) -> Result<Self> {
        let way = WAYS.iter().find(|way| way.id == entry.way).unwrap_or(&WAYS[0]);
        let empty = way.fields.iter().find(|field| !field.optional && entry.text(field.id).is_empty());
        match empty {
            Some(field) => Err(refuse(format!("{} is empty: fill it in.", field.label))),
            None => Ok(Self { entry, way }),
        }
    }

    fn given(&self, id: &str) -> Option<String> {
        let field = self.way.fields.iter().find(|field| field.id == id)?;
        self.entry.given(field.id)
    }

    pub(super) fn text(&self, id: &str) -> String {
        self.given(id).unwrap_or_default()
    }

    /// A text with the spaces around it, which a password may have.
    pub(super) fn exactly(&self, id: &str) -> String {
        self.entry.values.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn scope(&self) -> Result<Scope> {
        match self.text("scope").as_str() {
            "" | "readonly" => Ok(Scope::Readonly),
            "readwrite" => Ok(Scope::Readwrite),
            _ => Err(refuse("Scope is neither readonly nor readwrite.")),
        }
    }

    /// Who asks, of ways that need no answer for it.
    pub(super) fn credentials(&self) -> Result<Credentials> {
        match self.way.id {
            "token" => Ok(Credentials::OAuth2(Tokens {
                access_token: self.text("access-token"),
                refresh_token: self.given("refresh-token"),
                expires_at_ms: None,
                scope: None,
            })),
            "oauth1" => {
                Ok(Credentials::OAuth1 { token: self.text("token"), token_secret: self.text("token-secret") })
            }
            "key" | "password" => {
                Ok(Credentials::User { user: self.text("user"), password: self.exactly("password") })
            }
            _ => Err(refuse(format!(
                "{} asks the server first, and cannot connect by itself.",
                self.way.label
            ))),
        }
    }

    pub(super) fn connection(
        &self,
        credentials: Option<Credentials>,
        transport: Rc<dyn Transport>,
    ) -> Result<Hexoskin> {
        let config = Config {
            url: self.text("url"),
            server_url: self.given("server-url"),
            key: self.given("key").or_else(|| self.given("client-id")),
            secret: self.given("secret").or_else(|| self.given("client-secret")),
            credentials,
            api_version: None,
        };
        Hexoskin::new(&config, transport)
    }

    pub(super) fn connected(&self, api: Hexoskin) -> Connected {
        Connected::to(Rc::new(api), registry::host(&self.text("url")))
    }
}
