"""Filters of the Braincube data service, evaluated slowly: braincube_filters.py URL OUT [COUNT [SEED]].

Asks a server for the rows of its bases under COUNT random filters (10,000) and compares with an evaluation that is
written from the platform's document alone. Writes OUT/filters.json: {"types", "asked"}: the
types of each base's variables, and a list of {"base", "key", "filter", "rows", "digest"}: the variable that tells rows
apart, how many were left, and what `digest` makes of their keys. Where the document is silent: bounds of BETWEEN belong to the range, and a cell that is missing
fulfils no condition.
"""

import datetime
import http.client
import json
import math
import pathlib
import random
import sys
import urllib.parse

KEY = "demo-braincube"
MILL = "braincube/Paper%20mill"
COMPARISONS = {
    "LESS": lambda value, bound: value < bound,
    "LESS_EQUALS": lambda value, bound: value <= bound,
    "GREAT": lambda value, bound: value > bound,
    "GREAT_EQUALS": lambda value, bound: value >= bound,
}
# A base's id and a variable that tells its rows apart.
BASES = [(22, 2200001), (21, 2100001)]


def number(cell):
    """A cell's number, exact; None when it is missing."""
    if cell is None or isinstance(cell, (int, float)):
        return cell
    for read in (int, float):
        try:
            value = read(cell)
        except ValueError:
            continue
        return None if math.isnan(value) else value
    return None


def time(cell):
    """A cell's point in time; None when it is missing or no date."""
    try:
        return datetime.datetime.strptime(cell, "%Y%m%d_%H%M%S") if cell and len(cell) == 15 else None
    except ValueError:
        return None


def state(cell):
    return None if cell in (None, "", "?", "null") else cell


def digest(keys):
    """A number that other keys, or keys in another order, hardly have. Dates count in seconds since 1970."""
    made = 0
    for key in keys:
        date = time(key)
        number = int(key) if date is None else int((date - datetime.datetime(1970, 1, 1)).total_seconds())
        made = (made * 1_000_003 + number) % 2**64
    return made


READERS = {"NUMERIC": number, "NUMERICAL": number, "DATETIME": time}


class Table:
    """The rows of a memory base, column by column, as values that compare."""

    def __init__(self, base, datadefs):
        self.base = base
        self.types = {column["id"]: column["type"] for column in datadefs}
        self.cells = {column["id"]: column.get("data") for column in datadefs}
        self.rows = len(next(cells for cells in self.cells.values() if cells))
        read = {name: self.reader(name) for name in self.types}
        self.values = {
            name: [read[name](cell) for cell in cells] if cells else [None] * self.rows
            for name, cells in self.cells.items()
        }

    def reader(self, name):
        return READERS.get(self.types[name], state)

    def left(self, condition):
        """The rows that fulfil a filter, as a set."""
        ((operator, operands),) = condition.items()
        operator = operator.upper()
        if operator == "NOT":
            (child,) = operands
            return set(range(self.rows)) - self.left(child)
        if operator in ("AND", "OR"):
            one, other = map(self.left, operands)
            return one & other if operator == "AND" else one | other
        name, *bounds = operands
        if operator == "EQUALS" and isinstance(bounds[0], list):
            (bounds,) = bounds
        bounds = [self.reader(name)(bound) for bound in bounds]
        fulfils = self.test(operator, bounds)
        return {row for row, value in enumerate(self.values[name]) if value is not None and fulfils(value)}

    @staticmethod
    def test(operator, bounds):
        if operator == "BETWEEN":
            low, high = bounds
            return lambda value: low <= value <= high
        (bound,) = bounds
        if operator == "EQUALS":
            return lambda value: value == bound
        return lambda value: COMPARISONS[operator](value, bound)


