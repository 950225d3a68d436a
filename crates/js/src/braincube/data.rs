//! Data of variables, and requests of one's own.

use serde::Deserialize;
use serde_json::json;
use streamscope_client::braincube::{self as client, BaseId, DataQuery, DataRead, Labels, RawRequest};
use streamscope_client::{Error, ErrorKind, Filter, Method, Result as Answered, TimeRange};
use streamscope_frame::{BraincubeReport, ColumnReport};
use wasm_bindgen::prelude::*;

use super::filter::BraincubeFilter;
use super::given::{BraincubeBase, BraincubeId};
use super::{Braincube, NAMES, told};
use crate::call::Call;
use crate::options::{self, Strict, argument, optional};
use crate::read::{Opened, Read, Rows};
use crate::time::Time;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What there is to say about the columns of an answer. */
export interface BraincubeReport {
    /** One for each column that came, in order. */
    readonly columns: readonly {
        readonly id: string;
        /** The type that the server names, in its own words. */
        readonly wireType: string;
        /** Cells without a value. */
        readonly missing: number;
        /** Cells that hold something else than a value of the column. */
        readonly unreadable: number;
        /** The first of them, shortened. */
        readonly example: string | null;
        /** Whole numbers beyond 2⁵³ that a column of doubles holds only nearly. */
        readonly rounded: number;
    }[];
    /** Ids that were asked for and did not come. */
    readonly missing: readonly string[];
    /** Ids that came and were not asked for. */
    readonly unexpected: readonly string[];
    /** Whether the columns came in another order. */
    readonly reordered: boolean;
}
"#;

/// Which data of a memory base.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BraincubeDataQuery {
    /// Name of the braincube.
    braincube: String,
    /// Id of the memory base.
    base: BraincubeId,
    /// Ids of variables: the columns, in this order.
    variables: Vec<BraincubeId>,
    /// Which rows; all unless given.
    filter: Option<BraincubeFilter>,
    /// Rows from this instant on, by the variable that dates them.
    start_time: Option<Time>,
    /// Rows before this instant.
    end_time: Option<Time>,
    /// What the columns are called: `id` (unless given) or `name`. Of names that several have, the id stands behind.
    labels: Option<BraincubeLabels>,
}

/// What columns are called.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum BraincubeLabels {
    /// The variables' ids.
    Id,
    /// Their names.
    Name,
}

impl From<BraincubeDataQuery> for DataQuery {
    fn from(given: BraincubeDataQuery) -> Self {
        let (start, end) = (given.start_time.map(Time::ns), given.end_time.map(Time::ns));
        let range = (start.is_some() || end.is_some())
            .then(|| TimeRange { start: start.unwrap_or(i64::MIN), end: end.unwrap_or(i64::MAX) });
        Self {
            base: BaseId::new(given.braincube, given.base.0),
            variables: given.variables.into_iter().map(|id| id.0).collect(),
            filter: given.filter.and_then(|filter| filter.0),
            range,
            labels: match given.labels {
                Some(BraincubeLabels::Name) => Labels::Name,
                Some(BraincubeLabels::Id) | None => Labels::Id,
            },
        }
    }
}

/// A request of one's own.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BraincubeRequest {
    /// `GET` unless given; `POST`, `PUT`, `PATCH` or `DELETE`.
    method: Option<String>,
    /// Body, sent as it is.
    body: Option<String>,
    /// Whether it goes to the sign-on service instead of metadata and data.
    sso: Option<bool>,
    /// Name of the braincube, where the base URL or the path holds `{braincube-name}`.
    braincube: Option<String>,
    /// Whether the answer is read as JSON, which it is unless this is false; then it is its text.
    json: Option<bool>,
}

/// An answer with what there is to say about its columns.
struct Answer(DataRead);

impl Rows for Answer {
    fn read(&mut self) -> &mut dyn streamscope_client::Read {
        &mut self.0
    }

    fn report(&self) -> Option<JsValue> {
        let BraincubeReport { columns, missing, unexpected, reordered } = self.0.report();
        let column = |column: &ColumnReport| {
            json!({
                "id": column.id,
                "wireType": column.wire_type,
                "missing": column.missing,
                "unreadable": column.unreadable,
                "example": column.example,
                "rounded": column.rounded,
            })
        };
        let columns: Vec<_> = columns.iter().map(column).collect();
        Some(told(
            json!({ "columns": columns, "missing": missing, "unexpected": unexpected, "reordered": reordered }),
        ))
    }
}

