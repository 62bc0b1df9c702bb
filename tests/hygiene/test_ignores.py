"""A tool is contradicted only by name: every ignore says which rule it means."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

BLANKET = re.compile(
    r"""
      type:\s*ignore(?!\[[\w-])          # without [code]
    | (?<!ruff:\s)(?<!flake8:\s)noqa(?!:\s*[A-Z]+[0-9])
    | (?:ruff|flake8):\s*noqa(?!:\s*[A-Z]+[0-9])
    | mypy:\s*(?:ignore-errors|disable-error-code|allow-)
    | pyright:\s*ignore(?!\[)
    | fmt:\s*off
    """,
    re.VERBOSE | re.IGNORECASE,
)


def blanket_ignores(source: str) -> list[str]:
    """Return the comments of a Python source that silence a tool without naming the rule."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return [comment for comment in comments if BLANKET.search(comment)]


@pytest.mark.parametrize(
    "comment",
    [
        "# type: ignore",
        "# type:ignore # why",
        "# noqa",
        "#noqa",
        "# ruff: noqa",
        "# mypy: ignore-errors",
        "# fmt: off",
    ],
)
def test_a_blanket_ignore_is_found(comment: str) -> None:
    assert blanket_ignores(f"x = 1  {comment}\n") == [comment]


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # type: ignore[assignment]",
        "x = 1  # noqa: BLE001 - a crash log must be written",
        "# ruff: noqa: E501",
        "x = '# noqa'",
        "x = 1  # ignored by type checkers",
    ],
)
def test_an_ignore_with_its_rule_is_allowed(line: str) -> None:
    assert blanket_ignores(line + "\n") == []


def test_no_file_has_a_blanket_ignore(root: Path, committed: list[Path]) -> None:
    sources = [path for path in committed if path.suffix == ".py"]
    found = {
        str(path.relative_to(root)): blanket_ignores(path.read_text(encoding="utf-8")) for path in sources
    }
    assert sources
    assert {name: comments for name, comments in found.items() if comments} == {}
