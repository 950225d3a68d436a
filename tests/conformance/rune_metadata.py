"""The official Rune client's metadata, sets, tables, raw pages and credentials; part of rune_official.py.

Calls and the shape of their answers, on top of those of rune_official.py:

  ids {kind, id}                         {"normal", "full"?}: an id without and with its prefix and suffix
  item_set {steps}                       the ids of a set of organizations after each step
  attribute {stream_id, name}            an attribute of a stream, by name
  organization, set_active_org {org_id}  an item's own dictionary
  patient, device, patient_devices, devices, project, project_patients, cohort_patients, events, …_events
                                         an item's own dictionary, or a list of them
  streams_filter {criteria}              ids of the streams that match
  sleep_metrics {…dates}                 rows as served
  table_of_… {…}                         {"columns": […], "cells": {column: [cells]}}, as the data frame has them
  streams_dataframe, availability_dataframe, batch_availability_dataframe {…}       the same
  data_pages, availability_pages, stream_get_data {…}      each page's body: text, or the JSON it holds
  graph_execute {statement, variables}   the data
  config {yaml}                          {"method", "headers"}, or {"error"}: ambiguous, incomplete, refused
  api_error {stream_id}                  {"status"}
"""

import importlib
import itertools
import os
import pathlib
import tempfile

import pandas as pd
import yaml
from official import frame, official_names
from runeq import Config, Session
from runeq.errors import APIError
from runeq.resources.event import EventSet
from runeq.resources.org import Org, OrgSet
from runeq.resources.patient import Device, Patient
from runeq.resources.user import User

DAY_S = 86_400
MODULES = ["config", "errors"] + [
    f"resources.{name}"
    for name in ("client", "common", "event", "org", "patient", "project", "sleep", "stream", "stream_metadata", "user")
]


def read(session, recorder, urls, streams):
    names = official_names(MODULES)
    recorder.add("official_names", {}, names)
    namespaces(names)
    ids(recorder)
    credentials(recorder, urls)
    pages(session, recorder, streams)
    tables(session, recorder, streams)
    orgs = list(session.org.get_orgs())
    item_set(recorder, orgs)
    people(session, recorder)
    projects(session, recorder)
    events(session, recorder, streams)
    for name in ("category", "algorithm", "id", "patient_id", "nothing"):
        recorder.add("attribute", {"stream_id": streams[0].id, "name": name}, streams[0].get(name))
    # The last calls: they change what the server lists.
    for org in orgs[::-1]:
        recorder.add("organization", {"org_id": Org.denormalize_id(org.id)}, session.org.get_org(org.id).to_dict())
        recorder.add("set_active_org", {"org_id": org.id}, session.org.set_active_org(org).to_dict())
        recorder.add("patients", {}, session.patient.get_all_patients().to_list())
        recorder.add("projects", {}, session.project.get_projects().to_list())


def namespaces(names):
    """A session offers the modules' functions, and nothing else."""
    module = importlib.import_module("runeq.resources.session.namespaces")
    functions = {name.split(".")[1] for name in names}
    for name, item in vars(module).items():
        if name.endswith("Namespace"):
            extra = {key for key in vars(item) if not key.startswith("_")} - functions
            assert not extra, f"{name} has {extra}, which no module has"


def ids(recorder):
    samples = ["", "x1", "patient-p1", "device-d1", "patient-p1,device-d1", "org-o1", "o1,org", "org-o1,org"]
    for id in samples + ["user-u1", "u1,user", "user-u1,user"]:
        recorder.add("ids", {"kind": "patient", "id": id}, {"normal": Patient.normalize_id(id), "full": Patient.denormalize_id(id)})
        full = Device.denormalize_id("patient-p9", id)
        recorder.add("ids", {"kind": "device", "id": id}, {"normal": Device.normalize_id(id), "full": full})
        recorder.add("ids", {"kind": "org", "id": id}, {"normal": Org.normalize_id(id), "full": Org.denormalize_id(id)})
        recorder.add("ids", {"kind": "user", "id": id}, {"normal": User.normalize_id(id)})


