"""The program of a child process: it plays one run at a time, whatever its versions do, and tells how it stands.

It is the same `Run`, moved by the same calls; `remote.py` is the other end of the pipe. A process that goes on for
ever is ended from outside, or by its own alarm where nobody is left to end it.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
from typing import TYPE_CHECKING, Any, Final, TextIO

import msgspec

from simulator.any_run import ByHand
from simulator.run import Run, go_to, make_again
from simulator.run_settings import Change, RunSettings
from simulator.storing import TABLES, StoredState, state_of
from simulator.system.recorder import Details, Exchange, InvocationDetail
from simulator.system.world import Incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.columns import Frozen

ALARM_S: Final = 20
"""How long one command may go without a sign, in wall seconds, before the process ends itself."""
STANDS_AFTER_S: Final = 1.5
"""After so long without an answer it writes down on which line it stands: Python's own watchdog can, in any loop."""
SLICE_STEPS: Final = 20_000


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Make a run and bring it to where it was: its changes in their places, then so many steps, then the time."""

    settings: RunSettings
    number: int
    now_s: float = 0.0
    steps: int = 0


class Apply(msgspec.Struct, frozen=True, tag="apply"):
    """Make a change now; its place is written into it."""

    change: Change


class Advance(msgspec.Struct, frozen=True, tag="advance"):
    """Let time pass; with `probe` one step at a time, telling after each."""

    seconds: float
    budget: int | None = None
    probe: bool = False


class Look(msgspec.Struct, frozen=True, tag="look"):
    """Tell what was recorded; of each table only the chunks from the one with this number on."""

    known: dict[str, int]


class Again(msgspec.Struct, frozen=True, tag="again"):
    """Make the details of a run."""

    settings: RunSettings
    number: int
    now_s: float
    steps: int


Command = Begin | Apply | Advance | Look | Again


class State(msgspec.Struct, frozen=True, tag="state"):
    """How a run stands. `busy`: a sign of life, and more follows. `changes`: those made since it was told last."""

    now_s: float
    steps: int
    finished: bool
    settled: bool
    incidents: tuple[Incident, ...]
    answers: tuple[ByHand | None, ...]
    changes: tuple[Change, ...] = ()
    busy: bool = False


class Chunk(msgspec.Struct, frozen=True):
    """Some rows of a table: for each column its numpy type and its bytes."""

    columns: dict[str, tuple[str, bytes]]


class Recorded(msgspec.Struct, frozen=True, tag="recorded"):
    """What `Look` asked for: the state of `storing.py`, and the chunks that were not known."""

    state: StoredState
    tables: dict[str, list[Chunk]]


class Replayed(msgspec.Struct, frozen=True, tag="replayed"):
    """What `Again` asked for."""

    exchanges: dict[int, Exchange]
    invocations: dict[int, InvocationDetail]

    @classmethod
    def of(cls, details: Details) -> Replayed:
        """Take details as they were made."""
        return cls(details.exchanges, details.invocations)


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """What was asked for could not be done, and why."""

    why: str


Told = State | Recorded | Replayed | Failed


class Worker:
    """Plays one run."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.said: TextIO = sys.stderr
        """Where it writes down where it stands, when that takes long."""
        self._told = 0  # changes that the other end knows
        self._kept: list[Run] = []  # whose hung coroutines must not be forgotten

    def answer(self, body: bytes) -> Iterator[bytes]:
        """Do what a frame asks for; gives one or several frames."""
        faulthandler.dump_traceback_later(STANDS_AFTER_S, file=self.said)
        try:
            for state in self._do(msgspec.msgpack.decode(body, type=Command)):
                _set_alarm(ALARM_S)
                yield msgspec.msgpack.encode(state, enc_hook=str)
        except Exception as error:  # noqa: BLE001 - told to the other end, which gives the run up
            yield msgspec.msgpack.encode(Failed(f"{type(error).__name__}: {error}"))
        faulthandler.cancel_dump_traceback_later()
        _set_alarm(0)

    def _do(self, command: Command) -> Iterable[Any]:
        match command:
            case Begin():
                yield from self._begin(command)
            case Advance():
                yield from self._advance(command)
            case Apply():
                assert self.run is not None
                self.run.apply_now(command.change)
                yield self._state()
            case Look():
                yield self._recorded(command.known)
            case Again():
                yield Replayed.of(make_again(command))

    def _begin(self, command: Begin) -> Iterator[State]:
        _set_alarm(ALARM_S)
        if self.run is not None:
            self._kept.append(self.run)
        run = self.run = Run(msgspec.structs.replace(command.settings, changes=()), command.number)
        self._told = len(command.settings.changes)
        for change in command.settings.changes:
            yield from self._go_to(change.at_s, change.at_step)
            run.apply(change)
        yield from self._go_to(command.now_s, command.steps)
        yield self._state()

    def _go_to(self, at_s: float, at_step: int) -> Iterator[State]:
        assert self.run is not None
        sim = self.run.world.sim
        while sim.steps + SLICE_STEPS < at_step and sim.run(until=at_s, budget=SLICE_STEPS):
            yield self._state(busy=True)
        go_to(sim, at_s, at_step)

    def _advance(self, command: Advance) -> Iterator[State]:
        run = self.run
        assert run is not None
        _set_alarm(ALARM_S)
        if not command.probe:
            run.advance(command.seconds, command.budget)
            yield self._state()
            return
        until = run.world.sim.now + command.seconds
        left = command.budget
        while not run.settled and run.world.sim.now < until and (left is None or left > 0):
            run.advance(until - run.world.sim.now, 1)
            left = None if left is None else left - 1
            yield self._state(busy=True)
        yield self._state()

    def _state(self, *, busy: bool = False) -> State:
        run = self.run
        assert run is not None
        sim, made = run.world.sim, run.changes
        new, self._told = made[self._told :], len(made)
        return State(sim.now, sim.steps, run.finished, run.settled, run.incidents, run.answers, new, busy)

    def _recorded(self, known: dict[str, int]) -> Recorded:
        assert self.run is not None
        data = self.run.data()
        tables = {}
        for name in TABLES:
            frozen: Frozen = getattr(data, f"frozen_{name}")
            tables[name] = [
                Chunk({column: (values.dtype.str, values.tobytes()) for column, values in chunk.items()})
                for chunk in frozen.chunks[known.get(name, 0) :]
            ]
        return Recorded(state_of(data), tables)


def _set_alarm(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Serve until the pipe is closed."""
    from simulator.child import serve
    from simulator.refusing import confine_process

    worker = Worker()

    def confine(said: TextIO) -> None:
        worker.said = said
        confine_process()

    serve(worker.answer, confine)


if __name__ == "__main__":
    main()
