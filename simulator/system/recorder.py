"""What a run records: requests, invocations, spans - and, while somebody looks, the details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from simulator.columns import Table
from simulator.system.replies import OK

if TYPE_CHECKING:
    from simulator.system.functions import Function, Invocation
    from simulator.system.marks import Marks

REQUESTS = {
    "number": "u4",        # in the order of sending
    "user": "u4",          # the virtual user, or from BY_HAND on a request by hand
    "step": "u4",          # the how-manieth request of its user: (user, step) is the same request in every run
    "sent_s": "f8",        # the intended start: latency counts from here
    "latency_s": "f8",     # nan where no answer came
    "status": "i2",        # 0 where no answer came
    "invocation": "i4",    # of the function behind the gateway; -1 where none ran
    "cold": "u1",          # 1: met a cold start of the first function, 2: of one further down, 3: of both
    "kept": "u1",          # its trace was to be kept
    "bytes": "u4",         # of the answer's body
}  # fmt: skip
INVOCATIONS = {
    "number": "u4",
    "request": "u4",
    "parent": "i4",        # the invocation that called, or -1
    "mark": "i4",          # the mark of the parent's in which it called: a row of the parent's spans, or -1
    "service": "u1",
    "version": "u1",       # number of the deploy, in the order of deploying in this run
    "container": "u4",
    "asked_s": "f8",       # when the platform was asked
    "start_s": "f8",       # when the handler began, after a cold start
    "duration_s": "f8",    # the handler alone: what the agent measures
    "report_s": "f4",      # sending the agent's report, after it
    "cpu_s": "f4",         # processor time of this invocation
    "idle": "f4",          # the sandbox's idle share since boot, over all its processors
    "memory_mb": "f4",
    "outcome": "u1",       # index into OUTCOMES
    "status": "i2",        # of the response; 0 where there is none
    "error": "u2",         # index into `names`: the exception's type; 0 is ""
    "marks": "u4",         # how many were made
    "kept": "u1",          # whether they were kept: the trace was to be, and there was an agent
}  # fmt: skip
SPANS = {
    "invocation": "u4",
    "name": "u2",          # index into `names`
    "parent": "i4",        # the span's parent within its invocation: a row of this invocation's, or -1
    "start_s": "f8",
    "end_s": "f8",
    "flags": "u1",         # 1: closed by an exception, 2: left open, 4: no mark but a wait that the lab wrote down
}  # fmt: skip

ERROR_FLAG, LEFT_OPEN_FLAG, WAIT_FLAG = 1, 2, 4
BY_HAND = 1 << 31  # the first "user" of requests by hand
HOST_CPUS = 2  # processors of a sandbox, over which its idle counter runs
MOST_NAMES = 65_535
OTHER = "(other)"


class Ended(NamedTuple):
    """An invocation that has ended: its row but for `kept`, and its marks."""

    row: tuple[float, ...]
    marks: Marks


class Recorder:
    """The tables of one world."""

    def __init__(self, services: tuple[str, ...]) -> None:
        self.requests = Table(REQUESTS)
        self.invocations = Table(INVOCATIONS)
        self.spans = Table(SPANS)
        self.services = services
        self.names: dict[str, int] = {"": 0}
        self.met: dict[int, tuple[int, int]] = {}  # request under way -> (its invocation, cold starts)
        self.held: dict[int, list[Ended]] = {}  # requests whose trace's end decides whether it is kept
        self._dropped: set[int] = set()
        self._service = {name: i for i, name in enumerate(services)}
        self._invocations = 0

    def next_invocation(self, request: int, parent: int) -> int:
        """Give the number of an invocation that begins now."""
        number = self._invocations
        self._invocations += 1
        if parent < 0:
            self.met[request] = (number, 0)
        return number

    def name(self, text: str) -> int:
        """Give the index of a name; there is room for 65,535, what comes later shares one."""
        found = self.names.get(text)
        if found is None:
            found = len(self.names)
            if found >= MOST_NAMES:
                return self.names.setdefault(OTHER, MOST_NAMES)
            self.names[text] = found
        return found

    def met_cold_start(self, request: int, parent: int) -> None:
        """Note that a request met a cold start: of the first function (1), or of one further down (2)."""
        if request in self.met:
            number, cold = self.met[request]
            self.met[request] = (number, cold | (1 if parent < 0 else 2))

    def throttled(self, function: Function, call: Invocation) -> None:
        """Record an invocation that found no free concurrency."""
        now = call.asked_s
        self.invocations.append((
            call.number, call.request, call.parent, call.mark, self._service[function.name], function.version_index, 0,
            now, now, 0, 0, 0, 1, 0, call.outcome, 0, 0, 0, 0,
        ))  # fmt: skip

    def hold(self, request: int) -> None:
        """Keep what comes of a request in hand until `decide`."""
        self.held[request] = []

    def decide(self, request: int, *, kept: bool) -> None:
        """Write down what was held of a request, with its marks or without. What comes later follows."""
        if not kept:
            self._dropped.add(request)
        for ended in self.held.pop(request):
            self._write(ended, keep=kept)

    def invocation(self, function: Function, call: Invocation) -> None:
        """Record an invocation that has ended, with its marks."""
        container, context, marks = call.container, call.context, call.context.mark
        alive_s = call.ended_s - container.booted_s
        idle = 1.0 - container.cpu_s / (alive_s * HOST_CPUS) if alive_s > 0 else 1.0
        ended = Ended((
            call.number, call.request, call.parent, call.mark, self._service[function.name], container.version_index,
            container.index, call.asked_s, call.started_s, call.ended_s - call.started_s, call.report_s,
            context.cpu_s, idle, container.memory_mb, call.outcome,
            call.response["statusCode"] if call.response is not None and call.outcome == OK else 0,
            self.name(type(call.error).__name__) if call.error is not None else 0, marks.count,
        ), marks)  # fmt: skip
        if call.request in self.held:
            self.held[call.request].append(ended)
        else:
            self._write(ended, keep=call.request not in self._dropped)

    def _write(self, ended: Ended, *, keep: bool) -> None:
        row, marks = ended
        keep = keep and marks.keep
        self.invocations.append((*row, keep))
        if keep and marks.rows:
            names, number = self.names, row[0]
            flat: list[float] = []
            for name, above, start, end, flags in marks.rows:
                flat += (number, names.get(name) or self.name(name), above, start, end, flags)
            self.spans.append(flat)


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
    """One invocation, whole: event, response, log lines (seconds from its start), traceback or an empty text.

    `items` are what it wrote into the rides table, in the table's own form; `logged` counts the characters of its log;
    `calls` are the services that it called, in order.
    """

    number: int
    service: str
    event: dict[str, Any]
    response: dict[str, Any] | None
    log: list[tuple[float, str, str]]
    failure: str
    items: list[dict[str, Any]] = []
    logged: int = 0
    calls: list[str] = []


class Details:
    """Bodies, log lines and tracebacks: not kept, but made again, by running the same run once more with this."""

    def __init__(self) -> None:
        self.exchanges: dict[int, Exchange] = {}
        self.invocations: dict[int, InvocationDetail] = {}

    def invocation(self, function: Function, call: Invocation, event: dict[str, Any], failure: str) -> None:
        """Keep one invocation's details."""
        context = call.context
        lines = [(at - call.started_s, level, text) for at, level, text in context.recorded or []]
        if (warning := function.world.agent.warning(function.name)) is not None:
            lines.insert(0, (0.0, "warning", warning))
        self.invocations[call.number] = InvocationDetail(
            call.number,
            function.name,
            event,
            call.response,
            lines,
            failure,
            context.items,
            context.logged,
            context.calls,
        )
