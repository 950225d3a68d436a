//! Where the services are, and how a memory base is named.

use std::fmt;

use crate::{Error, Result, url};

/// In a base URL, this stands for the braincube's name.
const PLACEHOLDER: &str = "{braincube-name}";

/// A memory base: the braincube it lies in, and its id there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BaseId {
    /// Name of the braincube.
    pub braincube: String,
    /// Id (`bcId`) of the memory base.
    pub id: String,
}

impl BaseId {
    /// A memory base of a braincube.
    pub fn new(braincube: impl Into<String>, id: impl ToString) -> Self {
        Self { braincube: braincube.into(), id: id.to_string() }
    }

    /// The id of a variable as data requests and filters have it: `mb20/d2000001`. A long id of this memory base is
    /// taken as it is; anything else that is not a variable's own id is refused.
    pub fn long_id(&self, variable: &str) -> Result<String> {
        let own = format!("mb{}/d", self.id);
        let number = variable.strip_prefix(&own).unwrap_or(variable);
        if number.is_empty() || number.contains('/') {
            let words =
                format!("\"{variable}\" is no variable of memory base {}: give an id like 2000001.", self.id);
            return Err(Error::invalid(words));
        }
        Ok(format!("{own}{number}"))
    }
}

impl fmt::Display for BaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.braincube, self.id)
    }
}

/// The variable's own id in a long or a bare one.
pub(super) fn bare_id(id: &str) -> &str {
    id.rsplit_once("/d").map_or(id, |(_, number)| number)
}

/// The services of a domain.
pub(super) struct Address {
    /// Sign-on, without a last slash.
    sso: String,
    /// Metadata and data, without a last slash; may hold the placeholder.
    api: String,
}

impl Address {
    pub(super) fn new(sso: &str, api: &str) -> Self {
        Self { sso: sso.trim_matches('/').into(), api: api.trim_matches('/').into() }
    }

    /// Base URL of the sign-on service.
    pub(super) fn sso_base(&self) -> &str {
        &self.sso
    }

    /// Base URL of metadata and data.
    pub(super) fn api_base(&self) -> &str {
        &self.api
    }

    /// A URL of the sign-on service.
    pub(super) fn sso(&self, path: &str) -> String {
        format!("{}/{}", self.sso, path.trim_matches('/'))
    }

    /// The URL of a resource of a braincube. Where the base URL holds the placeholder, the name goes there, and only
    /// there.
    pub(super) fn api(&self, braincube: &str, path: &str) -> Result<String> {
        if self.api.contains(PLACEHOLDER) {
            return Ok(format!("{}/{path}", named(&self.api, braincube)?));
        }
        Ok(format!("{}/braincube/{}/{path}", self.api, segment("braincube", braincube)?))
    }

    /// The URL of any path of the API service, the placeholder in either of them replaced.
    pub(super) fn any(&self, path: &str, braincube: Option<&str>) -> Result<String> {
        let whole = format!("{}/{}", self.api, path.trim_matches('/'));
        match braincube {
            Some(braincube) => named(&whole, braincube),
            None if whole.contains(PLACEHOLDER) => {
                Err(Error::invalid("The address holds {braincube-name}: give the braincube's name."))
            }
            None => Ok(whole),
        }
    }
}

/// One segment of a path. One that would change the path it stands in is refused.
pub(super) fn segment(what: &str, text: &str) -> Result<String> {
    if text.is_empty() || text == "." || text == ".." {
        return Err(Error::invalid(format!("{what} is \"{text}\": give its name or id.")));
    }
    Ok(url::encode(text))
}

/// The URL with the braincube's name in place of the placeholder.
fn named(url: &str, braincube: &str) -> Result<String> {
    let name = segment("braincube", braincube)?;
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    // Credentials go to this host: the name must not be able to choose another.
    let fit = braincube.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if host.contains(PLACEHOLDER) && !fit {
        let words = format!(
            "The address needs the braincube's name in its host, and \"{braincube}\" is no name of one."
        );
        return Err(Error::invalid(words));
    }
    let host = host.replace(PLACEHOLDER, braincube);
    Ok(format!("{scheme}://{host}/{}", path.replace(PLACEHOLDER, &name)).trim_end_matches('/').into())
}