impl Braincube {
    fn opened(
        &self,
        call: JsValue,
        opening: impl AsyncFnOnce(client::Braincube) -> Answered<DataRead> + 'static,
    ) -> Result<Read, JsValue> {
        let connection = client::Braincube::clone(&self.0);
        let opening = async move { opening(connection).await.map(|read| Box::new(Answer(read)) as Opened) };
        Ok(Read::new(opening, NAMES, Call::read(call)?))
    }
}

#[wasm_bindgen]
impl Braincube {
    /// Reads data of variables. Rows come once the whole answer is there, in the order of the memory base's order
    /// variable. Numbers are integers where all of a column are whole, and doubles otherwise; dates are instants, by the
    /// memory base's clock; all else is text. A cell that is no value is null.
    pub fn data(
        &self,
        #[wasm_bindgen(unchecked_param_type = "BraincubeDataQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let query: DataQuery = options::read::<BraincubeDataQuery>("the query", query)?.into();
        self.opened(call, async move |connection| connection.data(&query).await)
    }

    /// Reads the data that a job looks at: rows of its variables that meet its conditions, those of its events and
    /// `filter`.
    #[wasm_bindgen(js_name = jobData)]
    pub fn job_data(
        &self,
        #[wasm_bindgen(unchecked_param_type = "BraincubeBase")] base: JsValue,
        #[wasm_bindgen(unchecked_param_type = "BraincubeId")] job: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BraincubeFilter")] filter: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let (base, job, filter) = part_of(&base, "job", &job, &filter)?;
        self.opened(call, async move |connection| connection.job_data(&base, &job, filter.as_ref()).await)
    }

    /// Reads the data of a data group's variables.
    #[wasm_bindgen(js_name = dataGroupData)]
    pub fn data_group_data(
        &self,
        #[wasm_bindgen(unchecked_param_type = "BraincubeBase")] base: JsValue,
        #[wasm_bindgen(unchecked_param_type = "BraincubeId")] group: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BraincubeFilter")] filter: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReadCall")] call: JsValue,
    ) -> Result<Read, JsValue> {
        let (base, group, filter) = part_of(&base, "group", &group, &filter)?;
        self.opened(call, async move |connection| {
            connection.data_group_data(&base, &group, filter.as_ref()).await
        })
    }

    /// Sends a request of one's own, signed like all others, for what has no call here.
    #[wasm_bindgen(unchecked_return_type = "Promise<unknown>")]
    pub fn request(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] path: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BraincubeRequest")] request: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> js_sys::Promise {
        let given = || {
            Ok((
                argument::<String>("path", &path)?,
                optional::<Strict<BraincubeRequest>>("request", &request)?,
            ))
        };
        self.ask(call, given, async |connection, (path, given)| {
            let Strict(given) = given.unwrap_or(Strict(BraincubeRequest::default()));
            let answer = connection.request(&raw(path, &given)?).await?;
            if given.json == Some(false) {
                return Ok(JsValue::from(String::from_utf8_lossy(&answer.body).into_owned()));
            }
            answer.json().map(crate::value::as_served)
        })
    }
}

fn part_of(
    base: &JsValue,
    name: &str,
    id: &JsValue,
    filter: &JsValue,
) -> Result<(BaseId, String, Option<Filter>), JsValue> {
    let base: BraincubeBase = argument("base", base)?;
    let id: BraincubeId = argument(name, id)?;
    let filter = if filter.is_undefined() { None } else { argument::<BraincubeFilter>("filter", filter)?.0 };
    Ok((base.into(), id.0, filter))
}

fn raw(path: String, given: &BraincubeRequest) -> Answered<RawRequest> {
    let methods = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let name = given.method.as_deref().unwrap_or("GET");
    let method = methods.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name));
    let method = method.ok_or_else(|| {
        let words = format!("method is \"{name}\": use GET, POST, PUT, PATCH or DELETE.");
        Error::new(ErrorKind::InvalidInput, words)
    })?;
    Ok(RawRequest {
        method,
        body: given.body.clone().map(String::into_bytes),
        sso: given.sso == Some(true),
        braincube: given.braincube.clone(),
        ..RawRequest::get(path)
    })
}
