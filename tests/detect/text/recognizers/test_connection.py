from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.connection import ConnectionStringRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]

_FOUND = [
    "postgres://app:S3cr3tPw@db.internal:5432/app",
    "mongodb+srv://u:Kx93kd@cluster0.mongodb.net/?x=1",
    "redis://:p4ssw0rdX@10.0.0.1:6379/0",
    "amqp://user:Zx12cv@mq:5672",
    "https://ivan:Qwerty12@site.kz/path",
    "ftp://a:p@ss12w@h.kz",
    "jdbc:postgresql://db:5432/app?user=a&password=Zx12cv34",
    "Server=db;Database=a;User Id=sa;Password=Zx12cv34",
    "Data Source=db;User Id=sa;Pwd=Zx12cv34",
]


@pytest.mark.parametrize("value", _FOUND)
def test_a_password_inside_makes_the_whole_string_a_secret(asked: Asked, value: str) -> None:
    for text in (value, f"вот: {value}", f'"{value}"', f"({value})"):
        assert asked(ConnectionStringRecognizer)(text) == [("CONNECTION_STRING", value)]


def test_a_storage_accounts_key_is_found(asked: Asked, drawn: Callable[..., str]) -> None:
    key = f"AccountKey={drawn(86)}=="
    text = f"DefaultEndpointsProtocol=https;AccountName=x;{key};EndpointSuffix=core.windows.net"
    assert asked(ConnectionStringRecognizer)(text) == [("CONNECTION_STRING", key)]


_OTHER = [
    "postgres://user:password@localhost:5432/db",
    "postgres://postgres:postgres@db/app",
    "postgres://${USER}:${PASS}@host/db redis://localhost:6379/0",
    "http://localhost:8080/a@b https://host:8080?mail=a@b.kz",
    "https://user@site.kz/ ssh://git@gitlab.internal:22/org",
    "Server=db;Database=a;Trusted_Connection=True",
    "Server=db;Password=;x=1 Server=db;Password=***",
    "jdbc:postgresql://db:5432/app?user=a",
    "jdbc:h2:mem:test;password=${PASS}",
    "AccountKey=<key>",
    "смотри: https://site.kz/a:b",
    "Data Source: таблица 5",
]


def test_a_shared_secret_is_found(asked: Asked, drawn: Callable[..., str]) -> None:
    key = f"SharedSecretValue={drawn(44)}"
    assert asked(ConnectionStringRecognizer)(f"x;{key}") == [("CONNECTION_STRING", key)]


@pytest.mark.parametrize("text", _OTHER)
def test_addresses_without_a_real_password_are_none(asked: Asked, text: str) -> None:
    assert asked(ConnectionStringRecognizer)(text) == []


@pytest.mark.parametrize("text", [*(f"вот {one}; так" for one in _FOUND), *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike([ConnectionStringRecognizer], text)


@pytest.mark.parametrize("unit", ["Server=", "a://b:c", "jdbc:x", "Data ", "https://x/"])
def test_what_goes_on_is_held_within_bounds(most_held: Callable[..., int], unit: str) -> None:
    most = most_held([ConnectionStringRecognizer], unit * 80)
    assert most <= ConnectionStringRecognizer.LONGEST + 64
