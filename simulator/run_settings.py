"""What a run is a pure function of: everything that decides its bytes, as one record that can be stored."""

import msgspec

from simulator.deploying import Version
from simulator.faults import AnyFault
from simulator.load import Plan
from simulator.sampling import Sampling
from simulator.settings import AlertRule, Scenario


class DeployChange(msgspec.Struct, frozen=True, tag="deploy", tag_field="change"):
    """A version was activated while the run went on, with a token for its agent if one was given."""

    at_s: float
    at_step: int
    version: Version
    token: str | msgspec.UnsetType | None = msgspec.UNSET


class SamplingChange(msgspec.Struct, frozen=True, tag="sampling", tag_field="change"):
    """Which traces are kept was changed: to a share of all, or to a policy."""

    at_s: float
    at_step: int
    rate: float | Sampling


class FaultChange(msgspec.Struct, frozen=True, tag="fault", tag_field="change"):
    """A fault was switched on or off."""

    at_s: float
    at_step: int
    fault: AnyFault
    on: bool


class RuleChange(msgspec.Struct, frozen=True, tag="rule", tag_field="change"):
    """An alert rule was added."""

    at_s: float
    at_step: int
    rule: AlertRule


class StopChange(msgspec.Struct, frozen=True, tag="stop", tag_field="change"):
    """The load was ended early."""

    at_s: float
    at_step: int


class RequestChange(msgspec.Struct, frozen=True, tag="request", tag_field="change"):
    """A request was sent by hand."""

    at_s: float
    at_step: int
    method: str
    url: str
    headers: dict[str, str]
    body: str | None


class HangChange(msgspec.Struct, frozen=True, tag="hang", tag_field="change"):
    """The process that went on next never came back: it looped for ever, at a line if that is known, or ended."""

    at_s: float
    at_step: int
    line: int | None = None


Change = DeployChange | SamplingChange | FaultChange | RuleChange | StopChange | RequestChange | HangChange


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; `versions` with their source text, `tokens` of the agents, `warm` containers at the start."""

    scenario: Scenario
    seed: int
    versions: dict[str, Version]
    tokens: dict[str, str | None]
    sampling: float | Sampling
    rules: tuple[AlertRule, ...]
    warm: int
    faults: tuple[AnyFault, ...]
    plan: Plan
    changes: tuple[Change, ...] = ()

    @property
    def start(self) -> str:
        """The start state in words: ``cold``, or ``warm 2``."""
        return f"warm {self.warm}" if self.warm else "cold"
