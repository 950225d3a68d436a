"""What pyedflib and edfio read of files that we wrote.

pyedflib takes no file with gaps. edfio takes them, and joins what lies beside a gap: when each data record begins is
read by its own parser of annotations.
"""

import json
import os
import sys
from glob import glob

import edfio
from edfio.edf_annotations import _get_data_record_onset
from files import SECOND, edf, ns, saved


def by_edfio(path, out, number):
    """All that edfio reads of a file."""
    read = edfio.read_edf(path)
    clock = read._timekeeping_signal
    onsets = [_get_data_record_onset(record) for record in clock.digital.reshape(-1, clock._bytes_per_data_record)]
    start = ns(read.startdatetime.replace(microsecond=0))
    first = float(onsets[0])
    return {
        "path": path, "reader": "edfio", "gaps": not read.is_continuous, "patient": read.patient.name,
        "starts": [start + int(onset * SECOND) for onset in onsets],
        "signals": [{
            "label": signal.label, "unit": signal.physical_dimension, "rate": signal.sampling_frequency,
            "raw": saved(out, f"edfio_{number}_{place}.i32", signal.digital, "<i4"),
            "values": saved(out, f"edfio_{number}_{place}.f64", signal.data, "<f8"),
        } for place, signal in enumerate(read.signals)],
        "events": [{"start": start + round((noted.onset + first) * SECOND),
                    "duration": -1 if noted.duration is None else noted.duration, "text": noted.text}
                   for noted in read.annotations],
    }


def main(ours, out):
    os.makedirs(out, exist_ok=True)
    calls = []
    for number, path in enumerate(sorted(glob(os.path.join(ours, "*.edf")))):
        calls.append(by_edfio(path, out, number))
        if not calls[-1]["gaps"]:
            calls.append(dict(edf(path, out, f"pyedflib_{number}"), reader="pyedflib"))
    with open(os.path.join(out, "calls.json"), "w") as file:
        json.dump(calls, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
