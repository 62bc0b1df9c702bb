"""A scenario: the system as data. `scenario.py` reads it from YAML; nothing here is a constant in code."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from simulator.faults import AnyFault
from simulator.randomness import Constant, Distribution

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all parts of a scenario share: they never change, and a wrong key is an error."""


class Site(Settings, frozen=True):
    """The site under load: its address, the token its authorizer accepts, and the user that token names."""

    url: str
    token: str
    user: str


class Route(Settings, frozen=True):
    """Which function answers a method and path."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    function: str


class GatewaySettings(Settings, frozen=True):
    """The API gateway: the way to it and back, when it stops waiting, and its routes."""

    network: Distribution
    timeout_s: Positive
    routes: Annotated[list[Route], msgspec.Meta(min_length=1)]


class FunctionSettings(Settings, frozen=True):
    """One function: the version it starts with, its size and limits, its cold start, and the way to it."""

    version: str
    memory_mb: Annotated[int, msgspec.Meta(ge=128, le=10240)]
    timeout_s: Positive
    cold_start: Distribution
    keep_alive_s: Positive = 600.0
    concurrency: AtLeastOne | None = None
    baseline_mb: Positive = 32.0
    host: str | None = None
    link: Distribution = Constant(ms=0.0)


class Unicorn(Settings, frozen=True):
    """One of the fleet."""

    name: str = msgspec.field(name="Name")
    color: str = msgspec.field(name="Color")
    gender: str = msgspec.field(name="Gender")


class FleetSettings(Settings, frozen=True):
    """The fleet, and how long finding one of it takes."""

    latency: Distribution
    unicorns: Annotated[list[Unicorn], msgspec.Meta(min_length=1)]


class TableSettings(Settings, frozen=True):
    """The rides table: its latency, and what its client computes for each record (at full speed)."""

    latency: Distribution
    client_cpu_ms: NotNegative = 0.0


class AlertRule(Settings, frozen=True):
    """When to send a mail: counted over the invocations that ended in the last `window_s` seconds, once a minute.

    `duration` counts those above `over_ms`, `errors` those that failed; it fires when at least `at_least` match, they
    are more than `share` of all, and there are `of_at_least` in all. `p95` fires when the p95 duration is above
    `over_ms`.
    """

    name: Annotated[str, msgspec.Meta(min_length=1)]
    measure: Literal["duration", "errors", "p95"] = "duration"
    over_ms: NotNegative = 1000.0
    window_s: Positive = 120.0
    at_least: AtLeastOne = 1
    share: Share = 0.0
    of_at_least: AtLeastOne = 1


class MonitoringSettings(Settings, frozen=True):
    """The monitoring agent: the token it needs, the functions it is deployed with, what it costs, and its rules."""

    token: str
    watches: list[str]
    report: Distribution
    mark_us: NotNegative
    unsampled_mark_us: NotNegative = 0.0
    rules: list[AlertRule] = []


class Scenario(Settings, frozen=True):
    """A whole system, ready to be run; `faults` are switched on from the start."""

    name: str
    site: Site
    gateway: GatewaySettings
    functions: dict[str, FunctionSettings]
    fleet: FleetSettings
    rides_table: TableSettings
    monitoring: MonitoringSettings
    title: str = ""
    summary: str = ""
    plan: str | None = None
    warm: Count = 0
    faults: list[AnyFault] = []
