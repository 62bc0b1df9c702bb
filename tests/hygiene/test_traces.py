"""The project names no machine: no committed file says where a package index or somebody's folder is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

INDEX = rb"pypi\.org/simple|pythonhosted\.org|registry\.npmjs\.org"
SOURCE = rb"-(?:-extra)?-index-url\b|-[-]find-links\b|file:[/]//"
FOLDER = rb"(?<![\w./~$})*-])/(?:root|home|Users|work|opt)/"
TRACE = re.compile(b"|".join([INDEX, SOURCE, FOLDER]))


def traces(content: bytes) -> list[bytes]:
    """Return what names a machine, in a text or in a binary file such as a picture or a database."""
    return [found.group() for found in TRACE.finditer(content)]


@pytest.mark.parametrize(
    "parts",
    [
        ("url = https://pypi", ".org/simple/rich/"),
        ("url = https://files.python", "hosted.org/packages/4e/rich.whl"),
        ("--extra-", "index-url https://example.org"),
        ("rich @ file:", "///wheels/rich.whl"),
        ('File "/wo', 'rk/main/simulator/lab.py", line 3'),
        ("HOME=/ro", "ot/"),
        ("\0/ho", "me/ada/.local\0"),
    ],
)
def test_a_trace_of_a_machine_is_found(parts: tuple[str, str]) -> None:
    assert traces("".join(parts).encode())


@pytest.mark.parametrize(
    "text",
    [
        "rich==15.0.0",
        "https://example.org/work/7",
        "~/work/ridelab",
        "tests/home/",
        "PIP_INDEX_URL",
        "$HOME/opt/x",
    ],
)
def test_a_text_that_fits_every_machine_is_left_alone(text: str) -> None:
    assert traces(text.encode()) == []


def test_no_committed_file_names_a_machine(root: Path, committed: list[Path]) -> None:
    found = {str(path.relative_to(root)): traces(path.read_bytes()) for path in committed}
    assert {name: hits for name, hits in found.items() if hits} == {}
