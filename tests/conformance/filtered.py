"""What scipy makes of public recordings: filtered, and as spectra.

A third of the way into each signal stands a gap, and at its half a value is missing: scipy is given each run alone.
"""

import json
import os
import sys

import numpy as np
import pyedflib
from scipy import signal

from files import public_recordings, saved

# Signals of one file that are looked at: the EEG has 64 of one kind.
SIGNALS = 3


def codes(rate):
    """Filters as links write them, at shares of the rate and at frequencies that people use."""
    low, middle, high = (repr(rate * share) for share in (0.004, 0.05, 0.3))
    passes = [f"high:{low}", f"low:{high}", f"low:{middle}", f"band:{low}:{high}", f"band:{middle}:{high}"]
    passes += ["high:0.5"] if rate > 90 else []
    # Below a 10,000th of the rate, the digits of coefficients differ by more than a billionth of the result.
    passes += ["high:0.05"] if 90 < rate <= 500 else []
    notches = [repr(rate * 0.12)] + (["50"] if rate > 101 else [])
    found = [f"{one}:{order},no,no" for one in passes for order in (2, 4)]
    found += [f"no,{notch},no" for notch in notches]
    return found + [f"no,no,{11 / rate!r}", f"high:{low}:2,{notches[0]},{5 / rate!r}"]


def filtered(run, code, rate):
    """A run, filtered from the steady state of its first value."""
    band, notch, mean = code.split(",")
    if band != "no":
        kind, *edges, order = band.split(":")
        kind = {"high": "highpass", "low": "lowpass", "band": "bandpass"}[kind]
        edges = [float(edge) for edge in edges]
        sections = signal.butter(int(order), edges if len(edges) > 1 else edges[0], kind, fs=rate, output="sos")
        run, _ = signal.sosfilt(sections, run, zi=signal.sosfilt_zi(sections) * run[0])
    if notch != "no":
        b, a = signal.iirnotch(float(notch), 30.0, fs=rate)
        run, _ = signal.lfilter(b, a, run, zi=signal.lfilter_zi(b, a) * run[0])
    if mean != "no":
        samples = round(float(mean) * rate)
        b = np.ones(samples) / samples
        run, _ = signal.lfilter(b, 1, run, zi=signal.lfilter_zi(b, 1) * run[0])
    return run


def spectrum(runs, rate, length):
    """The mean over the windows of all runs, and how many there are."""
    total, windows = np.zeros(length // 2 + 1), 0
    for run in runs:
        if len(run) >= length:
            count = (len(run) - length) // (length // 2) + 1
            total += count * signal.welch(run, fs=rate, nperseg=length)[1]
            windows += count
    return (total / windows if windows else total), windows


def main(out):
    os.makedirs(out, exist_ok=True)
    calls = []
    for number, path in enumerate(public_recordings()):
        with pyedflib.EdfReader(path) as reader:
            for place in range(min(SIGNALS, reader.signals_in_file)):
                values, rate = reader.readSignal(place), float(reader.getSampleFrequency(place))
                if len(values) < 600:
                    continue
                gap, missing = len(values) // 3, len(values) // 2
                runs = [values[:gap], values[gap:missing], values[missing + 1:]]
                name = f"{number}_{place}"
                results = []
                for count, code in enumerate(codes(rate)):
                    done = [filtered(run, code, rate) for run in runs]
                    done = np.concatenate([done[0], done[1], [np.nan], done[2]])
                    results.append({"code": code, "values": saved(out, f"{name}_{count}.f64", done, "<f8")})
                spectra = []
                for length in (128, 1024):
                    density, windows = spectrum(runs, rate, length)
                    spectra.append({"length": length, "windows": windows,
                                    "density": saved(out, f"{name}_welch_{length}.f64", density, "<f8")})
                calls.append({"path": path, "signal": place, "rate": rate, "gap": gap, "missing": missing,
                              "filtered": results, "spectra": spectra})
    with open(os.path.join(out, "calls.json"), "w") as file:
        json.dump(calls, file)


if __name__ == "__main__":
    main(sys.argv[2])
