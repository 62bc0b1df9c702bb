"""The program of the smoke test's process: a version beside the others, a few requests, and what came of them."""

from __future__ import annotations

import faulthandler
from typing import TYPE_CHECKING, TextIO

import msgspec

from simulator.deploying import Version
from simulator.lab import Lab
from simulator.load import DEFAULT_PLAN, Phase, load_plan
from simulator.run import Run
from simulator.settings import Scenario
from simulator.system.recorder import Details
from simulator.system.replies import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES, MOST_OF_A_LINE = 20, 200


class Asked(msgspec.Struct, frozen=True):
    """What is to be tried: `service` of these versions, with so many requests; after `stands_s` say where it stands."""

    scenario: Scenario
    versions: dict[str, Version]
    service: str
    requests: int
    stands_s: float


class Invoked(msgspec.Struct, frozen=True):
    """One invocation: its outcome in a word, its status (0: none), its traceback, its log, and whom it called."""

    outcome: str
    status: int
    failure: str
    logged: int
    log: tuple[str, ...]
    calls: tuple[str, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """What came of it, or why it could not be tried."""

    invocations: tuple[Invoked, ...] = ()
    why: str = ""


def smoke(asked: Asked) -> Found:
    """Send a few requests, a second apart, and give the invocations of the version that is tried."""
    lab = Lab(asked.scenario)
    for version in asked.versions.values():
        lab.deploy(version)
    plan = load_plan(asked.scenario.plan or DEFAULT_PLAN)
    few = Phase(duration_s=float(asked.requests), rate=1.0)
    details = Details()
    run = Run(lab.load(msgspec.structs.replace(plan, phases=(few,))).settings, details=details)
    run.finish()
    data = run.data()
    own = data.of_service(asked.service)
    found = []
    for number, outcome, status in zip(own["number"], own["outcome"], own["status"], strict=True):
        detail = details.invocations[int(number)]
        lines = tuple(f"{level}: {text}"[:MOST_OF_A_LINE] for _, level, text in detail.log[:MOST_LINES])
        found.append(
            Invoked(
                OUTCOMES[int(outcome)], int(status), detail.failure, detail.logged, lines, tuple(detail.calls)
            )
        )
    return Found(tuple(found))


def main() -> None:
    """Try one version and end."""
    from simulator.child import serve
    from simulator.refusing import confine_process

    where: list[TextIO] = []

    def confine(said: TextIO) -> None:
        where.append(said)
        confine_process()

    def answer(body: bytes) -> Iterator[bytes]:
        asked = msgspec.msgpack.decode(body, type=Asked)
        faulthandler.dump_traceback_later(asked.stands_s, file=where[0], exit=True)
        try:
            found = smoke(asked)
        except Exception as error:  # noqa: BLE001 - told to the other end
            found = Found(why=f"{type(error).__name__}: {error}")
        yield msgspec.msgpack.encode(found)

    serve(answer, confine)


if __name__ == "__main__":
    main()
