"""How a lesson starts: faults and sizes of its own, another scenario, one of several variants, each with its proof."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from lessons import actions as act
from lessons.expressions import Unknown, parse
from lessons.loader import OpenCourse
from lessons.model import Start, Variant
from lessons.names import FUNCTIONS
from lessons.proof import finishes, prove
from lessons.session import Session
from lessons.variants import begin, chosen
from simulator.document import DocumentError
from simulator.errors import UsageError
from simulator.faults import parse_fault
from simulator.scenario import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.run_data import RunData

SCENARIO = load_scenario("module-4")
INCIDENTS = {
    "throttling": (
        "table-throttling:capacity_units=7.1,credit_s=0,burst_s=2,base_ms=800,tries=4,full_jitter=off"
    ),
    "bodies": "large-bodies:service=request-ride",
    "authorizer": "slow-authorizer",
    "container": "bad-container:service=promo-discount,one_of=4,in_turn=on,left=0.05,work_ms=3",
    "connections": "lost-connections:service=promo-discount,share=0.2",
    "cold": "cold-starts:service=request-ride,keep_alive_s=2",
}
START = Start(
    deploy=["promo-discount@fixed"],
    warm=4,
    plan="bursts.yml",
    variants=[Variant(id=name, faults=[parse_fault(text)]) for name, text in INCIDENTS.items()],
)


def begun(seed: int, incident: str | None = None, start: Start = START) -> Session:
    lesson = OpenCourse().lesson("03-load")
    return Session(SCENARIO, msgspec.structs.replace(lesson, start=start), seed, incident=incident)


def test_the_seed_draws_a_variant_and_every_one_is_as_likely() -> None:
    drawn = [chosen(START, seed) for seed in range(1, 1001)]
    counts = Counter(drawn)
    assert set(counts) == set(INCIDENTS)
    assert all(abs(count - 1000 / 6) < 4 * (1000 * 5 / 36) ** 0.5 for count in counts.values())
    steps = Counter(pairwise(drawn))
    assert len(steps) == 36  # the neighbor of a seed may have any other, or the same
    assert max(steps.values()) < 60
    other = msgspec.structs.replace(START, variants=START.variants[::-1])
    assert [chosen(other, seed) for seed in range(1, 101)] == drawn[:100]
    assert chosen(Start(), 7) is None


def test_a_variant_adds_to_the_start_and_stands_in_its_place() -> None:
    start = Start(
        deploy=["promo-discount@fixed"], warm=2, memory_mb={"request-ride": 256},
        faults=[parse_fault("slow-authorizer")],
        variants=[
            Variant(
                id="a", deploy=["request-ride@traced"], plan="bursts.yml", warm=0, memory_mb={"promo-discount": 512}
            ),
            Variant(id="b", scenario="hot-row", faults=[parse_fault("cold-starts")]),
        ],
    )  # fmt: skip
    a, b = begun(7, "a", start), begun(7, "b", start)
    assert (a.incident, a.start.plan, a.lab.warm_containers) == ("a", "bursts.yml", 0)
    assert {name: version.name for name, version in a.lab.versions.items()} == {
        "request-ride": "traced", "promo-discount": "fixed",
    }  # fmt: skip
    sizes = {name: function.memory_mb for name, function in a.lab.scenario.functions.items()}
    assert sizes == {"request-ride": 256, "promo-discount": 512}
    assert [type(fault).__name__ for fault in a.lab.scenario.faults] == ["SlowAuthorizer"]
    assert (b.lab.scenario.name, b.lab.warm_containers, b.start.plan) == (
        "hot-row",
        2,
        "artillery-slowness.yml",
    )
    assert [type(fault).__name__ for fault in b.lab.scenario.faults] == [
        "LockContention", "CronJob", "SlowAuthorizer", "ColdStarts",
    ]  # fmt: skip


def test_which_variant_it_is_can_be_asked_and_stays_when_new_requests_are_sent() -> None:
    session = begun(11)
    first = parse("incident.id").evaluate(session.scope(), FUNCTIONS)
    assert first == session.incident == chosen(START, 11)
    session.perform(act.RunLoad(new=True))
    session.finish()
    assert parse("incident.id").evaluate(session.scope(), FUNCTIONS) == first
    assert isinstance(parse("incident.id").evaluate(begun(11, None, Start()).scope(), FUNCTIONS), Unknown)
    with pytest.raises(UsageError, match="did you mean `throttling`"):
        begun(11, "throtling")
    with pytest.raises(UsageError, match="no function `ride`"):
        begin(Start(memory_mb={"ride": 128}), SCENARIO, 7)


# the six incidents


def played(incident: str, seed: int) -> RunData:
    session = begun(seed, incident)
    session.perform(act.RunLoad())
    session.finish()
    return session.runs[-1]


@pytest.mark.parametrize("incident", INCIDENTS)
def test_a_fifth_of_the_rides_takes_over_a_second_at_the_client(incident: str) -> None:
    shares = [float((played(incident, seed).latencies_s > 1.0).mean()) for seed in range(1, 21)]
    assert np.mean(shares) == pytest.approx(0.2, abs=0.02)
    assert min(shares) >= 0.09
    assert max(shares) <= 0.31


@pytest.mark.parametrize("incident", [*INCIDENTS, None])
def test_each_incident_has_a_mechanism_of_its_own(incident: str | None) -> None:
    """What tells one from another: who saw it, and what it goes with. Each sign is there in one incident alone."""
    data = played(incident, 3) if incident else healthy(3)
    inv, slow = data.invocations, data.of_service(data.front)["duration_s"] > 1.0
    rides = data.of_service(data.front)
    promo = data.of_service("promo-discount")
    waits = {data.names[i] for i in np.unique(data.spans["name"])}
    signs = {
        "throttling": any("throttle" in name for name in waits),
        "bodies": bool((rides["cpu_s"][slow] > 0.05).any()),
        "container": len(set(promo["container"][promo["duration_s"] > 0.5].tolist())) == 1,
        "connections": any("SYN lost" in name for name in waits),
        "cold": data.cold_starts()["request-ride"] > 10,
    }
    over = (data.latencies_s > 1.0).sum()
    signs["authorizer"] = bool(over > 5 and not slow.any() and not (inv["cold_s"] > 0).sum() > 10)
    assert {name for name, seen in signs.items() if seen} == ({incident} if incident else set())


def healthy(seed: int) -> RunData:
    session = begun(seed, None, msgspec.structs.replace(START, variants=[]))
    session.perform(act.RunLoad())
    session.finish()
    assert (session.runs[-1].latencies_s <= 1.0).all()
    return session.runs[-1]


# a lesson with variants, proved

COURSE_FILE = """\
title: t
summary: s
scenario: module-4
lessons:
  - {id: 01-own, title: t, minutes: 5, summary: s}
