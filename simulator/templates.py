"""Variables in a plan's texts, ``{{ name }}``: found, filled in, and captured from answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Put variables into a text. What is unknown leaves nothing; what is no text is written as JSON."""
    return VARIABLE.sub(lambda found: _shown(values.get(found[1], "")), text) if "{{" in text else text


def fill_json(value: Any, values: Mapping[str, Any]) -> Any:
    """Put variables into all texts of a JSON value. A text that is one variable alone becomes its value as it is."""
    if isinstance(value, str):
        whole = VARIABLE.fullmatch(value)
        return values.get(whole[1], "") if whole else fill(value, values)
    if isinstance(value, dict):
        return {fill(key, values): fill_json(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [fill_json(item, values) for item in value]
    return value


def texts(value: Any) -> Iterator[str]:
    """Give every text in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def capture(body: str, path: str) -> Any:
    """Take ``$.a[0].b`` out of a JSON text. Raises LookupError where there is no such thing."""
    try:
        value: Any = json.loads(body)
        for part in path[1:].replace("[", ".").replace("]", "").split(".")[1:]:
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (ValueError, KeyError, IndexError, TypeError):
        raise LookupError(path) from None
    return value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
