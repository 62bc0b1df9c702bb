"""Queues: the engine against the recursion on the same draws, and the recursion against the formula.

Formulas: Kleinrock, "Queueing Systems, Volume I: Theory", 1975 - M/M/1 (3.2), M/M/c and Erlang's C (3.5), Erlang's B
(3.6), M/G/1 by Pollaczek and Khinchine (5.6), G/M/1 by the root sigma (6.4). The mean service time is 1 unless a unit
stands there. No tail above a load of 0.9 is tested: what a run that one would wait for says of it is noise.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.theory import models
from tests.theory.recursions import (
    Estimate,
    batch_means,
    exponential,
    kiefer_wolfowitz,
    lindley,
    loss,
    quantile,
    root,
    uniform,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.theory.recursions import Floats

FEW, MANY, MOST = 5_000, 1_000_000, 4_000_000
EXACT = 1e-9


def erlang_b(servers: int, load: float) -> float:
    """The share turned away: B(n) = a B(n-1) / (n + a B(n-1)), from B(0) = 1."""
    b = 1.0
    for n in range(1, servers + 1):
        b = load * b / (n + load * b)
    return b


def erlang_c(servers: int, rho: float) -> float:
    """The share that waits."""
    b = erlang_b(servers, servers * rho)
    return b / (1 - rho * (1 - b))


def sojourn_tail(servers: int, rho: float, t: float) -> float:
    """P(sojourn > t) in M/M/c: with chance 1 - C the service alone, else service and a memoryless wait."""
    c, drain = erlang_c(servers, rho), servers * (1 - rho)
    if servers == 1:
        return math.exp(-drain * t)
    both = (drain * math.exp(-t) - math.exp(-drain * t)) / (drain - 1)
    return (1 - c) * math.exp(-t) + c * both


def markov(servers: int, rho: float, n: int) -> tuple[Floats, Floats]:
    """Gaps and services of M/M/c."""
    return exponential("gaps", n, 1 / (servers * rho)), exponential("services", n)


@lru_cache(maxsize=2)
def markov_waits(servers: int, rho: float, n: int) -> Floats:
    gaps, services = markov(servers, rho, n)
    return np.array(kiefer_wolfowitz(gaps.tolist(), services.tolist(), servers))


def rare_second(n: int) -> Floats:
    """99 % take 10 ms, 1 % a second."""
    return np.where(uniform("which", n) < 0.99, 0.01, 1.0)


def drawn(model: str, rho: float, n: int) -> tuple[Floats, Floats]:
    """Gaps and services of a queue with one server; `rho` of M/G/1 is the arrivals a second."""
    match model:
        case "M/M/1":
            return markov(1, rho, n)
        case "M/D/1":
            return exponential("gaps", n, 1 / rho), np.ones(n)
        case "D/M/1":
            return np.full(n, 1 / rho), exponential("services", n)
        case _:
            return exponential("gaps", n, 1 / rho), rare_second(n)


@pytest.fixture(autouse=True, scope="module")
def _forget() -> Iterator[None]:
    """Give the memory of the long series back."""
    yield
    markov_waits.cache_clear()


def mean_wait(model: str, rho: float) -> float:
    """The formula of each model."""
    match model:
        case "M/M/1":
            return rho / (1 - rho)
        case "M/D/1":  # Pollaczek-Khinchine, no variance
            return rho / (2 * (1 - rho))
        case "D/M/1":  # sigma is the transform of the gap at (1 - sigma) / mean service
            sigma = root(lambda s: math.exp((s - 1) / rho) - s, 0.0, 1 - 1e-6)
            return sigma / (1 - sigma)
        case _:
            mean, square = 0.99 * 0.01 + 0.01 * 1.0, 0.99 * 0.01**2 + 0.01 * 1.0**2
            return rho * square / (2 * (1 - rho * mean))


ONE_SERVER = [
    ("M/D/1", 0.5, "0.5"),
    ("M/D/1", 0.8, "2.0"),
    ("M/D/1", 0.9, "4.5"),
    ("D/M/1", 0.5, "0.25500"),
    ("D/M/1", 0.8, "1.69273"),
    ("M/G/1", 10, "0.06304"),
    ("M/G/1", 25, "0.25122"),
    ("M/G/1", 40, "0.99010"),
]
MARKOV = [(1, 0.5), (1, 0.8), (2, 0.8), (4, 0.8), (10, 0.8)]


def printed(value: float, text: str) -> bool:
    """Tell whether a value is this text, to its last digit."""
    return f"{value:.{len(text.partition('.')[2])}f}" == text


# the engine against the recursion


@pytest.mark.parametrize(("model", "rho"), [("M/M/1", 0.8), *((m, rho) for m, rho, _ in ONE_SERVER)])
def test_one_server_waits_as_lindley_says(model: str, rho: float) -> None:
    gaps, services = drawn(model, rho, FEW)
    waits = models.queue(gaps.tolist(), services.tolist())
    assert max(waits) > 0
    assert waits == pytest.approx(lindley(gaps, services).tolist(), abs=EXACT)


@pytest.mark.parametrize(("servers", "rho"), MARKOV)
def test_several_servers_wait_as_kiefer_and_wolfowitz_say(servers: int, rho: float) -> None:
    gaps, services = (draws.tolist() for draws in markov(servers, rho, FEW))
    waits = models.queue(gaps, services, servers)
    assert max(waits) > 0
    assert waits == pytest.approx(kiefer_wolfowitz(gaps, services, servers), abs=EXACT)


def test_both_recursions_agree_on_one_server() -> None:
    gaps, services = markov(1, 0.8, FEW)
    assert kiefer_wolfowitz(gaps.tolist(), services.tolist(), 1) == pytest.approx(
        lindley(gaps, services).tolist(), abs=EXACT
    )


@pytest.mark.parametrize(("servers", "load"), [(5, 4.0), (20, 16.0)])
def test_the_same_are_turned_away_where_nobody_waits(servers: int, load: float) -> None:
    gaps, services = exponential("gaps", FEW, 1 / load).tolist(), exponential("services", FEW).tolist()
    assert models.loss(gaps, services, servers) == loss(gaps, services, servers)


# the recursion against the formula


@pytest.mark.parametrize(("model", "rho", "figure"), ONE_SERVER)
def test_the_mean_wait_at_one_server(model: str, rho: float, figure: str) -> None:
    exact = mean_wait(model, rho)
    assert printed(exact, figure)
    found = batch_means(lindley(*drawn(model, rho, MOST)))
    assert found.agrees(exact, at_most=0.03)


@pytest.mark.parametrize(("rho", "figure"), [(0.5, "2"), (0.8, "5")])
def test_the_mean_sojourn_of_m_m_1(rho: float, figure: str) -> None:
    exact = mean_wait("M/M/1", rho) + 1
    assert printed(exact, figure)
    gaps, services = drawn("M/M/1", rho, MANY)
    assert batch_means(lindley(gaps, services) + services).agrees(exact, at_most=0.02)


@pytest.mark.parametrize(
    ("servers", "p", "figure"),
    [
        (1, 0.5, "3.4657"),
        (1, 0.95, "14.9787"),
        (1, 0.99, "23.0259"),
        (2, 0.99, "11.9374"),
        (4, 0.99, "6.8932"),
        (10, 0.99, "4.9461"),
    ],
)
def test_the_quantiles_of_the_sojourn_at_four_fifths(servers: int, p: float, figure: str) -> None:
    """As many lie above the exact quantile as should: a share has an error that batches show, a quantile has not."""
    exact = quantile(lambda t: sojourn_tail(servers, 0.8, t), p, high=100.0)
    assert printed(exact, figure)
    _, services = markov(servers, 0.8, MANY)
    sojourns = markov_waits(servers, 0.8, MANY) + services
    assert batch_means(sojourns > exact).agrees(1 - p, at_most=0.12)


@pytest.mark.parametrize(
    ("servers", "waiting", "wait"),
    [(2, "0.71111", "1.77778"), (4, "0.59643", "0.74554"), (10, "0.40918", "0.20459")],
)
def test_the_share_that_waits_and_the_mean_wait_of_m_m_c(servers: int, waiting: str, wait: str) -> None:
    c = erlang_c(servers, 0.8)
    mean = c / (servers * (1 - 0.8))
    assert printed(c, waiting)
    assert printed(mean, wait)
    waits = markov_waits(servers, 0.8, MANY)
    assert batch_means(waits > 0).agrees(c, at_most=0.01)
    assert batch_means(waits).agrees(mean, at_most=0.03)


@pytest.mark.parametrize(("servers", "load", "figure"), [(5, 4.0, "0.19907"), (20, 16.0, "0.06441")])
def test_the_share_turned_away_is_erlang_s_b(servers: int, load: float, figure: str) -> None:
    exact = erlang_b(servers, load)
    assert printed(exact, figure)
    gaps, services = exponential("gaps", MANY, 1 / load).tolist(), exponential("services", MANY).tolist()
    lost = np.array(loss(gaps, services, servers))
    assert batch_means(lost).agrees(exact, at_most=0.02)


def test_evenly_spaced_arrivals_hide_58_percent_of_the_queueing() -> None:
    assert printed(1 - mean_wait("D/M/1", 0.8) / mean_wait("M/M/1", 0.8), "0.58")


def test_an_estimate_that_is_off_or_vague_does_not_agree() -> None:
    """The judge can say no: of a value five errors away, of an error too large to tell, of a series without any."""
    assert Estimate(1.05, 0.01).agrees(1.02, at_most=0.03)
    assert not Estimate(1.05, 0.01).agrees(1.0, at_most=0.03)
    assert not Estimate(1.05, 0.5).agrees(1.0, at_most=0.03)
    assert not batch_means(np.ones(100)).agrees(1.0, at_most=0.03)
