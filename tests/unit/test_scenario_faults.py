"""Scenarios that combine faults: each shows its symptom beside the module's, and a mistake is named at its place."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from simulator import Lab, load_scenario
from simulator.document import DocumentError
from simulator.faults import CATALOG, AnyFault
from simulator.scenario import SCENARIOS, scenario_names
from simulator.storing import pack, unpack
from simulator.system.recorder import WAIT_FLAG
from tui.cli import main

if TYPE_CHECKING:
    from simulator.run_data import RunData
    from simulator.settings import Scenario

ROOT = Path(__file__).parents[2]
BASE = "module-4"
COMBINED = [name for name in scenario_names() if load_scenario(name).faults]
SEEDS = range(1, 6)
HEAD = "extends: module-4\nname: mine\nfaults:\n"
WAITS = {
    "hot-row": {
        "waiting for the lock of a hot row",
        "holding the lock of a hot row",
        "waiting for the table: a cron job has locked it",
    },
    "retry-storm": {
        "waiting for a worker of promo-discount",
        "a worker of promo-discount at work",
        "waiting to try promo-discount again",
    },
    "cold-mornings": {"waiting for the processor", "waiting for a connection to promo-discount: SYN lost"},
    "stampede": {"waiting for a store worker", "waiting for the refill"},
}


def ran(scenario: str | Scenario, seed: int = 1) -> RunData:
    lab = Lab(load_scenario(scenario) if isinstance(scenario, str) else scenario, seed)
    return lab.finish(lab.load()).data()


def changed(name: str, number: int, **values: Any) -> Scenario:
    """A scenario with other parameters of one of its faults."""
    scenario = load_scenario(name)
    faults = list(scenario.faults)
    faults[number] = msgspec.structs.replace(faults[number], **values)
    return msgspec.structs.replace(scenario, faults=faults)


def waits_s(data: RunData) -> Counter[str]:
    """The time that was spent in each kind of wait."""
    spans, total = data.spans, Counter[str]()
    for row in np.flatnonzero(spans["flags"] & WAIT_FLAG):
        total[data.names[spans["name"][row]]] += float(spans["end_s"][row] - spans["start_s"][row])
    return total


def mean_s(data: RunData, from_s: float = 0.0, to_s: float = 1e9) -> float:
    sent = data.requests["sent_s"]
    return float(data.requests["latency_s"][(sent >= from_s) & (sent < to_s)].mean())


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_scenario(path)
    return [line.removeprefix(f"{tmp_path}/") for line in str(caught.value).splitlines()]


def mine(tmp_path: Path, faults: str) -> Scenario:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + faults, encoding="utf-8")
    return load_scenario(path)


def test_there_are_scenarios_that_combine_faults() -> None:
    assert set(COMBINED) == set(WAITS) == set(scenario_names()) - {BASE}


@pytest.mark.parametrize("name", COMBINED)
def test_a_scenario_waits_for_what_its_faults_hold_up_and_is_slower_for_it(name: str) -> None:
    for seed in SEEDS:
        base, data = ran(BASE, seed), ran(name, seed)
        assert not waits_s(base)
        assert set(waits_s(data)) == WAITS[name]
        assert mean_s(data) > 1.5 * mean_s(base)
        assert len(data.requests["sent_s"]) == 60
        assert np.array_equal(data.requests["sent_s"], base.requests["sent_s"])


@pytest.mark.parametrize("name", COMBINED)
def test_a_scenario_s_faults_are_those_that_inject_would_switch_on(name: str) -> None:
    scenario = load_scenario(name)
    by_hand = Lab(msgspec.structs.replace(scenario, faults=[]), seed=2)
    handles = [by_hand.inject(fault) for fault in scenario.faults]
    wanted = by_hand.finish(by_hand.load()).data()
    lab = Lab(scenario, seed=2)
    data = lab.finish(lab.load()).data()
    assert data.settings.faults == wanted.settings.faults == tuple(scenario.faults)
    assert all(np.array_equal(data.requests[k], wanted.requests[k], equal_nan=True) for k in data.requests)
    for handle in handles:
        lab.remove(handle)
    off, base = lab.finish(lab.load()).data(), ran(BASE, 2)
    assert all(np.array_equal(off.requests[k], base.requests[k], equal_nan=True) for k in off.requests)


@pytest.mark.parametrize("name", COMBINED)
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(name: str) -> None:
    first, again, other = ran(name, 3), ran(name, 3), ran(name, 4)
    assert pack(first) == pack(again)
    assert not np.array_equal(first.requests["latency_s"], other.requests["latency_s"])
    assert unpack(*pack(first)).settings == first.settings


def test_rides_wait_for_each_other_at_the_hot_row_and_for_the_job_twice() -> None:
    data = ran("hot-row")
    assert mean_s(data, 30, 40) > 1.5 * mean_s(data, 20, 30)
    spread = waits_s(ran(changed("hot-row", 0, stripes=100)))
    row = "waiting for the lock of a hot row"
    assert spread[row] < 0.3 * waits_s(data)[row]
    job = "waiting for the table: a cron job has locked it"
    assert waits_s(ran(changed("hot-row", 1, batches=10)))[job] < waits_s(data)[job]


def test_the_storm_stays_when_its_trigger_has_gone_unless_retries_are_few() -> None:
    data = ran("retry-storm")
    before, after = mean_s(data, 8, 16), mean_s(data, 45, 60)
    assert after > 4.0 * before
    few = ran(changed("retry-storm", 0, tries=1))
    assert mean_s(few, 45, 60) < 0.4 * after
    assert few.codes[201] > 2 * data.codes[201]
    earned = ran(changed("retry-storm", 0, budget=0.1))
    assert earned.codes[201] > 2 * data.codes[201]


def test_the_hedge_in_the_storm_s_comment_is_a_fault_and_makes_it_worse(tmp_path: Path) -> None:
    text = (SCENARIOS / "retry-storm.yaml").read_text(encoding="utf-8")
    assert "  # - {fault: hedge" in text
    (tmp_path / "mine.yaml").write_text(text.replace("  # - {", "  - {"), encoding="utf-8")
    hedged = load_scenario(tmp_path / "mine.yaml")
    assert [str(f.__struct_config__.tag) for f in hedged.faults] == ["retry-storm", "hedge"]
    assert ran(hedged).codes[201] < ran("retry-storm").codes[201]


def test_cold_mornings_are_cold_and_each_remedy_takes_its_part_away() -> None:
    data, base = ran("cold-mornings"), ran(BASE)
    assert data.cold_starts()["request-ride"] > 3 * base.cold_starts()["request-ride"]
    kept = ran(changed("cold-mornings", 0, keep_alive_s=600)).cold_starts()
    assert kept["request-ride"] < 0.5 * data.cold_starts()["request-ride"]
    slow, lost = "waiting for the processor", "waiting for a connection to promo-discount: SYN lost"
    waits, rehearsed = waits_s(data), waits_s(ran(changed("cold-mornings", 1, rehearsals=50)))
    assert rehearsed[slow] < 0.5 * waits[slow]
    pooled = waits_s(ran(changed("cold-mornings", 2, keep_alive=True)))
    assert 0.0 < pooled[lost] < waits[lost]


def test_the_stampede_comes_in_bursts_and_one_refill_for_all_ends_it() -> None:
    refill, line = "waiting for the refill", "waiting for a store worker"
    data = ran("stampede")
    assert waits_s(data)[refill] > 2 * 2.5 * (60 / 12.5)  # more than one refill for each expiry
    single = waits_s(ran(changed("stampede", 0, single_flight=True)))
    assert single[refill] < 0.6 * waits_s(data)[refill]
    assert single[line] == 0.0
    ride = data.of_service("request-ride")
    assert np.allclose(ride["cpu_s"].sum(), ran(BASE).of_service("request-ride")["cpu_s"].sum())


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("  - {fault: lock-contentoin}", "4:13: expected one of "),
        ("  - {fault: lock-contentoin}", "found `lock-contentoin`; did you mean `lock-contention`?"),
        ("  - {fault: cron-job, everi_s: 3}", "4:23: unknown key `everi_s`; did you mean `every_s`?"),
        ("  - {fualt: cron-job}", "4:6: unknown key `fualt`; did you mean `fault`?"),
        ("  - {every_s: 3}", "4:5: missing key `fault`: one of `sporadic-delay`, "),
        ("  - cron-job", "4:5: expected a mapping, found `cron-job`"),
        ("  - {fault: sporadic-delay}", "4:5: missing key `service`"),
        (
            "  - {fault: cron-job, service: request-rid}",
            "4:32: no function `request-rid`; did you mean `request-ride`?",
        ),
        ("  - fault: hedge\n    service: promo", "5:14: no function `promo`"),
        (
            "  - {fault: lock-contention, hold_ms: -4}",
            "4:39: expected a number, from 0 to 86400000, found `-4`",
        ),
        ("  - {fault: cron-job, every_s: 3, lasts_s: 3}", "4:5: the job would take 3 s"),
        (
            "  - {fault: retry-storm, service: promo-discount, jitter: ful}",
            "4:59: expected one of `full`, `none`, found `ful`; did you mean `full`?",
        ),
    ],
)
def test_a_mistake_in_a_fault_is_named_with_its_place(tmp_path: Path, faults: str, said: str) -> None:
    [line] = problems(tmp_path, f"{HEAD}{faults}\n")
    assert line.startswith("mine.yaml:")
    assert said in line.removeprefix("mine.yaml:")


def test_a_fault_that_has_a_function_of_its_own_strikes_that_one(tmp_path: Path) -> None:
    [fault] = mine(tmp_path, "  - {fault: lock-contention, hold_ms: 40}\n").faults
    assert (fault.service, fault) == ("request-ride", CATALOG["lock-contention"](hold_ms=40.0))


def test_a_fault_s_own_function_that_is_missing_is_told_at_the_fault(tmp_path: Path) -> None:
    text = (
        (SCENARIOS / f"{BASE}.yaml").read_text(encoding="utf-8").replace("request-ride", "promo-discount-2")
    )
    found = problems(tmp_path, f"{text}faults:\n  - fault: cron-job\n")
    line = text.count("\n") + 2
    assert found[-1].startswith(f"mine.yaml:{line}:5: no function `request-ride`")


@pytest.mark.parametrize("name", CATALOG)
def test_every_kind_stands_in_yaml_as_it_is_written_by_msgspec(name: str, tmp_path: Path) -> None:
    fault: AnyFault = CATALOG[name](service="promo-discount")
    written = msgspec.json.encode(fault).decode()
    assert mine(tmp_path, f"  - {written}\n").faults == [fault]


def test_an_extension_has_the_base_s_keys_but_for_its_own(tmp_path: Path) -> None:
    base, own = load_scenario(BASE), mine(tmp_path, "  - fault: cron-job\nwarm: 2\n")
    assert (own.name, own.warm, len(own.faults)) == ("mine", 2, 1)
    assert msgspec.structs.replace(own, name=base.name, warm=base.warm, faults=[]) == base


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: modul-4\nname: mine\n", "mine.yaml:1:10: no scenario `modul-4`; did you mean `module-4`?"),
        ("extends: module-4\n", "mine.yaml:1:1: missing key `name`"),
        (
            "extends: module-4\nname: mine\nsumary: S\n",
            "mine.yaml:3:1: unknown key `sumary`; did you mean `summary`?",
        ),
        (
            "extends: module-4\nname: mine\nwarm: -1\n",
            "mine.yaml:3:7: expected a whole number, at least 0, found `-1`",
        ),
    ],
)
def test_a_mistake_in_an_extension_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert problems(tmp_path, text) == [said]


def test_a_scenario_that_is_no_mapping_is_named_once(tmp_path: Path) -> None:
    [line] = problems(tmp_path, "- extends\n")
    assert line.startswith("mine.yaml:1:1: expected a mapping")


@pytest.mark.parametrize("name", COMBINED)
def test_ridelab_run_takes_its_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", name, "--seed", "1"]) == 0
    assert capsys.readouterr().out.startswith(f"{name}: request-ride@launch, promo-discount@launch\n")


def test_the_catalog_s_page_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_faults.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"](), "run docs/make_faults.py"
    headings = {line[4:] for line in made["page"]().splitlines() if line.startswith("### ")}
    assert headings == set(CATALOG)
