"""Our recognizers, one small class each: data and a `judge` function."""

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.bank import CardRecognizer, IbanRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_documents import (
    KzIdCardRecognizer,
    KzPassportRecognizer,
)
from guardrail.detect.text.recognizers.kz_numbers import KzBinRecognizer, KzIinRecognizer
from guardrail.detect.text.recognizers.person import PersonRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.detect.text.recognizers.ru_documents import RuPassportRecognizer
from guardrail.detect.text.recognizers.ru_numbers import RuInnRecognizer, RuSnilsRecognizer

__all__ = ["RECOGNIZERS", "TextRecognizer"]

RECOGNIZERS: tuple[type[TextRecognizer], ...] = (
    KzIinRecognizer,
    KzBinRecognizer,
    KzPassportRecognizer,
    KzIdCardRecognizer,
    RuInnRecognizer,
    RuSnilsRecognizer,
    RuPassportRecognizer,
    IbanRecognizer,
    CardRecognizer,
    PhoneRecognizer,
    EmailRecognizer,
    PersonRecognizer,
)
"""Every recognizer there is; Presidio's predefined ones are never used."""
