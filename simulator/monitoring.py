"""The monitoring agent, its alert rules, and the mail they send.

With no token the agent is dormant: it costs nothing, shows nothing, and says so in the function's log. With a wrong
one it pays for reports that are rejected. It takes an invocation's duration before it sends: the instrument does not
measure itself. Rules are evaluated once a minute over their window, on the handler's duration without its own cold
start.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import msgspec

from simulator.kernel import sleep
from simulator.randomness import Draws
from simulator.settings import AlertRule, MonitoringSettings

EVERY_S = 60.0
KEPT_S = 600.0  # how far a rule that comes later can look back
State = Literal["on", "rejected", "dormant"]


class Alert(msgspec.Struct, frozen=True):
    """A rule fired: when, and how many of how many invocations matched in its window then."""

    rule: AlertRule
    at_s: float
    matching: int
    of: int

    @property
    def subject(self) -> str:
        """The mail's subject."""
        return f"{self.rule.name} is in alarm"

    @property
    def condition(self) -> str:
        """The rule in words."""
        return describe_rule(self.rule)


class Seen(NamedTuple):
    """What the agent reported of one invocation."""

    end_s: float
    duration_s: float
    failed: bool


class Agent:
    """The agents of one world: which function's is on, what it costs there, and what it saw."""

    def __init__(
        self, settings: MonitoringSettings, tokens: dict[str, str | None], rules: list[AlertRule]
    ) -> None:
        self.settings = settings
        self.tokens = tokens
        self.rules = rules
        self.alerts: list[Alert] = []
        self.checked_s = 0.0
        self.last_seen_s = 0.0
        self._seen: dict[str, deque[Seen]] = {}

    def state(self, service: str) -> State:
        """Tell whether the agent of a function is on, rejected (wrong token) or dormant (no token)."""
        return state_of(self.tokens.get(service), self.settings.token)

    def warning(self, service: str) -> str | None:
        """Give the line a dormant or rejected agent leaves in the function's log."""
        if service not in self.tokens:
            return None
        state = self.state(service)
        if state == "dormant":
            return "monitoring: no token is set; nothing is reported"
        return "monitoring: the report was rejected: 401, unknown token" if state == "rejected" else None

    def mark_s(self, *, keep: bool) -> float:
        """Give what one mark costs, in seconds of a whole processor."""
        return (self.settings.mark_us if keep else self.settings.unsampled_mark_us) / 1e6

    def report_s(self, draws: Draws, service: str) -> float:
        """Give how long sending the report of one invocation takes."""
        return self.settings.report.ms_at(draws.u(f"agent:report:{service}")) / 1000.0

    def saw(self, service: str, end_s: float, duration_s: float, *, failed: bool, now: float) -> None:
        """Take in the report of an invocation, which arrives `now`."""
        self.last_seen_s = now
        self._seen.setdefault(service, deque()).append(Seen(end_s, duration_s, failed))

    async def watch(self, clock: Callable[[], float]) -> None:
        """Evaluate the rules once a minute of virtual time, which `clock` tells; a daemon."""
        while True:
            await sleep(self.checked_s + EVERY_S - clock())
            self.evaluate(self.checked_s + EVERY_S)

    @property
    def has_looked(self) -> bool:
        """Whether the rules have been evaluated since the last report came, or all have fired."""
        return self.checked_s >= self.last_seen_s or len(self.alerts) == len(self.rules)

    def evaluate(self, now: float) -> None:
        """Evaluate each rule that has not fired in this run, for every function it watches."""
        self.checked_s = now
        longest = max(KEPT_S, *(rule.window_s for rule in self.rules), 0.0)
        for seen in self._seen.values():
            while seen and seen[0].end_s <= now - longest:
                seen.popleft()
            for rule in self.rules:
                if any(alert.rule is rule for alert in self.alerts):
                    continue
                window = [one for one in seen if one.end_s > now - rule.window_s]
                matching = sum(matches(rule, one.duration_s, failed=one.failed) for one in window)
                if fires(rule, matching, [one.duration_s for one in window]):
                    self.alerts.append(Alert(rule, now, matching, len(window)))


def state_of(token: str | None, right: str) -> State:
    """Tell what an agent with this token does: an empty one is none."""
    return "dormant" if not token else "on" if token == right else "rejected"


def matches(rule: AlertRule, duration_s: float, *, failed: bool) -> bool:
    """Tell whether one invocation matches a rule."""
    return failed if rule.measure == "errors" else duration_s * 1000.0 > rule.over_ms


def fires(rule: AlertRule, matching: int, durations_s: Sequence[float]) -> bool:
    """Tell whether a rule fires on a window in which `matching` invocations match."""
    total = len(durations_s)
    if total < rule.of_at_least:
        return False
    if rule.measure == "p95":
        from simulator.metrics import percentile

        return percentile(durations_s, 0.95) * 1000.0 > rule.over_ms
    return matching >= rule.at_least and matching > rule.share * total


def describe_rule(rule: AlertRule) -> str:
    """Say a rule in words."""
    window = f"{rule.window_s / 60:g} minutes" if rule.window_s >= 120 else f"{rule.window_s:g} seconds"
    what = {
        "duration": f"Invocation duration greater than {rule.over_ms:g} milliseconds",
        "errors": "Invocations that failed",
        "p95": f"p95 of the invocation duration greater than {rule.over_ms:g} milliseconds",
    }[rule.measure]
    limits = []
    if rule.at_least > 1 and rule.measure != "p95":
        limits.append(f"at least {rule.at_least}")
    if rule.share > 0 and rule.measure != "p95":
        limits.append(f"more than {rule.share * 100:g} % of all")
    if rule.of_at_least > 1:
        limits.append(f"at least {rule.of_at_least} in all")
    return f"{what} within {window}" + (f" ({', '.join(limits)})" if limits else "")
