"""A small lab without chance: every time is a round number, and a test brings the handlers."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from simulator import Lab, load_scenario
from simulator.deploying import Version
from simulator.load import Flow, Phase, Plan, Request
from simulator.randomness import Constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.run_data import RunData
    from simulator.settings import Scenario
    from simulator.system.gateway import Answer
    from simulator.system.recorder import Details

PROMO = "https://promo.wildrydes.example/discount"


@pytest.fixture(scope="session")
def module_4() -> Scenario:
    """The module's scenario."""
    return load_scenario("module-4")


@pytest.fixture(scope="session")
def still(module_4: Scenario) -> Scenario:
    """The module's scenario in round ms: network 100, cold start 1000, link 40, record 10, agent's report 20."""
    change = msgspec.structs.replace
    return change(
        module_4,
        gateway=change(module_4.gateway, network=Constant(ms=100)),
        functions={
            name: change(function, cold_start=Constant(ms=1000), link=Constant(ms=40))
            for name, function in module_4.functions.items()
        },
        rides_table=change(module_4.rides_table, latency=Constant(ms=10), client_cpu_ms=0),
        monitoring=change(module_4.monitoring, report=Constant(ms=20), mark_us=0, unsampled_mark_us=0),
    )


def version(service: str, body: str, name: str = "own") -> Version:
    """Make a version of the lines of a handler's body, or of a whole source."""
    text = dedent(body).strip("\n")
    if "async def handler" not in text:
        lines = "\n".join(f"    {line}" for line in text.splitlines())
        text = f"import asyncio\nimport json\n\nasync def handler(event, context):\n{lines}\n"
    return Version(service, name, text.replace("PROMO", repr(PROMO)))


class Bench:
    """A lab, and what a test does to it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.lab = Lab(scenario)

    def settings(self, function: str, **changes: Any) -> Bench:
        """Change a function's settings, before anything else is done."""
        changed = msgspec.structs.replace(self.scenario.functions[function], **changes)
        self.__init__(  # type: ignore[misc]
            msgspec.structs.replace(self.scenario, functions=self.scenario.functions | {function: changed})
        )
        return self

    def ride(self, body: str) -> Bench:
        """Deploy a ride handler."""
        self.lab.deploy(version("request-ride", body))
        return self

    def promo(self, body: str) -> Bench:
        """Deploy a promo handler."""
        self.lab.deploy(version("promo-discount", body))
        return self

    def unwatched(self) -> Bench:
        """Leave the agents out."""
        self.lab.tokens = {}
        return self

    def ask(self, body: str | None = '{"PickupLocation": {}}') -> Answer:
        """Send one ride request by hand and wait for all that comes of it."""
        run = self.lab.request("POST", "/ride", {"Authorization": self.scenario.site.token}, body)
        self.lab.finish(run)
        answer: Answer = run.sent_by_hand[-1].result[1]
        return answer

    @property
    def data(self) -> RunData:
        """What was recorded."""
        data = self.lab.snapshot()
        assert data is not None
        return data

    @property
    def details(self) -> Details:
        """Bodies, logs and tracebacks."""
        return self.lab.details(self.data)

    def log(self, number: int = -1) -> list[str]:
        """The log lines of an invocation, the last to have ended by default."""
        found = self.details.invocations
        return [text for _, _, text in found[number if number >= 0 else list(found)[-1]].log]

    def load(self, seconds: float, rate: float, **changes: Any) -> RunData:
        """Run a load of ride requests to its end."""
        return self.lab.finish(self.lab.load(self.plan(seconds, rate, **changes))).data()

    def plan(self, seconds: float, rate: float, **changes: Any) -> Plan:
        """Make a plan of ride requests, evenly spaced."""
        request = Request(
            "POST", "/ride", {"Authorization": self.scenario.site.token}, json={"PickupLocation": {}}
        )
        return msgspec.structs.replace(
            Plan(
                name="test",
                target=self.scenario.site.url,
                phases=(Phase(seconds, rate),),
                flows=(Flow((request,)),),
            ),
            **changes,
        )


@pytest.fixture
def bench(still: Scenario) -> Bench:
    """A lab without chance."""
    return Bench(still)


@pytest.fixture
def real(module_4: Scenario) -> Bench:
    """A lab of the module's own scenario."""
    return Bench(module_4)


@pytest.fixture(scope="session")
def make_version() -> Callable[..., Version]:
    """Make a version of a handler's body."""
    return version
