"""Files to take along: never over another one, one line where there is no room, and pictures that load nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from simulator.errors import NotKeptError
from tui.exporting import export_name, without_fonts, write_export

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2018, 3, 30, 19, 48, 41)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("Home", "ridelab-home-2018-03-30-194841.svg"),
        ("03-load run 2", "ridelab-03-load-run-2-2018-03-30-194841.svg"),
        ("../../etc/passwd", "ridelab-etc-passwd-2018-03-30-194841.svg"),
        ("", "ridelab-screen-2018-03-30-194841.svg"),
    ],
)
def test_a_name_says_what_it_is_and_when(what: str, name: str) -> None:
    assert export_name(what, NOW, "svg") == name


def test_a_file_is_written_into_the_exports_with_plain_line_ends(tmp_path: Path) -> None:
    path = write_export(tmp_path / "data", "a.csv", "a,b\n1,–\n")
    assert path == tmp_path / "data" / "exports" / "a.csv"
    assert path.read_bytes() == "a,b\n1,–\n".encode()


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    paths = [write_export(tmp_path, "a.csv", text) for text in ("one", "two", "three")]
    assert [path.name for path in paths] == ["a.csv", "a-2.csv", "a-3.csv"]
    assert [path.read_text(encoding="utf-8") for path in paths] == ["one", "two", "three"]


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "a.csv").symlink_to(tmp_path / "elsewhere")
    assert write_export(tmp_path, "a.csv", "x").name == "a-2.csv"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("a file", encoding="utf-8")
    with pytest.raises(NotKeptError) as told:
        write_export(tmp_path, "a.csv", "x")
    assert str(told.value) == f"{tmp_path / 'exports'} cannot be written (file exists): nothing was exported"


def test_a_picture_loads_no_fonts() -> None:
    svg = (
        '<svg><style>@font-face {\n font-family: "Fira Code";\n src: url("https://example.com/a.woff2"); }\n'
        ".m { font-family: Fira Code, monospace; font-size: 20px; }</style></svg>"
    )
    bare = without_fonts(svg)
    assert "http" not in bare
    assert "Fira" not in bare
    assert "monospace; font-size: 20px;" in bare
