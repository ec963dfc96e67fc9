from __future__ import annotations

from collections.abc import Callable

import pytest

Seen = Callable[[str], list[tuple[str, str]]]
_IIN = "850412300125"


@pytest.mark.parametrize(
    "digits",
    ["⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "⓿❶❷❸❹❺❻❼❽❾", "⓪➀➁➂➃➄➅➆➇➈", "⓪⓵⓶⓷⓸⓹⓺⓻⓼⓽"],
)
def test_dressed_up_digits_are_read(digits: str, seen: Seen) -> None:
    hidden = _IIN.translate(str.maketrans("0123456789", digits))
    assert seen(f"код {hidden}, да") == [("KZ_IIN", hidden)]


@pytest.mark.parametrize("mark", ["\u0336", "\u0332", "\u20e3", "\ufe0f\u20e3", "\u0301\u0302"])
def test_marks_on_digits_are_passed_over(mark: str, seen: Seen) -> None:
    hidden = mark.join(_IIN)
    assert seen(f"код {hidden}, да") == [("KZ_IIN", hidden)]


def test_dressed_up_letters_are_read(seen: Seen) -> None:
    hidden = "ⓀⓏ⑧⑥①②⑤ⓀⓏⓉ⑤⓪⓪④①⓪⓪①⓪⓪"
    assert seen(f"шот {hidden}") == [("IBAN_CODE", hidden)]
    assert seen("шот 🅺🆉86125🅺🆉🆃5004100100") == [("IBAN_CODE", "🅺🆉86125🅺🆉🆃5004100100")]
    assert seen("шот ⓀⓏ86125KZT5004100100") == []


def test_footnote_marks_and_formulas_make_no_number(seen: Seen) -> None:
    assert seen("85041230012⁵ и 8504123001²⁵") == []
    assert seen("C₆H₁₂O₆ и 10⁻⁹") == []
