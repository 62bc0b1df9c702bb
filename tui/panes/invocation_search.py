"""The search of the monitoring page: words and comparisons, each of which a row has to match.

``>1000`` and ``<=300`` compare the duration in ms, a number is a request's or a status, ``#12`` an invocation's own.
Anything else is looked for, in any case, in service, version, outcome, tags, the error's type and, once read, its text.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from simulator.system.replies import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.columns import Column
    from tui.panes.invocation_rows import Rows

TextOf: TypeAlias = Mapping[int, str]
"""Error texts by invocation number."""

_COMPARISON = re.compile(r"(>=|<=|>|<|=)(\d{1,9}(?:\.\d{1,6})?)(ms|s)?")
_SPACED = re.compile(r"(>=|<=|>|<|=)\s+(?=\d)")
_COMPARE: dict[str, Callable[[Column, float], Column]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "=": lambda values, limit: np.abs(values - limit) < 0.5,
}  # fmt: skip


def terms(search: str) -> list[str]:
    """Cut a search into what each row has to match: ``> 1000 cold`` is ``>1000`` and ``cold``."""
    return _SPACED.sub(r"\1", search.lower()).split()


def wants_text(search: str) -> bool:
    """Tell whether a search looks for words, so that error texts are worth reading."""
    return any(not _COMPARISON.fullmatch(term) and not term.lstrip("#").isdecimal() for term in terms(search))


def search_mask(rows: Rows, search: str, text_of: TextOf) -> Column:
    """Tell which rows match every term of a search."""
    mask = np.ones(len(rows), dtype=bool)
    for term in terms(search):
        mask &= _matching(rows, term, text_of)
    return mask


def _matching(rows: Rows, term: str, text_of: TextOf) -> Column:
    columns = rows.columns
    if found := _COMPARISON.fullmatch(term):
        limit_ms = float(found[2]) * (1000.0 if found[3] == "s" else 1.0)
        return _COMPARE[found[1]](columns["duration_s"] * 1000.0, limit_ms)
    if term.lstrip("#").isdecimal():
        if len(term) > 10:
            return np.zeros(len(rows), dtype=bool)
        number = int(term.lstrip("#"))
        if term.startswith("#"):
            return np.asarray(columns["number"] == number)
        return np.asarray((columns["request"] == number) | (columns["status"] == number))
    data = rows.data
    mask = _in_names(columns["service"], data.services, term)
    mask |= _in_names(columns["version"], (version.ref for version in data.versions), term)
    mask |= _in_names(columns["error"], data.names, term, unless=0)
    mask |= _in_names(columns["outcome"], OUTCOMES, term)
    for tagged, tag in ((rows.cold, "cold start"), (rows.failed, "error")):
        if term in tag:
            mask |= tagged
    if told := [number for number, text in text_of.items() if term in text.lower()]:
        mask |= np.isin(columns["number"], told)
    return mask


def _in_names(column: Column, names: Iterable[str], term: str, unless: int | None = None) -> Column:
    """Tell where a column of indices points at a name that holds the term."""
    found = [i for i, name in enumerate(names) if i != unless and term in name.lower()]
    return np.isin(column, found)
