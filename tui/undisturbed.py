"""What Python does beside a program's own work, and puts off while a run is simulated: keys would wait for it."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCH_S: Final = 0.0005
"""How long the threads that read keys and write the screen wait for Python's lock; Python's own 5 ms, several times for
each key, are what one notices."""
THRESHOLDS: Final = (5_000, 10, 10)
"""When the collector looks at what is young: later than Python's 700 objects, as a run has many more in flight."""
WHOLE: Final = 2
"""The generation of a collection that goes through everything."""


class Undisturbed:
    """Spares the garbage collector what is there already: a whole app and its lab, time and again.

    A run leaves no cycles, so there is next to nothing to find in it; what the interface leaves is young and is found
    as ever. Whoever holds must release, or cycles among what was there stay for good.
    """

    def __init__(self) -> None:
        self._before: tuple[float, tuple[int, int, int]] | None = None

    def hold(self) -> None:
        """Begin; a second time changes nothing."""
        if self._before is None:
            self._before = sys.getswitchinterval(), gc.get_threshold()
            sys.setswitchinterval(SWITCH_S)
            gc.set_threshold(*THRESHOLDS)
            gc.callbacks.append(self._spare)
            gc.freeze()

    def release(self) -> None:
        """End it, and leave everything as it was before."""
        if self._before is not None:
            interval_s, thresholds = self._before
            self._before = None
            gc.unfreeze()
            gc.callbacks.remove(self._spare)
            gc.set_threshold(*thresholds)
            sys.setswitchinterval(interval_s)

    def _spare(self, phase: str, info: Mapping[str, Any]) -> None:
        """Spare from now on what a whole collection went through: all of it is in use."""
        if phase == "stop" and info["generation"] == WHOLE:
            gc.freeze()
