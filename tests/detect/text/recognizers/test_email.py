from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "address",
    [
        "ivan@mail.ru",
        "Ivan.Petrov+shop@mail.example.co.uk",
        "o'brien_1%x@a-b.test",
        "айгүл@пошта.қаз",
        "иван.петров@пример.рф",
        "user@host.internal",
        "user@xn--e1afmkfd.xn--p1ai",
        "a@b.kz",
        "ivan\uff20mail\uff0eru",
        "iv\u200ban@mail.ru",
        "850412@mail.kz",
        "x" * 64 + "@mail.ru",
    ],
)
def test_an_address_is_found_whatever_its_suffix(found: Found, address: str) -> None:
    for text in (f"пишите {address}, жду", f"<{address}>", f"mailto:{address}.", address):
        assert found(text) == [("EMAIL_ADDRESS", address)]


@pytest.mark.parametrize(
    "text",
    [
        "user@localhost",
        "@mail.ru",
        "user@.ru",
        "user@mail.r",
        "user@mail.123",
        "user.@mail.ru",
        "icon@2x.png",
        "git@github.com:org/repo.git",
        "@app.route",
        "a @ b.ru",
        "react@18.2.0",
        "x" * 65 + "@mail.ru",
        "user@mail.ru2",
        "user@mail.toolongforanytopleveldomain",
        "user@" + "a" * 64 + ".ru",
        "user@" + ".".join(["label" * 10] * 7) + ".ru",
    ],
)
def test_other_uses_of_the_sign_are_no_address(found: Found, text: str) -> None:
    assert found(text) == []


def test_a_chain_of_signs_holds_the_last_address(found: Found) -> None:
    assert found("a@b.ru@c.ru") == [("EMAIL_ADDRESS", "b.ru@c.ru")]
