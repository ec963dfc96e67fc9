from __future__ import annotations

from collections.abc import Callable

import pytest

Seen = Callable[[str], list[tuple[str, str]]]
_AT = "EMAIL_ADDRESS"


@pytest.mark.parametrize(
    "hidden",
    [
        "ivan%40mail.ru", "ivan%2540mail.ru", "ivan%252540mail%2Eru", "ivan%u0040mail.ru",
        "%69%76%61%6E%40mail.ru", "ivan\\u0040mail.ru", "ivan\\\\u0040mail.ru",
        "ivan\\u{40}mail.ru",
        "ivan\\U00000040mail.ru", "ivan\\x40mail\\x2eru", "ivan\\100mail\\056ru",
        "ivan&#64;mail.ru",
        "ivan&#x40;mail&#46;ru", "ivan&#0064mail.ru", "ivan&commat;mail&period;ru",
        "ivan&amp;#64;mail.ru", "ivan&amp;amp;commat;mail.ru", "ivan=40mail.ru",
        "ivan=40mail=\n.ru",
        "\\u0438\\u0432\\u0430\\u043d@mail.ru", "%D0%B8%D0%B2%D0%B0%D0%BD%40mail.ru",
        "=D0=B8=D0=B2=40mail.ru", "\\xd0\\xb8\\xd0\\xb2@mail.ru", "\\ud835\\udc22van@mail.ru",
        "%F0%9D%90%A2van%40mail.ru", "iv&#8203;an&#64;mail.ru",
    ],
)  # fmt: skip
def test_an_address_in_escapes_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"да: {hidden} вот") == [(_AT, hidden)]


def test_a_number_without_its_context_may_still_be_found_by_it(
    unstructured: Callable[[], str], seen: Seen
) -> None:
    number = unstructured()
    hidden = "".join(f"\\u{ord(one):04x}" for one in number)
    assert seen(f"ЖСН {hidden}") == [("KZ_IIN", hidden)]
    assert seen(f"код {hidden}") == []


def test_a_form_writes_spaces_as_plus_signs(seen: Seen) -> None:
    name = "%D0%98%D0%B2%D0%B0%D0%BD+%D0%9F%D0%B5%D1%82%D1%80%D0%BE%D0%B2%D0%B8%D1%87"
    assert seen(f"fio={name}&age=5") == [("PERSON", name)]


@pytest.mark.parametrize(
    "text",
    [
        "скидка 20%, потом 40%", "%zz%4", "100%2", "AT&T и R&D", "&#", "&#99999999;", "a=1, b=40",
        "\\u12", "\\u{110000}", "C:\\x64", "\\ud800 a", "%ff%fe", "\\200",
    ],
)  # fmt: skip
def test_broken_escapes_hide_nothing(text: str, seen: Seen) -> None:
    assert seen(text) == []
