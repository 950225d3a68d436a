"""Fills a new Joule node through the official Python API with what is awkward to read: fill.py URL KEY.

All times count from ZERO. What is written here is what readers are held to: values and times come from formulas, never
from chance.
"""

import asyncio
import sys

import numpy as np
from joule import api
from joule.api import Annotation, DataStream, Element, Event, EventStream

ZERO = 1_700_000_000_000_000  # 2023-11-14T22:13:20Z, in microseconds
DATATYPES = {"int16": "<i2", "int32": "<i4", "int64": "<i8", "float32": "<f4", "float64": "<f8"}


def rows(times, columns, datatype):
    """Rows as the API takes them."""
    made = np.empty(len(times), [("timestamp", "<i8"), ("data", DATATYPES[datatype], (len(columns),))])
    made["timestamp"] = times
    for at, column in enumerate(columns):
        made["data"][:, at] = column
    return made


class Filler:
    def __init__(self, node):
        self.node = node

    async def stream(self, folder, name, datatype, elements, intervals, decimate=True, description=""):
        """Makes a data stream of these intervals."""
        stream = DataStream(name, description, datatype, elements=elements)
        stream.decimate = decimate
        stream = await self.node.data_stream_create(stream, folder)
        for interval in intervals:
            # One write an interval: within one write the API loses rows after the second gap.
            pipe = await self.node.data_write(stream)
            for at in range(0, len(interval), 50_000):
                await pipe.write(interval[at : at + 50_000])
            await pipe.close()
        return stream

    async def events(self, folder, name, fields, events, description=""):
        """Makes an event stream of these events."""
        stream = EventStream(name, description, event_fields=fields)
        stream = await self.node.event_stream_create(stream, folder)
        if events:
            await self.node.event_stream_write(stream, events)
        return stream


