"""The lab's own `datetime`: the real one, but now is virtual and the local time zone is the lab's."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LOCAL = dt.timezone(dt.timedelta(hours=-4))
ZERO = dt.datetime(2018, 3, 30, 19, 48, 41, tzinfo=LOCAL)
ZERO_UTC = ZERO.astimezone(dt.UTC)


def own_datetime(clock: Callable[[], float]) -> SimpleNamespace:
    """Make the module; `clock` tells virtual seconds."""

    def moment() -> dt.datetime:
        return ZERO + dt.timedelta(seconds=round(clock(), 6))

    class datetime(dt.datetime):  # noqa: N801 - stands in for the real one
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            if tz is dt.UTC:  # as services ask for it
                return zero + dt.timedelta(seconds=round(clock(), 6))
            at = moment()
            at = at.astimezone(tz) if tz is not None else at.replace(tzinfo=None)
            return cls.combine(at.date(), at.timetz())

        @classmethod
        def today(cls) -> Any:
            return cls.now()

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now(dt.UTC).replace(tzinfo=None)

        @classmethod
        def fromtimestamp(cls, timestamp: float, tz: dt.tzinfo | None = None) -> Any:
            at = super().fromtimestamp(timestamp, tz or LOCAL)
            return at if tz is not None else at.replace(tzinfo=None)

        def timestamp(self) -> float:
            return super(datetime, _aware(self)).timestamp()

        def astimezone(self, tz: dt.tzinfo | None = None) -> Any:
            return super(datetime, _aware(self)).astimezone(tz or LOCAL)

    zero = datetime.combine(ZERO_UTC.date(), ZERO_UTC.timetz())

    class date(dt.date):  # noqa: N801 - stands in for the real one
        @classmethod
        def today(cls) -> Any:
            return cls.fromordinal(moment().toordinal())

        @classmethod
        def fromtimestamp(cls, timestamp: float) -> Any:
            return cls.fromordinal(dt.datetime.fromtimestamp(timestamp, LOCAL).toordinal())

    return SimpleNamespace(
        datetime=datetime, date=date, time=dt.time, timedelta=dt.timedelta, timezone=dt.timezone, tzinfo=dt.tzinfo,
        UTC=dt.UTC,
    )  # fmt: skip


def _aware(moment: Any) -> Any:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=LOCAL)
