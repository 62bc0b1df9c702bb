"""The ride-request system in virtual time. It knows no screen and no lesson; `Lab` is the one door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator._version import __version__

if TYPE_CHECKING:
    from simulator.lab import Lab
    from simulator.load import load_plan
    from simulator.scenario import load_scenario

__all__ = ["Lab", "__version__", "load_plan", "load_scenario"]

_HOMES = {"Lab": "simulator.lab", "load_plan": "simulator.load", "load_scenario": "simulator.scenario"}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: a version number must not cost numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
