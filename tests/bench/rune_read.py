"""Times the official Rune client (runeq, unchanged) at reading a range of a stream into a data frame.

usage: python rune_read.py BASE_URL STREAM_ID START_NS END_NS OUT_DIR

Writes the rows to OUT_DIR/times (ns, int64) and OUT_DIR/values (float64) for comparison; prints the seconds.
"""

import pathlib
import sys
import time

from runeq import Config, Session


def main(base_url, stream_id, start_ns, end_ns, out_dir):
    base_url = base_url.rstrip("/")
    urls = {"graph_url": base_url, "stream_url": base_url, "strive_url": base_url}
    session = Session(Config(**urls, access_token_id="demo", access_token_secret="demo-secret"))
    stream = session.stream_metadata.get_stream_metadata(stream_id)
    begun = time.perf_counter()
    frame = stream.get_stream_dataframe(
        start_time_ns=int(start_ns),
        end_time_ns=int(end_ns),
        timestamp="unixns",
        stream_client=session.stream.client,
    )
    seconds = time.perf_counter() - begun
    out = pathlib.Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    value = next(dimension.id for dimension in stream.stream_type.dimensions if dimension.id != "time")
    frame["time"].to_numpy("<i8").tofile(out / "times")
    frame[value].to_numpy("<f8").tofile(out / "values")
    print(seconds)


main(*sys.argv[1:])