def item_set(recorder, orgs):
    first, second = orgs[:2]
    steps = [
        ("add", [first.id]), ("add", [second.id]), ("add", [first.id]), ("remove", [first.id]), ("remove", ["nobody"]),
        ("update", [first.id, second.id]), ("remove_item", [second.id]), ("update", []), ("update", [second.id]),
        ("remove", [first.id, second.id]),
    ]
    orgs = {org.id: org for org in orgs}
    items, after = OrgSet(), []
    for step, given in steps:
        if step == "add":
            items.add(orgs[given[0]])
        elif step == "update":
            items.update([orgs[id] for id in given])
        elif step == "remove":
            items.remove(*given)
        else:
            items.remove(*[orgs[id] for id in given])
        assert len(items) == len(items.to_list()) and [item.id for item in items] == list(items.ids())
        after.append(list(items.ids()))
        refused("does not contain", lambda: items.get("nobody"))
    recorder.add("item_set", {"steps": steps}, after)


def refused(words, call):
    try:
        call()
    except ValueError as error:
        assert words in str(error), error
        return
    raise AssertionError(f"not refused with: {words}")


def people(session, recorder):
    patients = session.patient.get_all_patients()
    recorder.add("table_of_organizations", {}, frame(session.org.get_orgs().to_dataframe()))
    recorder.add("table_of_patients", {}, frame(patients.to_dataframe()))
    recorder.add("table_of_stream_types", {}, frame(session.stream_metadata.get_all_stream_types().to_dataframe()))
    recorder.add("devices", {"patient_ids": []}, session.patient.get_all_devices().to_list())
    recorder.add("devices", {"patient_ids": []}, patients.devices.to_list())
    some = [Patient.denormalize_id(patient.id) for patient in patients][1:]
    recorder.add("devices", {"patient_ids": some}, session.patient.get_all_devices(some).to_list())
    for patient in patients:
        id = Patient.denormalize_id(patient.id)
        recorder.add("patient", {"patient_id": id}, session.patient.get_patient(id).to_dict())
        devices = session.patient.get_patient_devices(id)
        recorder.add("patient_devices", {"patient_id": id}, devices.to_list())
        recorder.add("table_of_devices", {"patient_id": id}, frame(devices.to_dataframe()))
        for device in devices:
            full = Device.denormalize_id(patient.id, device.id)
            found = session.patient.get_device(id, full).to_dict()
            assert found == patient.device(device.id).to_dict()
            recorder.add("device", {"patient_id": id, "device_id": full}, found)


def projects(session, recorder):
    projects = session.project.get_projects()
    assert len(projects) > 1, "the server has too few projects to compare"
    recorder.add("table_of_projects", {}, frame(projects.to_dataframe()))
    for project in projects:
        recorder.add("project", {"project_id": project.id}, session.project.get_project(project.id).to_dict())
        recorder.add("table_of_cohorts", {"project_id": project.id}, frame(project.cohorts.to_dataframe()))
        patients = session.project.get_project_patients(project.id)
        recorder.add("project_patients", {"project_id": project.id}, patients.to_list())
        recorder.add("table_of_project_patients", {"project_id": project.id}, frame(patients.to_dataframe()))
        for cohort in project.cohorts:
            patients = session.project.get_cohort_patients(cohort.id)
            recorder.add("cohort_patients", {"cohort_id": cohort.id}, patients.to_list())


