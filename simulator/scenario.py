"""Scenarios from YAML: a built-in name or a file. Every error names file:line:column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.deploying import read_version
from simulator.document import DocumentError, Problem, read
from simulator.errors import UsageError, nearest
from simulator.settings import Scenario

if TYPE_CHECKING:
    from simulator.document import Document

SCENARIOS = Path(__file__).parent / "scenarios"


def scenario_names() -> tuple[str, ...]:
    """List the built-in scenarios."""
    return tuple(sorted(p.stem for p in SCENARIOS.glob("*.yaml")))


def load_scenario(name: str | Path) -> Scenario:
    """Read a built-in scenario by name, or a YAML file. Raises DocumentError, UsageError."""
    if str(name) in scenario_names():
        file, shown = SCENARIOS / f"{name}.yaml", f"{name}.yaml"
    else:
        file, shown = Path(name), str(name)
        if file.suffix not in {".yaml", ".yml"}:
            raise UsageError(
                f"no scenario `{name}`{nearest(str(name), scenario_names()) or '; there are ' + ', '.join(scenario_names())}"
                " (or give a YAML file)"
            )
    document = read(file, Scenario, name=shown)
    if problems := tuple(_problems(document)):
        raise DocumentError(problems)
    return document.value


def _problems(document: Document[Scenario]) -> list[Problem]:
    """Find what is well typed and makes no sense: names of functions and versions that do not exist."""
    scenario, found = document.value, []
    for i, route in enumerate(scenario.gateway.routes):
        if route.function not in scenario.functions:
            what = f"no function `{route.function}`{nearest(route.function, scenario.functions)}"
            found.append(document.problem(("gateway", "routes", i, "function"), what))
    for name, function in scenario.functions.items():
        try:
            read_version(f"{name}@{function.version}")
        except UsageError as error:
            found.append(document.problem(("functions", name, "version"), str(error)))
    for i, name in enumerate(scenario.monitoring.watches):
        if name not in scenario.functions:
            what = f"no function `{name}`{nearest(name, scenario.functions)}"
            found.append(document.problem(("monitoring", "watches", i), what))
    return found
