//! Projects, cohorts and the patients in them.

use async_graphql::{ComplexObject, InputObject, SimpleObject};

use super::page::{Cursor, page};
use super::{Context, Result, state};
use crate::rune::catalogue::{Cohort, Metric, Patient, Project, ProjectPatient};

// Large, so that there is one page: the official Python client sends the cursor under a name that its own query
// does not declare and would ask for the first of several pages for ever.
const PATIENTS: usize = 1000;

#[derive(SimpleObject)]
struct CohortList<'a> {
    cohorts: &'a [Cohort],
}

#[derive(InputObject)]
struct CursorInput {
    code_name_cursor: Option<String>,
}

#[derive(SimpleObject)]
struct CodeNamePageInfo {
    code_name_end_cursor: Option<String>,
}

#[derive(SimpleObject)]
struct ProjectPatientList<'a> {
    page_info: CodeNamePageInfo,
    project_patients: &'a [ProjectPatient],
}

#[derive(SimpleObject)]
struct CohortPatientList<'a> {
    page_info: CodeNamePageInfo,
    cohort_patients: &'a [ProjectPatient],
}

#[derive(SimpleObject)]
struct MetricList<'a> {
    metrics: &'a [Metric],
}

fn patients<'a>(
    list: &str,
    patients: &'a [ProjectPatient],
    input: Option<CursorInput>,
) -> Result<(&'a [ProjectPatient], CodeNamePageInfo)> {
    let cursor = input.and_then(|input| input.code_name_cursor).map(Cursor::from);
    let (patients, info) = page(list, patients, PATIENTS, cursor)?;
    Ok((patients, CodeNamePageInfo { code_name_end_cursor: info.end_cursor }))
}

#[ComplexObject]
impl Project {
    async fn cohort_list(&self) -> CohortList<'_> {
        CohortList { cohorts: &self.cohorts }
    }

    async fn project_patient_list(
        &self,
        cursor_input: Option<CursorInput>,
    ) -> Result<ProjectPatientList<'_>> {
        let (project_patients, page_info) = patients(&self.id, &self.patients, cursor_input)?;
        Ok(ProjectPatientList { page_info, project_patients })
    }
}

#[ComplexObject]
impl Cohort {
    async fn cohort_patient_list(&self, cursor_input: Option<CursorInput>) -> Result<CohortPatientList<'_>> {
        let (cohort_patients, page_info) = patients(&self.id, &self.patients, cursor_input)?;
        Ok(CohortPatientList { page_info, cohort_patients })
    }
}

#[ComplexObject]
impl ProjectPatient {
    async fn patient<'a>(&self, context: &Context<'a>) -> Result<Option<&'a Patient>> {
        Ok(state(context)?.catalogue.patient(&self.patient_id))
    }

    async fn metric_list(&self) -> MetricList<'_> {
        MetricList { metrics: &self.metrics }
    }
}
