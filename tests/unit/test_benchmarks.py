"""The benchmarks run; how fast is for `make bench` to say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("simpy", reason="the peers come with the bench extra")


def test_the_benchmarks_run_small_with_waits_equal_to_the_peer_s() -> None:
    command = [sys.executable, "-m", "benchmarks", "--small", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert all(one["ratio"] > 0 for one in json.loads(done.stdout).values())
