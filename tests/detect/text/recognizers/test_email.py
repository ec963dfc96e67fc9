from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.email import EmailRecognizer

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
        "IVAN.PETROV@MAIL.RU",
        "USER@XN--E1AFMKFD.XN--P1AI",
        "ivan@163.com",
        "12345+ivan@users.noreply.github.com",
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
        "react@18.2.0",
        "a @ b.ru",
        "user@mail.toolongforanytopleveldomain",
        "x" * 65 + "@mail.ru",
        "user@mail.ru2",
        "user@" + "a" * 64 + ".ru",
        "user@" + ".".join(["label" * 10] * 7) + ".ru",
        "deploy@host.kz:/var/www",
        "ivan@host.kz:~/x",
        "ssh://git@gitlab.internal/org/repo.git",
        "@user@mastodon.social",
        "@user:matrix.org",
        "npm i @scope/pkg@1.2.3 foo@1.2.3-beta.rc bar@^4.5.0",
        "actions/checkout@v4.1.x",
        "systemctl restart getty@tty1.service",
        "img@sha256:9f86d081884c7d65",
        "noreply@company.kz",
        "No-Reply@company.kz",
        "ivan@example.com",
        "ivan@mail.example.org",
        "y = x@weights.reshape(3)",
        "logo@3x.webp",
    ],
)
def test_other_uses_of_the_sign_are_no_address(asked: Callable[..., Found], text: str) -> None:
    assert asked(EmailRecognizer)(text) == []


def test_a_chain_of_signs_holds_the_last_address(found: Found) -> None:
    assert found("a@b.ru@c.ru") == [("EMAIL_ADDRESS", "b.ru@c.ru")]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ivan@mail.ru:qwerty", "ivan@mail.ru"),
        ("mailto://ivan@mail.ru", "ivan@mail.ru"),
        ("https://x.kz/u?email=a@b.kz&x=1", "a@b.kz"),
        ('{"email":"a+tag@b.co.uk"}', "a+tag@b.co.uk"),
        ("e-mail:ivan_1990@bk.ru,тел", "ivan_1990@bk.ru"),
        ("https://x.kz/unsubscribe/a@b.kz", "a@b.kz"),
        ("a@b.kz(рабочий)", "a@b.kz"),
        ("'ivan@mail.ru'", "ivan@mail.ru"),
    ],
)
def test_an_address_is_found_in_whatever_it_stands(found: Found, text: str, address: str) -> None:
    assert ("EMAIL_ADDRESS", address) in found(text)


@pytest.mark.parametrize(
    "text", ["ivan@mail.ru:/x git@host.kz:org ivan@mail.ru:x", "a@b.ru@c.ru, @u@h.social"]
)
def test_streams_see_what_stands_behind_a_colon(
    streamed_alike: Callable[..., None], text: str
) -> None:
    streamed_alike([EmailRecognizer], text)
