"""What the channels of a stream are called: by the indices that items carry, not where they stand.

A choice or a tool call keeps its index over all events of a stream; its position in an event's
array says nothing, since most events carry one item only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from guardrail.errors import UpstreamError
from guardrail.facts import Place
from guardrail.wire.naming import ChannelName
from guardrail.wire.places import is_plain_name, joined, value_at
from guardrail.wire.shape import ANY, Pattern, Rule, State

MAX_NAMES = 1024
"""Channels and free member names of one stream: far above what a reply has, so that memory ends."""

Label = str | int


class ChannelNames:
    """Names the places of one stream's events. Keeps the free member names apart by numbers."""

    def __init__(self, number: str, *, ids: bool = False) -> None:
        """Take the member that carries an item's index, or its id."""
        self.number = number
        self._ids = ids
        self._free: dict[str, str] = {}

    @property
    def free(self) -> int:
        """How many free names were seen."""
        return len(self._free)

    def labels(self, shape: State, tree: object, place: Place) -> list[Label]:
        """Return the names along `place`: an item's own index, where it carries one."""
        labels: list[Label] = []
        state, value = shape, tree
        for part in place:
            state = state.onward.get(part, state.rest) if isinstance(part, str) else state.rest
            value = value_at(value, (part,))
            if isinstance(part, str):
                labels.append(self._plain(part))
            else:
                labels.append(self.number_of(state, value, part))
        return labels

    def number_of(self, state: State, item: object, position: int) -> Label:
        """Return an array item's own index or id, or its position where it carries none."""
        if state.numbered and isinstance(item, Mapping):
            own = item.get(self.number)
            if type(own) is int:
                return own
            if self._ids and isinstance(own, str):
                return self._plain(own)
        return position

    def channel(
        self, shape: State, tree: object, place: Place, rule: Rule | None, *, name: bool
    ) -> str:
        """Return the channel of the text at `place`: the rule's, or one of that place alone.

        With `name` the text is the member's name, and goes on with nothing else.
        """
        labels = self.labels(shape, tree, place)
        if rule is None or rule.channel is None:
            return joined(labels) + (":" if name else "")
        return rule.channel.filled(
            self.fillings(rule.channel, tree, [labels[at] for at in rule.stars])
        )

    def fillings(self, channel: ChannelName, tree: object, stars: Iterable[Label]) -> list[Label]:
        """Return what fills a template's gaps, `stars` in their order among it."""
        star = iter(stars)
        return [self._member(tree, gap) if gap else next(star) for gap in channel.gaps]

    def _member(self, tree: object, path: Pattern) -> Label:
        value = value_at(tree, path)
        if isinstance(value, str):
            return self._plain(value)
        # Servers that send one part only leave its number out.
        return value if type(value) is int else 0

    def _plain(self, name: str) -> str:
        return name if is_plain_name(name) else self._free_name(name)

    def _free_name(self, name: str) -> str:
        if name not in self._free and len(self._free) >= MAX_NAMES:
            raise UpstreamError("the stream has too many member names", code="upstream_nonsense")
        return self._free.setdefault(name, f"{ANY}{len(self._free)}")


def places_at(tree: object, path: Pattern) -> Iterator[Place]:
    """Yield the places that a pattern without ``**`` leads to in `tree`."""
    found: list[tuple[Place, object]] = [((), tree)]
    for part in path:
        found = [
            ((*place, name), below)
            for place, value in found
            for name, below in _members(value, part)
        ]
    yield from (place for place, _ in found)


def _members(value: object, part: str) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, dict):
        yield from value.items() if part == ANY else [(part, value[part])] if part in value else ()
    elif isinstance(value, list) and part == ANY:
        yield from enumerate(value)
