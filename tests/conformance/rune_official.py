"""What the official Rune client (runeq, unchanged) reads from a server, written down for comparison.

usage: python rune_official.py BASE_URL OUT_DIR

Writes OUT_DIR/calls.json, a list of {"call", "arguments", "answer"}; a test makes each call with our client and
compares the answers. Calls and the shape of their answers:

  user, organizations, stream_types, patients          lists (or one) of the items' own dictionaries
  patient_streams {patient_id, …filters}               the same, for the streams of a patient
  streams_by_id {stream_ids}                           the same, for these streams
  data {stream_id, timestamp, translate_enums, …}      {column: [cells]} without the metadata columns
  availability {stream_ids, …, batch_operation?}       {"time": […], "availability": […]}, times in ns
  daily_aggregate {stream_id, …}, aggregate_window     the server's JSON

The calls about metadata, sets, tables and credentials stand in rune_metadata.py.

Cells are JSON: null for an empty cell, integers and floats in full, times as the server wrote them.

Every availability, daily aggregate and aggregate window is also recomputed here with pandas from the raw rows, so
that server and client cannot agree on a common mistake. Any difference ends the program with an error.
"""

import json
import math
import pathlib
import sys

import numpy as np
import pandas as pd
import rune_metadata
from runeq import Config, Session
from runeq.resources import stream as stream_api

METADATA = ["stream_id", "stream_type_id", "patient_id", "device_id", "algorithm"]
SECOND = 1_000_000_000
DAY_S = 86_400
MOST_ROWS = 500_000  # fast streams are read over their first hour only


def main(base_url, out_dir):
    base_url = base_url.rstrip("/")
    urls = {"graph_url": base_url, "stream_url": base_url, "strive_url": base_url}
    session = Session(Config(**urls, access_token_id="demo", access_token_secret="demo-secret"))
    for other in (
        {"client_key_id": "demo-client", "client_access_key": "demo-client-secret"},
        {"jwt": "demo-jwt"},
    ):
        assert Session(Config(**urls, **other)).patient.get_all_patients(), f"no patients with {list(other)}"
    recorder = Recorder()
    streams = read_metadata(session, recorder)
    for stream in streams:
        read_stream(session, recorder, stream)
    read_batches(session, recorder, streams)
    rune_metadata.read(session, recorder, urls, streams)
    out = pathlib.Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    (out / "calls.json").write_text(json.dumps(recorder.calls, allow_nan=False))
    print(f"{len(recorder.calls)} calls over {len(streams)} streams; {recorder.recomputed} recomputed with pandas")


class Recorder:
    """The calls made, and how many of their answers were recomputed."""

    def __init__(self):
        self.calls = []
        self.recomputed = 0

    def add(self, call, arguments, answer):
        self.calls.append({"call": call, "arguments": arguments, "answer": plain(answer)})
        return answer


