//! Users, organizations, patients and devices, over GraphQL.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::json;

use super::model::{Device, Org, Patient, User};
use super::{Rune, Set, ids, wire};
use crate::{Error, Result};

#[derive(Deserialize)]
struct OfUser<T> {
    user: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Memberships {
    membership_list: Option<wire::MembershipList>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActiveOrg {
    default_membership: Option<wire::Membership>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdatedMembership {
    update_default_membership: Option<OfUser<ActiveOrg>>,
}

#[derive(Deserialize)]
struct OnePatient {
    patient: Option<wire::Patient>,
}

#[derive(Deserialize)]
struct OfOrg {
    org: Option<Patients>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Patients {
    patient_access_list: Option<wire::PatientAccessList>,
}

fn bare(org: Org) -> Org {
    Org { id: ids::org(&org.id).to_string(), ..org }
}

impl Rune {
    /// The user whose credentials these are.
    pub async fn current_user(&self) -> Result<User> {
        let answer: OfUser<wire::User> = self.query(include_str!("current_user.graphql"), json!({})).await?;
        answer.user.map(User::from).ok_or_else(|| self.missing("user for these credentials"))
    }

    /// All organizations the user is a member of.
    pub async fn orgs(&self) -> Result<Set<Org>> {
        let mut orgs = Set::new();
        self.walk(async |cursor| {
            let variables = json!({ "cursor": cursor });
            let page: OfUser<Memberships> =
                self.query(include_str!("memberships.graphql"), variables).await?;
            let list = page.user.and_then(|user| user.membership_list).unwrap_or_default();
            orgs.update(list.memberships.into_iter().filter_map(|membership| membership.org).map(bare));
            Ok((list.page_info, orgs.len()))
        })
        .await?;
        Ok(orgs)
    }

    /// One organization of the user's, with or without prefix and suffix in the id.
    pub async fn org(&self, org_id: &str) -> Result<Org> {
        let org = self.orgs().await?.remove(org_id);
        org.ok_or_else(|| self.missing(&format!("organization {}", ids::org(org_id))))
    }

    /// Makes an organization the user's active one: the one whose patients are listed.
    pub async fn set_active_org(&self, org_id: &str) -> Result<Org> {
        let variables = json!({ "input": { "orgId": org_id } });
        let answer: UpdatedMembership = self.query(include_str!("set_active_org.graphql"), variables).await?;
        let user = answer.update_default_membership.and_then(|update| update.user);
        let org = user.and_then(|user| user.default_membership).and_then(|membership| membership.org);
        org.map(bare).ok_or_else(|| self.missing(&format!("organization {org_id}")))
    }

    /// All patients of the active organization, with all their devices.
    pub async fn patients(&self) -> Result<Set<Patient>> {
        let mut patients = Set::new();
        self.walk(async |cursor| {
            let variables = json!({ "patient_cursor": cursor, "device_cursor": null });
            let page: OfOrg = self.query(include_str!("patients.graphql"), variables).await?;
            let list = page.org.and_then(|org| org.patient_access_list).unwrap_or_default();
            for patient in list.patient_access.into_iter().filter_map(|access| access.patient) {
                let more =
                    patient.device_list.page_info.end_cursor.as_deref().is_some_and(|next| !next.is_empty());
                let patient = if more { self.patient(&patient.id).await? } else { patient.into() };
                patients.add(patient);
            }
            Ok((list.page_info, patients.len()))
        })
        .await?;
        Ok(patients)
    }

    /// One patient, with all devices.
    pub async fn patient(&self, patient_id: &str) -> Result<Patient> {
        let patient_id = check(patient_id)?;
        let mut patient: Option<Patient> = None;
        self.walk(async |cursor| {
            let variables = json!({ "patient_id": patient_id, "cursor": cursor });
            let page: OnePatient = self.query(include_str!("patient.graphql"), variables).await?;
            let mut page = page.patient.ok_or_else(|| self.missing(&format!("patient {patient_id}")))?;
            let info = std::mem::take(&mut page.device_list.page_info);
            let mut page = Patient::from(page);
            // The devices of the pages before come first.
            if let Some(before) = patient.take() {
                let mut devices = before.devices;
                devices.update(page.devices);
                page.devices = devices;
            }
            let devices = page.devices.len();
            patient = Some(page);
            Ok((info, devices))
        })
        .await?;
        patient.ok_or_else(|| self.missing(&format!("patient {patient_id}")))
    }

    /// One device of a patient.
    pub async fn device(&self, patient_id: &str, device_id: &str) -> Result<Device> {
        let mut devices = self.patient(patient_id).await?.devices;
        let words = || format!("device {} of patient {}", ids::device(device_id), ids::patient(patient_id));
        devices.remove(device_id).ok_or_else(|| self.missing(&words()))
    }

    /// All devices of these patients; of all patients of the active organization, when none is named.
    pub async fn devices(&self, patient_ids: &[impl AsRef<str>]) -> Result<Set<Device>> {
        if patient_ids.is_empty() {
            return Ok(self.patients().await?.devices());
        }
        let patients = patient_ids.iter().map(|patient_id| self.patient(patient_id.as_ref()));
        let patients: Vec<Patient> = stream::iter(patients).buffered(self.at_once()).try_collect().await?;
        Ok(patients.into_iter().flat_map(|patient| patient.devices).collect())
    }
}

/// A patient's bare id.
pub(super) fn check(patient_id: &str) -> Result<&str> {
    match ids::patient(patient_id) {
        "" => Err(Error::invalid("patient_id must not be empty.")),
        id => Ok(id),
    }
}