async def site(fill):
    """What an ordinary node holds: power with a display rule and a gap, a fast converter, a slow thermometer."""
    count, before = 2_000_000, 1_200_000
    row = np.arange(count)
    times = ZERO + row * 1000
    times[before:] += 600_000_000
    phase, on = row * 2 * np.pi * 0.05, (row // 100_000) % 2
    volts = 325 * np.sin(phase)
    volts[777_777] = 5000
    power = rows(times, [volts, np.where(on, 10, 1) * np.sin(phase - 0.3), on], "float32")
    elements = [Element("V", "volt"), Element("I", "amp"), Element("on", display_type="discrete")]
    elements[0].offset, elements[0].scale_factor = 1.5, 2.0
    elements[0].default_min, elements[0].default_max = -400, 400
    intervals = [power[:before], power[before:]]
    described = "2 million rows, a gap, a spike of one row"
    stream = await fill.stream("/site/building A", "power", "float32", elements, intervals, description=described)
    for title, start, end, content in [
        ("point", 123_457, None, "a point"),
        ("range", 300_000_001, 600_000_003, "the first half"),
        ("bare", 900_000_000, None, ""),
    ]:
        end = None if end is None else ZERO + end
        await fill.node.annotation_create(Annotation(title, ZERO + start, end, content), stream)

    row = np.arange(300_000)
    times = ZERO + row * 250
    times[100_000:] += 5_000_000
    times[200_000:] += 60_000_000
    counts = rows(times, [row % 65_536 - 32_768, np.where(row % 2, 32_767, -32_768)], "int16")
    elements = [Element("ch0", "counts"), Element("ch1", "counts")]
    await fill.stream("/site/building A", "adc", "int16", elements, np.split(counts, 3))

    row = np.arange(10_000)
    times = ZERO + 7 + row * 60_000_000 + row * 7919 % 999_983
    times[5000:] += 3_600_000_001
    degrees = 20 + 5 * np.sin(row / 700)
    # Too large for a decimated row, which holds them as infinite.
    degrees[1234], degrees[8765] = 1e300, -1e300
    warm = rows(times, [degrees], "float64")
    await fill.stream("/site", "temp", "float64", [Element("T", "degC")], [warm[:5000], warm[5000:]])
    await fill.stream("/site", "empty", "float32", [Element("x")], [])


async def counters(fill):
    """Whole numbers beyond doubles, a stream too short to decimate, and one that is not."""
    row = np.arange(1000)
    whole = rows(ZERO + row * 1_000_001, [2**53 + 1 + 2 * row], "int64")
    await fill.stream("/site/counters", "c64", "int64", [Element("n")], [whole])
    row = np.arange(20)
    times = ZERO + row * 1_000_003
    times[10:] += 10_000_000
    short = rows(times, [row - 10, row % 3], "int32")
    elements = [Element("a"), Element("b", display_type="event")]
    await fill.stream("/site/counters", "c32", "int32", elements, [short[:10], short[10:]])
    row = np.arange(100_000)
    plain = rows(ZERO + row * 100, [row], "float32")
    await fill.stream("/site/counters", "nodec", "float32", [Element("x")], [plain], decimate=False)


async def layouts(fill):
    """Every data type at several widths, its extremes first, in two intervals."""
    for datatype, code in DATATYPES.items():
        limits = np.iinfo(code) if code[1] == "i" else np.finfo(code)
        for width in (1, 2, 3, 7):
            row = np.arange(200)
            times = ZERO + row * 1_000
            times[120:] += 77_777
            columns = [((row * 31 + 7 * column) % 251).astype(code) for column in range(width)]
            for column in columns:
                column[:3] = limits.max, limits.min, -1
            elements = [Element(f"e{column}") for column in range(width)]
            made = rows(times, columns, datatype)
            await fill.stream("/layouts", f"{datatype}_{width}", datatype, elements, [made[:120], made[120:]])


async def awkward(fill):
    """Intervals shorter than any decimated row, and the length at which a node never stops answering."""
    row = np.arange(60)
    times = ZERO + row * 1_000 + (row // 3) * 1_000_000
    short = rows(times, [row], "float32")
    await fill.stream("/awkward", "tokens", "float32", [Element("x")], np.split(short, 20))
    row = np.arange(50_009)
    times = ZERO + row * 1_000
    times[49_999:] += 1_000_000
    endless = rows(times, [row], "float32")
    await fill.stream("/awkward", "endless", "float32", [Element("x")], [endless[:49_999], endless[49_999:]])


async def events(fill):
    """Many events, few, none, and more at one instant than a page holds."""
    fields = {"kind": 'category:["over","under"]', "value": "numeric", "note": "string"}
    alarms = []
    for at in range(1500):
        start = ZERO + at * 1_666_661 + at * at % 1_000_003
        content = {"kind": ["over", "under"][at % 2], "value": at * 0.5, "note": f"n{at} é"}
        alarms.append(Event(start, start + 1 + at * 7919 % 5_000_000, content))
    await fill.events("/site/building A", "alarms", fields, alarms, "many")
    few = [Event(ZERO + 1 + at * 100_000_007, ZERO + 30_000_002 + at * 100_000_007, {"label": f"e{at}"}) for at in range(5)]
    await fill.events("/site", "few", {"label": "string"}, few)
    await fill.events("/site", "none", {}, [])
    crowd = [Event(ZERO + max(0, at - 700) * 1000, ZERO + 10_000_000 + at, {"n": at}) for at in range(900)]
    crowd += [Event(ZERO + 5_000_000, ZERO + 20_000_000 + at, {"n": at}) for at in range(900, 3100)]
    await fill.events("/awkward", "crowd", {"n": "numeric"}, crowd, "700 at one instant, then 200, then 2200 at another")


async def main(url, key):
    node = api.node.TcpNode("node", url, key)
    try:
        fill = Filler(node)
        for part in (site, counters, layouts, awkward, events):
            await part(fill)
    finally:
        await node.close()


asyncio.run(main(*sys.argv[1:]))
