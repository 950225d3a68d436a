"""What the last official Rune client with the V1 Stream API (runeq 0.13) reads from a server.

usage: python rune_v1_official.py BASE_URL OUT_DIR [RESOURCE …]

Writes OUT_DIR/v1.json, a list of {"resource", "parameters", "method", "answer"}; a test makes each call with our
client and compares the answers. With resources named, only their rows in JSON are read. Methods and their answers:

  json, json_availability     the results, page by page
  csv, csv_availability       the texts, page by page
  points                      lists of [name, cell]; a cell is a number, a text, null (missing) or {"number": "nan"}
  error                       the status and details of the refusal of a patient nobody knows, for CSV and JSON
"""

import json
import math
import pathlib
import sys

import requests
from runeq import Config, errors, stream

RESOURCES = {
    "accel": "Accel",
    "band_power": "BandPower",
    "event": "Event",
    "heartrate": "HeartRate",
    "lfp": "LFP",
    "probability_symptom": "ProbabilitySymptom",
    "rotation": "Rotation",
    "span": "Span",
    "state": "State",
}
HOUR_S = 3600
MOST_POINTS = 20_000


def main(base_url, out_dir, *only):
    base_url = base_url.rstrip("/")
    config = Config(stream_url=base_url, access_token_id="demo", access_token_secret="demo-secret")
    client = stream.V1Client(config)
    info = requests.get(f"{base_url}/sandbox/info.json", timeout=30).json()
    rune = info.get("platforms", info)["rune"]
    calls = []
    for subject in rune["subjects"]:
        streams = [one for one in rune["streams"] if one["subject_id"] == subject["id"] and one["min_time"]]
        if not streams:
            continue
        start = math.floor(min(one["min_time"] for one in streams) / HOUR_S) * HOUR_S
        end = math.ceil(max(one["max_time"] for one in streams) / HOUR_S) * HOUR_S
        defaults = {"patient_id": subject["id"], "start_time": start, "end_time": end}
        for resource, name in RESOURCES.items():
            accessor = getattr(client, name)(**defaults)
            if resource in only:
                answer = list(accessor.iter_json_data())
                calls.append({"resource": resource, "parameters": defaults, "method": "json", "answer": answer})
            if only:
                continue
            read(calls, resource, accessor, defaults, {})
        if only:
            continue
        device = f"patient-{subject['id']},device-{subject['devices'][0]['device_short_id']}"
        own = {"device_id": device, "end_time": start + 7 * 24 * HOUR_S}
        read(calls, "heartrate", client.HeartRate(**defaults), defaults, own)
        own = {"symptom": "dyskinesia"}
        read(calls, "probability_symptom", client.ProbabilitySymptom(**defaults), defaults, own)
    if not only:
        nobody = {"patient_id": "nobody"}
        calls.append({"resource": "accel", "parameters": nobody, "method": "error", "answer": refusals(client)})
    out = pathlib.Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    (out / "v1.json").write_text(json.dumps(calls, allow_nan=False))


def read(calls, resource, accessor, defaults, own):
    parameters = {**defaults, **own}

    def add(method, answer):
        calls.append({"resource": resource, "parameters": parameters, "method": method, "answer": answer})

    add("json", list(accessor.iter_json_data(**own)))
    available = hasattr(accessor, "iter_csv_text")
    if not available:
        for method in (lambda: accessor.expr_availability, lambda: list(accessor.iter_json_availability(**own))):
            try:
                method()
            except NotImplementedError:
                continue
            raise AssertionError(f"{resource} has an availability expression")
        return
    add("json_availability", list(accessor.iter_json_availability(**own)))
    add("csv_availability", list(accessor.iter_csv_availability(**own)))
    add("csv", list(accessor.iter_csv_text(**own)))
    points = []
    for point in accessor.points(**own):
        points.append([[name, plain(cell)] for name, cell in point.items()])
        if len(points) == MOST_POINTS:
            break
    add("points", points)


def plain(cell):
    if isinstance(cell, str):
        return cell
    number = float(cell)
    # The official client makes NaN of what is missing: the two look alike.
    if math.isnan(number):
        return None
    return {"number": repr(number)} if math.isinf(number) else number


def refusals(client):
    answers = []
    for method in ("iter_csv_text", "iter_json_data"):
        try:
            list(getattr(client.Accel(patient_id="nobody"), method)())
        except errors.APIError as error:
            answers.append({"status": error.status_code, "message": error.details["message"]})
    return answers


main(*sys.argv[1:])
