"""constraints.txt pins, by name and version alone, everything that the tests run against."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[0-9][\w.+!]*)")
SYSTEMS = [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


@pytest.fixture(scope="module")
def pins(root: Path) -> dict[str, Version]:
    """Map each pinned package to its version; a line that is neither a comment nor a pin fails the test."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = {line: PIN.fullmatch(line) for line in lines if not line.startswith("#")}
    assert [line for line, pin in found.items() if pin is None] == []
    return {canonicalize_name(pin["name"]): Version(pin["version"]) for pin in found.values() if pin}


@pytest.fixture(scope="module")
def asked_for(root: Path) -> list[Requirement]:
    """List what pyproject.toml asks for, in all its extras."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return [
        Requirement(line) for line in (*project["dependencies"], *extras) if not line.startswith("ridelab[")
    ]


def applies(requirement: Requirement, extras: set[str]) -> bool:
    """Tell whether any supported system and Python needs the requirement."""
    if requirement.marker is None:
        return True
    here = {key: str(value) for key, value in default_environment().items()}
    return any(
        requirement.marker.evaluate(
            here
            | {"sys_platform": system, "platform_system": name, "os_name": family, "extra": extra}
            | {"python_version": python, "python_full_version": f"{python}.5"}
        )
        for system, name, family in SYSTEMS
        for python in PYTHONS
        for extra in (extras or {""})
    )


def closure(requirements: list[Requirement]) -> Iterator[str]:
    """Yield the name of every package that the requirements lead to, as far as it is installed."""
    waiting, seen = list(requirements), set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        yield name
        try:
            further = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        waiting += [found for line in further if applies(found := Requirement(line), requirement.extras)]


def test_every_package_is_pinned_for_every_system(
    pins: dict[str, Version], asked_for: list[Requirement]
) -> None:
    assert sorted(set(closure(asked_for)) - pins.keys()) == []


def test_every_pin_is_what_pyproject_asks_for(pins: dict[str, Version], asked_for: list[Requirement]) -> None:
    refused = [
        str(asked) for asked in asked_for if pins[canonicalize_name(asked.name)] not in asked.specifier
    ]
    assert refused == []


def test_the_tests_run_against_the_pins(pins: dict[str, Version], asked_for: list[Requirement]) -> None:
    """Run `make test` when this fails: the environment has drifted from constraints.txt."""
    drifted = {}
    for name in set(closure(asked_for)) & pins.keys():
        try:
            installed = Version(distribution(name).version)
        except PackageNotFoundError:
            continue
        if installed != pins[name]:
            drifted[name] = f"{installed} is installed, {pins[name]} is pinned"
    assert drifted == {}


def test_a_requirement_for_another_system_counts() -> None:
    assert applies(Requirement('colorama; sys_platform == "win32"'), set())
    assert not applies(Requirement('tomli; python_version < "3.11"'), set())
    assert not applies(Requirement('trio; extra == "trio"'), set())
