"""Load plans: from Artillery's YAML to phases, payload rows and flows, with every variable known to exist.

`load_plan` raises DocumentError, each problem with file:line:column, also for a missing payload file.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from simulator.document import Document, DocumentError, Problem, read
from simulator.errors import UsageError, nearest
from simulator.plan_file import CaptureText, EnsureText, PayloadText, PlanText, RequestText, StepText
from simulator.templates import VARIABLE, fill, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "DEFAULT_PLAN", "PLANS", "Flow", "Loop", "Phase", "Plan", "Request", "Step", "Think", "fill", "load_plan",
    "plan_names",
]  # fmt: skip

PLANS = Path(__file__).parent / "plans"
DEFAULT_PLAN = "artillery-slowness.yml"
METHODS = ("get", "post", "put", "patch", "delete")
DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d)?")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
URL_START = ("/", "http://", "https://", "{{")
CAPTURE = re.compile(r"\$(\.\w+|\[\d+\])+")
LONGEST_S = 30 * 86_400.0
MOST_USERS = 100_000_000
TIMEOUT_S = 120.0  # Artillery 1.6's own

Path_ = tuple[str | int, ...]


class Phase(msgspec.Struct, frozen=True):
    """A phase: what arrives in it.

    `rate` a second, rising or falling to `ramp_to`; or `count` in all; or neither: a pause.
    """

    duration_s: float
    rate: float = 0.0
    ramp_to: float | None = None
    count: int | None = None
    name: str | None = None
    max_users: int | None = None
    mode: Literal["uniform", "poisson"] = "uniform"
    pause: bool = False
    written: str | None = None  # the duration as the plan has it, when that is no plain number


class Request(msgspec.Struct, frozen=True, tag="request"):
    """Send a request and wait for its answer. Text may hold ``{{ variable }}``; `json` stands for a JSON body."""

    method: str
    url: str
    headers: dict[str, str]
    json: Any = None
    body: str | None = None
    captures: tuple[tuple[str, str], ...] = ()


class Think(msgspec.Struct, frozen=True, tag="think"):
    """Do nothing for a while."""

    seconds: float


class Loop(msgspec.Struct, frozen=True, tag="loop"):
    """Repeat steps."""

    count: int
    steps: tuple[Step, ...]


Step = Request | Think | Loop


class Flow(msgspec.Struct, frozen=True):
    """One kind of virtual user: what it does, and how often it is chosen."""

    steps: tuple[Step, ...]
    weight: float = 1.0
    name: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A load plan, ready to be run."""

    name: str
    target: str
    phases: tuple[Phase, ...]
    flows: tuple[Flow, ...]
    headers: dict[str, str] = {}
    fields: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    order: Literal["random", "sequence"] = "random"
    variables: dict[str, tuple[str, ...]] = {}
    timeout_s: float = TIMEOUT_S
    ensure: dict[str, float] = {}


def plan_names() -> tuple[str, ...]:
    """List the plans in the package."""
    return tuple(sorted(p.name for p in PLANS.glob("*.yml")))


def load_plan(path: str | Path) -> Plan:
    """Read a plan: one of the package's by its name, or a file. A Path is always a file.

    Raises DocumentError, UsageError.
    """
    file = Path(path)
    if isinstance(path, str) and path in plan_names():
        file = PLANS / path
    elif not file.exists():
        hint = nearest(str(path), plan_names())
        raise UsageError(f"no load plan `{path}`{hint}: give a YAML file that exists")
    return _Reader(read(file, PlanText, name=str(path)), file.parent).plan(file.name)


