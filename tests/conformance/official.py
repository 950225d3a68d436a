"""What the scripts for the official clients share."""

import importlib
import inspect

import pandas as pd


def official_names(modules, package="runeq"):
    """Every public function, class and method of a package's modules, by the module and class that defines it."""
    names = []
    for path in modules:
        module = importlib.import_module(f"{package}.{path}")
        short = path.split(".")[-1]
        for name, item in vars(module).items():
            if name.startswith("_") or getattr(item, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(item) or inspect.isclass(item):
                names.append(f"{short}.{name}")
            if inspect.isclass(item):
                kinds = (property, staticmethod)
                members = [key for key, value in vars(item).items() if callable(value) or isinstance(value, kinds)]
                names += [f"{short}.{name}.{key}" for key in members if not key.startswith("_")]
    return names


def frame(table):
    """A data frame as columns and cells; points in time as ns."""
    cells = {}
    for name in table.columns:
        if pd.api.types.is_datetime64_any_dtype(table[name]):
            cells[name] = [None if pd.isna(time) else time.value for time in table[name]]
        else:
            cells[name] = table[name].astype(object).tolist()
    return {"columns": list(table.columns), "cells": cells}
