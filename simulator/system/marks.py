"""Marks: what `context.mark` does. A mark is a named stretch of the handler, measured on the invocation's clock.

``with context.mark("x"):`` or ``context.mark.start("x")`` ... ``context.mark.end("x")``. A mark's parent is the
innermost mark open in the same process, or in the process that started it: the parent belongs to the task, not to a
stack. A mark left open is closed at the end of the invocation and flagged; an `end` without its `start` is noted in
the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.system.recorder import ERROR_FLAG, LEFT_OPEN_FLAG, WAIT_FLAG

if TYPE_CHECKING:
    from simulator.kernel import Task
    from simulator.system.context import Context

Row = tuple[str, int, float, float, int]
UNKEPT = -2  # the row of a mark that costs and is not kept


class Marks:
    """The marks of one invocation. `rows` are (name, parent row or -1, start, end, flags), times absolute."""

    __slots__ = ("_context", "_cost_s", "_open", "count", "keep", "rows")

    def __init__(self, context: Context, cost_s: float, *, keep: bool) -> None:
        self._context = context
        self._cost_s = cost_s / 2  # seconds of a whole processor, half at each end
        self.keep = keep
        self.rows: list[Row] = []
        self._open: list[tuple[int, Task | None]] = []  # (row, process), in the order of opening
        self.count = 0

    def __call__(self, name: str) -> _Mark:
        """Make a mark for a ``with``."""
        return _Mark(self, name)

    def start(self, name: str) -> None:
        """Open a mark, to be closed by `end` with the same name."""
        self.open(name)

    def end(self, name: str) -> None:
        """Close the mark of this name opened last in this process, or else anywhere in this invocation."""
        if not self.keep:
            self._pay()
            return
        task, text = self._context._world.sim.current, str(name)
        if self._open and self._open[-1][1] is task and self.rows[self._open[-1][0]][0] == text:
            self.close(self._open[-1][0])
            return
        named = [(row, owner) for row, owner in self._open if self.rows[row][0] == text]
        if not named:
            self._context.log("warning", f"mark.end({text!r}) without a mark.start({text!r}) before it")
            return
        self.close(next((row for row, owner in reversed(named) if owner is task), named[-1][0]))

    def open(self, name: str) -> int:
        """Open a mark; gives its row, for `close`."""
        context, rows, opened = self._context, self.rows, self._open
        context.cpu_s += self._cost_s
        context.debt += self._cost_s / context.share
        self.count += 1
        if not self.keep:
            return UNKEPT
        sim = context._world.sim
        task, row, now = sim.current, len(rows), sim.now + context.debt
        above = -1
        if opened:
            last, owner = opened[-1]
            above = last if owner is task else self.innermost()
        rows.append((str(name), above, now, now, LEFT_OPEN_FLAG))
        opened.append((row, task))
        return row

    def close(self, row: int, flags: int = 0) -> None:
        """Close the mark of this row."""
        context = self._context
        if row != UNKEPT:
            opened = self._open
            for i in range(len(opened) - 1, -1, -1):
                if opened[i][0] == row:
                    del opened[i]
                    name, parent, start, _, _ = self.rows[row]
                    self.rows[row] = (name, parent, start, context._world.sim.now + context.debt, flags)
                    break
        context.cpu_s += self._cost_s
        context.debt += self._cost_s / context.share

    def note(self, name: str, since_s: float) -> None:
        """Write down a wait that ends now, beside the marks: it costs nothing, and only the lab shows it."""
        if self.keep:
            self.rows.append((name, self.innermost(), since_s, self._context.clock(), WAIT_FLAG))

    def cut_off(self, now: float, *, timed_out: bool = False) -> None:
        """End what was left open at the end of the invocation, and say so."""
        for row, _ in self._open:
            name, parent, start, _, flags = self.rows[row]
            self.rows[row] = (name, parent, start, now, flags)
            self._context.log(
                "warning", f"mark {name!r} was never closed: it is cut off at the end of the invocation"
            )
        self._open.clear()
        if timed_out:  # some computing never came to its end
            self.rows = [(name, up, min(a, now), min(b, now), flags) for name, up, a, b, flags in self.rows]

    def innermost(self) -> int:
        """Give the row of the innermost mark open where the handler stands, or -1."""
        opened = self._open
        task = self._context._world.sim.current
        if not opened or opened[-1][1] is task:
            return opened[-1][0] if opened else -1
        while task is not None:
            for row, owner in reversed(opened):
                if owner is task:
                    return row
            task = task.parent
        return -1

    def _pay(self) -> None:
        context, cost = self._context, self._cost_s
        context.cpu_s += cost
        context.debt += cost / context.share


class _Mark:
    __slots__ = ("_marks", "_name", "_row")

    def __init__(self, marks: Marks, name: str) -> None:
        self._marks = marks
        self._name = name

    def __enter__(self) -> None:
        self._row = self._marks.open(self._name)

    def __exit__(self, kind: object, *_: object) -> None:
        self._marks.close(self._row, 0 if kind is None else ERROR_FLAG)


class _Spent(Marks):
    """The marks of invocations that have ended: whoever kept a context may mark on, which is free and kept nowhere."""

    __slots__ = ()

    def __init__(self) -> None:
        self.keep = False
        self.rows = []
        self.count = 0

    def start(self, name: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def open(self, name: str) -> int:  # noqa: ARG002
        return UNKEPT

    def close(self, row: int, flags: int = 0) -> None:
        pass

    def innermost(self) -> int:
        return -1


SPENT = _Spent()
