"""What pyedflib and scipy read of recordings: public ones, and some that pyedflib writes here.

Values are written as they are in memory, beside `calls.json`, which tells what they are.
"""

import json
import os
import struct
import sys
from datetime import datetime, timezone
from fractions import Fraction
from glob import glob
from importlib.util import find_spec

import numpy as np
import pyedflib
from scipy.io import wavfile

SECOND = 1_000_000_000


def folder(package, *parts):
    """A folder of an installed package, whose programs may need packages that are not there."""
    found = os.path.join(os.path.dirname(find_spec(package).origin), *parts)
    assert os.path.isdir(found), f"{found} is missing"
    return found


def ns(moment):
    """A date and time in whole seconds without zone, as UTC."""
    return int(moment.replace(tzinfo=timezone.utc).timestamp()) * SECOND


def saved(out, name, values, kind):
    path = os.path.join(out, name)
    np.ascontiguousarray(values, dtype=kind).tofile(path)
    return path


def edf(path, out, number):
    """All that pyedflib reads of a file."""
    with pyedflib.EdfReader(path) as reader:
        signals = []
        for signal in range(reader.signals_in_file):
            physical, raw = reader.readSignal(signal), reader.readSignal(signal, digital=True)
            signals.append({
                "label": reader.getLabel(signal),
                "unit": reader.getPhysicalDimension(signal),
                "rate": reader.getSampleFrequency(signal),
                "values": saved(out, f"{number}_{signal}.f64", physical, "<f8"),
                "samples": len(raw),
            })
        # Its fraction counts 100 ns; getStartdatetime() of this release takes it for tens of them.
        start = ns(reader.getStartdatetime().replace(microsecond=0)) + int(reader.starttime_subsecond) * 100
        noted = zip(*reader.readAnnotations())
        events = [{"start": start + round(float(onset) * SECOND), "duration": float(duration), "text": str(text)}
                  for onset, duration, text in noted]
        events.sort(key=lambda event: event["start"])
        return {"kind": "edf", "path": path, "start": start, "signals": signals, "events": events}


def written(out):
    """Files of pyedflib's own writer: odd rates, inverted ranges, 24 bits, texts and durations of annotations."""
    dice = np.random.default_rng(20261129)
    made = []
    for name, kind, low, high in [("ours.edf", pyedflib.FILETYPE_EDFPLUS, -32768, 32767),
                                  ("ours.bdf", pyedflib.FILETYPE_BDFPLUS, -8388608, 8388607)]:
        path = os.path.join(out, name)
        rates = [487.5, 256, 1, 12.5]
        with pyedflib.EdfWriter(path, len(rates), file_type=kind) as writer:
            writer.setDatarecordDuration(2)
            writer.setStartdatetime(datetime(2026, 3, 29, 1, 59, 58, 250_000))
            for signal, rate in enumerate(rates):
                down = signal == 2
                writer.setSignalHeader(signal, {
                    "label": f"signal {signal}", "dimension": "mV", "sample_frequency": rate,
                    "physical_min": 70.25 if down else -3276.8, "physical_max": -12.5 if down else 3276.7,
                    "digital_min": low + signal, "digital_max": high - 2 * signal, "transducer": "", "prefilter": "",
                })
            raw = [dice.integers(low + 8, high - 8, round(rate * 120), dtype=np.int32) for rate in rates]
            writer.writeSamples(raw, digital=True)
            for onset, duration, text in [(0, -1, "begin"), (1.5, 30.25, "sleep stage N2"), (59.123, 0.001, "θ für µV"),
                                          (100, 0, "end")]:
                writer.writeAnnotation(onset, duration, text)
        made.append(path)
    return made


def with_gaps(even, out):
    """A file without gaps as EDF+D: its data records begin at other times. What they hold is the same."""
    with open(even, "rb") as file:
        data = bytearray(file.read())
    count = int(data[252:256])
    records, duration = int(data[236:244]), Fraction(data[244:252].decode().strip())
    samples = [int(data[256 + count * 216 + 8 * signal:][:8]) for signal in range(count)]
    record_bytes = 2 * sum(samples)
    data[192:197] = b"EDF+D"
    starts, at = [], Fraction(1, 8)
    for record in range(records):
        starts.append(at)
        at += duration + (Fraction(record, 2) if record % 7 == 3 else 0)
        place = 256 * (count + 1) + record * record_bytes + record_bytes - 2 * samples[-1]
        text = f"+{float(starts[-1])}\x14\x14\0".encode()
        data[place:place + 2 * samples[-1]] = text.ljust(2 * samples[-1], b"\0")
    path = os.path.join(out, "gaps.edf")
    with open(path, "wb") as file:
        file.write(data)
    whole = datetime(2026, 3, 29, 1, 59, 58)
    times = []
    for signal in range(count - 1):
        steps = [duration * step / samples[signal] for step in range(samples[signal])]
        exact = [ns(whole) + round((start + step) * SECOND) for start in starts for step in steps]
        times.append(saved(out, f"gaps_{signal}.i64", exact, "<i8"))
    begins = [record for record in range(1, records) if starts[record] != starts[record - 1] + duration]
    return path, times, [[record * samples[signal] for record in begins] for signal in range(count - 1)]


def width(path):
    """Bytes of a sample of a WAV."""
    with open(path, "rb") as file:
        head = file.read(4096)
    at = head.index(b"fmt ") + 8
    channels, align = struct.unpack_from("<H", head, at + 2)[0], struct.unpack_from("<H", head, at + 12)[0]
    return align // channels


def wav(path, out, number):
    """What scipy reads of a WAV; its 24 bits stand in the upper bytes of 32."""
    try:
        rate, data = wavfile.read(path)
    except ValueError as error:
        return {"kind": "wav", "path": path, "refused": str(error)}
    if width(path) == 3:
        data = data >> 8
    data = data.reshape(len(data), -1)
    return {"kind": "wav", "path": path, "rate": int(rate), "channels": data.shape[1], "width": width(path),
            "values": saved(out, f"{number}.f64", data, "<f8"), "samples": len(data)}


def public_recordings():
    """Paths of the EDF and BDF files that come in Python packages."""
    public = sorted(glob(os.path.join(folder("pyedflib", "tests", "data"), "*.[eb]df")))
    public += sorted(glob(os.path.join(
        folder("biosignalsnotebooks", "notebook_files", "osf_files", "signal_samples"), "*.edf")))
    assert len(public) == 12, public
    return public


def main(out):
    os.makedirs(out, exist_ok=True)
    calls = []
    made = written(out)
    for number, path in enumerate(public_recordings() + made):
        calls.append(edf(path, out, number))
    gaps, times, begins = with_gaps(made[0], out)
    even = next(call for call in calls if call["path"] == made[0])
    signals = [dict(signal, times=time, begins=begin) for signal, time, begin in zip(even["signals"], times, begins)]
    calls.append(dict(even, path=gaps, signals=signals, events=[]))
    sounds = sorted(glob(os.path.join(folder("scipy", "io", "tests", "data"), "*.wav")))
    assert len(sounds) > 20, sounds
    calls += [wav(path, out, f"wav_{number}") for number, path in enumerate(sounds)]
    with open(os.path.join(out, "calls.json"), "w") as file:
        json.dump(calls, file)


if __name__ == "__main__":
    main(sys.argv[2])
