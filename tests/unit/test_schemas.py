"""The schemas that editors use agree with the reader: every built-in file is valid, and what is refused is not."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from lessons.loader import MODULE_4
from lessons.schemas import KINDS, schema_of
from simulator.errors import UsageError
from simulator.scenario import SCENARIOS
from tests.unit.command import Said, one_line, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILES = [
    *(("lesson", path) for path in sorted(MODULE_4.glob("*/lesson.yaml"))),
    ("course", MODULE_4 / "course.yaml"),
    ("glossary", MODULE_4 / "glossary.yaml"),
    *(("scenario", path) for path in sorted(SCENARIOS.glob("*.yaml"))),
]
TYPES = {"string": str, "array": list, "object": dict, "boolean": bool, "null": type(None)}
KNOWN = {
    "$ref", "$defs", "$schema", "additionalProperties", "anyOf", "const", "default", "description", "discriminator",
    "enum", "exclusiveMaximum", "exclusiveMinimum", "items", "maxItems", "maxLength", "maximum", "minItems",
    "minLength", "minimum", "pattern", "prefixItems", "properties", "propertyNames", "required", "title", "type",
}  # fmt: skip


class Validator:
    """Enough of JSON Schema for what msgspec writes; a keyword it does not know is an error."""

    def __init__(self, text: str) -> None:
        self.root: dict[str, Any] = json.loads(text)

    def problems(self, value: object, schema: dict[str, Any] | None = None, at: str = "") -> Iterator[str]:
        """List what is wrong with a value, each with its place."""
        schema = self.root if schema is None else schema
        assert schema.keys() <= KNOWN, schema.keys() - KNOWN
        if "$ref" in schema:
            yield from self.problems(value, self.root["$defs"][schema["$ref"].rpartition("/")[2]], at)
        if "anyOf" in schema and all(any(self.problems(value, one, at)) for one in schema["anyOf"]):
            yield f"{at}: none of {len(schema['anyOf'])} kinds"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: {value!r} is none of {schema['enum']}"
        if "const" in schema and value != schema["const"]:
            yield f"{at}: {value!r} is not {schema['const']}"
        if "type" in schema and not self._is(value, schema["type"]):
            yield f"{at}: {value!r} is no {schema['type']}"
        elif isinstance(value, dict):
            yield from self._object(value, schema, at)
        elif isinstance(value, list):
            yield from self._array(value, schema, at)
        elif isinstance(value, str):
            if not re.search(schema.get("pattern", ""), value):
                yield f"{at}: {value!r} does not match {schema['pattern']}"
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                yield f"{at}: {value!r} is too short or too long"
        elif isinstance(value, int | float):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                yield f"{at}: {value} is out of range"
            if value <= schema.get("exclusiveMinimum", value - 1) or value >= schema.get(
                "exclusiveMaximum", value + 1
            ):
                yield f"{at}: {value} is out of range"

    @staticmethod
    def _is(value: object, kind: str) -> bool:
        if kind in {"number", "integer"}:
            numbers = int | float if kind == "number" else int
            return isinstance(value, numbers) and not isinstance(value, bool)
        return isinstance(value, TYPES[kind])

    def _object(self, value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
        yield from (f"{at}: no {key}" for key in schema.get("required", ()) if key not in value)
        for key, part in value.items():
            if key in schema.get("properties", {}):
                yield from self.problems(part, schema["properties"][key], f"{at}.{key}")
            elif isinstance(other := schema.get("additionalProperties", True), dict):
                yield from self.problems(part, other, f"{at}.{key}")
            elif not other:
                yield f"{at}: no key {key}"

    def _array(self, value: list[Any], schema: dict[str, Any], at: str) -> Iterator[str]:
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        first = schema.get("prefixItems", [])
        for i, part in enumerate(value):
            kind = first[i] if i < len(first) else schema.get("items", {})
            if isinstance(kind, dict):
                yield from self.problems(part, kind, f"{at}[{i}]")


def as_editors_read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validators() -> dict[str | None, Validator]:
    return {kind: Validator(schema_of(kind)) for kind in (None, *KINDS)}


@pytest.mark.parametrize(
    ("kind", "path"), FILES, ids=lambda one: one if isinstance(one, str) else f"{one.parent.name}-{one.name}"
)
def test_every_built_in_file_is_valid(validators: dict[str | None, Validator], kind: str, path: Path) -> None:
    value = as_editors_read(path)
    assert list(validators[kind].problems(value)) == []
    assert list(validators[None].problems(value)) == []


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("lesson", "title", None), ("lesson", "hints", []), ("lesson", "steps", []), ("lesson", "panes", ["lod"]),
        ("lesson", "slow_over_ms", 0), ("course", "lessons", [{"id": "One"}]), ("course", "scenario", 3),
        ("glossary", "terms", [{"term": "a"}]), ("scenario", "functions", []), ("scenario", "name", None),
    ],
)  # fmt: skip
def test_what_the_reader_refuses_is_not_valid(
    validators: dict[str | None, Validator], kind: str, key: str, value: object
) -> None:
    [path, *_] = [path for one, path in FILES if one == kind and "extends" not in as_editors_read(path)]
    whole = as_editors_read(path)
    if value is None:
        del whole[key]
    else:
        whole[key] = value
    assert list(validators[kind].problems(whole))
    assert list(validators[None].problems(whole))


def test_a_scenario_that_extends_another_needs_but_a_name(validators: dict[str | None, Validator]) -> None:
    short = {"extends": "module-4", "name": "x", "warm": 2}
    assert list(validators["scenario"].problems(short)) == []
    assert list(validators["scenario"].problems({"name": "x", "warm": 2}))
    assert list(validators["scenario"].problems({**short, "wram": 2}))


def test_a_schema_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no schema of `leson`; did you mean `lesson`\?"):
        schema_of("leson")


@pytest.fixture
def ridelab(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    return partial(said, capsys)


def test_the_schema_of_one_kind_is_asked_for_by_its_name(ridelab: Callable[..., Said]) -> None:
    code, out, _ = ridelab("schema", "lesson")
    assert code == 0
    assert json.loads(out)["$ref"] == "#/$defs/Lesson"
    code, _, err = ridelab("schema", "lessons")
    assert code == 2
    assert "did you mean `lesson`?" in one_line(err)


def test_names_lists_all_that_a_lesson_may_write_each_explained(ridelab: Callable[..., Said]) -> None:
    from lessons.actions import TAGS
    from lessons.names import NAMES
    from tui.cli_names import all_names

    rows = all_names()
    found = {(kind, name.rstrip("*")) for kind, name, _ in rows}
    assert {name for kind, name in found if kind == "name"} == NAMES.keys()
    assert {name for kind, name in found if kind == "action"} == set(TAGS)
    assert not [name for kind, name, text in rows if not text and kind not in {"version", "plan", "scenario"}]
    code, out, _ = ridelab("names", "P95")
    assert code == 0
    assert out
    assert all("p95" in line.casefold() for line in out.splitlines())
