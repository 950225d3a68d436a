//! Projects, cohorts and the patients in them, over GraphQL.

use serde::Deserialize;
use serde_json::{Value, json};

use super::model::{Project, ProjectPatient};
use super::{Rune, Set, ids, wire};
use crate::Result;

#[derive(Deserialize)]
struct OneProject {
    project: Option<wire::Project>,
}

#[derive(Deserialize)]
struct OfOrg {
    org: Option<Projects>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Projects {
    project_list: Option<wire::ProjectList>,
}

/// A project or a cohort: what it is called in answers and in words, and the documents that ask for its patients.
struct Group {
    word: &'static str,
    patients: &'static str,
    metrics: &'static str,
}

const PROJECT: Group = Group {
    word: "project",
    patients: include_str!("project_patients.graphql"),
    metrics: include_str!("project_metrics.graphql"),
};

const COHORT: Group = Group {
    word: "cohort",
    patients: include_str!("cohort_patients.graphql"),
    metrics: include_str!("cohort_metrics.graphql"),
};

#[derive(Deserialize)]
struct OneGroup {
    #[serde(alias = "cohort")]
    project: Option<wire::Members>,
}

impl Rune {
    /// All projects of the active organization, with their cohorts.
    pub async fn projects(&self) -> Result<Set<Project>> {
        let mut projects = Set::new();
        self.walk(async |cursor| {
            let page: OfOrg =
                self.query(include_str!("projects.graphql"), json!({ "cursor": cursor })).await?;
            let list = page.org.and_then(|org| org.project_list).unwrap_or_default();
            projects.update(list.projects.into_iter().map(Project::from));
            Ok((list.page_info, projects.len()))
        })
        .await?;
        Ok(projects)
    }

    /// One project, with its cohorts.
    pub async fn project(&self, project_id: &str) -> Result<Project> {
        let answer: OneProject =
            self.query(include_str!("project.graphql"), json!({ "id": project_id })).await?;
        answer.project.map(Project::from).ok_or_else(|| self.missing(&format!("project {project_id}")))
    }

    /// The patients of a project, with the times from and to which the project's organization may see their data.
    pub async fn project_patients(&self, project_id: &str) -> Result<Set<ProjectPatient>> {
        self.members(&PROJECT, PROJECT.patients, project_id).await
    }

    /// The patients of a cohort, in the same way.
    pub async fn cohort_patients(&self, cohort_id: &str) -> Result<Set<ProjectPatient>> {
        self.members(&COHORT, COHORT.patients, cohort_id).await
    }

    /// The patients of a project with figures about their data, as releases of the official client up to 0.13 knew
    /// them: with metrics, without access times. Servers may have dropped metrics since, and refuse the query.
    pub async fn project_metrics(&self, project_id: &str) -> Result<Set<ProjectPatient>> {
        self.members(&PROJECT, PROJECT.metrics, project_id).await
    }

    /// The patients of a cohort with figures about their data, in the same way.
    pub async fn cohort_metrics(&self, cohort_id: &str) -> Result<Set<ProjectPatient>> {
        self.members(&COHORT, COHORT.metrics, cohort_id).await
    }

    async fn members(&self, group: &Group, document: &str, id: &str) -> Result<Set<ProjectPatient>> {
        let mut patients = Set::new();
        self.walk(async |cursor| {
            let input = cursor.map_or(Value::Null, |cursor| json!({ "codeNameCursor": cursor }));
            let answer: OneGroup = self.query(document, json!({ "id": id, "cursorInput": input })).await?;
            let members = answer.project.ok_or_else(|| self.missing(&format!("{} {id}", group.word)))?;
            let org_id = members.organization_id.as_deref().map(ids::org);
            let list = members.patient_list.unwrap_or_default();
            patients.update(list.patients.into_iter().filter_map(|patient| patient.of(org_id)));
            Ok((wire::PageInfo { end_cursor: list.page_info.code_name_end_cursor }, patients.len()))
        })
        .await?;
        Ok(patients)
    }
}