def plain(value):
    """The value as JSON: NaN becomes null, numpy and pandas scalars become Python's."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def read_metadata(session, recorder):
    recorder.add("user", {}, session.user.get_current_user().to_dict())
    recorder.add("organizations", {}, session.org.get_orgs().to_list())
    recorder.add("stream_types", {}, session.stream_metadata.get_all_stream_types().to_list())
    patients = session.patient.get_all_patients()
    recorder.add("patients", {}, patients.to_list())
    streams = []
    for patient in patients:
        mine = session.stream_metadata.get_patient_stream_metadata(patient.id)
        recorder.add("patient_streams", {"patient_id": patient.id}, mine.to_list())
        streams.extend(mine)
        for filters in some_filters(mine):
            found = session.stream_metadata.get_patient_stream_metadata(patient.id, **filters)
            assert len(found), f"no stream with {filters}"
            recorder.add("patient_streams", {"patient_id": patient.id, **filters}, found.to_list())
    ids = [stream.id for stream in streams]
    assert len(ids) > 1, "the server has too few streams to compare"
    recorder.add("streams_by_id", {"stream_ids": ids}, session.stream_metadata.get_stream_metadata(ids).to_list())
    return streams


def some_filters(streams):
    """One value of each filter that the official client knows."""
    for stream in list(streams)[:1]:
        yield {"device_id": stream.device_id}
        yield {"stream_type_id": stream.stream_type.id}
        yield {"algorithm": stream.algorithm}
        yield {"category": stream.get("category")}
        yield {"measurement": stream.get("measurement"), "category": stream.get("category")}


def read_stream(session, recorder, stream):
    """All formats of one stream's data, and its aggregates where it has two dimensions."""
    window = {}
    if stream.max_time:
        hours = 24 * 5 if small(stream) else 1
        start = math.floor(stream.min_time)
        window = {"start_time": start, "end_time": min(start + hours * 3600, math.ceil(stream.max_time) + 1)}
    kinds = {dimension.data_type for dimension in stream.stream_type.dimensions}
    variants = [{"timestamp": name} for name in ("unixns", "unix", "iso")]
    variants += [{"timestamp": "unixns", "limit": 7}, {"timestamp": "iso", "timezone": -28_800}]
    if "enum" in kinds:
        variants.append({"timestamp": "unixns", "translate_enums": False})
    for variant in variants:
        frame = data(session, stream, **window, **variant)
        arguments = {"stream_id": stream.id, **window, **variant}
        recorder.add("data", arguments, {name: frame[name].tolist() for name in frame.columns})
    numeric = kinds <= {"timestamp", "sfloat", "ufloat", "sint", "uint"}
    if not window:
        return
    days = 3 if small(stream) else 1 / 24
    part = {"start_time": window["start_time"], "end_time": min(window["start_time"] + days * DAY_S, stream.max_time + 1)}
    rows = data(session, stream, **padded(part), timestamp="unixns") if small(stream) else None
    for resolution in (300, 3600, 86_400):
        availability(session, recorder, [stream], {**part, "resolution": resolution}, [rows])
    if numeric and len(stream.stream_type.dimensions) == 2:
        for function, resolution in (("mean", 3600), ("sum", 900), ("mean", 86_400))[: 3 if small(stream) else 2]:
            arguments = {**part, "resolution": resolution, "aggregate_function": function}
            aggregate_window(session, recorder, stream, arguments, rows)
        for days, resolution in ((1, 3600), (3, 21_600), (2, 900)) if small(stream) else ():
            daily = {"start_time": part["start_time"], "resolution": resolution, "n_days": days}
            daily_aggregate(session, recorder, stream, daily)


def small(stream):
    """Whether three days of the stream can be read row by row."""
    return "acceleration" not in stream.stream_type.id and "voltage" not in stream.stream_type.id


def data(session, stream, **arguments):
    """The stream's own columns, through the official client's data frame."""
    pages = list(stream.iter_stream_data(**arguments, client=session.stream.client))
    frame = stream.get_stream_dataframe(**arguments, stream_client=session.stream.client)
    own = [name for name in frame.columns if name not in METADATA and name not in stream.parameters]
    assert len(frame) <= MOST_ROWS, f"{stream.id}: {len(frame)} rows are too many to compare"
    assert sum(page.count("\n") - 1 for page in pages) >= len(frame) or len(pages) == 0
    frame = frame[own].astype(object)
    return frame.where(frame.notna(), None)


def availability(session, recorder, streams, arguments, rows):
    ids = [stream.id for stream in streams]
    pages = stream_api.get_stream_availability(
        ids if len(ids) > 1 else ids[0], **arguments, timestamp="unixns", format="json", client=session.stream.client
    )
    time, available = [], []
    for page in pages:
        time += page["data"]["time"]
        available += page["data"]["availability"]
    answer = {"time": time, "availability": available}
    recorder.add("availability", {"stream_ids": ids, **arguments}, answer)
    # A stream without a time column has no documented availability to recompute.
    if all(frame is not None and "time" in frame.columns for frame in rows):
        expected = recompute_availability(rows, arguments)
        same(answer, expected, f"availability of {ids} {arguments}")
        recorder.recomputed += 1


