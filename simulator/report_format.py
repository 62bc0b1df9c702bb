"""Numbers, times and order as a program in JavaScript prints them.

Virtual 0 is 2018-03-30 19:48:41 at -0400: a fixed offset, whatever the machine's clock and locale say.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

VIRTUAL_ZERO = datetime(2018, 3, 30, 19, 48, 41)
"""The wall clock at virtual 0, in the zone of OFFSET."""

OFFSET = "-0400"


def clock(at_s: float) -> str:
    """Return a virtual time as `19:48:41(-0400)`; a second that has begun counts as that second."""
    at = _moment(at_s)
    return f"{at.hour:02}:{at.minute:02}:{at.second:02}({OFFSET})"


def date(at_s: float) -> str:
    """Return a virtual time's day as `2018-03-30`."""
    return _moment(at_s).date().isoformat()


def _moment(at_s: float) -> datetime:
    return VIRTUAL_ZERO + timedelta(seconds=int(milliseconds([at_s])[0]) // 1000)


def milliseconds(at_s: ArrayLike) -> NDArray[np.int64]:
    """Return virtual seconds as whole milliseconds, cut off as a clock that counts them does.

    To the microsecond first, so that 0.007 s, a little less than 7 ms as a float, is 7 ms.
    """
    microseconds = np.rint(np.asarray(at_s, dtype=np.float64) * 1e6)
    return np.floor_divide(microseconds, 1e3).astype(np.int64)


def number(value: float) -> str:
    """Return a number as JavaScript prints it: `697` for 697.0, else the shortest exact digits, or `NaN`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(float(value))


def rounded(value: float, decimals: int = 0) -> float:
    """Round as `Math.round` does: halves go up. NaN and infinities stay."""
    if not math.isfinite(value):
        return value
    scale = 10.0**decimals
    scaled = value * scale
    whole = math.floor(scaled)
    return (whole + (scaled - whole >= 0.5)) / scale


def key_order(names: Iterable[str]) -> list[str]:
    """Return names in the order of an object's keys: whole numbers ascending, then the rest as they came."""
    distinct = list(dict.fromkeys(names))
    numbers = [name for name in distinct if _is_index(name)]
    return sorted(numbers, key=int) + [name for name in distinct if not _is_index(name)]


def _is_index(name: str) -> bool:
    if not (name.isascii() and name.isdigit() and len(name) <= 10):
        return False
    return name == str(int(name)) and int(name) < 2**32 - 1
