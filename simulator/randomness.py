"""Random draws as a hash of (seed, owner, name, occurrence): common random numbers.

A draw depends on nothing but its four keys, so no draw disturbs another: the same request meets the same network,
the same promo service and the same luck before and after a change, with any fault, in any version, on any machine.
What a comparison of two runs then shows is the change.

The integer mix is splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
Distributions are inverse functions of one u in (0, 1), computed with `math`, whose log and exp do not differ between
processors the way numpy's do.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

if TYPE_CHECKING:
    import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SECOND = 0xD1B54A32D192ED03
UNIT = 2.0**-52

_normal = NormalDist()


def mix(x: int) -> int:
    """Mix 64 bits well: splitmix64's finalizer. Takes and gives an integer from 0 to 2**64 - 1."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


@lru_cache(maxsize=4096)
def name_key(name: str) -> int:
    """Give the 64-bit key of a draw's name (FNV-1a over its UTF-8, mixed). The same in every process."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = ((key ^ byte) * 0x100000001B3) & MASK
    return mix(key)


@lru_cache(maxsize=4096)
def stream_key(seed: int, name: str) -> int:
    """Give the key of all draws of this name under this seed."""
    return mix((mix((seed * GOLDEN) & MASK) + name_key(name)) & MASK)


def unit(key: int, owner: int, occurrence: int = 0) -> float:
    """Draw u, 0 < u < 1, for an owner of a stream and the how-manieth time it draws from it.

    52 bits, each value in the middle of its 2**-52: neither 0 nor 1 can come out, even by rounding.
    """
    x = (key + owner * GOLDEN + occurrence * SECOND) & MASK
    x = (
        (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9
    ) & MASK  # `mix` twice, written out: this is drawn a dozen times a ride
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    x = ((x ^ (x >> 31)) + GOLDEN) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return (((x ^ (x >> 31)) >> 12) + 0.5) * UNIT


def request_owner(user: int, step: int) -> int:
    """Give the owner of what a request meets: a virtual user (32 bits) and the step of its flow (32 bits)."""
    return (step >> 16) << 48 | user << 16 | step & 0xFFFF


class Blocks:
    """The first draws of one seed's virtual users, made for many users at once: each ten times as quick as alone.

    They are equal, bit for bit, to `unit` of the same keys; anything else than a user's first step is drawn by it.
    """

    __slots__ = ("_seed", "made")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.made: dict[str, dict[int, list[float]]] = {}  # name -> number of a block -> its 256 draws

    def make(self, name: str, user: int) -> float:
        """Make the draws of a user and 255 neighbors; gives the user's."""
        blocks = self.made.setdefault(name, {})
        if len(blocks) >= BLOCKS:  # those of users who left long ago
            del blocks[next(iter(blocks))]
        block: list[float] = unit_block(stream_key(self._seed, name), 256, user >> 8 << 8, 1 << 16).tolist()
        blocks[user >> 8] = block
        return block[user & 255]


BLOCKS = 16


class Draws:
    """The draws of one owner, passed along with the request it belongs to; it counts how often each name was drawn.

    `kept` is the request's other companion: whether its trace is kept, decided once, where it is sent.
    """

    __slots__ = ("_blocks", "_user", "counts", "kept", "owner", "seed")

    def __init__(self, seed: int, owner: int, *, kept: bool = True, blocks: Blocks | None = None) -> None:
        self.seed = seed
        self.owner = owner
        self.kept = kept
        self.counts: dict[str, int] = {}
        self._blocks = None if owner & 0xFFFF or owner >> 47 else blocks
        self._user = owner >> 16

    def u(self, name: str) -> float:
        """Draw the next u of this name."""
        counts = self.counts
        if name in counts:
            occurrence = counts[name]
            counts[name] = occurrence + 1
            return unit(stream_key(self.seed, name), self.owner, occurrence)
        counts[name] = 1
        if (blocks := self._blocks) is not None:
            user = self._user
            try:
                return blocks.made[name][user >> 8][user & 255]
            except KeyError:
                return blocks.make(name, user)
        return unit(stream_key(self.seed, name), self.owner)