class _Reader:
    """Turns a typed plan file into a Plan, collecting what is wrong with its place."""

    def __init__(self, document: Document[PlanText], folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.problems: list[Problem] = []

    def plan(self, name: str) -> Plan:
        config = self.document.value.config
        rows = self._rows(config.payload) if config.payload is not None else ()
        fields = tuple(config.payload.fields) if config.payload is not None else ()
        known = set(fields) | set(config.variables)
        flows = tuple(self._flow(i, known) for i in range(len(self.document.value.scenarios)))
        self._check(config.target, known, ("config", "target"))
        self._check_headers(config.defaults.headers, known, ("config", "defaults", "headers"))
        plan = Plan(
            name=name,
            target=config.target,
            phases=tuple(self._phase(i) for i in range(len(config.phases))),
            flows=flows,
            headers=config.defaults.headers,
            fields=fields,
            rows=rows,
            order=config.payload.order if config.payload else "random",
            variables={k: (v,) if isinstance(v, str) else tuple(v) for k, v in config.variables.items()},
            timeout_s=self._timeout(config.http.timeout),
            ensure={
                key: value
                for key in EnsureText.__struct_fields__
                if (value := getattr(config.ensure, key)) is not None
            },
        )
        for key, choices in plan.variables.items():
            if not choices:
                self._problem(("config", "variables", key), f"variable `{key}` has no value to choose from")
        if self.problems:
            raise DocumentError(sorted(self.problems, key=lambda problem: (problem.line, problem.column)))
        return plan

    def _flow(self, index: int, known: set[str]) -> Flow:
        one = self.document.value.scenarios[index]
        steps = self._steps(one.flow, known | set(_captured(one.flow)), ("scenarios", index, "flow"))
        return Flow(steps, one.weight, one.name)

    def _problem(self, path: Path_, what: str) -> None:
        self.problems.append(self.document.problem(path, what))

    def _seconds(self, text: str, path: Path_) -> float:
        found = DURATION.fullmatch(text.strip())
        if found is None:
            self._problem(path, f"`{text}` is no duration: write seconds, or text such as 5m, 90s, 500ms")
            return 0.0
        seconds = float(found[1]) * UNITS[found[2]]
        if seconds > LONGEST_S:
            self._problem(path, f"`{text}` is too long: at most 30d")
            return 0.0
        return seconds

    def _timeout(self, text: str | None) -> float:
        if text is None:
            return TIMEOUT_S
        problems, seconds = len(self.problems), self._seconds(text, ("config", "http", "timeout"))
        if seconds <= 0 and len(self.problems) == problems:
            self._problem(("config", "http", "timeout"), "a timeout is longer than 0 seconds")
        return seconds

    def _phase(self, index: int) -> Phase:
        phase = self.document.value.config.phases[index]
        path: Path_ = ("config", "phases", index)
        if phase.pause is not None:
            others = (
                phase.duration,
                phase.arrival_rate,
                phase.ramp_to,
                phase.arrival_count,
                phase.max_vusers,
            )
            if any(other is not None for other in others):
                self._problem(
                    path, "a pause is nothing but a `pause` (and a `name`): make the rest its own phase"
                )
            return Phase(self._seconds(phase.pause, (*path, "pause")), name=phase.name, pause=True)
        if phase.duration is None:
            self._problem(path, "a phase needs a `duration` (or is a `pause`)")
            return Phase(0.0)
        if (phase.arrival_rate is None) == (phase.arrival_count is None):
            self._problem(path, "a phase needs either `arrivalRate` or `arrivalCount`")
        if phase.ramp_to is not None and phase.arrival_rate is None:
            self._problem((*path, "rampTo"), "`rampTo` needs an `arrivalRate` to start from")
        duration = self._seconds(phase.duration, (*path, "duration"))
        if max(phase.arrival_rate or 0.0, phase.ramp_to or 0.0) * duration > MOST_USERS:
            self._problem(path, f"more virtual users than the {MOST_USERS:,} a phase may send")
        return Phase(
            duration, phase.arrival_rate or 0.0, phase.ramp_to, phase.arrival_count, phase.name, phase.max_vusers,
            phase.mode, written=None if phase.duration.isdecimal() else phase.duration,
        )  # fmt: skip

    def _rows(self, payload: PayloadText) -> tuple[tuple[str, ...], ...]:
        place: Path_ = ("config", "payload", "path")
        named = f"payload file `{payload.path}`"
        try:
            text = (self.folder / payload.path).read_text(encoding="utf-8-sig")
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=payload.delimiter)
            lines = [(reader.line_num, line) for line in reader][payload.skip_header :]
        except UnicodeDecodeError:
            self._problem(place, f"{named} cannot be read: it is not UTF-8 text")
            return ()
        except OSError as error:
            reason = f"{named} cannot be read: {(error.strerror or str(error)).lower()}"
            self._problem(place, f"{reason}; paths count from the plan's folder")
            return ()
        except (csv.Error, ValueError, TypeError) as error:
            self._problem(place, f"{named} is no CSV that can be read: {error}")
            return ()
        rows = []
        for number, line in lines:
            if not line:
                continue
            if len(line) < len(payload.fields):
                found = (
                    f"{named}, line {number}, has {len(line)} fields; `fields` names {len(payload.fields)}"
                )
                self._problem(place, found)
                return ()
            rows.append(tuple(cell.strip() for cell in line[: len(payload.fields)]))
        if not rows:
            self._problem(place, f"{named} holds no row")
        return tuple(rows)

    def _check(self, text: str, known: set[str], path: Path_) -> None:
        for found in VARIABLE.finditer(text):
            if found[1] not in known:
                there = "; there are " + ", ".join(sorted(known)) if known else "; none are defined"
                self._problem(path, f"no variable `{found[1]}`{nearest(found[1], known) or there}")

    def _check_headers(self, headers: dict[str, str], known: set[str], path: Path_) -> None:
        for name, value in headers.items():
            self._check(value, known, (*path, name))

    def _steps(self, steps: list[StepText], known: set[str], path: Path_) -> tuple[Step, ...]:
        found = (self._step(one, known, (*path, i)) for i, one in enumerate(steps))
        return tuple(step for step in found if step is not None)

    def _step(self, step: StepText, known: set[str], path: Path_) -> Step | None:
        given = [key for key in (*METHODS, "think", "loop") if getattr(step, key) is not None]
        if len(given) != 1:
            choice = ", ".join((*METHODS, "think", "loop"))
            names = " and ".join(f"`{key}`" for key in given) or "none"
            self._problem(path, f"a step does one thing ({choice}); this one names {names}")
            return None
        kind = given[0]
        if step.count is not None and kind != "loop":
            self._problem((*path, "count"), "`count` belongs to `loop`")
        if step.think is not None:
            return Think(self._seconds(step.think, (*path, "think")))
        if step.loop is not None:
            inner = self._steps(step.loop, known, (*path, "loop"))
            return Loop(1 if step.count is None else step.count, inner)
        return self._request(getattr(step, kind), kind, known, (*path, kind))

    def _request(self, request: RequestText, kind: str, known: set[str], path: Path_) -> Request:
        if not request.url.startswith(URL_START):
            self._problem((*path, "url"), f"`{request.url}` begins with none of {', '.join(URL_START[:3])}")
        self._check(request.url, known, (*path, "url"))
        self._check(request.body or "", known, (*path, "body"))
        self._check_headers(request.headers, known, (*path, "headers"))
        for text in texts(request.json):
            self._check(text, known, (*path, "json"))
        if request.json is not None and request.body is not None:
            self._problem((*path, "body"), "a request has `json` or `body`, not both")
        captures = _captures(request)
        for capture in captures:
            if not CAPTURE.fullmatch(capture.json):
                what = f"`{capture.json}` cannot be captured: write a path such as $.RideId or $.a[0].b"
                self._problem((*path, "capture"), what)
        return Request(
            kind.upper(), request.url, request.headers, request.json, request.body,
            tuple((c.json, c.variable) for c in captures),
        )  # fmt: skip


def _captures(request: RequestText) -> list[CaptureText]:
    if request.capture is None:
        return []
    return request.capture if isinstance(request.capture, list) else [request.capture]


def _captured(steps: list[StepText]) -> Iterator[str]:
    for step in steps:
        for key in METHODS:
            request = getattr(step, key)
            if request is not None:
                yield from (capture.variable for capture in _captures(request))
        yield from _captured(step.loop or [])