def events(session, recorder, streams):
    start = min(stream.min_time for stream in streams if stream.min_time)
    helpers = {name: getattr(session.event, f"get_patient_{name}_events") for name in ("activity", "medication", "symptom", "wellbeing")}
    filters = [{"namespace": "patient", "category": "symptom", "enum": "tremor"}, {"namespace": "patient", "category": "wellbeing", "enum": "*"}]
    found = 0
    for patient in session.patient.get_all_patients():
        # Three windows of 90 days, one of them without anything; one event touches two.
        range = {"start_time": start - 100 * DAY_S, "end_time": start + 110.5 * DAY_S}
        arguments = {"patient_id": patient.id, **range}
        mine = session.event.get_patient_events(**arguments)
        found += len(mine)
        recorder.add("events", arguments, mine.to_list())
        recorder.add("table_of_events", arguments, frame(mine.to_dataframe()))
        some = session.event.get_patient_events(**arguments, include_filters=filters)
        recorder.add("events", {**arguments, "include_filters": filters}, some.to_list())
        for name, helper in helpers.items():
            recorder.add(f"{name}_events", arguments, helper(**arguments).to_list())
        date = pd.Timestamp(start, unit="s").date()
        dates = {"start_date": date - pd.Timedelta(days=20), "end_date": date + pd.Timedelta(days=45)}
        nights = session.sleep.get_sleep_metrics(patient.id, **dates)
        written = {name: str(date) for name, date in dates.items()}
        recorder.add("sleep_metrics", {"patient_id": patient.id, **written}, nights)
        if nights:
            recorder.add("table_of_sleep_metrics", {"patient_id": patient.id, **written}, frame(pd.DataFrame(nights)))
    assert found > 100, "the server has too few events to compare"
    nobody = {"patient_id": patient.id, "start_time": 0, "end_time": 0}
    recorder.add("table_of_events", nobody, frame(EventSet([]).to_dataframe()))


def tables(session, recorder, streams):
    by_patient = itertools.groupby(streams, key=lambda stream: stream.patient_id)
    for patient_id, mine in by_patient:
        mine = session.stream_metadata.get_stream_metadata([stream.id for stream in mine])
        recorder.add("table_of_streams", {"stream_ids": list(mine.ids())}, frame(mine.to_dataframe()))
        first = next(iter(mine))
        for criteria in (
            {}, {"stream_id": first.id}, {"patient_id": patient_id}, {"patient_id": "nobody"}, {"device_id": first.device_id},
            {"stream_type_id": first.stream_type.id}, {"algorithm": first.algorithm}, {"category": first.get("category")},
            {"measurement": first.get("measurement"), "category": ""}, {"hemisphere": "left", "category": "neural"},
        ):
            found = mine.filter(**criteria, filter_function=lambda stream: stream.max_time is not None)
            recorder.add("streams_filter", {"stream_ids": list(mine.ids()), "criteria": criteria}, list(found.ids()))
        # The first rows of all streams that have some, in one table (pandas cannot stack what has no rows).
        full = [stream.id for stream in mine if stream.max_time]
        arguments = {"stream_ids": full, "limit": 5, "timestamp": "iso"}
        stacked = session.stream_metadata.get_stream_dataframe(**arguments)
        recorder.add("streams_dataframe", arguments, frame(stacked))
        known = [stream for stream in mine if stream.max_time][:3]
        start = int(known[0].min_time)
        window = {"start_time": start, "end_time": start + DAY_S, "resolution": 900}
        one = known[0].get_stream_availability_dataframe(**window, timestamp="unixns", stream_client=session.stream.client)
        recorder.add("availability_dataframe", {"stream_ids": [known[0].id], **window}, frame(one))
        if len(known) > 1:
            batch = session.stream_metadata.get_stream_metadata([stream.id for stream in known])
            both = batch.get_batch_availability_dataframe(**window, batch_operation="all", timestamp="unixns", stream_client=session.stream.client)
            arguments = {"stream_ids": list(batch.ids()), **window, "batch_operation": "all"}
            recorder.add("batch_availability_dataframe", arguments, frame(both))


