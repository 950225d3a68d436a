//! Users, organizations, patients, their devices and events.

use async_graphql::{ComplexObject, InputObject, SimpleObject};

use super::page::{Cursor, PageInfo, ProjectCursor, page};
use super::{Context, Result, state};
use crate::rune::catalogue::{Access, Device, Event, Org, Patient, Project, User, plain_org};

// Small, so that paging happens with few recordings.
const MEMBERSHIPS: usize = 1;
const PATIENTS: usize = 2;
const DEVICES: usize = 2;
const PROJECTS: usize = 1;
const EVENTS: usize = 100;

/// The longest range of one event query, s.
const MAX_EVENT_RANGE: f64 = 90.0 * 86_400.0;

#[derive(SimpleObject)]
struct Membership<'a> {
    org: &'a Org,
}

#[derive(SimpleObject)]
struct MembershipList<'a> {
    page_info: PageInfo,
    memberships: Vec<Membership<'a>>,
}

#[ComplexObject]
impl User {
    async fn default_membership<'a>(&self, context: &Context<'a>) -> Result<Option<Membership<'a>>> {
        let state = state(context)?;
        Ok(state.catalogue.org(&state.active_org()).map(|org| Membership { org }))
    }

    async fn membership_list<'a>(
        &self,
        context: &Context<'a>,
        cursor: Option<Cursor>,
    ) -> Result<MembershipList<'a>> {
        let (orgs, page_info) = page("memberships", &state(context)?.catalogue.orgs, MEMBERSHIPS, cursor)?;
        Ok(MembershipList { page_info, memberships: orgs.iter().map(|org| Membership { org }).collect() })
    }
}

#[derive(SimpleObject)]
struct PatientAccessList<'a> {
    page_info: PageInfo,
    patient_access: Vec<&'a Access>,
}

#[derive(SimpleObject)]
struct ProjectList<'a> {
    page_info: PageInfo,
    projects: Vec<&'a Project>,
}

#[ComplexObject]
impl Org {
    async fn patient_access_list<'a>(
        &self,
        context: &Context<'a>,
        cursor: Option<Cursor>,
    ) -> Result<PatientAccessList<'a>> {
        let accesses = state(context)?.catalogue.accesses.iter().filter(|access| access.org_id == self.id);
        let accesses: Vec<_> = accesses.collect();
        let (accesses, page_info) = page("patients", &accesses, PATIENTS, cursor)?;
        Ok(PatientAccessList { page_info, patient_access: accesses.to_vec() })
    }

    async fn project_list<'a>(
        &self,
        context: &Context<'a>,
        cursor: Option<ProjectCursor>,
    ) -> Result<ProjectList<'a>> {
        let projects = state(context)?.catalogue.projects.iter();
        let projects: Vec<_> =
            projects.filter(|project| plain_org(&project.organization_id) == plain_org(&self.id)).collect();
        let (projects, page_info) = page("projects", &projects, PROJECTS, cursor.map(Cursor::from))?;
        Ok(ProjectList { page_info, projects: projects.to_vec() })
    }
}

#[ComplexObject]
impl Access {
    async fn patient<'a>(&self, context: &Context<'a>) -> Result<Option<&'a Patient>> {
        Ok(state(context)?.catalogue.patient(&self.patient_id))
    }

    async fn org<'a>(&self, context: &Context<'a>) -> Result<Option<&'a Org>> {
        Ok(state(context)?.catalogue.org(&self.org_id))
    }
}

#[derive(SimpleObject)]
struct DeviceList<'a> {
    page_info: PageInfo,
    devices: &'a [Device],
}

#[derive(SimpleObject)]
struct EventList<'a> {
    page_info: PageInfo,
    events: Vec<&'a Event>,
}

/// Events of a namespace and category, of one enum or of any (`*`, or none given).
#[derive(InputObject)]
struct EventClassificationFilter {
    namespace: String,
    category: String,
    #[graphql(name = "enum")]
    value: Option<String>,
}

impl EventClassificationFilter {
    fn matches(&self, event: &Event) -> bool {
        let class = &event.classification;
        let any = self.value.as_deref().is_none_or(|value| value == "*");
        class.namespace == self.namespace
            && class.category == self.category
            && (any || class.value == self.value)
    }
}

#[ComplexObject]
impl Patient {
    async fn device_list(&self, cursor: Option<Cursor>) -> Result<DeviceList<'_>> {
        let (devices, page_info) = page("devices", &self.devices, DEVICES, cursor)?;
        Ok(DeviceList { page_info, devices })
    }

    async fn patient_access_list<'a>(&self, context: &Context<'a>) -> Result<PatientAccessList<'a>> {
        let accesses = state(context)?.catalogue.accesses.iter();
        let patient_access = accesses.filter(|access| access.patient_id == self.id).collect();
        Ok(PatientAccessList { page_info: PageInfo::default(), patient_access })
    }

    /// Events that touch `[startTime, endTime)`; null for a patient who never had any, as the platform does.
    async fn event_list(
        &self,
        start_time: f64,
        end_time: f64,
        cursor: Option<Cursor>,
        include_filters: Option<Vec<Option<EventClassificationFilter>>>,
    ) -> Result<Option<EventList<'_>>> {
        if end_time - start_time > MAX_EVENT_RANGE {
            return Err("events can be queried for at most 90 days at a time".into());
        }
        if self.events.is_empty() {
            return Ok(None);
        }
        let filters: Vec<_> = include_filters.into_iter().flatten().flatten().collect();
        let touches = |event: &&Event| {
            event.duration.as_ref().is_some_and(|duration| {
                let end = duration.end_time_max.or(duration.end_time).unwrap_or(duration.start_time);
                duration.start_time < end_time && end >= start_time
            })
        };
        let wanted =
            |event: &&Event| filters.is_empty() || filters.iter().any(|filter| filter.matches(event));
        let events: Vec<_> = self.events.iter().filter(touches).filter(wanted).collect();
        let (events, page_info) = page("events", &events, EVENTS, cursor)?;
        Ok(Some(EventList { page_info, events: events.to_vec() }))
    }
}
