"""An event made in another's likeness: its frame, and one text."""

from __future__ import annotations

from guardrail.facts import Place
from guardrail.wire.channels import ChannelNames
from guardrail.wire.shape import State


def likeness(
    tree: object, place: Place, text: str, shape: State, names: ChannelNames, *, key: bool = False
) -> object:
    """Return the containers from `tree`'s root to `place`, with `text` there.

    Of their other members only those stay that the shape marks as kept; those marked as cleared are
    null. An array keeps one item, which carries its index in itself.
    """
    states, containers = [shape], [tree]
    for part in place[:-1]:
        states.append(_onward(states[-1], part))
        containers.append(containers[-1][part])  # type: ignore[index]  # the place was read here
    built: object = None if key else text
    for at in range(len(place) - 1, -1, -1):
        container = containers[at]
        if not isinstance(container, dict):
            built = [built]
            continue
        is_name = key and at == len(place) - 1
        built = _framed(container, states[at], text if is_name else place[at], built)
        position = place[at - 1] if at else ""
        if states[at].numbered and isinstance(position, int):
            built[names.number] = names.number_of(states[at], container, position)
    return built


def _framed(
    container: dict[str, object], state: State, name: str | int, value: object
) -> dict[str | int, object]:
    framed: dict[str | int, object] = {}
    for member, old in container.items():
        below = _onward(state, member)
        if below.cleared:
            framed[member] = None
        elif below.kept:
            framed[member] = old
    framed[name] = value
    return framed


def _onward(state: State, part: str | int) -> State:
    return state.onward.get(part, state.rest) if isinstance(part, str) else state.rest