def recompute_availability(rows, arguments):
    resolution = arguments["resolution"]
    first = math.floor(arguments["start_time"] / resolution)
    last = math.ceil(arguments["end_time"] / resolution)
    windows = range(first, last)
    filled = [set((frame["time"].astype("int64") // (resolution * SECOND)).tolist()) for frame in rows]
    join = all if arguments.get("batch_operation") == "all" else any
    return {
        "time": [window * resolution * SECOND for window in windows],
        "availability": [int(join(window in one for one in filled)) for window in windows],
    }


def value_column(frame):
    return next(name for name in frame.columns if name not in ("time", "measurement_duration_ns"))


def numbers(frame):
    """Time in ns, value as float (NaN for none) and duration of each row."""
    value = frame[value_column(frame)].astype("float64")
    duration = frame["measurement_duration_ns"].astype("int64")
    return frame["time"].astype("int64"), value, duration


def aggregate_window(session, recorder, stream, arguments, rows):
    answer = stream_api.get_stream_aggregate_window(
        stream.id, **arguments, timestamp="unixns", client=session.stream.client
    )
    recorder.add("aggregate_window", {"stream_id": stream.id, **arguments}, answer)
    resolution = arguments["resolution"]
    first = math.floor(arguments["start_time"] / resolution)
    last = math.ceil(arguments["end_time"] / resolution)
    # Windows are whole: rows up to the padded end take part.
    whole = {"start_time": first * resolution, "end_time": last * resolution}
    time, value, duration = numbers(data(session, stream, **whole, timestamp="unixns"))
    window = time // (resolution * SECOND)
    sums = value.groupby(window).agg(lambda group: group.sum(min_count=1))
    means = value.groupby(window).mean()
    values = (sums if arguments["aggregate_function"] == "sum" else means).reindex(range(first, last))
    expected = {
        "cardinality": last - first,
        "data": {
            "time": [index * resolution * SECOND for index in range(first, last)],
            "aggregate_values": values.tolist(),
            "duration_sum": duration.groupby(window).sum().reindex(range(first, last), fill_value=0).tolist(),
        },
        "summary": summary(values.dropna()),
    }
    same(answer, expected, f"aggregate window of {stream.id} {arguments}")
    recorder.recomputed += 1


def daily_aggregate(session, recorder, stream, arguments):
    answer = stream_api.get_stream_daily_aggregate(stream.id, **arguments, client=session.stream.client)
    recorder.add("daily_aggregate", {"stream_id": stream.id, **arguments}, answer)
    start, resolution = arguments["start_time"], arguments["resolution"]
    whole = {"start_time": start, "end_time": start + arguments["n_days"] * DAY_S}
    time, value, duration = numbers(data(session, stream, **whole, timestamp="unixns"))
    slot = (time // SECOND % DAY_S) // resolution
    day = (time - start * SECOND) // (DAY_S * SECOND)
    slots = range(DAY_S // resolution)
    per_day = duration.groupby(day).sum()
    figures = summary(value.dropna())
    expected = {
        "cardinality": len(slots),
        "data": {
            "offset": [f"{s * resolution // 3600:02}:{s * resolution % 3600 // 60:02}" for s in slots],
            "values": value.groupby(slot).mean().reindex(slots).tolist(),
            "n_days_with_data": day.groupby(slot).nunique().reindex(slots, fill_value=0).tolist(),
        },
        "summary": {
            "n_days_with_data_total": int(day.nunique()),
            "duration_mean_per_day": float(per_day.mean()),
            "duration_min_per_day": int(per_day.min()) if len(per_day) else None,
            "duration_max_per_day": int(per_day.max()) if len(per_day) else None,
            **figures,
        },
    }
    same(answer, expected, f"daily aggregate of {stream.id} {arguments}")
    recorder.recomputed += 1


def summary(values):
    return {
        "value_mean": float(values.mean()),
        "value_min": float(values.min()),
        "value_max": float(values.max()),
        "value_med": float(values.median()),
        "value_std": float(values.std()),
    }


def read_batches(session, recorder, streams):
    """Availability of several streams, joined both ways."""
    together = [stream for stream in streams if stream.max_time and small(stream)][:3]
    assert len(together) > 1, "the server has too few streams with data to join"
    start = max(math.floor(stream.min_time) for stream in together)
    window = {"start_time": start, "end_time": start + 2 * DAY_S}
    rows = [data(session, stream, **padded(window), timestamp="unixns") for stream in together]
    for operation in ("any", "all"):
        arguments = {**window, "resolution": 900, "batch_operation": operation}
        availability(session, recorder, together, arguments, rows)


def padded(window):
    """The window, wide enough for every window that an aggregate touches."""
    return {"start_time": window["start_time"] - DAY_S, "end_time": window["end_time"] + DAY_S}


def same(answer, expected, what, path=""):
    """Fails unless every expected figure stands in the answer; floats may differ in their last digits."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert key in answer, f"{what}: {path}.{key} is missing"
            same(answer[key], value, what, f"{path}.{key}")
    elif isinstance(expected, list):
        assert len(answer) == len(expected), f"{what}: {path} has {len(answer)} entries, not {len(expected)}"
        for index, value in enumerate(expected):
            same(answer[index], value, what, f"{path}[{index}]")
    elif expected is None or (isinstance(expected, float) and math.isnan(expected)):
        assert answer is None, f"{what}: {path} is {answer}, not null"
    elif isinstance(expected, float):
        close = isinstance(answer, (int, float)) and math.isclose(answer, expected, rel_tol=1e-9, abs_tol=1e-9)
        assert close, f"{what}: {path} is {answer}, not {expected}"
    else:
        assert answer == expected, f"{what}: {path} is {answer}, not {expected}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: rune_official.py BASE_URL OUT_DIR")
    main(sys.argv[1], sys.argv[2])