class Server:
    """One connection to the data service."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        self.prefix = parts.path.rstrip("/")

    def ask(self, method, path, body=None):
        headers = {"X-api-key": KEY, "Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        self.connection.request(method, f"{self.prefix}/{MILL}/{path}", text, headers)
        answer = self.connection.getresponse()
        read = answer.read()
        assert answer.status == 200, f"{answer.status} {read!r} for {body}"
        return json.loads(read)

    def rows(self, base, order, definitions, condition=None):
        context = {"dataSource": f"mb{base}"} | ({"filter": condition} if condition else {})
        body = {"order": order, "definitions": definitions, "context": context}
        return self.ask("POST", f"braindata/mb{base}/LF", body)["datadefs"]

    def table(self, base):
        simple = self.ask("GET", f"braindata/mb{base}/simple")
        order = simple.get("reference") or simple["order"]
        names = [definition["id"] for definition in simple["datadefs"]]
        return order, Table(base, self.rows(base, order, names))


class Filters:
    """Random filters over a table."""

    def __init__(self, table, chance):
        self.table, self.chance = table, chance
        present = {
            name: [cell for cell, value in zip(cells, table.values[name]) if value is not None]
            for name, cells in table.cells.items()
            if cells
        }
        self.cells, self.names = present, list(present)

    def filter(self, depth=0):
        kind = self.chance.random()
        if depth > 5 or kind < 0.4:
            return self.leaf()
        if kind < 0.55:
            return {self.chance.choice(["NOT", "Not", "not"]): [self.filter(depth + 1)]}
        return {self.chance.choice(["AND", "OR"]): [self.filter(depth + 1), self.filter(depth + 1)]}

    def leaf(self):
        name = self.chance.choice(self.names)
        discrete = self.table.reader(name) is state
        operator = "EQUALS" if discrete else self.chance.choice(["EQUALS", "BETWEEN", *COMPARISONS])
        if operator == "BETWEEN":
            return {operator: [name, self.bound(name), self.bound(name)]}
        bound = self.bound(name)
        return {operator: [name, [bound] if operator == "EQUALS" and self.chance.random() < 0.5 else bound]}

    def bound(self, name):
        """A value of the column, or one beside it."""
        reader, cell = self.table.reader(name), self.chance.choice(self.cells[name])
        if reader is state:
            return self.chance.choice([cell, "A", "none of them"])
        if reader is time:
            moved = reader(cell) + datetime.timedelta(seconds=self.chance.choice([-1, 0, 0, 1, 86_400]))
            return moved.strftime("%Y%m%d_%H%M%S")
        value = reader(cell)
        beside = [value, value, cell, float(value), value + self.chance.choice([-1, 1]), value * 0.5]
        chosen = self.chance.choice(beside)
        # JSON readers of either side keep integers of 64 bits, not more.
        return chosen if isinstance(chosen, (str, float)) or abs(chosen) < 2**63 else float(chosen)


def compare(url, out, count=10_000, seed=1):
    """Compares, and returns how many filters left some rows but not all."""
    server, chance = Server(url), random.Random(seed)
    sources, types = [], {}
    for base, variable in BASES:
        order, table = server.table(base)
        sources.append((base, f"mb{base}/d{variable}", order, table, Filters(table, chance)))
        # Whoever repeats the filters must know what they compare.
        types[base] = table.types
    asked, telling = [], 0
    for _ in range(count):
        base, key, order, table, filters = chance.choices(sources, weights=[3, 1])[0]
        condition = filters.filter()
        wanted = [table.cells[key][row] for row in sorted(table.left(condition))]
        (column,) = server.rows(base, order, [key], condition)
        assert column["data"] == wanted, f"seed {seed}: {json.dumps(condition)}"
        telling += 0 < len(wanted) < table.rows
        asked.append({"base": base, "key": key, "filter": condition, "rows": len(wanted), "digest": str(digest(wanted))})
    (out / "filters.json").write_text(json.dumps({"types": types, "asked": asked}))
    return telling


def main(url, out, count="10000", seed="1"):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    count = int(count)
    telling = compare(url, out, count, int(seed))
    assert telling > count / 3, f"only {telling} filters of {count} told anything"


if __name__ == "__main__":
    main(*sys.argv[1:])
