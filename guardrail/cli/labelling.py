"""Labels in place of values, and values in place of labels, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from guardrail.enforce import Masker, Restorer
from guardrail.facts import Action, Category, Edit, Finding, Segment

LITERAL = "LABEL"
"""The entity of what reads like a label and isn't one: it would be taken for one later."""

_SCOPE = "redact"
_NO_KEY = b"\0" * 32
"""Numbered labels need no key."""
_TOKEN = re.compile(r"<[ -;=?-\[\]-~]+>")
"""What `Restorer` may take for a label."""
_LABEL = re.compile(r"(<[^>]*?)(?:\.[0-9]+)?>")


def masked(text: str, findings: Sequence[Finding]) -> str:
    """Return `text` with values as ``<KZ_IIN_1>``; one value has one number."""
    edits = _edits(text, findings, Action.MASK, key=_NO_KEY)
    return _applied(text, ((edit, edit.text) for edit in edits))


def pseudonymised(
    text: str, findings: Sequence[Finding], *, key: bytes, known: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return `text` with values as ``<KZ_IIN_k3f9x2m7qd>``, and what `restored` needs.

    A value has one label, but each of its spellings has a number of its own behind that, as
    ``<KZ_IIN_k3f9x2m7qd.2>``: what is put back is what stood there.

    Args:
        text: any text.
        findings: what is in it.
        key: of the pseudonyms, 32 bytes.
        known: label → value of earlier texts.
    """
    tokens = {token.lower() for token in _TOKEN.findall(text)}
    findings = [*findings, *_literals(text, known)]
    edits = _edits(text, findings, Action.PSEUDONYMISE, key=key)
    labels = _Labels(known, tokens)
    labelled = [(edit, labels.label(edit.text, text[edit.start : edit.end])) for edit in edits]
    return _applied(text, iter(labelled)), labels.values


def restored(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the values of its labels; case in labels doesn't matter."""
    return Restorer(values).restore(text)


class _Labels:
    """Gives each spelling of a value a label that nothing else has."""

    def __init__(self, known: Mapping[str, str], tokens: set[str]) -> None:
        self.values = dict(known)
        self._tokens = tokens
        self._by_spelling = {(_stem(label), value): label for label, value in known.items()}
        self._count: dict[str, int] = {}

    def label(self, made: str, value: str) -> str:
        """Return the label of `value`, for which the masker made `made`."""
        stem = _stem(made)
        known = self._by_spelling.get((stem, value))
        if known is None:
            known = self._by_spelling[stem, value] = self._free(stem)
            self.values[known] = value
        return known

    def _free(self, stem: str) -> str:
        while True:
            number = self._count[stem] = self._count.get(stem, 0) + 1
            label = f"{stem}>" if number == 1 else f"{stem}.{number}>"
            if label not in self.values and label.lower() not in self._tokens:
                return label


def _stem(label: str) -> str:
    match = _LABEL.fullmatch(label)
    return match[1] if match else label


def _literals(text: str, known: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what stands in `text` already and would be taken for a label of an earlier text."""
    labels = {label.lower() for label in known}
    for token in _TOKEN.finditer(text):
        if token[0].lower() in labels:
            yield Finding(
                segment=0,
                start=token.start(),
                end=token.end(),
                entity=LITERAL,
                category=Category.PERSONAL,
                score=1.0,
                recognizer=LITERAL,
            )


def _edits(
    text: str, findings: Sequence[Finding], action: Action, *, key: bytes
) -> tuple[Edit, ...]:
    masker = Masker(key=key, scope=_SCOPE)
    return masker.edits([Segment(place=(), text=text)], findings, [action] * len(findings))


def _applied(text: str, labelled: Iterator[tuple[Edit, str]]) -> str:
    parts, done = [], 0
    for edit, label in labelled:
        parts += [text[done : edit.start], label]
        done = edit.end
    return "".join([*parts, text[done:]])
