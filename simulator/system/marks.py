"""Marks: what `context.mark` does. A mark is an interval of the handler with a name, measured on the invocation's clock.

``with context.mark("x"):`` or ``context.mark.start("x")`` ... ``context.mark.end("x")``. A mark's parent is the innermost
mark open in the same process, or in the process that started it: the parent belongs to the task, not to a stack.
A mark left open is closed at the end of the invocation and flagged; an `end` without its `start` is noted in the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.kernel import Task
    from simulator.system.context import Context

ERROR, LEFT_OPEN = 1, 2


class Marks:
    """The marks of one invocation. `rows` are (name, parent row or -1, start, end, flags), starts and ends absolute."""

    __slots__ = ("_context", "_cost_s", "_keep", "_open", "count", "rows")

    def __init__(self, context: Context, cost_s: float, *, keep: bool) -> None:
        self._context = context
        self._cost_s = cost_s / 2  # seconds of a whole processor, half at each end
        self._keep = keep
        self.rows: list[tuple[str, int, float, float, int]] = []
        self._open: list[tuple[str, int, Task | None]] = []
        self.count = 0

    def __call__(self, name: str) -> _Mark:
        return _Mark(self, name)

    def start(self, name: str) -> None:
        """Open a mark, to be closed by `end` with the same name."""
        context = self._context
        cost = self._cost_s
        context.cpu_s += cost
        context.debt += cost / context.share
        self.count += 1
        if self._keep:
            task = context._world.sim.current
            parent = self._parent(task)
            self._open.append((name, len(self.rows), task))
            self.rows.append((name, parent, context._world.sim.now + context.debt, -1.0, 0))

    def end(self, name: str, *, flags: int = 0) -> None:
        """Close the mark of this name that was opened last in this process, or else anywhere in this invocation."""
        context = self._context
        if self._keep:
            task = context._world.sim.current
            opened = self._open
            for i in range(len(opened) - 1, -1, -1):
                if opened[i][0] == name and opened[i][2] is task:
                    break
            else:
                for i in range(len(opened) - 1, -1, -1):
                    if opened[i][0] == name:
                        break
                else:
                    context.log("warning", f"mark.end({name!r}) without a mark.start({name!r}) before it")
                    return
            row = opened.pop(i)[1]
            label, parent, start, _, _ = self.rows[row]
            self.rows[row] = (label, parent, start, context._world.sim.now + context.debt, flags)
        cost = self._cost_s
        context.cpu_s += cost
        context.debt += cost / context.share

    def close(self, now: float) -> None:
        """Close what was left open, and say so."""
        for name, row, _ in self._open:
            label, parent, start, _, flags = self.rows[row]
            self.rows[row] = (label, parent, start, now, flags | LEFT_OPEN)
            self._context.log("warning", f"mark {name!r} was never closed: it is cut off at the end of the invocation")
        self._open.clear()

    def _parent(self, task: Task | None) -> int:
        opened = self._open
        if opened and opened[-1][2] is task:
            return opened[-1][1]
        while task is not None:
            for _, row, owner in reversed(opened):
                if owner is task:
                    return row
            task = task.parent
        return -1


class _Mark:
    __slots__ = ("_marks", "_name")

    def __init__(self, marks: Marks, name: str) -> None:
        self._marks = marks
        self._name = name

    def __enter__(self) -> None:
        self._marks.start(self._name)

    def __exit__(self, kind: object, *_: object) -> None:
        self._marks.end(self._name, flags=0 if kind is None else ERROR)
