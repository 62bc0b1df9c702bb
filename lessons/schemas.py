"""JSON Schemas of the files that people write, for editors: made from the very types that read them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from lessons.glossary import GlossaryFile
from lessons.model import Lesson
from lessons.outline import Course
from simulator.errors import UsageError, nearest
from simulator.settings import Scenario

KINDS: Final[dict[str, type[msgspec.Struct]]] = {
    "lesson": Lesson,
    "course": Course,
    "glossary": GlossaryFile,
    "scenario": Scenario,
}
TITLE: Final = (
    "ridelab: lessons (lesson.yaml), courses (course.yaml), glossaries (glossary.yaml) and scenarios"
)


def schema_of(kind: str | None = None) -> str:
    """Write the schema of a kind of file, or one that holds for each; the text ends without a line break.

    Raises UsageError for a kind that there is not.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"no schema of `{kind}`{nearest(kind, KINDS) or '; there are ' + ', '.join(KINDS)}")
    wanted = (KINDS[kind],) if kind is not None else tuple(KINDS.values())
    found, parts = msgspec.json.schema_components(wanted, ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:
            part["description"] = " ".join(part["description"].split())
    defs = dict(sorted(parts.items()))
    for name, one in zip(wanted, found, strict=True):
        if name is Scenario:
            _extending(one, defs)
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE if kind is None else f"ridelab: {kind}.yaml",
        **({"anyOf": list(found)} if kind is None else found[0]),
        "$defs": defs,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _extending(reference: dict[str, Any], defs: dict[str, Any]) -> None:
    """Let a scenario extend another: then everything but its name may be missing."""
    name = reference["$ref"].rpartition("/")[2]
    whole = defs[name]
    properties = {**whole["properties"], "extends": {"type": "string", "description": "a built-in scenario"}}
    required = whole.pop("required")
    defs[name] = {
        **whole,
        "properties": dict(sorted(properties.items())),
        "anyOf": [{"required": required}, {"required": ["extends", "name"]}],
    }
