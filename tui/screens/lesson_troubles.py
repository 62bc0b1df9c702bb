"""What goes wrong with the versions of a run: handlers that never come back, a run that had to be given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.lab import NEVER_AGAIN

if TYPE_CHECKING:
    from simulator.any_run import AnyRun
    from simulator.system.world import Incident


class Troubles:
    """Takes note of what has been told, so that each trouble is told once."""

    def __init__(self) -> None:
        self._run = 0
        self._told = 0
        self._lost = False

    def new(self, run: AnyRun | None) -> list[str]:
        """List what has gone wrong since the last call, a sentence or two each."""
        if run is None:
            return []
        if run.number != self._run:
            self._run, self._told, self._lost = run.number, 0, False
        incidents = run.incidents
        said = [incident_words(incidents, place) for place in range(self._told, len(incidents))]
        self._told = len(incidents)
        lost = getattr(run, "lost", "")  # of a run that is played elsewhere
        if lost and not self._lost:
            self._lost = True
            said.append(f"{lost}. What was recorded until then is kept.")
        return said


def incident_words(incidents: tuple[Incident, ...], place: int) -> str:
    """Say which handler did not come back, what was answered for it, and the how-manieth time it is."""
    one = incidents[place]
    times = sum(other.ref == one.ref for other in incidents[: place + 1])
    where = f"invocation {one.invocation:,}" if one.invocation is not None else "a part of an invocation"
    then = "; then it is rolled back" if times < NEVER_AGAIN else ""
    return (
        f"{one.ref} does not come back: {where}, at {one.at_s:.0f} s, is answered as timed out "
        f"({times} of {NEVER_AGAIN}{then})."
    )
