"""Scenarios: the module's own, and one line with file:line:column for every mistake in another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator import Lab, load_scenario
from simulator.document import DocumentError
from simulator.errors import UsageError
from simulator.scenario import SCENARIOS, scenario_names

if TYPE_CHECKING:
    from simulator.settings import Scenario

TEXT = (SCENARIOS / "module-4.yaml").read_text(encoding="utf-8")


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_scenario(path)
    return [line.removeprefix(f"{tmp_path}/") for line in str(caught.value).splitlines()]


def place(old: str, offset: int = 0) -> str:
    """The line and column of a text in the scenario, moved by some columns."""
    at = TEXT.index(old)
    return f"mine.yaml:{TEXT.count(chr(10), 0, at) + 1}:{at - TEXT.rfind(chr(10), 0, at) + offset}"


def test_the_module_s_scenario_has_the_facts_of_the_module(module_4: Scenario) -> None:
    assert scenario_names() == ("cold-mornings", "hot-row", "module-4", "retry-storm", "stampede")
    ride, promo = module_4.functions["request-ride"], module_4.functions["promo-discount"]
    assert (ride.memory_mb, promo.memory_mb) == (128, 128)
    assert (ride.timeout_s, promo.timeout_s, module_4.gateway.timeout_s) == (30, 10, 29)
    assert [(u.name, u.color, u.gender) for u in module_4.fleet.unicorns] == [
        ("Bucephalus", "Golden", "Male"), ("Shadowfax", "White", "Male"), ("Rocinante", "Yellow", "Female")
    ]  # fmt: skip
    [rule] = module_4.monitoring.rules
    assert (rule.name, rule.over_ms, rule.window_s) == ("duration-gt-1000", 1000, 120)
    assert module_4.gateway.network.mean_ms == 106
    assert module_4.rides_table.latency.mean_ms + 0.8 * 1769 / 128 == pytest.approx(36, abs=0.01)


def test_a_scenario_of_one_s_own_is_read_from_a_file(tmp_path: Path, module_4: Scenario) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(TEXT, encoding="utf-8")
    assert load_scenario(path) == load_scenario(str(path)) == module_4


@pytest.mark.parametrize(
    ("old", "new", "offset", "what"),
    [
        (
            "memory_mb: 128            #",
            "memori_mb: 128           #",
            0,
            "unknown key `memori_mb`; did you mean `memory_mb`?",
        ),
        ("timeout_s: 29", "timeout_s: soon", 11, "expected a number, above 0, found `soon`"),
        ("timeout_s: 29", "timeout_s: 0", 11, "expected a number, above 0, found `0`"),
        ("shape: 1.24", "shape: 0.01", 7, "expected a number, from 0.1 to 100, found `0.01`"),
        ("kind: weibull, base_ms: 70", "kind: wibull, base_ms: 70", 6, "expected one of"),
        ("low_ms: 10", "low_ms: 30", -16, "`low_ms` 30 lies above `high_ms` 20"),
        (
            "version: launch\n    memory",
            "version: lunch\n    memory",
            9,
            "no version `request-ride@lunch`; did you mean",
        ),
        (
            "function: request-ride}",
            "function: request-rid}",
            10,
            "no function `request-rid`; did you mean `request-ride`?",
        ),
        (
            "watches: [request-ride]",
            "watches: [request-rides]",
            10,
            "no function `request-rides`; did you mean",
        ),
        ("measure: duration", "measure: durations", 9, "expected one of"),
        (
            "url: https://api.wildrydes.example/prod",
            "url: api.wildrydes.example",
            5,
            "is no address: write https://",
        ),
        (
            "plan: artillery-slowness.yml",
            "plan: artillery-slownes.yml",
            6,
            "no load plan `artillery-slownes.yml`; did you mean",
        ),
        ("host: promo.wildrydes.example", "host: [a]", 6, "expected a text"),
        ("  token: iop", "  token: iop\n  token: iop", 0, ""),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, offset: int, what: str
) -> None:
    [line] = problems(tmp_path, TEXT.replace(old, new, 1))
    if what:
        assert line.startswith(f"{place(old, offset)}: ")
    assert what in line


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    [line] = problems(tmp_path, TEXT.replace("  client_cpu_ms: 0.8", "  client_cpu_m: 0.8"))
    assert "unknown key `client_cpu_m`; did you mean `client_cpu_ms`?" in line
    [line] = problems(tmp_path, TEXT.replace("name: module-4\n", ""))
    assert "missing key `name`" in line


def test_several_mistakes_are_said_at_once_in_order(tmp_path: Path) -> None:
    text = TEXT.replace("watches: [request-ride]", "watches: [a]").replace(
        "function: request-ride}", "function: b}"
    )
    found = problems(tmp_path, text.replace("version: launch\n    host", "version: c\n    host"))
    assert [int(line.split(":")[1]) for line in found] == sorted(int(line.split(":")[1]) for line in found)
    assert len(found) == 3


def test_two_functions_cannot_share_a_host(tmp_path: Path) -> None:
    text = TEXT.replace(
        "    baseline_mb: 34.2\n", "    baseline_mb: 34.2\n    host: promo.wildrydes.example\n"
    )
    [line] = problems(tmp_path, text)
    assert line.endswith("`promo.wildrydes.example` has two functions")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("module-5", "no scenario `module-5`; did you mean `module-4`? (or give a YAML file)"),
        ("", f"no scenario ``; there are {', '.join(scenario_names())} (or give a YAML file)"),
        ("plan.txt", "no scenario `plan.txt`"),
    ],
)
def test_a_scenario_that_does_not_exist_is_named(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_scenario(name)
    assert str(caught.value).startswith(said)


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        load_scenario(tmp_path / "none.yaml")


def test_a_scenario_s_plan_may_lie_beside_it(tmp_path: Path) -> None:
    plan = (Path(SCENARIOS).parent / "plans" / "artillery-slowness.yml").read_text(encoding="utf-8")
    (tmp_path / "my-plan.yml").write_text(plan.replace("duration: 60", "duration: 3"), encoding="utf-8")
    (tmp_path / "user.csv").write_text("https://api.wildrydes.example/prod,token\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        TEXT.replace("plan: artillery-slowness.yml", "plan: my-plan.yml"), encoding="utf-8"
    )
    scenario = load_scenario(tmp_path / "mine.yaml")
    assert Lab(scenario).load().settings.plan.phases[0].duration_s == 3.0
