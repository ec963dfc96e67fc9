"""Values written so that detectors miss them: encoded, escaped, spelt out, cut up, look-alikes.

Each kind is data and a way to read it in plain; what it hides is judged by the recognizers that
judge plain text. A kind runs only on text that holds a cheap sign of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrail.detect.text.disguises.accounts import DisguisedAccountRecognizer
from guardrail.detect.text.disguises.addresses import (
    SpacedAddressRecognizer,
    SpelledAddressRecognizer,
)
from guardrail.detect.text.disguises.encodings import Base64Recognizer, HexadecimalRecognizer
from guardrail.detect.text.disguises.escapes import (
    BackslashEscapeRecognizer,
    CharacterReferenceRecognizer,
    PercentEscapeRecognizer,
    QuotedPrintableRecognizer,
)
from guardrail.detect.text.disguises.lookalikes import LookAlikeNumberRecognizer
from guardrail.detect.text.disguises.recognizer import DisguiseRecognizer, Inner
from guardrail.detect.text.disguises.separated import SeparatedNumberRecognizer
from guardrail.detect.text.disguises.spelled import SpelledNumberRecognizer
from guardrail.detect.text.disguises.styled import StyledRecognizer
from guardrail.detect.text.recognizer import TextRecognizer

__all__ = ["DISGUISES_OF_NUMBERS", "ENCODINGS", "disguise_recognizers"]

ENCODINGS: tuple[type[DisguiseRecognizer], ...] = (
    PercentEscapeRecognizer,
    BackslashEscapeRecognizer,
    CharacterReferenceRecognizer,
    QuotedPrintableRecognizer,
    Base64Recognizer,
    HexadecimalRecognizer,
)
"""Kinds that programs undo: any text may stand in them, names too."""

DISGUISES_OF_NUMBERS: tuple[type[DisguiseRecognizer], ...] = (
    StyledRecognizer,
    SeparatedNumberRecognizer,
    LookAlikeNumberRecognizer,
    DisguisedAccountRecognizer,
    SpelledNumberRecognizer,
    SpelledAddressRecognizer,
    SpacedAddressRecognizer,
)
"""Kinds that people read: only numbers and addresses are told in them."""


def disguise_recognizers(
    numbers: Sequence[TextRecognizer], everything: Sequence[TextRecognizer] | None = None
) -> tuple[TextRecognizer, ...]:
    """Return a recognizer of each kind of disguise.

    Args:
        numbers: recognizers of numbers and contacts, for what people spell out or split.
        everything: recognizers for decoded text; `numbers` where None.
    """
    told = Inner(numbers)
    decoded = told if everything is None else Inner(everything)
    return (
        *(kind(decoded) for kind in ENCODINGS),
        *(kind(told) for kind in DISGUISES_OF_NUMBERS),
    )
