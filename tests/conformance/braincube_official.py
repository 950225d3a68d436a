"""The official Braincube client reads a server: braincube_official.py URL OUT.

URL is the base of the sandbox's stand-in. Calls every documented method and writes OUT/calls.json: a list of {"call",
"arguments", "answer"}, or {"call", "arguments", "error"} with the name of the exception where the client raised. Calls
are named like the official methods, `module.Class.method`. Columns are {variable: [cells]}, with "nan" for a cell that
is no number and dates as ISO 8601 text.
"""

import json
import math
import pathlib
import sys
import warnings

import requests
from braincube_connector import braincube, client, instances, parameters
from official import official_names

import braincube_filters

API_KEY, OAUTH2_TOKEN = "demo-braincube", "demo-braincube-oauth2"
MODULES = [
    "braincube",
    "client",
    "parameters",
    "bases.base",
    "bases.base_entity",
    "bases.resource_getter",
    "memory_base.memory_base",
] + [
    f"memory_base.nested_resources.{name}"
    for name in ("condition_container", "datagroup", "event", "job", "mb_child", "rule", "variable")
]


class Recorder:
    def __init__(self):
        self.calls = []

    def add(self, call, arguments, answer):
        self.calls.append({"call": call, "arguments": arguments, "answer": shown(answer)})
        return answer

    def attempt(self, call, arguments, ask):
        """Records what a call answers, or the exception that it raises."""
        try:
            return self.add(call, arguments, ask())
        except Exception as error:  # noqa: BLE001: whatever it is, it is the answer
            self.calls.append({"call": call, "arguments": arguments, "error": type(error).__name__})
            return None


