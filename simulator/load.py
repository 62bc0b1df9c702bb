"""Load plans: from Artillery's YAML to phases, payload rows and flows, with every variable known to exist.

`load_plan` raises DocumentError, each problem with file:line:column, also for a missing payload file.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from simulator.document import Document, DocumentError, Problem, read
from simulator.errors import UsageError, nearest
from simulator.plan_file import EnsureText, PayloadText, PlanText, RequestText, StepText

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Path(__file__).parent / "plans"
METHODS = ("get", "post", "put", "patch", "delete")
VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0, "": 1.0}

Path_ = tuple[str | int, ...]


class Phase(msgspec.Struct, frozen=True):
    """A phase: what arrives in it. `rate` per second, rising or falling to `ramp_to`; or `count` in all; or neither: a pause."""

    duration_s: float
    rate: float = 0.0
    ramp_to: float | None = None
    count: int | None = None
    name: str | None = None
    max_users: int | None = None
    mode: Literal["uniform", "poisson"] = "uniform"
    pause: bool = False


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
    timeout_s: float = 120.0  # Artillery 1.6's own
    ensure: dict[str, float] = {}


def plan_names() -> tuple[str, ...]:
    """List the plans in the package."""
    return tuple(sorted(p.name for p in PLANS.glob("*.yml")))


def load_plan(path: str | Path) -> Plan:
    """Read a plan from a file, or one of the package's by its name. Raises DocumentError, UsageError."""
    file = Path(path)
    if not file.exists() and str(path) in plan_names():
        file = PLANS / str(path)
    elif not file.exists():
        raise UsageError(f"no load plan `{path}`{nearest(str(path), plan_names())}: give a YAML file that exists")
    return _Reader(read(file, PlanText, name=str(path)), file.parent).plan(file.name)


def fill(text: str, values: dict[str, str]) -> str:
    """Put variables into a text."""
    return VARIABLE.sub(lambda found: values.get(found[1], ""), text) if "{{" in text else text


