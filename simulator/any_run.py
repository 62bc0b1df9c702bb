"""What all runs share, wherever they are played: their settings, and the changes made while they go on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from simulator.run_settings import (
    Change,
    DeployChange,
    FaultChange,
    HangChange,
    RequestChange,
    RuleChange,
    RunSettings,
    SamplingChange,
    StopChange,
)

if TYPE_CHECKING:
    from simulator.deploying import Version
    from simulator.faults import AnyFault
    from simulator.run_data import RunData
    from simulator.sampling import Sampling
    from simulator.settings import AlertRule
    from simulator.system.world import Incident


class ByHand(NamedTuple):
    """What came of a request sent by hand: its number and the answer, or why there is none."""

    number: int
    status: int = 0
    headers: dict[str, str] | None = None
    body: str = ""
    error: str = ""


class AnyRun(ABC):
    """A run under way or ended. Only `Lab` moves it."""

    def __init__(self, settings: RunSettings, number: int) -> None:
        self.number = number
        self._base = settings
        self._changes: list[Change] = []

    @property
    def settings(self) -> RunSettings:
        """What made this run, with the changes made while it went on."""
        return msgspec.structs.replace(self._base, changes=self.changes)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes made while it went on, each with its place."""
        return tuple(self._changes)

    @property
    def is_by_hand(self) -> bool:
        """There is no load, only requests sent one by one. Such a run goes on until the next one begins."""
        return not self._base.plan.phases

    @property
    @abstractmethod
    def now_s(self) -> float:
        """The virtual time."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """The load is over: every virtual user has ended."""

    @property
    @abstractmethod
    def settled(self) -> bool:
        """Nothing is under way: no request is without an answer, no function is busy.

        And where there was a load, that is over and the alert rules have looked at everything.
        """

    @property
    @abstractmethod
    def incidents(self) -> tuple[Incident, ...]:
        """The handlers that never came back, in order."""

    @property
    @abstractmethod
    def answers(self) -> tuple[ByHand | None, ...]:
        """What came of each request sent by hand; None while it is under way."""

    @abstractmethod
    def advance(self, seconds: float, budget: int | None = None) -> float:
        """Move this run's clock; see Lab.advance."""

    @abstractmethod
    def stretch(self) -> None:
        """Let a stretch of time pass on the way to the end. Raises Deadlock where nothing can happen any more."""

    def finish(self) -> None:
        """Let time pass to the moment this run has settled. Raises Deadlock if it never can."""
        while not self.settled:
            self.stretch()

    @abstractmethod
    def apply_now(self, change: Change) -> None:
        """Make a change now, whatever its place was."""

    @abstractmethod
    def data(self) -> RunData:
        """Give what was recorded so far, frozen."""

    def report(self) -> str:
        """Give the report as the tool of 2018 printed it."""
        from simulator.report import artillery1

        return artillery1(self.data().traffic())

    # changes while it goes on

    def deploy(self, version: Version, token: str | msgspec.UnsetType | None = msgspec.UNSET) -> None:
        """Activate a version, with a token for its agent if one is given."""
        self.apply_now(DeployChange(0.0, 0, version, token))

    def sample(self, rate: float | Sampling) -> None:
        """Change which traces are kept."""
        self.apply_now(SamplingChange(0.0, 0, rate))

    def fault(self, fault: AnyFault, *, on: bool) -> None:
        """Switch a fault on or off."""
        self.apply_now(FaultChange(0.0, 0, fault, on))

    def watch(self, rule: AlertRule) -> None:
        """Add an alert rule."""
        self.apply_now(RuleChange(0.0, 0, rule))

    def stop(self) -> None:
        """End the load: nobody new arrives; who is under way finishes."""
        self.apply_now(StopChange(0.0, 0))

    def request(self, method: str, url: str, headers: dict[str, str], body: str | None) -> None:
        """Send one request by hand; it meets the world when time moves."""
        self.apply_now(RequestChange(0.0, 0, method, url, headers, body))

    def hang(self) -> None:
        """Let the handler whose turn it is never come back. Raises UsageError where it is no handler's turn."""
        self.apply_now(HangChange(0.0, 0))
