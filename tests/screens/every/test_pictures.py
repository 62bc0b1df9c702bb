"""The README's pictures: few, well-formed, and complete in themselves."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
MOST = 12
SVG = "{http://www.w3.org/2000/svg}"
FETCHED = re.compile(r"""(?:https?:)?//[^\s"')<]+|@import[^;]*|url\((?!['"]?\#)[^)]*\)""")
FETCHED_BY_NOBODY = re.compile(r'xmlns(?::\w+)?="[^"]*"|<!--.*?-->', re.DOTALL)


def fetched(source: str) -> list[str]:
    """List what a picture would have to fetch: every address in it but in names and comments."""
    return re.findall(FETCHED, FETCHED_BY_NOBODY.sub("", source))


def test_there_are_pictures_and_at_most_twelve() -> None:
    assert 0 < len(PICTURES) <= MOST


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_is_well_formed_and_fetches_nothing(picture: Path) -> None:
    source = picture.read_text(encoding="utf-8")
    root = ET.fromstring(source)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox")
    assert fetched(source) == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.stem)
def test_a_picture_is_used(picture: Path) -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert any(picture.name in page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize(
    "source",
    [
        "<style>@font-face { src: url('https://fonts.example/fira.woff2') }</style>",
        "<style>@import 'fira.css';</style>",
        '<image href="//pictures.example/a.png"/>',
        "<style>text { src: url(fira.woff2) }</style>",
    ],
)
def test_what_would_be_fetched_is_found(source: str) -> None:
    assert fetched(f'<svg xmlns="http://www.w3.org/2000/svg">{source}</svg>') != []


def test_what_a_picture_has_in_itself_is_not() -> None:
    inside = '<svg xmlns="http://www.w3.org/2000/svg"><g clip-path="url(#clip)"><text>a: b</text></g></svg>'
    assert fetched(inside) == []
