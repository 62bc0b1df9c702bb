"""Load plans as they stand in a file: Artillery's YAML, typed. `load.py` makes a Plan of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
Rate = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
Text = str


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    """A part of a plan file; keys are in Artillery's camelCase."""


class PhaseText(Part, frozen=True):
    """One phase: a duration with a rate or a count, or a pause. Durations are seconds, or text such as 5m, 500ms."""

    duration: Text | None = None
    arrival_rate: Rate | None = None
    ramp_to: Rate | None = None
    arrival_count: Count | None = None
    pause: Text | None = None
    name: str | None = None
    max_vusers: Annotated[int, msgspec.Meta(ge=1)] | None = None
    mode: Literal["uniform", "poisson"] = "uniform"


class PayloadText(Part, frozen=True):
    """A CSV file whose columns become variables, a row for each virtual user."""

    path: str
    fields: list[str]
    order: Literal["random", "sequence"] = "random"
    skip_header: bool = False
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","


class HttpText(Part, frozen=True):
    """How the client behaves; `timeout` in seconds."""

    timeout: Text | None = None


class DefaultsText(Part, frozen=True):
    """What every request gets."""

    headers: dict[str, str] = {}


class EnsureText(Part, frozen=True):
    """Thresholds of the whole run, in ms and percent; missing one ends `ridelab run` with exit code 1."""

    min: Rate | None = None
    max: Rate | None = None
    median: Rate | None = None
    p95: Rate | None = None
    p99: Rate | None = None
    max_error_rate: Rate | None = None


class ConfigText(Part, frozen=True):
    """The `config` of a plan."""

    target: str
    phases: Annotated[list[PhaseText], msgspec.Meta(min_length=1)]
    payload: PayloadText | None = None
    variables: dict[str, str | list[str]] = {}
    defaults: DefaultsText = DefaultsText()
    http: HttpText = HttpText()
    ensure: EnsureText = EnsureText()


class CaptureText(Part, frozen=True):
    """Takes a value out of a JSON answer, such as ``$.RideId``, into a variable."""

    json: str
    variable: str = msgspec.field(name="as")


class RequestText(Part, frozen=True):
    """One request of a flow."""

    url: str
    headers: dict[str, str] = {}
    json: Any = None
    body: str | None = None
    capture: CaptureText | list[CaptureText] | None = None


class StepText(Part, frozen=True):
    """One step of a flow: exactly one of its keys (`count` belongs to `loop`)."""

    get: RequestText | None = None
    post: RequestText | None = None
    put: RequestText | None = None
    patch: RequestText | None = None
    delete: RequestText | None = None
    think: Text | None = None
    loop: list[StepText] | None = None
    count: Count | None = None


class ScenarioText(Part, frozen=True):
    """One kind of virtual user."""

    flow: Annotated[list[StepText], msgspec.Meta(min_length=1)]
    name: str | None = None
    weight: Annotated[float, msgspec.Meta(gt=0)] = 1.0


class PlanText(Part, frozen=True):
    """A whole plan file."""

    config: ConfigText
    scenarios: Annotated[list[ScenarioText], msgspec.Meta(min_length=1)]
