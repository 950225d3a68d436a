"""What pyarrow writes as Arrow IPC, and which values it reads back: files and streams, whole and compressed.

Values are written as they are in memory, beside `calls.json`, which tells what they are.
"""

import json
import os
import sys

import numpy as np
import pandas
import pyarrow
from pyarrow import feather, ipc

START = 1_774_749_598
ROWS = 40_000


def saved(out, name, values, kind):
    path = os.path.join(out, name)
    np.ascontiguousarray(values, dtype=kind).tofile(path)
    return path


def table(kind):
    """Columns of many types on times of one."""
    dice = np.random.default_rng(20261130)
    steps = np.cumsum(dice.integers(0, 3, ROWS))
    holes = dice.random(ROWS) < 0.1
    times = {
        "timestamp[s]": pyarrow.array(START + steps, pyarrow.timestamp("s")),
        "timestamp[us, tz=Asia/Kolkata]": pyarrow.array((START + steps) * 10**6 + 1, pyarrow.timestamp("us", "Asia/Kolkata")),
        "int64": pyarrow.array((START + steps) * 1000 + 7),
        "double": pyarrow.array(START + steps + 0.25),
    }[kind]
    columns = {
        "nested": pyarrow.array([[1, 2], None, [3]] * (ROWS // 3) + [None] * (ROWS % 3)),
        "time": times,
        "double": pyarrow.array(dice.normal(size=ROWS), mask=holes),
        "half": pyarrow.array(dice.normal(size=ROWS).astype(np.float16)),
        "uint32": pyarrow.array(dice.integers(0, 2**32, ROWS, dtype=np.uint32), mask=holes),
        "int8": pyarrow.array(dice.integers(-128, 128, ROWS, dtype=np.int8)),
        "bool": pyarrow.array(holes),
        "category": pandas.Categorical.from_codes(dice.integers(0, 3, ROWS), ["N1", "N2", "REM"]),
        "view": pyarrow.array([f"text {row}" * (row % 3) for row in range(ROWS)], pyarrow.string_view()),
    }
    return pyarrow.table({name: pyarrow.array(column) if name == "category" else column for name, column in columns.items()})


def ns(column):
    """Times of any kind as whole ns."""
    if pyarrow.types.is_timestamp(column.type):
        return column.cast(pyarrow.timestamp("ns", column.type.tz)).cast(pyarrow.int64()).to_numpy()
    if pyarrow.types.is_integer(column.type):
        return column.to_numpy() * 10**6
    return np.round(column.to_numpy() * 4).astype(np.int64) * 250_000_000


def main(_, out):
    os.makedirs(out, exist_ok=True)
    calls = []
    for number, kind in enumerate(["timestamp[s]", "timestamp[us, tz=Asia/Kolkata]", "int64", "double"]):
        written = table(kind)
        is_file = number % 2 == 0
        path = os.path.join(out, f"table_{number}.arrow")
        with (ipc.new_file if is_file else ipc.new_stream)(path, written.schema) as writer:
            writer.write_table(written, max_chunksize=[None, 7_777][number // 2])
        with (ipc.open_file if is_file else ipc.open_stream)(path) as reader:
            read = reader.read_all()
        values = {}
        for name in ["double", "half", "uint32", "int8", "bool"]:
            column = read[name].cast(pyarrow.float64() if name != "bool" else pyarrow.uint8()).cast(pyarrow.float64())
            values[name] = saved(out, f"{number}_{name}.f64", column.to_numpy(), "<f8")
        calls.append({
            "path": path, "rows": len(read), "is_file": is_file, "values": values,
            "times": saved(out, f"{number}.i64", ns(read["time"]), "<i8"),
            "category": read["category"].cast(pyarrow.string()).to_pylist(),
        })
    for name, compression in [("lz4.feather", "lz4"), ("zstd.feather", "zstd")]:
        path = os.path.join(out, name)
        feather.write_feather(table("int64").drop_columns(["nested", "view"]), path, compression=compression)
        calls.append({"path": path, "refused": "compressed"})
    with open(os.path.join(out, "calls.json"), "w") as file:
        json.dump(calls, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
