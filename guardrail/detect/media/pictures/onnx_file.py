"""A network's file, freed of the one size of pictures that it was written for.

ONNX is Protocol Buffers: ``ModelProto``, in it a ``GraphProto``. YuNet's was exported for pictures
of 640 x 640 pixels and says so of each step, though its steps themselves take every size. ONNX
Runtime holds it to what it says; OpenCV doesn't. How many channels a picture has stays said: where
the runtime knows that of each step, it keeps the values in an order in which all steps are quicker.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_GRAPH: Final = 7
_INPUT, _OUTPUT, _BETWEEN = 11, 12, 13
"""Fields of a graph: what its values are. Those between are told for readers alone."""
_NAME, _TYPE, _TENSOR, _ELEMENT, _SHAPE, _SIDE = 1, 2, 1, 1, 2, 1
"""Fields of ``ValueInfoProto``, ``TypeProto``, its ``Tensor``, and that one's ``Shape``."""
_SIZED: Final = 2
"""Sides of an input that stay as they are: how many pictures, and their channels."""
_BYTES: Final = 2
_FIXED: Final = {1: 8, 5: 4}
"""Lengths of the wire types that have one."""


@dataclass(frozen=True, slots=True)
class _Field:
    number: int
    whole: bytes
    """With its head."""
    body: bytes


def any_size(model: bytes, outputs: tuple[str, ...]) -> bytes:
    """Return a network for pictures of every height and width.

    The shapes of its outputs and of what is between are left out: the runtime works them out.

    Args:
        model: the file.
        outputs: those that are kept: what others ask for needn't be worked out.

    Raises:
        ValueError: it isn't such a file.
    """
    try:
        return b"".join(
            _field(_GRAPH, _freed(one.body, outputs)) if one.number == _GRAPH else one.whole
            for one in _fields(model)
        )
    except IndexError:
        raise ValueError("no network's file") from None


def _freed(graph: bytes, outputs: tuple[str, ...]) -> bytes:
    found = []
    for one in _fields(graph):
        if one.number == _INPUT:
            found.append(_field(_INPUT, _freely_sized(one.body)))
        elif one.number == _OUTPUT:
            if _first(one.body, _NAME).decode() in outputs:
                found.append(_field(_OUTPUT, _shapeless(one.body)))
        elif one.number != _BETWEEN:
            found.append(one.whole)
    return b"".join(found)


def _shapeless(value: bytes, shape: bytes = b"") -> bytes:
    """Return what a value is called and of what its numbers are, and a shape as its field."""
    tensor = _first(_first(value, _TYPE), _TENSOR)
    element = next(one.whole for one in _fields(tensor) if one.number == _ELEMENT)
    kind = _field(_TYPE, _field(_TENSOR, element + shape))
    return _field(_NAME, _first(value, _NAME)) + kind


def _freely_sized(value: bytes) -> bytes:
    """Return an input whose sides behind the first two may be of any length."""
    shape = _first(_first(_first(value, _TYPE), _TENSOR), _SHAPE)
    sides = [one.whole for one in _fields(shape) if one.number == _SIDE]
    if not sides:
        return _shapeless(value)
    free = [_field(_SIDE, b"")] * (len(sides) - _SIZED)
    return _shapeless(value, _field(_SHAPE, b"".join((*sides[:_SIZED], *free))))


def _first(message: bytes, number: int) -> bytes:
    return next((one.body for one in _fields(message) if one.number == number), b"")


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def _fields(message: bytes) -> Iterator[_Field]:
    at = 0
    while at < len(message):
        start = at
        tag, at = _read(message, at)
        kind, begin = tag & 7, at
        if kind == 0:
            _, at = _read(message, at)
        elif kind == _BYTES:
            length, begin = _read(message, at)
            at = begin + length
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            raise ValueError("no network's file")
        if at > len(message):
            raise ValueError("no network's file")
        yield _Field(tag >> 3, message[start:at], message[begin:at])


def _read(message: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where the next thing begins."""
    value = shift = 0
    while message[at] & 0x80:
        value |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | message[at] << shift, at + 1
