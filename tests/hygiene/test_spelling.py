"""The project is written in American English, in code as in prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROSE = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md"}
ROOMS = {"docs", "lessons", "simulator", "tui"}
TEXT = {".csv", ".json", ".md", ".py", ".tcss", ".toml", ".txt", ".yaml", ".yml"}

# `Cancelled` stays, as Python spells it; `analyses` is also the American plural.
BRITISH = re.compile(
    r"""
      (?:behavi|col|fav|flav|hon|lab|neighb|rum)our(?!ly)
    | centre | litre | (?<![a-z])metre | theatre | fibre
    | catalogue | dialogue(?=\s+box) | artefact | whilst | licence | defence | offence | programme(?![dr])
    | analys(?:ed|er|ing|e(?![a-z]))
    | (?:label|model|travel|signal|total|level)l(?:ed|ing|er)
    | (?:apologi|categori|characteri|customi|emphasi|finali|generali|initiali|maximi|memori|minimi|normali
        |optimi|organi|prioriti|randomi|reali|recogni|seriali|speciali|stabili|summari|synchroni|utili|visuali)
      s(?:e|ed|er|es|ing|ation|ations)(?![a-z])
    """,
    re.VERBOSE | re.IGNORECASE,
)


def british(text: str) -> list[str]:
    """Return each British spelling in a text with its line: ``3: colour``."""
    return [
        f"{number}: {found.group()}"
        for number, line in enumerate(text.splitlines(), start=1)
        for found in BRITISH.finditer(line)
    ]


@pytest.mark.parametrize(
    "word",
    [
        "colour", "Behaviour", "honours", "line_colour", "lineColour", "analyse", "analysed", "analysing",
        "centre", "catalogue", "normalise", "summarises", "organisation", "labelled", "neighbouring",
    ],
)  # fmt: skip
def test_a_british_spelling_is_found_with_its_line(word: str) -> None:
    [found] = british(f"Short and warm.\nSee the {word} below.")
    assert found.startswith("2: ")


@pytest.mark.parametrize(
    "word",
    [
        "color", "behavior", "honor", "Cancelled", "analyze", "analyses", "analysis", "center", "catalog",
        "normalize", "summary", "organism", "realism", "emphasis", "hour", "programmed", "license",
    ],
)  # fmt: skip
def test_an_american_spelling_is_left_alone(word: str) -> None:
    assert british(f"See the {word} below.") == []


def test_every_text_is_in_american_english(root: Path, committed: list[Path]) -> None:
    texts = [
        path
        for path in committed
        if path.suffix in TEXT and (path.name in PROSE or path.relative_to(root).parts[0] in ROOMS)
    ]
    found = {str(path.relative_to(root)): british(path.read_text(encoding="utf-8")) for path in texts}
    assert texts
    assert {name: words for name, words in found.items() if words} == {}