class _Reader:
    """Turns a typed plan file into a Plan, collecting what is wrong with its place."""

    def __init__(self, document: Document[PlanText], folder: Path) -> None:
        self.document = document
        self.folder = folder
        self.problems: list[Problem] = []

    def plan(self, name: str) -> Plan:
        config = self.document.value.config
        rows = self._rows(config.payload) if config.payload is not None else ()
        known = set(config.payload.fields if config.payload else ()) | set(config.variables)
        flows = tuple(
            Flow(self._steps(one.flow, known | _captured(one.flow), ("scenarios", i, "flow")), one.weight, one.name)
            for i, one in enumerate(self.document.value.scenarios)
        )
        self._check(config.target, known, ("config", "target"))
        for key, value in config.defaults.headers.items():
            self._check(value, known, ("config", "defaults", "headers", key))
        phases = tuple(self._phase(i) for i in range(len(config.phases)))
        timeout = config.http.timeout
        plan = Plan(
            name=name,
            target=config.target,
            phases=phases,
            flows=flows,
            headers=config.defaults.headers,
            fields=tuple(config.payload.fields) if config.payload else (),
            rows=rows,
            order=config.payload.order if config.payload else "random",
            variables={key: tuple(value) for key, value in config.variables.items()},
            timeout_s=120.0 if timeout is None else self._seconds(timeout, ("config", "http", "timeout")),
            ensure={key: value for key in EnsureText.__struct_fields__ if (value := getattr(config.ensure, key)) is not None},
        )
        if self.problems:
            raise DocumentError(tuple(self.problems))
        return plan

    def _problem(self, path: Path_, what: str) -> None:
        self.problems.append(self.document.problem(path, what))

    def _seconds(self, text: str, path: Path_) -> float:
        found = DURATION.fullmatch(text.strip())
        if found is None:
            self._problem(path, f"`{text}` is no duration: write seconds, or text such as 5m, 90s, 500ms")
            return 0.0
        return float(found[1]) * UNITS[found[2]]

    def _phase(self, index: int) -> Phase:
        phase = self.document.value.config.phases[index]
        path: Path_ = ("config", "phases", index)
        if phase.pause is not None:
            if phase.duration is not None or phase.arrival_rate is not None or phase.arrival_count is not None:
                self._problem(path, "a pause has no duration, arrivalRate or arrivalCount: make it a phase of its own")
            return Phase(self._seconds(phase.pause, (*path, "pause")), name=phase.name, pause=True)
        if phase.duration is None:
            self._problem(path, "a phase needs a `duration` (or is a `pause`)")
            return Phase(0.0)
        if (phase.arrival_rate is None) == (phase.arrival_count is None):
            self._problem(path, "a phase needs either `arrivalRate` or `arrivalCount`")
        if phase.ramp_to is not None and phase.arrival_rate is None:
            self._problem((*path, "rampTo"), "`rampTo` needs an `arrivalRate` to start from")
        return Phase(
            self._seconds(phase.duration, (*path, "duration")), phase.arrival_rate or 0.0, phase.ramp_to, phase.arrival_count,
            phase.name, phase.max_vusers, phase.mode,
        )  # fmt: skip

    def _rows(self, payload: PayloadText) -> tuple[tuple[str, ...], ...]:
        place: Path_ = ("config", "payload", "path")
        try:
            text = (self.folder / payload.path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            self._problem(place, f"payload file `{payload.path}` cannot be read: {reason}; paths count from the plan's folder")
            return ()
        lines = list(csv.reader(text.splitlines(), delimiter=payload.delimiter))[payload.skip_header :]
        rows = []
        for number, line in enumerate(lines, 1 + payload.skip_header):
            if not line:
                continue
            if len(line) < len(payload.fields):
                found = f"`{payload.path}` line {number} has {len(line)} fields; `fields` names {len(payload.fields)}"
                self._problem(place, found)
                break
            rows.append(tuple(cell.strip() for cell in line[: len(payload.fields)]))
        if not rows and not self.problems:
            self._problem(place, f"payload file `{payload.path}` holds no row")
        return tuple(rows)

    def _check(self, text: str, known: set[str], path: Path_) -> None:
        for found in VARIABLE.finditer(text):
            if found[1] not in known:
                hint = nearest(found[1], known) or ("; there are " + ", ".join(sorted(known)) if known else "; none are defined")
                self._problem(path, f"no variable `{found[1]}`{hint}")

    def _steps(self, steps: list[StepText], known: set[str], path: Path_) -> tuple[Step, ...]:
        return tuple(step for i, one in enumerate(steps) if (step := self._step(one, known, (*path, i))) is not None)

    def _step(self, step: StepText, known: set[str], path: Path_) -> Step | None:
        given = [key for key in (*METHODS, "think", "loop") if getattr(step, key) is not None]
        if len(given) != 1:
            self._problem(path, f"a step does one thing ({', '.join((*METHODS, 'think', 'loop'))}); this one names {len(given)}")
            return None
        kind = given[0]
        if step.count is not None and kind != "loop":
            self._problem((*path, "count"), "`count` belongs to `loop`")
        if step.think is not None:
            return Think(self._seconds(step.think, (*path, "think")))
        if step.loop is not None:
            return Loop(1 if step.count is None else step.count, self._steps(step.loop, known, (*path, "loop")))
        request: RequestText = getattr(step, kind)
        where = (*path, kind)
        for text, key in ((request.url, "url"), (request.body or "", "body"), *((v, "headers") for v in request.headers.values())):
            self._check(text, known, (*where, key))
        for text in _texts(request.json):
            self._check(text, known, (*where, "json"))
        if request.json is not None and request.body is not None:
            self._problem((*where, "body"), "a request has `json` or `body`, not both")
        captures = request.capture if isinstance(request.capture, list) else [request.capture] if request.capture else []
        for capture in captures:
            if not re.fullmatch(r"\$(\.\w+|\[\d+\])+", capture.json):
                self._problem((*where, "capture"), f"`{capture.json}` cannot be captured: write a path such as $.RideId or $.a[0].b")
        return Request(kind.upper(), request.url, request.headers, request.json, request.body, tuple((c.json, c.variable) for c in captures))


def _captured(steps: list[StepText]) -> set[str]:
    found: set[str] = set()
    for step in steps:
        for key in METHODS:
            request = getattr(step, key)
            if request is not None and request.capture is not None:
                found |= {c.variable for c in (request.capture if isinstance(request.capture, list) else [request.capture])}
        found |= _captured(step.loop or [])
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
