"""A run whose world is in a process of its own, because a version that a learner wrote may do anything.

The run is the same, a pure function of its settings, so what must be ended can be made again: a process that gives no
sign is ended, another brings the run to the same point and goes on step by step; the step that gives no sign again is
known then, and made again once more it is that handler which never comes back.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import numpy as np

from simulator.any_run import AnyRun
from simulator.child import Child, ChildEndedError, ChildSilentError, now_s
from simulator.columns import CHUNK_ROWS, Frozen
from simulator.errors import RidelabError
from simulator.kernel import Deadlock
from simulator.run_settings import Change, HangChange, RunSettings
from simulator.storing import TABLES, StoredState, run_of
from simulator.system.recorder import Details
from simulator.worker import (
    Advance,
    Again,
    Apply,
    Begin,
    Chunk,
    Command,
    Failed,
    Look,
    Recorded,
    Replayed,
    State,
    Told,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.any_run import ByHand
    from simulator.columns import Column
    from simulator.run import Made
    from simulator.run_data import RunData
    from simulator.system.world import Incident

SILENT_S: Final = 2.0
"""After so long without a sign of life, in wall seconds, a process is ended."""
SILENT_STEP_S: Final = 0.5
"""The same while it goes step by step."""
STARTS_S: Final = 20.0
"""A process may take so long to start, on a machine that has much to do."""
REPLAYS_S: Final = 120.0
BUSY_S: Final = 0.25
"""A change waits so long for a process that is at work."""
STRETCH_STEPS: Final = 20_000
AN_HOUR: Final = 3_600.0
LOST_AFTER: Final = 3
"""A run that cannot be brought to the same point so many times in a row is given up."""

Phase = Literal["playing", "probing", "marking"]


class Host:
    """Where learners' versions are played. `wait_s`: how long a call may wait, before it says that nothing passed yet.

    With the default every call waits for its answer, or until the process has been given up.
    """

    def __init__(self, wait_s: float = math.inf, clock: Callable[[], float] = now_s) -> None:
        self.wait_s = wait_s
        self.clock = clock
        self._child: Child | None = None

    def prepare(self) -> None:
        """Start the process, so that a run finds it there; it takes a moment, and nothing waits for it."""
        self.child()

    def child(self) -> Child:
        """Give the process, started if there is none."""
        if self._child is None:
            self._child = Child("simulator.worker")
        return self._child

    def renew(self) -> Child:
        """End the process and start another."""
        self.close()
        return self.child()

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def details(self, made: Made) -> Details:
        """Give bodies, log lines and tracebacks of a run, made again in a process of their own.

        Raises RidelabError where it does not come back.
        """
        child = Child("simulator.worker")
        try:
            child.send(msgspec.msgpack.encode(Again(made.settings, made.number, made.now_s, made.steps)))
            told = msgspec.msgpack.decode(child.receive(REPLAYS_S), type=Told)
        finally:
            child.end()
        if not isinstance(told, Replayed):
            raise RidelabError(f"the details of run {made.number} cannot be made again: {told}")
        details = Details()
        details.exchanges, details.invocations = told.exchanges, told.invocations
        return details


class RemoteRun(AnyRun):
    """A run played by a host's process."""

    def __init__(
        self, settings: RunSettings, number: int, host: Host, *,
        now_s: float = 0.0, steps: int = 0, known: RunData | None = None,
    ) -> None:  # fmt: skip
        super().__init__(msgspec.structs.replace(settings, changes=()), number)
        self._changes = list(settings.changes)
        self._host = host
        self._state = State(now_s, steps, finished=False, settled=False, incidents=(), answers=())
        self._told_s = now_s
        self._todo: list[Command] = []
        self._asked: Command | None = None
        self._heard_s = 0.0
        self._phase: Phase = "playing"
        self._failures = 0
        self._line: int | None = None
        self._chunks: dict[str, list[dict[str, Column]]] = {name: [] for name in TABLES}
        self._data = known or self._nothing()
        self._looked: tuple[object, ...] = ()
        self.lost = ""
        """Why the run was given up; empty as long as it was not."""
        self._todo.append(self._begin())
        self._pump(host.wait_s)

    # how it stands

    @property
    def now_s(self) -> float:
        """The virtual time."""
        return self._state.now_s

    @property
    def finished(self) -> bool:
        """The load is over, or the run was given up."""
        return self._state.finished or bool(self.lost)

    @property
    def settled(self) -> bool:
        """Nothing is under way, or the run was given up."""
        return self._state.settled or bool(self.lost)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The handlers that never came back, in order."""
        return self._state.incidents

    @property
    def answers(self) -> tuple[ByHand | None, ...]:
        """What came of each request sent by hand; None while it is under way."""
        return self._state.answers

    # what one does

    def advance(self, seconds: float, budget: int | None = None) -> float:
        """Move this run's clock. What an earlier call could not wait for is told first."""
        free = self._pump(self._host.wait_s)
        if free and self._state.now_s <= self._told_s and not self.settled:
            self._todo.append(Advance(seconds, budget))
            self._pump(self._host.wait_s)
        passed, self._told_s = self._state.now_s - self._told_s, self._state.now_s
        return passed

    def stretch(self) -> None:
        """Let an hour pass, or so many steps. Raises Deadlock where nothing can happen any more."""
        self._pump(math.inf)
        before = self._state.steps
        self._todo.append(Advance(AN_HOUR, STRETCH_STEPS))
        self._pump(math.inf)
        self._told_s = self._state.now_s
        if self._state.steps == before and not self.settled:
            raise Deadlock(f"run {self.number}: nothing can happen any more, and somebody still waits")

    def apply_now(self, change: Change) -> None:
        """Make a change now, or as soon as the process answers again."""
        self._todo.append(Apply(change))
        self._pump(max(BUSY_S, self._host.wait_s))

    def data(self) -> RunData:
        """Give what was recorded so far; while the process is at work, what was known before."""
        wait_s = math.inf if self.settled else self._host.wait_s
        if self._pump(wait_s) and not self.lost:
            looked = (self._state.steps, self._state.now_s, len(self._changes))
            if looked != self._looked:
                known = {name: len(chunks) for name, chunks in self._chunks.items()}
                self._todo.append(Look(known))
                if self._pump(wait_s):
                    self._looked = looked
        return self._data

    # the pipe

    def _begin(self) -> Begin:
        return Begin(self.settings, self.number, self._state.now_s, self._state.steps)

    def _pump(self, wait_s: float) -> bool:
        """Send what is to be sent and take what has come; tells whether nothing is outstanding."""
        began = self._host.clock()
        while not self.lost:
            if self._asked is None:
                if not self._todo:
                    return True
                self._ask(self._todo[0])
                continue
            left = wait_s - (self._host.clock() - began)
            patience = self._patience_s() - (self._host.clock() - self._heard_s)
            try:
                body = self._host.child().receive(max(0.0, min(left, patience)))
            except ChildSilentError:
                if self._host.clock() - self._heard_s >= self._patience_s():
                    self._revive()
                elif self._host.clock() - began >= wait_s:
                    return False
            except ChildEndedError:
                self._revive()
            else:
                self._heard_s = self._host.clock()
                self._take(body)
        return True

    def _patience_s(self) -> float:
        if isinstance(self._asked, Begin):
            return STARTS_S
        return SILENT_STEP_S if self._phase == "probing" else SILENT_S

    def _ask(self, command: Command) -> None:
        self._asked = command
        self._heard_s = self._host.clock()
        try:
            self._host.child().send(msgspec.msgpack.encode(command))
        except ChildEndedError:
            self._revive()

    def _take(self, body: bytes) -> None:
        try:
            told = msgspec.msgpack.decode(body, type=Told)
        except msgspec.DecodeError:  # somebody wrote into the pipe
            self._revive()
            return
        match told:
            case State():
                self._state = told
                self._changes += told.changes
                if told.busy:
                    return
            case Recorded():
                self._keep(told)
            case _:
                self._give_up(told.why if isinstance(told, Failed) else "it answered something else")
                return
        if not isinstance(self._asked, Begin):
            self._failures = 0
        if isinstance(self._asked, Advance | Apply) and self._phase != "playing":
            self._phase = "playing"
        self._todo.pop(0)
        self._asked = None

    def _revive(self) -> None:
        """Go on in another process: to find the step that does not come back, or to say that it never does."""
        self._failures += 1
        if self._failures > LOST_AFTER:
            self._give_up("its process ended again and again before it could go on")
            return
        asked, self._asked = self._asked, None
        if self._phase == "playing":
            self._line = line_in(self._host.child().said)
        self._host.renew()
        rest = [one for one in self._todo if not isinstance(one, Begin)]
        if isinstance(asked, Advance) and self._phase == "probing":
            self._phase = "marking"
            rest = [Apply(HangChange(0.0, 0, self._line)), *rest[1:]]
        elif isinstance(asked, Advance):
            self._phase = "probing"
            rest = [Advance(asked.seconds, asked.budget, probe=True), *rest[1:]]
        self._todo = [self._begin(), *rest]

    def _give_up(self, why: str) -> None:
        self.lost = f"run {self.number} was given up: {why}"
        self._todo, self._asked = [], None
        self._host.close()

    # what was recorded

    def _keep(self, told: Recorded) -> None:
        tables = {}
        for name, schema in TABLES.items():
            whole = self._chunks[name]
            came = [_columns(chunk) for chunk in told.tables[name]]
            tables[name] = Frozen(tuple(schema.items()), (*whole, *came))
            whole += [chunk for chunk in came if len(next(iter(chunk.values()))) == CHUNK_ROWS]
        self._data = run_of(self.settings, told.state, tables)

    def _nothing(self) -> RunData:
        """What is known before the first word has come."""
        scenario = self._base.scenario
        state = StoredState(
            number=self.number, now_s=self._state.now_s, steps=self._state.steps, ended_s=None, settled=False,
            launched=0, sent=0, done=0, skipped_s=(), waiting=(), at_work=(), stopped_s=None, errors={}, alerts=(),
            services=tuple(sorted(scenario.functions)),
            versions=tuple(self._base.versions[name] for name in scenario.functions), names=("",),
        )  # fmt: skip
        return run_of(
            self.settings, state, {name: Frozen(tuple(schema.items()), ()) for name, schema in TABLES.items()}
        )


def line_in(traceback: str) -> int | None:
    """Find the line of a version in a traceback that has the innermost frame first, as Python's watchdog writes it."""
    found = re.search(r'File "[a-z-]+@[^"]+", line (\d+)', traceback)
    return int(found[1]) if found else None


def _columns(chunk: Chunk) -> dict[str, Column]:
    return {name: np.frombuffer(raw, dtype=kind) for name, (kind, raw) in chunk.columns.items()}
