"""The benchmarks run; how fast is for `make bench` to say. The README's table is that of the measured JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_benchmarks_run_small_with_waits_equal_to_the_peers() -> None:
    pytest.importorskip("simpy", reason="the peers come with the bench extra")
    command = [sys.executable, "-m", "benchmarks", "--small", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    assert len(found) == 9
    assert all(one["value"] > 0 for one in found if one["unit"] == "")


def test_the_readme_shows_what_was_measured() -> None:
    code = (
        "import json, pathlib; from benchmarks.table import Figure, into_readme;"
        "text = pathlib.Path('README.md').read_text(encoding='utf-8');"
        "found = json.loads(pathlib.Path('docs/benchmarks.json').read_text(encoding='utf-8'));"
        "assert into_readme(text, [Figure(**one) for one in found]) == text"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
