"""What the last official Rune client with metrics (runeq 0.13.1) reads from a server, written down for comparison.

usage: python rune_metrics.py BASE_URL OUT_DIR

Writes OUT_DIR/calls.json as rune_official.py does. Calls and the shape of their answers:

  official_names                         every public function, class and method
  project_metrics {project_id}, cohort_metrics {cohort_id}     lists of the patients' own dictionaries
  table_of_metrics, metrics_table {project_id, patient_id}     data frames: of the set of metrics, of the patient
"""

import json
import math
import pathlib
import sys

from official import frame, official_names
from runeq.config import Config
from runeq.resources import project as projects
from runeq.resources.client import GraphClient

MODULES = ["config", "errors"] + [
    f"resources.{name}" for name in ("client", "common", "org", "patient", "project", "stream", "stream_metadata", "user")
]


def main(base_url, out_dir):
    config = Config(
        graph_url=base_url, stream_url=base_url, access_token_id="demo", access_token_secret="demo-secret"
    )
    client = GraphClient(config)
    calls = []

    def add(call, arguments, answer):
        calls.append({"call": call, "arguments": arguments, "answer": plain(answer)})

    add("official_names", {}, official_names(MODULES))
    for project in projects.get_projects(client):
        patients = projects.get_project_patients(project.id, client)
        add("project_metrics", {"project_id": project.id}, patients.to_list())
        for patient in patients:
            arguments = {"project_id": project.id, "patient_id": patient.id}
            add("table_of_metrics", arguments, frame(patient.metrics.to_dataframe()))
            add("metrics_table", arguments, frame(patient.get_patient_metadata_dataframe()))
        for cohort in project.cohorts:
            patients = projects.get_cohort_patients(cohort.id, client)
            add("cohort_metrics", {"cohort_id": cohort.id}, patients.to_list())
    out = pathlib.Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    (out / "calls.json").write_text(json.dumps(calls, allow_nan=False))


def plain(value):
    """The value as JSON: NaN becomes null."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: rune_metrics.py BASE_URL OUT_DIR")
    main(sys.argv[1].rstrip("/"), sys.argv[2])
