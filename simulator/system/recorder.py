"""What a run records: three tables of columns - requests, invocations, spans - and, while somebody looks, the details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from simulator.columns import Table
from simulator.system.replies import OK, THROTTLED

if TYPE_CHECKING:
    from simulator.system.context import Context, LogLine
    from simulator.system.functions import Container, Function

REQUESTS = {
    "number": "u4",        # in the order of sending
    "user": "u4",          # the virtual user
    "sent_s": "f8",        # the intended start: latency counts from here
    "latency_s": "f8",     # nan where no answer came
    "status": "i2",        # 0 where no answer came
    "invocation": "i4",    # of the function behind the gateway; -1 where none ran
    "cold": "u1",          # 1: met a cold start of the first function, 2: of one further down, 3: of both
}  # fmt: skip
INVOCATIONS = {
    "number": "u4",
    "request": "u4",
    "parent": "i4",        # the invocation that called, or -1
    "service": "u1",
    "version": "u1",       # number of the deploy, in the order of deploying in this run
    "container": "u4",
    "asked_s": "f8",       # when the platform was asked
    "start_s": "f8",       # when the handler began, after a cold start
    "duration_s": "f8",    # the handler alone: what the agent measures
    "cold_s": "f4",        # its own cold start before that; 0 when warm
    "report_s": "f4",      # sending the agent's report, after it
    "cpu_s": "f4",         # processor time of this invocation
    "idle": "f4",          # the sandbox's idle share since boot, over all its processors
    "memory_mb": "f4",
    "outcome": "u1",       # index into OUTCOMES
    "status": "i2",        # of the response; 0 where there is none
    "error": "u2",         # index into `names`: the exception's type; 0 is ""
    "marks": "u2",
}  # fmt: skip
SPANS = {
    "invocation": "u4",
    "name": "u2",          # index into `names`
    "parent": "i2",        # the span's parent within its invocation: a row of this invocation's, or -1
    "start_s": "f8",
    "end_s": "f8",
    "flags": "u1",         # 1: closed by an exception, 2: left open
}  # fmt: skip


class Recorder:
    """The tables of one world."""

    def __init__(self, services: tuple[str, ...]) -> None:
        self.requests = Table(REQUESTS)
        self.invocations = Table(INVOCATIONS)
        self.spans = Table(SPANS)
        self.services = services
        self.names: dict[str, int] = {"": 0}
        self.cold: dict[int, int] = {}
        self._service = {name: i for i, name in enumerate(services)}
        self._invocations = 0

    def next_invocation(self) -> int:
        """Give the number of an invocation that begins now."""
        number = self._invocations
        self._invocations += 1
        return number

    def name(self, text: str) -> int:
        """Give the index of a name."""
        return self.names.setdefault(text, len(self.names))

    def met_cold_start(self, request: int, parent: int) -> None:
        """Note that a request met a cold start: of the function behind the gateway (1), or of one further down (2)."""
        self.cold[request] = self.cold.get(request, 0) | (1 if parent < 0 else 2)

    def throttled(self, function: Function, number: int, request: int, parent: int, now: float) -> None:
        """Record an invocation that found no free concurrency."""
        service = self._service[function.name]
        self.invocations.append((number, request, parent, service, function.version_index, 0, now, now, 0, 0, 0, 0, 1, 0, THROTTLED, 0, 0, 0))  # fmt: skip

    def invocation(
        self, function: Function, container: Container, number: int, request: int, parent: int, asked_s: float, start_s: float,
        end_s: float, cold_s: float, report_s: float, context: Context, outcome: int, response: dict[str, Any] | None,
        error: BaseException | None,
    ) -> None:  # fmt: skip
        """Record an invocation that has ended, with its marks."""
        alive = end_s - container.booted_s
        self.invocations.append((
            number, request, parent, self._service[function.name], function.version_index, container.index, asked_s, start_s,
            end_s - start_s, cold_s, report_s, context.cpu_s, 1.0 - container.cpu_s / (alive * 2) if alive > 0 else 1.0,
            function.settings.baseline_mb, outcome, response["statusCode"] if response is not None and outcome == OK else 0,
            self.name(type(error).__name__) if error is not None else 0, context.mark.count,
        ))  # fmt: skip
        for name, above, start, end, flags in context.mark.rows:
            self.spans.append((number, self.name(name), above, start, end, flags))


class Exchange(msgspec.Struct):
    """One HTTP exchange, whole: what the client sent and what it got."""

    number: int
    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    sent_s: float
    status: int = 0
    answer_headers: dict[str, str] = {}
    answer: str = ""
    latency_s: float = float("nan")


class InvocationDetail(msgspec.Struct):
    """One invocation, whole: event, response, log lines (seconds from its start), traceback or an empty text."""

    number: int
    service: str
    event: dict[str, Any]
    response: dict[str, Any] | None
    log: list[tuple[float, str, str]]
    failure: str


class Details:
    """Bodies, log lines and tracebacks: not kept, but made again, by running the same run once more with this."""

    def __init__(self) -> None:
        self.exchanges: dict[int, Exchange] = {}
        self.invocations: dict[int, InvocationDetail] = {}

    def invocation(
        self, number: int, function: Function, event: dict[str, Any], response: dict[str, Any] | None, log: list[LogLine],
        failure: str, start_s: float,
    ) -> None:  # fmt: skip
        """Keep one invocation's details."""
        lines = [(at - start_s, level, text) for at, level, text in log]
        if (warning := function.world.agent.warning(function.name)) is not None:
            lines.insert(0, (0.0, "warning", warning))
        self.invocations[number] = InvocationDetail(number, function.name, event, response, lines, failure)
