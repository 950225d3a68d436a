//! The configuration of a session in: the client's, with JavaScript's spelling.

use std::collections::BTreeMap;

use serde::Deserialize;
use streamscope_client::rune;

/// Where Rune is and who asks. Credentials stay in memory; they go to these servers and nowhere else.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuneConfig {
    /// Base URL of the GraphQL API; `/graphql` is appended. Rune's own unless given.
    graph_url: Option<String>,
    /// Base URL of the Stream API; `/v2/…` is appended. Rune's own unless given.
    stream_url: Option<String>,
    /// Base URL of the Strive API (sleep); `/api/…` is appended. Rune's own unless given.
    strive_url: Option<String>,
    /// Which credentials to use; needed only when several are given.
    auth_method: Option<AuthMethod>,
    /// Id of a user access token.
    access_token_id: Option<String>,
    /// Secret of a user access token.
    access_token_secret: Option<String>,
    /// Id of a client key, which reaches one patient.
    client_key_id: Option<String>,
    /// Access key (the secret) of a client key.
    client_access_key: Option<String>,
    /// A JSON Web Token.
    jwt: Option<String>,
    /// Id of the Cognito client that the refresh token was issued to.
    #[cfg(feature = "rune")]
    cognito_client_id: Option<String>,
    /// A Cognito refresh token. With `jwt`, it renews the JWT when that is no longer accepted.
    #[cfg(feature = "rune")]
    cognito_refresh_token: Option<String>,
    /// AWS region of Cognito; `us-west-2` unless given.
    #[cfg(feature = "rune")]
    cognito_region_name: Option<String>,
    /// Where Cognito is, instead of AWS's address for the region: for stand-ins and proxies.
    #[cfg(feature = "rune")]
    cognito_url: Option<String>,
    /// Headers that sign requests, sent as they are.
    custom_auth_headers: Option<BTreeMap<String, String>>,
}

#[cfg(not(feature = "tools"))]
crate::options::given!(RuneConfig {
    graph_url: "graphUrl" "text",
    stream_url: "streamUrl" "text",
    strive_url: "striveUrl" "text",
    auth_method: "authMethod" "one[access_token client_keys jwt custom]",
    access_token_id: "accessTokenId" "text",
    access_token_secret: "accessTokenSecret" "text",
    client_key_id: "clientKeyId" "text",
    client_access_key: "clientAccessKey" "text",
    jwt: "jwt" "text",
    custom_auth_headers: "customAuthHeaders" "texts",
});

/// How requests are signed.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AuthMethod {
    /// A user access token: id and secret.
    AccessToken,
    /// A client key, which reaches one patient: id and access key.
    ClientKeys,
    /// A JSON Web Token.
    Jwt,
    /// A refresh token of AWS Cognito, exchanged for a JSON Web Token.
    #[cfg(feature = "rune")]
    CognitoRefresh,
    /// Headers of your own.
    Custom,
}

#[cfg(not(feature = "tools"))]
crate::options::chosen!(AuthMethod: AccessToken ClientKeys Jwt Custom);

impl From<AuthMethod> for rune::AuthMethod {
    fn from(given: AuthMethod) -> Self {
        match given {
            AuthMethod::AccessToken => Self::AccessToken,
            AuthMethod::ClientKeys => Self::ClientKeys,
            AuthMethod::Jwt => Self::Jwt,
            #[cfg(feature = "rune")]
            AuthMethod::CognitoRefresh => Self::CognitoRefresh,
            AuthMethod::Custom => Self::Custom,
        }
    }
}

impl From<RuneConfig> for rune::Config {
    fn from(given: RuneConfig) -> Self {
        let own = Self::default();
        let config = Self {
            graph_url: given.graph_url.unwrap_or(own.graph_url),
            stream_url: given.stream_url.unwrap_or(own.stream_url),
            strive_url: given.strive_url.unwrap_or(own.strive_url),
            auth_method: given.auth_method.map(Into::into),
            access_token_id: given.access_token_id,
            access_token_secret: given.access_token_secret,
            client_key_id: given.client_key_id,
            client_access_key: given.client_access_key,
            jwt: given.jwt,
            custom_auth_headers: given.custom_auth_headers.into_iter().flatten().collect(),
            ..own
        };
        #[cfg(feature = "rune")]
        let config = Self {
            cognito_client_id: given.cognito_client_id,
            cognito_refresh_token: given.cognito_refresh_token,
            cognito_region_name: given.cognito_region_name,
            cognito_url: given.cognito_url,
            ..config
        };
        config
    }
}
