"""From a version's source to the namespace a container runs: find, build, load.

A version is a source file with ``async def handler(event, context)``. Built-in versions and a learner's go through
the same door: compiled once, executed in a fresh namespace for each container, as a cold start does.
"""

from __future__ import annotations

import ast
import builtins
import warnings
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from simulator.errors import BuildError, UsageError, nearest
from simulator.system.modules import OWN_MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType

VERSIONS = Path(__file__).parent / "system" / "versions"

# Pure modules of the standard library that a version may import beside the lab's own.
ALLOWED = frozenset({
    "__future__", "base64", "collections", "collections.abc", "copy", "dataclasses", "decimal", "enum", "fractions",
    "functools", "hashlib", "itertools", "json", "math", "operator", "re", "statistics", "string", "textwrap", "typing",
    "urllib.parse",
})  # fmt: skip


class Version(msgspec.Struct, frozen=True):
    """A deployable version of a service; `source` is the code shown and the code run."""

    service: str
    name: str
    source: str

    @property
    def ref(self) -> str:
        """Its name in full: ``service@version``."""
        return f"{self.service}@{self.name}"


@lru_cache(maxsize=64)
def versions_of(service: str) -> tuple[str, ...]:
    """List the built-in versions of a service, by name; they are read once, for screens ask at every key."""
    prefix = service.replace("-", "_") + "_"
    return tuple(sorted(p.stem[len(prefix) :].replace("_", "-") for p in VERSIONS.glob(f"{prefix}*.py")))


@lru_cache(maxsize=64)
def read_version(ref: str) -> Version:
    """Read a built-in version such as ``request-ride@launch``. Raises UsageError, naming the nearest that exists."""
    service, at, name = ref.partition("@")
    if service not in services() or name not in versions_of(service):
        known = [f"{s}@{v}" for s in services() for v in versions_of(s)]
        what = f"no version `{ref}`" if at else f"`{ref}` is no version: write SERVICE@VERSION"
        raise UsageError(f"{what}{nearest(ref, known) or '; there are ' + ', '.join(known)}")
    path = VERSIONS / f"{service}_{name}.py".replace("-", "_")
    return Version(service, name, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def is_built_in(version: Version) -> bool:
    """Tell whether a version is one of ours, to the letter."""
    built_in = version.service in services() and version.name in versions_of(version.service)
    return built_in and read_version(version.ref).source == version.source


def services() -> tuple[str, ...]:
    """List the services that have built-in versions."""
    return ("promo-discount", "request-ride")


@lru_cache(maxsize=256)
def build(source: str, ref: str) -> CodeType:
    """Compile a version. Raises BuildError with the line: syntax, a forbidden import, no handler."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful syntax; nobody could read it here
            tree = ast.parse(source, filename=ref)
            code = compile(tree, ref, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        column = getattr(error, "offset", None) or 1
        reason = getattr(error, "msg", None) or str(error) or type(error).__name__
        raise BuildError(f"{ref}:{line}:{column}: {reason}; the running version is untouched") from None
    handlers = [node for node in tree.body if getattr(node, "name", None) == "handler"]
    if not handlers:
        raise BuildError(f"{ref}:1:1: no handler: a version needs `async def handler(event, context)`")
    if not isinstance(handlers[-1], ast.AsyncFunctionDef):
        raise BuildError(
            f"{ref}:{handlers[-1].lineno}:1: `handler` is not async: write `async def handler(event, context)`"
        )
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for name in _imported(node):
            if name not in ALLOWED and name not in OWN_MODULES:
                known = ", ".join(sorted(OWN_MODULES | ALLOWED - {"__future__"}))
                raise BuildError(
                    f"{ref}:{node.lineno}:{node.col_offset + 1}: cannot import `{name}` here; there are {known}"
                )
    return code


@lru_cache(maxsize=256)
def may_refuse(source: str) -> bool:
    """Tell whether a version could catch what ends it: it has a `try`, or a `with` for more than a mark."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Try | ast.TryStar | ast.AsyncWith):
            return True
        if isinstance(node, ast.With) and not all(map(_is_mark, node.items)):
            return True
    return False


def _is_mark(item: ast.withitem) -> bool:
    made = item.context_expr
    return isinstance(made, ast.Call) and ast.unparse(made.func) == "context.mark"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return [alias.name for alias in node.names]


def load(version: Version, own: Mapping[str, Any]) -> Callable[[Any, Any], Any]:
    """Execute a version in a fresh namespace and give its handler; `own` are the lab's modules of this container."""

    def importer(name: str, *rest: Any) -> Any:
        if name in own:
            return own[name]
        if name not in ALLOWED:
            raise ImportError(f"cannot import `{name}` here")
        return builtins.__import__(name, *rest) if rest else import_module(name)

    namespace: dict[str, Any] = {
        "__name__": version.service.replace("-", "_"),
        "__builtins__": {**vars(builtins), "__import__": importer, "print": own["builtins.print"]},
    }
    exec(build(version.source, version.ref), namespace)  # noqa: S102 - running the code that is shown is what a lab does
    handler: Callable[[Any, Any], Any] = namespace["handler"]
    return handler
