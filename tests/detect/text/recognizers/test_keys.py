from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.keys import JwtRecognizer, PrivateKeyRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]
Drawn = Callable[..., str]


@pytest.fixture
def pem(drawn: Drawn) -> Callable[[str, int], str]:
    def make(kind: str, lines: int) -> str:
        body = "\n".join(drawn(64) for _ in range(lines))
        return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"

    return make


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.fixture
def jwt(drawn: Drawn) -> str:
    return f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part({'sub': '1'})}.{drawn(43)}"


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("PRIVATE KEY", 2),
        ("RSA PRIVATE KEY", 25),
        ("RSA PRIVATE KEY", 50),
        ("EC PRIVATE KEY", 3),
        ("OPENSSH PRIVATE KEY", 30),
        ("ENCRYPTED PRIVATE KEY", 28),
        ("PGP PRIVATE KEY BLOCK", 20),
    ],
)
def test_a_block_is_found_whole(
    asked: Asked, pem: Callable[[str, int], str], kind: str, lines: int
) -> None:
    block = pem(kind, lines)
    for text in (f"ключ:\n{block}\nвсё", block, block.replace("\n", "\\n")):
        ((entity, value),) = asked(PrivateKeyRecognizer)(text)
        assert entity == "PRIVATE_KEY"
        assert value in (block, block.replace("\n", "\\n"))


def test_a_block_without_its_end_is_found_as_far_as_it_goes(
    asked: Asked, pem: Callable[[str, int], str]
) -> None:
    cut = pem("RSA PRIVATE KEY", 25)[:500]
    assert asked(PrivateKeyRecognizer)(cut) == [("PRIVATE_KEY", cut)]
    assert asked(PrivateKeyRecognizer)(f"{cut} и дальше") == [("PRIVATE_KEY", cut)]
    head = "-----BEGIN OPENSSH PRIVATE KEY-----"
    assert asked(PrivateKeyRecognizer)(f"{head}\n") == [("PRIVATE_KEY", head)]


def test_a_block_that_is_too_long_is_found_up_to_the_longest(
    asked: Asked, pem: Callable[[str, int], str]
) -> None:
    ((_, value),) = asked(PrivateKeyRecognizer)(pem("PGP PRIVATE KEY BLOCK", 70))
    assert 3400 < len(value) <= PrivateKeyRecognizer.LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "файл начинается с -----BEGIN PRIVATE KEY----- и так далее",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    ],
)
def test_talk_of_keys_is_none(asked: Asked, streamed_alike: Callable[..., None], text: str) -> None:
    assert asked(PrivateKeyRecognizer)(text) == []
    streamed_alike([PrivateKeyRecognizer], text)


def test_streams_find_the_same_keys(
    streamed_alike: Callable[..., None], pem: Callable[[str, int], str]
) -> None:
    block = pem("EC PRIVATE KEY", 3)
    streamed_alike([PrivateKeyRecognizer], f"ключ:\n{block}\nвсё")
    streamed_alike([PrivateKeyRecognizer], f"{block[:90]}, {block[:60]}")
    streamed_alike([PrivateKeyRecognizer], f"-----BEGIN RSA PRIVATE KEY-----\n{block}")


def test_a_token_is_found(asked: Asked, jwt: str) -> None:
    for text in (jwt, f"Bearer {jwt}", f'"{jwt}"', f"{jwt}, и"):
        assert asked(JwtRecognizer)(text) == [("JWT", jwt)]


def test_an_encrypted_token_has_five_parts(asked: Asked, drawn: Drawn) -> None:
    header = _part({"alg": "RSA-OAEP", "enc": "A256GCM"})
    token = ".".join([header, drawn(100), drawn(16), drawn(60), drawn(22)])
    assert asked(JwtRecognizer)(token) == [("JWT", token)]


def test_other_dotted_text_is_no_token(asked: Asked, jwt: str) -> None:
    head, body, _ = jwt.split(".")
    others = (
        "eyJhIjoxfQ.abc.def",
        f"{_part({'kid': '1234567'})}.{body}.sig",
        f"eyJ\u0436.{body}.x",
        f"eyJ{'A' * 12}.{body}.x",
        head,
        f"{head}.a",
        f"x{jwt}",
    )
    for text in others:
        assert asked(JwtRecognizer)(text) == []


def test_streams_find_the_same_tokens(streamed_alike: Callable[..., None], jwt: str) -> None:
    streamed_alike([JwtRecognizer], f"Bearer {jwt}, eyJabc.{jwt} x{jwt}")


def test_heads_without_end_cost_a_look_each() -> None:
    text = "-----BEGIN PRIVATE KEY-----" * 3000
    (found,) = PrivateKeyRecognizer().scan(text, 0)
    assert (found.start, found.end) == (len(text) - 27, len(text))
