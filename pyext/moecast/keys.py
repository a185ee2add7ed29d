"""Python values as the text of a scenario's keys, and names of changed scenarios. Knows YAML, not scenarios."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import _core

_DEEPEST = 24  # levels of a value; what contains itself has more
_NAME_BYTES = 63
_WORD = re.compile(r"[A-Za-z0-9_.-]+")


def refusal(sentence: str, field: str, file: str, hint: str = "", status: str = "WRONG_TYPE") -> _core.ScenarioError:
    """A ScenarioError like those of the C library."""
    error = _core.ScenarioError(f"{file}: {field}: {sentence}" + (f" ({hint})" if hint else ""))
    error.file, error.field, error.hint, error.status = file, field, hint, status
    return error


def _quoted(text: str, field: str, file: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refusal("holds half a surrogate pair, which is no text", field, file) from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(value: float, field: str, file: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise refusal(f"got {value!r}, wanted a finite number", field, file)
    return repr(value)


def _key(key: object, field: str, file: str) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (datetime.date, np.datetime64)):
        return str(key)[:7]
    hint = "write months as text, such as '2026-09'" if isinstance(key, (int, float)) else ""
    raise refusal(f"has the key {key!r}, wanted text", field or "<keys>", file, hint)


def _pieces(value: Any, field: str, file: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise refusal(f"is nested more than {_DEEPEST} levels deep, or contains itself", field, file, status="LIMIT")
    if isinstance(value, (np.generic, np.ndarray)) and not isinstance(value, np.datetime64):
        value = value.tolist() if isinstance(value, np.ndarray) else value.item()
    if value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int):
        yield str(int(value)) if abs(value) < 10**40 else _number(float("inf"), field, file)
    elif isinstance(value, float):
        yield _number(float(value), field, file)
    elif isinstance(value, str):
        yield _quoted(value, field, file)
    elif isinstance(value, (datetime.date, np.datetime64)):
        yield json.dumps(str(value)[:10])
    elif isinstance(value, Mapping):
        yield from _map(value, field, file, depth)
    elif isinstance(value, (list, tuple)):
        yield "["
        for i, item in enumerate(value):
            yield ",\n" if i else ""
            yield from _pieces(item, f"{field}[{i}]", file, depth + 1)
        yield "]"
    else:
        raise refusal(f"got a {type(value).__name__}, wanted a number, text, True, False, None, a list or a mapping", field, file)


def _map(mapping: Mapping[Any, Any], field: str, file: str, depth: int) -> Iterator[str]:
    yield "{"
    for i, (key, value) in enumerate(mapping.items()):
        word = _key(key, field, file)
        below = f"{field}.{word}" if field else word
        yield (",\n" if i else "") + _quoted(word, below, file) + ": "
        yield from _pieces(value, below, file, depth + 1)
    yield "}"


def written(mapping: Mapping[str, Any], file: str) -> str:
    """A mapping as YAML, one entry a line.

    Raises
    ------
    ScenarioError
        With `field` and `hint`, for a value that no scenario can hold.
    """
    if not isinstance(mapping, Mapping):
        raise TypeError(f"wanted a mapping of keys to values, got a {type(mapping).__name__}")
    return "".join(_map(mapping, "", file, 0)) + "\n"


def label(value: Any) -> str:
    """How a value stands in a name: a number in few digits, a word as it is; "" when it cannot."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return str({None: "null", True: "true", False: "false"}[value])
    if isinstance(value, (int, float)):
        return f"{value:.6g}".replace("e+", "e") if isinstance(value, float) else str(value)
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def changed_name(name: str, changes: Mapping[str, Any]) -> str:
    """Name of a changed scenario, as a batch calls its cells: ``"baseline+severity=1.4"``. A key that is changed again stands once."""
    parts = name.split("+")
    for key, value in changes.items():
        short = str(key).partition(".")[2] or str(key)
        if not _WORD.fullmatch(short):
            continue
        parts = [parts[0], *(part for part in parts[1:] if part.partition("=")[0] != short)]
        said = label(value)
        parts.append(f"{short}={said}" if said else short)
    joined = "+".join(parts)
    if len(joined.encode()) <= _NAME_BYTES:
        return joined
    return f"{parts[0]}+changed" if len(parts[0].encode()) < _NAME_BYTES - len("+changed") else parts[0]