"""
LESSON_FILE = """\
title: On your own
goal: g
panes: [load]
start:
  deploy: [promo-discount@fixed]
  warm: 4
  variants:
    - {id: authorizer, faults: [{fault: slow-authorizer}]}
    - {id: bodies, memory_mb: {request-ride: 128}, faults: [{fault: large-bodies, service: request-ride}]}
budget: {runs: 1, deploys: 1}
steps:
  - id: look
    title: Look
    text: Look.
    check:
      - {that: did.ran >= 1, otherwise: "no run"}
    hints: [a, b]
    proof:
      - {do: run}
  - id: cause
    title: Cause
    text: Say.
    question:
      id: cause
      ask: What is it?
      choices:
        - {id: authorizer, text: Keys, because: "It was {{ incident.id }}.", right: "incident.id == 'authorizer'"}
        - {id: bodies, text: Large bodies, because: "It was {{ incident.id }}.", right: "incident.id == 'bodies'"}
        - {id: neither, text: The table, because: No.}
    proofs:
      authorizer:
        - {do: answer, question: cause, choices: [authorizer]}
      bodies:
        - {do: answer, question: cause, choices: [bodies]}
"""


def course(folder: Path, lesson: str = LESSON_FILE) -> OpenCourse:
    (folder / "01-own").mkdir()
    (folder / "course.yaml").write_text(COURSE_FILE)
    (folder / "01-own" / "lesson.yaml").write_text(lesson)
    return OpenCourse(folder)


def problems(folder: Path, old: str, new: str) -> str:
    assert old in LESSON_FILE
    with pytest.raises(DocumentError) as raised:
        course(folder, LESSON_FILE.replace(old, new)).lesson("01-own")
    return str(raised.value)


def test_each_variant_is_proved_by_its_own_proof_and_by_no_other(tmp_path: Path) -> None:
    opened = course(tmp_path)
    proved, found = prove(opened, "01-own")
    assert (found, proved.variants, proved.seeds) == ([], 2, 5)
    lesson = opened.lesson("01-own")
    for one, other in (("authorizer", "bodies"), ("bodies", "authorizer")):
        assert finishes(Session(SCENARIO, lesson, 1, incident=one), one)
        assert not finishes(Session(SCENARIO, lesson, 1, incident=one), other)


def test_a_variant_that_another_s_proof_solves_is_told(tmp_path: Path) -> None:
    exact = LESSON_FILE.replace("choices: [authorizer]", "exact: true").replace(
        "choices: [bodies]", "exact: true"
    )
    _, found = prove(course(tmp_path, exact), "01-own", range(1, 3))
    assert [one.what for one in found] == [
        "variant `authorizer` is solved by the proof of `bodies`: ask for what tells them apart",
        "variant `bodies` is solved by the proof of `authorizer`: ask for what tells them apart",
    ]
    assert found[0].line == 8


def test_a_variant_that_its_own_proof_does_not_solve_is_told(tmp_path: Path) -> None:
    _, found = prove(
        course(tmp_path, LESSON_FILE.replace("choices: [bodies]", "choices: [neither]")), "01-own"
    )
    assert any("variant bodies" in one.what and "not met by its proof" in one.what for one in found)
    assert not any("variant authorizer" in one.what for one in found)


def test_two_choices_that_are_right_in_one_variant_are_told(tmp_path: Path) -> None:
    both = LESSON_FILE.replace("because: No.}", "because: No., right: \"incident.id == 'bodies'\"}")
    _, found = prove(course(tmp_path, both), "01-own")
    assert any("variant bodies" in one.what and "here 2 are" in one.what for one in found)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("fault: slow-authorizer", "fault: slow-autorizer", "slow-authorizer"),
        ("service: request-ride}", "service: ride}", "no function `ride`"),
        ("request-ride: 128", "request-ride: 64", "from 128 to 10240"),
        ("request-ride: 128", "request: 128", "no function `request`"),
        ("id: bodies, memory", "id: authorizer, memory", "there are two variants `authorizer`"),
        ("    proofs:\n      authorizer", "    proofs:\n      autorizer", "did you mean `authorizer`"),
        ("runs: 1", "runs: 0", "at least 1"),
        ("text: Look.", "text: It is {{ incident.id }}.", "gives the answer away"),
        ("ask: What is it?", 'ask: "Is it {{ incident.id }}?"', "gives the answer away"),
        ("incident.id == 'bodies'", "incident.ld == 'bodies'", "did you mean `incident.id`"),
        ("  warm: 4", "  warm: 4\n  scenario: hot-raw", "did you mean `hot-row`"),
        ("{do: run}", "{do: sample, policy: most}", "no sampling `most`"),
        ("{do: run}", "{do: watch, rule: often}", "no rule is about `often`"),
        ("{do: run}", "{do: set-token, service: ride}", "no service `ride`"),
    ],
)
def test_what_is_wrong_with_a_start_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    told = problems(tmp_path, old, new)
    assert why in told
    assert "lesson.yaml:" in told
