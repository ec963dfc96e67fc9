"""Answers in a caller's own format: a JSON tree with placeholders, filled in.

A string ``$name`` becomes the value of that name, ``$like.path`` what the imitated event, or a
stream so far, has at that path, ``$asked.path`` what the request has there. ``{first: [a, b]}``
takes the first of its items that has a value; a member without any is left out. ``{case: $name,
word: a, otherwise: b}`` takes what stands at the value of ``$name``. Nothing else is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from guardrail.errors import ConfigError, nearest
from guardrail.facts import Refusal

ANSWER = frozenset({"message", "type", "param", "code", "rules", "request_id", "status"})
"""What a template may name of a refusal."""

_LIKE = "$like."
_ASKED = "$asked."
_OTHERWISE = "otherwise"


class _Missing:
    """The value of a placeholder that has none."""


_MISSING = _Missing()


def check_template(template: object, known: Collection[str], where: str) -> None:
    """Check that a template names only what is known.

    Raises:
        ConfigError: it names something else; says the nearest. Or a choice has nothing to go by,
            or nothing for other values.
    """
    if isinstance(template, dict):
        case = template.get("case")
        if "case" in template and not (
            isinstance(case, str) and case.startswith("$") and _OTHERWISE in template
        ):
            raise ConfigError(f"{where} needs a case that begins with $, and an otherwise")
        for key, value in template.items():
            check_template(value, known, f"{where}.{key}")
    elif isinstance(template, list):
        for index, value in enumerate(template):
            check_template(value, known, f"{where}[{index}]")
    elif isinstance(template, str) and template.startswith("$") and not _is_path(template):
        name = template[1:]
        if name not in known:
            raise ConfigError(f"{where} has an unknown placeholder ${name}{nearest(name, known)}")


def likes(template: object) -> Iterator[str]:
    """Yield the paths of all ``$like`` in a template."""
    return _paths(template, _LIKE)


def asks(template: object) -> Iterator[str]:
    """Yield the paths of all ``$asked`` in a template."""
    return _paths(template, _ASKED)


def _paths(template: object, head: str) -> Iterator[str]:
    if isinstance(template, dict):
        template = list(template.values())
    if isinstance(template, list):
        for item in template:
            yield from _paths(item, head)
    elif isinstance(template, str) and template.startswith(head):
        yield template.removeprefix(head)


Like = Callable[[str], object]
"""Says what stands at a path; None where nothing does."""


def fill(
    template: object,
    values: Mapping[str, object],
    like: Like = lambda _: None,
    asked: Like = lambda _: None,
) -> object:
    """Return `template` with its placeholders filled in."""
    filled = _fill(template, values, like, asked)
    return None if isinstance(filled, _Missing) else filled


def refusal_values(refusal: Refusal, types: Mapping[str, str]) -> dict[str, object]:
    """Return the values of the placeholders in `ANSWER` for a refusal.

    `types` names error types by status (``429``) or class of statuses (``4xx``).
    """
    status = str(refusal.status)
    return {
        "message": refusal.message,
        "type": types.get(status, types.get(f"{status[0]}xx", "")),
        "param": refusal.param,
        "code": refusal.code,
        "rules": list(refusal.rules),
        "request_id": refusal.request_id,
        "status": refusal.status,
    }


def _fill(template: object, values: Mapping[str, object], like: Like, asked: Like) -> object:
    match template:
        case {"first": list(choices), **others} if not others:
            made = (_fill(choice, values, like, asked) for choice in choices)
            return next((value for value in made if not isinstance(value, _Missing)), _MISSING)
        case {"case": which, "otherwise": otherwise, **words}:
            word = _fill(which, values, like, asked)
            chosen = words.get(word, otherwise) if isinstance(word, str) else otherwise
            return _fill(chosen, values, like, asked)
        case dict():
            pairs = {key: _fill(value, values, like, asked) for key, value in template.items()}
            return {key: val for key, val in pairs.items() if not isinstance(val, _Missing)}
        case list():
            return [_fill(value, values, like, asked) for value in template]
        case str():
            return _filled(template, values, like, asked)
        case _:
            return template


def _filled(text: str, values: Mapping[str, object], like: Like, asked: Like) -> object:
    for head, look in ((_LIKE, like), (_ASKED, asked)):
        if text.startswith(head):
            value = look(text.removeprefix(head))
            return _MISSING if value is None else value
    return values[text[1:]] if text.startswith("$") else text


def _is_path(template: str) -> bool:
    return template.startswith((_LIKE, _ASKED))