def pages(session, recorder, streams):
    client = session.stream.client
    longest = max(streams, key=lambda stream: (stream.max_time or 0) - (stream.min_time or 0) if "acceleration" in stream.stream_type.id else 0)
    for format in ("csv", "json"):
        arguments = {"format": format, "limit": 45_000, "timestamp": "unixns", "translate_enums": True}
        bodies = list(longest.iter_stream_data(**arguments, client=client))
        assert len(bodies) > 1, "the server sends everything in one page"
        recorder.add("data_pages", {"stream_id": longest.id, **arguments}, bodies)
    start = int(longest.min_time)
    window = {"start_time": start, "end_time": start + 3 * DAY_S, "resolution": 300, "format": "json", "timestamp": "unix"}
    for chosen in ([longest.id], [stream.id for stream in streams[:3]]):
        arguments = {"stream_ids": chosen, **window, **({"batch_operation": "any"} if len(chosen) > 1 else {})}
        bodies = list(session.stream.get_stream_availability(**arguments))
        recorder.add("availability_pages", arguments, bodies)
    parameters = {"format": "json", "limit": "3", "timestamp": "iso"}
    path = f"/v2/streams/{longest.id}"
    recorder.add("stream_get_data", {"path": path, "parameters": parameters}, list(client.get_data(path, **parameters)))
    statement, variables = "query($id: ID!) { patient(id: $id) { id codeName } }", {"id": longest.patient_id}
    answer = session.graph_client.execute(statement, **variables)
    recorder.add("graph_execute", {"statement": statement, "variables": variables}, answer)
    try:
        list(session.stream.get_stream_data("0" * 64))
    except APIError as error:
        recorder.add("api_error", {"stream_id": "0" * 64}, {"status": error.status_code})


def credentials(recorder, urls):
    """Every single and every pair of credentials, whole and in halves; and each method with all of them."""
    os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] = urls["graph_url"] + "/cognito/"
    sets = [
        {"access_token_id": "demo", "access_token_secret": "demo-secret"}, {"access_token_id": "demo"},
        {"client_key_id": "demo-client", "client_access_key": "demo-client-secret"}, {"client_access_key": "demo-client-secret"},
        {"jwt": "demo-jwt"}, {"cognito_client_id": "demo-cognito-client", "cognito_refresh_token": "demo-refresh-token"},
        {"cognito_refresh_token": "demo-refresh-token"}, {"custom_auth_headers": {"X-Rune-User-Access-Token": "demo-jwt"}}, {},
    ]
    pairs = [{**one, **other} for one, other in itertools.combinations(sets, 2)]
    everything = {key: value for given in sets for key, value in given.items()}
    methods = ["access_token", "client_keys", "jwt", "cognito_refresh", "custom", "password"]
    explicit = [{**given, "auth_method": method} for given in [*sets, everything] for method in methods]
    for given in [*pairs, *explicit]:
        text = yaml.safe_dump({**urls, **given, "unknown": 1})
        recorder.add("config", {"yaml": text}, config(text))
    cognito = {**urls, **sets[5]}
    session = Session(Config(**cognito))
    assert session.patient.get_all_patients(), "no patients with a refresh token"
    before = session.graph_client.config.auth_headers
    assert session.graph_client.config.refresh_auth() and before != session.graph_client.config.auth_headers
    custom = Session(Config(**urls, **sets[7]))
    assert custom.patient.get_all_patients(), "no patients with headers of one's own"


def config(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "config"
        path.write_text(text)
        try:
            config = Config(str(path))
            # Access tokens are numbered.
            headers = {name: value.rstrip("0123456789") for name, value in config.auth_headers.items()}
            return {"method": config.auth_method, "headers": headers}
        except ValueError as error:
            words = {"multiple credentials": "ambiguous", "complete set": "incomplete"}
            return {"error": next((kind for part, kind in words.items() if part in str(error)), "refused")}
        except Exception as error:  # boto3 refuses half a pair with an exception of its own.
            assert "ParamValidation" in type(error).__name__, error
            return {"error": "refused"}
