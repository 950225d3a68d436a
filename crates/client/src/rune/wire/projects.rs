//! Projects and their patients, as served.

use serde::Deserialize;

use super::{Id, PageInfo};
use crate::rune::model::{self, Attributes, lenient};
use crate::rune::{Set, ids};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct ProjectList {
    #[serde(default, deserialize_with = "lenient")]
    pub(in crate::rune) page_info: PageInfo,
    #[serde(default, deserialize_with = "lenient")]
    pub(in crate::rune) projects: Vec<Project>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct Project {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    title: String,
    #[serde(default, deserialize_with = "lenient")]
    status: String,
    #[serde(default, deserialize_with = "lenient")]
    description: String,
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    kind: String,
    #[serde(default, deserialize_with = "lenient")]
    cohort_list: CohortList,
    created_at: Option<f64>,
    updated_at: Option<f64>,
    started_at: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    created_by: String,
    #[serde(default, deserialize_with = "lenient")]
    updated_by: String,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
struct CohortList {
    #[serde(default, deserialize_with = "lenient")]
    cohorts: Vec<model::Cohort>,
}

/// A project's or a cohort's patients.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct Members {
    pub(in crate::rune) organization_id: Option<String>,
    #[serde(rename = "projectPatientList", alias = "cohortPatientList")]
    pub(in crate::rune) patient_list: Option<MemberList>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct MemberList {
    #[serde(default, deserialize_with = "lenient")]
    pub(in crate::rune) page_info: CodeNamePageInfo,
    #[serde(rename = "projectPatients", alias = "cohortPatients", default, deserialize_with = "lenient")]
    pub(in crate::rune) patients: Vec<Member>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct CodeNamePageInfo {
    #[serde(default)]
    pub(in crate::rune) code_name_end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct Member {
    patient: Option<MemberPatient>,
    #[serde(default, deserialize_with = "lenient")]
    code_name: String,
    created_at: Option<f64>,
    updated_at: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    created_by: String,
    #[serde(default, deserialize_with = "lenient")]
    updated_by: String,
    metric_list: Option<MetricList>,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MemberPatient {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    patient_access_list: AccessList,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct AccessList {
    #[serde(default, deserialize_with = "lenient")]
    patient_access: Vec<Access>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Access {
    org: Option<Id>,
    start_time: Option<f64>,
    end_time: Option<f64>,
}

#[derive(Deserialize, Default)]
struct MetricList {
    #[serde(default, deserialize_with = "lenient")]
    metrics: Vec<model::Metric>,
}

impl From<Project> for model::Project {
    fn from(project: Project) -> Self {
        Self {
            title: project.title,
            created_at: project.created_at,
            started_at: project.started_at,
            updated_at: project.updated_at,
            created_by: project.created_by,
            updated_by: project.updated_by,
            status: project.status,
            kind: project.kind,
            cohorts: project.cohort_list.cohorts.into_iter().collect(),
            description: project.description,
            attributes: project.attributes,
            id: project.id,
        }
    }
}

impl Member {
    /// The patient's part in a project of this organization; `None` for a row without a patient.
    pub(in crate::rune) fn of(self, org_id: Option<&str>) -> Option<model::ProjectPatient> {
        let patient = self.patient?;
        let mut rows = patient.patient_access_list.patient_access.into_iter();
        // Other organizations may have access to the patient as well.
        let access = rows.find(|row| row.org.as_ref().is_some_and(|org| Some(ids::org(&org.id)) == org_id));
        Some(model::ProjectPatient {
            project_code_name: self.code_name,
            start_time: access.as_ref().and_then(|access| access.start_time),
            end_time: access.and_then(|access| access.end_time),
            created_at: self.created_at,
            updated_at: self.updated_at,
            created_by: self.created_by,
            updated_by: self.updated_by,
            metrics: self.metric_list.map(|list| list.metrics.into_iter().collect::<Set<_>>()),
            attributes: self.attributes,
            id: ids::patient(&patient.id).to_string(),
        })
    }
}
