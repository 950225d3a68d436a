"""The official Joule API as a peer: official.py URL KEY.

Reads one call a line from standard input, {"call": name, "arguments": {…}}, and answers each with one line:
{"answer": …}, or {"error": words} where the API raised. Calls have the names of the API's node and its parameters;
streams and folders are named by id or path, objects to be made or changed are given by their attributes. Times are
microseconds. `names` gives every public name of the API instead of calling a node.
"""

import asyncio
import inspect
import json
import sys

import joule.api
from joule import errors
from joule.api import Annotation, DataStream, Element, Event, EventStream
from joule.api.node.base_node import BaseNode

TREE = ("id", "name", "description", "locked")


def element(given):
    made = Element()
    for name, value in given.items():
        setattr(made, name, value)
    return made


def data_stream(given):
    made = DataStream()
    for name, value in given.items():
        setattr(made, name, [element(item) for item in value] if name == "elements" else value)
    return made


def event_stream(given):
    made = EventStream()
    for name, value in given.items():
        setattr(made, name, value)
    return made


def event(given):
    return Event(given["start_time"], given["end_time"], given["content"])


def annotation(given):
    made = Annotation(given["title"], given.get("start"), given.get("end"), given.get("content", ""))
    made.id = given.get("id")
    return made


def shown(item):
    """An object of the API as JSON."""
    if isinstance(item, (list, tuple)):
        return [shown(one) for one in item]
    if isinstance(item, joule.api.Folder):
        lists = ("children", "data_streams", "event_streams")
        return {name: getattr(item, name) for name in TREE} | {name: shown(getattr(item, name)) for name in lists}
    if isinstance(item, DataStream):
        return item.to_json() | {"layout": item.layout}
    if isinstance(item, Annotation):
        return item.to_json() | {"stream_id": item.stream_id}
    if hasattr(item, "to_json") and not isinstance(item, Event):
        return item.to_json()
    if isinstance(item, joule.api.node.TcpNode):
        return {"name": item.name, "url": item.url}
    if hasattr(item, "__dict__"):
        return {name: shown(value) for name, value in vars(item).items() if not name.startswith("_")}
    return item


async def event_stream_write(node, stream, events):
    written = [event(item) for item in events]
    # The API itself mixes up the ids it hands back once there are more than 500 events.
    for at in range(0, len(written), 500):
        await node.event_stream_write(stream, written[at : at + 500])
    return written


async def event_stream_read(node, **arguments):
    return [item async for item in node.event_stream_read(**arguments)]


async def data_dump(node, stream, out, **window):
    """Reads data into a file, as rows of a node: packed, with a row of zeros where an interval ends."""
    pipe = await node.data_read(stream, **window)
    with open(out, "wb") as file:
        more = True
        while more:
            if await pipe.not_empty():
                data = await pipe.read()
                pipe.consume(len(data))
                file.write(data.tobytes())
            else:
                # All has arrived: now the API takes an interval's end without rows for the end of everything, and
                # loses what waits behind it. Fast answers with many short intervals show this.
                more = not pipe.queue.empty()
            if more and pipe.end_of_interval:
                file.write(bytes(pipe.dtype.itemsize))
        await pipe.close()
    return {"layout": pipe.layout, "decimation": pipe.decimation_level}


async def node_of(node, url, key):
    """What another connection says the node is."""
    other = joule.api.node.TcpNode("other", url, key)
    try:
        return await other.info()
    finally:
        await other.close()


def names():
    """Every public function, class and method of the API, by where it is offered."""
    found = []
    for name in joule.api.__all__ if hasattr(joule.api, "__all__") else vars(joule.api):
        item = getattr(joule.api, name)
        if name.startswith("_") or inspect.ismodule(item):
            continue
        if inspect.isfunction(item) or inspect.isclass(item):
            if getattr(item, "__module__", "").startswith("joule."):
                found.append(name)
    for name, item in vars(BaseNode).items():
        if inspect.isfunction(item) and not name.startswith("_"):
            found.append(f"Node.{name}")
    return sorted(set(found))


MADE = {"stream": {"data_stream_create": data_stream, "data_stream_update": data_stream,
                   "event_stream_create": event_stream, "event_stream_update": event_stream},
        "annotation": {"annotation_create": annotation, "annotation_update": annotation}}
OWN = {"event_stream_write": event_stream_write, "event_stream_read": event_stream_read, "data_dump": data_dump,
       "node_of": node_of}


async def answer(node, call, arguments):
    if call == "names":
        return names()
    if call == "folder_update":
        folder = await node.folder_get(arguments["id"])
        folder.name, folder.description = arguments["name"], arguments["description"]
        return await node.folder_update(folder)
    arguments = {name: MADE.get(name, {}).get(call, lambda value: value)(value) for name, value in arguments.items()}
    if call in OWN:
        return await OWN[call](node, **arguments)
    return await getattr(node, call)(**arguments)


async def main(url, key):
    node = joule.api.node.TcpNode("node", url, key)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            said = {"answer": shown(await answer(node, request["call"], request["arguments"]))}
        except errors.ApiError as error:
            said = {"error": str(error)}
        print(json.dumps(said), flush=True)
    await node.close()


asyncio.run(main(*sys.argv[1:]))
