"""The benchmarks run; how fast is for `make bench` to say. The README's table is that of the measured JSON."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def small(part: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks", "--only", part, "--small", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_benchmarks_run_small_with_waits_equal_to_the_peers() -> None:
    pytest.importorskip("simpy", reason="the peers come with the bench extra")
    found = small("engine")
    assert len(found) == 9
    assert all(one["value"] > 0 for one in found if one["unit"] == "")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs pseudo-terminals and /proc")
def test_the_screens_are_measured_in_a_terminal() -> None:
    pytest.importorskip("simpy", reason="the peers come with the bench extra")
    pytest.importorskip("textual_plot", reason="the peers come with the bench extra")
    found = small("screens")
    assert len(found) == 13
    assert all(one["value"] > 0 for one in found if "ran" not in one["what"])
    paint, home = found[0], found[1]
    assert paint["what"].startswith("first paint")
    assert home["unit"] == " MiB"
    assert home["value"] > 20  # a Python process with Textual in it


def test_figures_take_the_place_of_those_of_their_part(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    code = (
        "import pathlib, sys; from benchmarks.__main__ import put_into; from benchmarks.table import Figure;"
        "file = pathlib.Path(sys.argv[1]);"
        "put_into(file, [Figure('b', '', '', 1.0, 1.0, part='screens')]);"
        "put_into(file, [Figure('a', '', '', 1.0, 1.0), Figure('c', '', '', 1.0, 1.0, part='screens')])"
    )
    pytest.importorskip("simpy", reason="the peers come with the bench extra")
    subprocess.run([sys.executable, "-c", code, str(file)], check=True, cwd=ROOT)
    assert [one["what"] for one in json.loads(file.read_text(encoding="utf-8"))] == ["a", "c"]


def test_the_readme_shows_what_was_measured() -> None:
    code = (
        "import json, pathlib; from benchmarks.table import Figure, into_readme;"
        "text = pathlib.Path('README.md').read_text(encoding='utf-8');"
        "found = json.loads(pathlib.Path('docs/benchmarks.json').read_text(encoding='utf-8'));"
        "assert into_readme(text, [Figure(**one) for one in found]) == text"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
