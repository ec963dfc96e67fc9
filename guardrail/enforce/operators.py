"""Presidio-anonymizer operators that write our labels: `<KZ_IIN_1>` and `<KZ_IIN_k3f9x2m7qd>`.

Operators are stateless, as Presidio has them: what one exchange remembers is a `Labels`, which
the caller hands in among an operator's parameters.
"""

from __future__ import annotations

import hmac
import sys
import unicodedata
from base64 import b32encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let imports of `module` fail while the block runs, if nobody has imported it yet."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment] # None is how Python spells "absent"
    try:
        yield
    finally:
        del sys.modules[module]


# Presidio's anonymizer looks for this helper of one Azure operator, which we don't use, and so
# pulls in presidio_analyzer with spaCy: two seconds and 100 MB. It copes with its absence.
with _without("presidio_analyzer.llm_utils.azure_auth_helper"):
    from presidio_anonymizer.operators import Operator, OperatorsFactory, OperatorType

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no letter that is taken for another or for a digit."""

LABEL_CHARS = 10
"""50 bits: nobody guesses a label, and a million values of one scope clash in one of 2,000 scopes
(then the later label is longer)."""

_DIGEST_CHARS = 48
"""240 of the digest's 256 bits: where longer labels end."""

_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


@dataclass(slots=True, kw_only=True)
class Labels:
    """What one exchange has given out so far. Holds personal values: memory only, never printed."""

    key: bytes = field(repr=False)
    scope: str = field(repr=False)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    """(entity, normalised value) → n."""
    counts: dict[str, int] = field(default_factory=dict, repr=False)
    """entity → how many numbers it has used."""
    owners: dict[str, str] = field(default_factory=dict, repr=False)
    """Keyed label → the normalised value that it stands for."""


def normalise(value: str) -> str:
    """Return what makes two spellings one value: NFKC, case folded, letters and digits only.

    A value without letters and digits keeps its other characters, lest all such be one value.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(filter(str.isalnum, folded)) or folded


class Numbered(Operator):
    """Replace a value by its entity and a number that means something in this exchange only."""

    def operate(self, text: str, params: Mapping[str, object] | None = None) -> str:
        """Return `<ENTITY_n>`: n counts the entity's different values in order of appearance."""
        entity, labels = _parameters(params)
        key = (entity, normalise(text))
        number = labels.numbers.get(key)
        if number is None:
            number = labels.numbers[key] = labels.counts.get(entity, 0) + 1
            labels.counts[entity] = number
        return f"<{entity}_{number}>"

    def validate(self, params: Mapping[str, object] | None = None) -> None:
        """Raise `TypeError` where the parameters aren't an entity and a `Labels`."""
        _parameters(params)

    def operator_name(self) -> str:
        """Return the name that configurations use."""
        return "numbered"

    def operator_type(self) -> OperatorType:
        """Return Presidio's kind of operator."""
        return OperatorType.Anonymize


class Keyed(Operator):
    """Replace a value by a pseudonym that is the same in every exchange of one key and scope."""

    def operate(self, text: str, params: Mapping[str, object] | None = None) -> str:
        """Return `<ENTITY_xxxxxxxxxx>`, the x from HMAC-SHA256(key, scope 0 entity 0 value)."""
        entity, labels = _parameters(params)
        value = normalise(text)
        message = f"{labels.scope}\0{entity}\0{value}".encode("utf-8", "surrogatepass")
        spelled = _base32(hmac.digest(labels.key, message, "sha256"))
        sizes = range(LABEL_CHARS, _DIGEST_CHARS + 1)
        candidates = (f"<{entity}_{spelled[:size]}>" for size in sizes)
        return next(c for c in candidates if labels.owners.setdefault(c, value) == value)

    def validate(self, params: Mapping[str, object] | None = None) -> None:
        """Raise `TypeError` where the parameters aren't an entity and a `Labels`."""
        _parameters(params)

    def operator_name(self) -> str:
        """Return the name that configurations use."""
        return "keyed"

    def operator_type(self) -> OperatorType:
        """Return Presidio's kind of operator."""
        return OperatorType.Anonymize


def operator(name: str) -> Operator:
    """Return Presidio's operator called `name`, with ``numbered`` and ``keyed`` among its own."""
    operators = OperatorsFactory()  # type: ignore[no-untyped-call] # Presidio's isn't typed
    operators.add_anonymize_operator(Numbered)
    operators.add_anonymize_operator(Keyed)
    return operators.create_operator_class(name, OperatorType.Anonymize)


def _parameters(params: Mapping[str, object] | None) -> tuple[str, Labels]:
    given = params or {}
    entity, labels = given.get("entity_type"), given.get("labels")
    if not isinstance(entity, str) or not isinstance(labels, Labels):
        msg = "an operator needs entity_type (a name) and labels (a Labels)"
        raise TypeError(msg)
    return entity, labels


def _base32(digest: bytes) -> str:
    return b32encode(digest[: _DIGEST_CHARS * 5 // 8]).translate(_CROCKFORD).decode("ascii")