def shown(item):
    """An answer as JSON."""
    if isinstance(item, dict):
        return {str(key): shown(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [shown(value) for value in item]
    if isinstance(item, float) and math.isnan(item):
        return "nan"
    if hasattr(item, "isoformat"):
        return item.isoformat()
    return item.get_metadata() if hasattr(item, "get_metadata") else item


def connect(**config):
    """A client of its own: the official one is made once in a process."""
    instances.instances.pop("client", None)
    return client.get_instance(**config)


def configurations(recorder, url, out):
    """Every way to sign in gives the same list of braincubes."""
    both = {"sso_base_url": url, "braincube_base_url": url}
    files = {"config_file": str(out / "config.json")}
    (out / "config.json").write_text(json.dumps(both | {"api_key": API_KEY}))
    placeholder = {"sso_base_url": url, "braincube_base_url": f"{url}/{{braincube-name}}", "api_key": API_KEY}
    ways = {
        "api_key": {"config_dict": both | {"api_key": API_KEY}},
        "oauth2_token": {"config_dict": both | {"oauth2_token": OAUTH2_TOKEN}},
        "api_key before oauth2_token": {"config_dict": both | {"api_key": API_KEY, "oauth2_token": "wrong"}},
        "file": files,
        "placeholder": {"config_dict": placeholder},
    }
    for way, config in ways.items():
        made = connect(**config)
        recorder.add("client.get_instance", {"way": way}, {})
        recorder.add("client.Client.get_braincube_infos", {"way": way}, made.get_braincube_infos())
        recorder.add("client.Client.has_placeholder_in_braincube_url", {"way": way}, made.has_placeholder_in_braincube_url())
        mill = braincube.get_braincube("Paper mill")
        recorder.add("braincube.Braincube.get_memory_base_list", {"way": way}, mill.get_memory_base_list())
        table = mill.get_memory_base(21).get_data([2100001])
        assert len(table[2100001]) == 900, way
    for way, wrong in {"api_key": {"api_key": "wrong"}, "oauth2_token": {"oauth2_token": "wrong"}, "none": {}}.items():
        recorder.attempt("client.get_instance", {"wrong": way}, lambda: connect(config_dict=both | wrong))
    connect(config_dict=both | {"api_key": API_KEY})


def entity(recorder, kind, item, arguments):
    """What all resources share."""
    for name in ("get_name", "get_bcid", "get_uuid", "get_metadata"):
        recorder.attempt(f"base_entity.BaseEntity.{name}", {"kind": kind} | arguments, getattr(item, name))


def raw(recorder):
    path = "braincube/Paper mill/braindata/mb20/simple"
    recorder.add("client.request_ws", {"path": path}, client.request_ws(path))
    answer = client.request_ws(path, response_as_json=False)
    recorder.add("client.Client.request_ws", {"path": path}, {"status": answer.status_code, "body": answer.json()})
    for status, path in {403: "braincube/Pulp mill/braincube/mb/all/summary", 404: "braincube/none/braincube/mb/all/summary"}.items():
        try:
            client.request_ws(path)
            raise AssertionError(f"{path} is answered")
        except requests.HTTPError as error:
            assert error.response.status_code == status, error
            recorder.add("client.request_ws", {"path": path}, {"status": status, "body": error.response.json()})


def paged(recorder, call, ask, arguments):
    """A list whole, in small pages, one page, and a page behind the end."""
    whole = recorder.add(call, arguments, ask())
    parameters.set_parameter({"page_size": 7})
    assert shown(ask()) == shown(whole), call
    parameters.reset_parameter()
    for page, size in ((0, 3), (1, 3), (99, 3)):
        recorder.add(call, arguments | {"page": page, "page_size": size}, ask(page=page, page_size=size))
    return whole


def resources(recorder):
    recorder.add("braincube.get_braincube_list", {}, braincube.get_braincube_list())
    recorder.add("braincube.get_braincube_list", {"names": ["pilot"]}, braincube.get_braincube_list(names=["pilot"]))
    recorder.attempt("braincube.get_braincube", {"name": "nowhere"}, lambda: braincube.get_braincube("nowhere"))
    mill = recorder.add("braincube.get_braincube", {"name": "Paper mill"}, braincube.get_braincube("Paper mill"))
    recorder.add("braincube.Braincube.get_uuid", {}, mill.get_uuid())
    entity(recorder, "braincube", mill, {"name": "Paper mill"})
    bases = paged(recorder, "braincube.Braincube.get_memory_base_list", mill.get_memory_base_list, {})
    for base in bases:
        arguments = {"mb": base.get_bcid()}
        single = recorder.add("braincube.Braincube.get_memory_base", arguments, mill.get_memory_base(base.get_bcid()))
        entity(recorder, "memory base", single, arguments)
        ask = single.get_order_variable_long_id
        recorder.attempt("memory_base.MemoryBase.get_order_variable_long_id", arguments, ask)
        lists(recorder, single, arguments)
    recorder.attempt("braincube.Braincube.get_memory_base", {"mb": 99}, lambda: mill.get_memory_base(99))
    return mill


def lists(recorder, base, arguments):
    for kind in ("variable", "datagroup", "event", "job", "rule"):
        call = f"memory_base.MemoryBase.get_{kind}"
        everything = paged(recorder, f"{call}_list", getattr(base, f"get_{kind}_list"), arguments)
        for item in everything[:10]:
            named = arguments | {"bcid": item.get_bcid()}
            single = recorder.add(call, named, getattr(base, f"get_{kind}")(item.get_bcid()))
            entity(recorder, kind, single, named)
            assert single.get_memory_base() is base
            recorder.add("mb_child.MbChild.get_memory_base", named, base.get_bcid())
        recorder.attempt(call, arguments | {"bcid": 7}, lambda: getattr(base, f"get_{kind}")(7))


def variables(recorder, base):
    for bcid in ("2000001", "2000002", "2000013"):
        variable = base.get_variable(bcid)
        for name in ("get_type", "get_long_id", "get_uuid"):
            recorder.add(f"variable.VariableDescription.{name}", {"bcid": bcid}, getattr(variable, name)())
    for key in ("standard", "tag", "local"):
        parameters.set_parameter({"VariableDescription_name_key": key})
        assert parameters.get_parameter("VariableDescription_name_key") == key
        recorder.add("parameters.set_parameter", {"name_key": key}, [item.get_name() for item in base.get_variable_list()])
        recorder.add("parameters.get_parameter", {"name_key": key}, key)
    parameters.reset_parameter()
    recorder.add("parameters.reset_parameter", {}, parameters.get_parameter("page_size"))
    for group in base.get_datagroup_list():
        group, named = base.get_datagroup(group.get_bcid()), {"bcid": group.get_bcid()}
        recorder.add("datagroup.DataGroup.get_variable_ids", named, group.get_variable_ids())
        recorder.add("datagroup.DataGroup.get_variable_list", named, group.get_variable_list())


def conditions(recorder, base):
    """Conditions of events and jobs, and the rows that jobs stand for."""
    for event in base.get_event_list():
        recorder.attempt("condition_container.ConditionContainer.get_conditions", {"event": event.get_bcid()}, event.get_conditions)
    order, table = braincube_filters.Server(SERVER).table(20)
    for job in base.get_job_list():
        job = base.get_job(job.get_bcid())
        named = {"job": job.get_bcid()}
        for options in ({}, {"combine": True}, {"include_events": True}, {"combine": True, "include_events": True}):
            recorder.attempt("job.JobDescription.get_conditions", named | options, lambda: job.get_conditions(**options))
        recorder.add("job.JobDescription.get_variable_ids", named, sorted(job.get_variable_ids()))
        recorder.add("job.JobDescription.get_events", named, job.get_events())
        recorder.add("job.JobDescription.get_categories", named, job.get_categories())
        recorder.attempt("job.JobDescription.get_rule_list", named, job.get_rule_list)
        for filters in (None, [{"LESS": ["mb20/d2000001", "20240308_010000"]}]):
            ask = lambda: job.get_data(filters)  # noqa: E731
            columns = recorder.attempt("job.JobDescription.get_data", named | {"filters": filters}, ask)
            if columns:
                (condition,) = braincube_conditions(filters, job)
                same(table, condition, columns)
    recorder.add("job.JobDescription.get_rule", {"job": 573, "bcid": 200}, base.get_job(573).get_rule(200))


def braincube_conditions(filters, job):
    from braincube_connector.data import conditions as combining

    everything = (filters or []) + job.get_conditions(combine=True, include_events=True)
    return combining.combine_filters(everything)


def same(table, condition, columns):
    """Fails unless columns hold the cells of the rows that a slow evaluation of the filter leaves."""
    rows = sorted(table.left(condition))
    assert rows, f"nothing is left by {condition}"
    for variable, cells in columns.items():
        name = f"mb{table.base}/d{variable}"
        read = table.reader(name)
        wanted = [table.cells[name][row] for row in rows]
        if read is braincube_filters.number:
            wanted, cells = [read(cell) for cell in wanted], [None if math.isnan(cell) else cell for cell in cells]
        assert cells == wanted, f"{name}: {condition}"


def data(recorder, mill):
    machine, trials, reels = (mill.get_memory_base(bcid) for bcid in (20, 22, 21))
    morning = {"BETWEEN": ["mb20/d2000001", "20240302_060000", "20240302_120000"]}
    ids = ["2000001", "2000002", 2000008, "2000013", "2000016"]
    call = "memory_base.MemoryBase.get_data"

    def read(base, ids, filters=None, parse_date=False, **options):
        arguments = {"mb": base.get_bcid(), "ids": ids, "filters": filters, "parse_date": parse_date} | options
        parameters.set_parameter({"parse_date": parse_date})
        answer = recorder.attempt(call, arguments, lambda: frames(base.get_data(ids, filters, **options)))
        parameters.reset_parameter()
        return answer

    def frames(answer):
        return answer if isinstance(answer, dict) else {name: answer[name].tolist() for name in answer}

    for options in ({}, {"label_type": "name"}, {"dataframe": True}, {"label_type": "name", "dataframe": True}):
        read(machine, ids, [morning], **options)
        read(machine, ids, [morning], parse_date=True, **options)
    # Two variables of one name: one of them is lost.
    read(machine, [2000019, 2000020], [morning], label_type="name")
    order, table = braincube_filters.Server(SERVER).table(20)
    for filters in documented("mb20"):
        columns = read(machine, [2000001, 2000002, 2000003], filters)
        condition = filters[0] if len(filters) == 1 else {"AND": filters[:2]}
        same(table, condition if len(filters) < 3 else {"AND": [condition, filters[2]]}, columns)
    read(reels, [2100001, 2100002, 2100005, 2100006])
    for variable in range(2200001, 2200012):
        read(trials, [variable])
        read(trials, [variable], parse_date=True)
    read(mill.get_memory_base(25), [2500001, 2500002], [{"BETWEEN": ["mb25/d2500001", "20241027_010000", "20241027_040000"]}])
    read(mill.get_memory_base(26), [2600001])
    read(braincube.get_braincube("pilot").get_memory_base(1), [100001, 100002])
    read(machine, [1])
    read(machine, [2000002], [{"AND": [morning]}])
    group = machine.get_datagroup(10)
    recorder.add("datagroup.DataGroup.get_data", {"bcid": 10, "filters": [morning]}, group.get_data([morning]))


def documented(base):
    """The filters of the document."""
    speed, weight, grade, state, power = (f"{base}/d{number}" for number in (2000002, 2000003, 2000013, 2000015, 2000008))
    low, high = {"LESS": [speed, 240.5]}, {"GREAT": [weight, 126]}
    yield [{"EQUALS": [speed, 240.0]}]
    yield [{"EQUALS": [speed, [240.0]]}]
    yield [{"EQUALS": [grade, "Kraft 80"]}]
    yield [{"BETWEEN": [speed, 0, 240]}, {"BETWEEN": [power, 600, 640]}]
    yield [low]
    yield [{"LESS_EQUALS": [speed, 240]}]
    yield [high]
    yield [{"GREAT_EQUALS": [weight, 126.5]}]
    yield [{"Not": [{"GREAT": [speed, 240]}]}]
    yield [{"NOT": [{"OR": [{"EQUALS": [state, ["run"]]}, {"LESS": [speed, 100]}]}]}]
    yield [{"AND": [low, {"EQUALS": [grade, ["Kraft 110"]]}]}]
    yield [{"OR": [low, high]}]
    yield [low, {"NOT": [{"EQUALS": [state, "wash"]}]}, {"GREAT": [power, 500]}]


def main(url, out):
    global SERVER
    SERVER = url
    warnings.simplefilter("ignore")
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    recorder = Recorder()
    recorder.add("official_names", {}, official_names(MODULES, "braincube_connector"))
    configurations(recorder, url, out)
    raw(recorder)
    mill = resources(recorder)
    machine = mill.get_memory_base(20)
    variables(recorder, machine)
    conditions(recorder, machine)
    data(recorder, mill)
    (out / "calls.json").write_text(json.dumps(recorder.calls))


if __name__ == "__main__":
    main(*sys.argv[1:])
