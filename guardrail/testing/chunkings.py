"""Ways to cut a message into pieces: what a network does to it, and what no reader may notice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, AnyStr

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def every_split(data: AnyStr) -> Iterator[tuple[AnyStr, ...]]:
    """Yield `data` whole, cut once at every place, and cut at all places at once."""
    yield (data,)
    for cut in range(1, len(data)):
        yield data[:cut], data[cut:]
    if len(data) > 1:
        yield tuple(data[at : at + 1] for at in range(len(data)))


def cut(data: AnyStr, places: list[int]) -> tuple[AnyStr, ...]:
    """Cut `data` at `places`, in any order and as often as given; pieces may be empty."""
    edges = [0, *sorted(places), len(data)]
    return tuple(data[start:end] for start, end in pairwise(edges))


def chunkings(data: AnyStr) -> SearchStrategy[tuple[AnyStr, ...]]:
    """Return a hypothesis strategy of ways to cut `data`; needs hypothesis to be installed."""
    from hypothesis import strategies  # noqa: PLC0415 - a dependency of tests only

    places = strategies.lists(strategies.integers(0, len(data)), max_size=12)
    return places.map(lambda cuts: cut(data, cuts))
