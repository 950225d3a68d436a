//! Rune's ids come bare or dressed (`patient-p1`, `patient-p1,device-d1`, `org-o1,org`, `user-u1,user`). Inside
//! Streamscope they are bare; requests dress them where the API wants it.

/// A patient id without its prefix.
pub fn patient(id: &str) -> &str {
    id.strip_prefix("patient-").unwrap_or(id)
}

/// A device id without its patient and its prefix.
pub fn device(id: &str) -> &str {
    let own = id.rsplit_once(',').map_or(id, |(_, own)| own);
    own.strip_prefix("device-").unwrap_or(own)
}

/// An organization id without prefix and suffix.
pub fn org(id: &str) -> &str {
    let id = id.strip_prefix("org-").unwrap_or(id);
    id.strip_suffix(",org").unwrap_or(id)
}

/// A user id without prefix and suffix.
pub fn user(id: &str) -> &str {
    let id = id.strip_prefix("user-").unwrap_or(id);
    id.strip_suffix(",user").unwrap_or(id)
}

/// A patient id with its prefix, whether it had it or not.
pub fn full_patient(id: &str) -> String {
    format!("patient-{}", patient(id))
}

/// A device id with its patient's, as stream filters want it, whether it had it or not.
pub fn full_device(patient_id: &str, device_id: &str) -> String {
    format!("patient-{},device-{}", patient(patient_id), device(device_id))
}

/// An organization id with prefix and suffix, whether it had them or not.
pub fn full_org(id: &str) -> String {
    format!("org-{},org", org(id))
}

/// A user id with prefix and suffix, whether it had them or not.
pub fn full_user(id: &str) -> String {
    format!("user-{},user", user(id))
}