def randint(u: float, low: int, high: int) -> int:
    """Give a whole number from low to high, both included, from one u."""
    return low + int(u * (high - low + 1))


Milliseconds = Annotated[float, msgspec.Meta(ge=0, le=86_400_000)]
Shape = Annotated[float, msgspec.Meta(ge=0.1, le=100)]
Sigma = Annotated[float, msgspec.Meta(ge=0, le=10)]


class Constant(msgspec.Struct, tag="constant", tag_field="kind", frozen=True, forbid_unknown_fields=True):
    """Always the same time."""

    ms: Milliseconds

    def ms_at(self, u: float) -> float:  # noqa: ARG002 - one signature for all
        """Give the time for a draw."""
        return self.ms

    @property
    def mean_ms(self) -> float:
        """The mean."""
        return self.ms


class Uniform(msgspec.Struct, tag="uniform", tag_field="kind", frozen=True, forbid_unknown_fields=True):
    """Evenly spread between two times."""

    low_ms: Milliseconds
    high_ms: Milliseconds

    def __post_init__(self) -> None:
        if self.low_ms > self.high_ms:
            raise ValueError(f"`low_ms` {self.low_ms:g} lies above `high_ms` {self.high_ms:g}")

    def ms_at(self, u: float) -> float:
        """Give the time for a draw."""
        return self.low_ms + (self.high_ms - self.low_ms) * u

    @property
    def mean_ms(self) -> float:
        """The mean."""
        return (self.low_ms + self.high_ms) / 2


class Exponential(
    msgspec.Struct, tag="exponential", tag_field="kind", frozen=True, forbid_unknown_fields=True
):
    """At least `base_ms`, and then memoryless with this mean."""

    mean: Milliseconds = msgspec.field(name="mean_ms")
    base_ms: Milliseconds = 0.0

    def ms_at(self, u: float) -> float:
        """Give the time for a draw."""
        return self.base_ms - self.mean * math.log1p(-u)

    @property
    def mean_ms(self) -> float:
        """The mean."""
        return self.base_ms + self.mean


class Weibull(msgspec.Struct, tag="weibull", tag_field="kind", frozen=True, forbid_unknown_fields=True):
    """At least `base_ms`, and on top a Weibull time of this shape and mean."""

    shape: Shape
    mean: Milliseconds = msgspec.field(name="mean_ms")
    base_ms: Milliseconds = 0.0

    def ms_at(self, u: float) -> float:
        """Give the time for a draw."""
        return self.base_ms + _weibull_scale(self.shape, self.mean) * math.pow(
            -math.log1p(-u), 1.0 / self.shape
        )

    @property
    def mean_ms(self) -> float:
        """The mean."""
        return self.base_ms + self.mean


class Lognormal(msgspec.Struct, tag="lognormal", tag_field="kind", frozen=True, forbid_unknown_fields=True):
    """A time whose logarithm is normal: half are below `median_ms`, and sigma says how far the others reach."""

    median_ms: Milliseconds
    sigma: Sigma

    def ms_at(self, u: float) -> float:
        """Give the time for a draw."""
        return self.median_ms * math.exp(self.sigma * _normal.inv_cdf(u))

    @property
    def mean_ms(self) -> float:
        """The mean."""
        return self.median_ms * math.exp(self.sigma**2 / 2)


Distribution = Constant | Uniform | Exponential | Weibull | Lognormal


@lru_cache(maxsize=256)
def _weibull_scale(shape: float, mean: float) -> float:
    return mean / math.gamma(1.0 + 1.0 / shape)


def unit_block(key: int, n: int, first: int = 0, step: int = 1) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Draw u for n owners at once: equal, bit for bit, to ``[unit(key, (first + i) * step) for i in range(n)]``."""
    import numpy as np

    x = np.arange(first, first + n, dtype=np.uint64) * np.uint64(GOLDEN * step & MASK) + np.uint64(key)
    for rest in (GOLDEN, 0):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = (x ^ (x >> np.uint64(31))) + np.uint64(rest)
    return ((x >> np.uint64(12)).astype(np.float64) + 0.5) * UNIT
