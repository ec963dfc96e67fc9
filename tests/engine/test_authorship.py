from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.consent import pseudonym
from guardrail.engine import Case, Guard
from guardrail.engine.authorship import HEADER, Registrar, prompt_of
from guardrail.evidence import EntryKind
from guardrail.facts import Author, Kind, RawRequest, Segment
from guardrail.rights.authorship import Receipt, commits, is_prompt_of, is_signed, parse_receipt

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
FRESH = ("a" * 32, "b" * 32, "c" * 32)
POEM = "Қар туралы өлең жаз"
TURNS = [
    {"role": "system", "content": "You are kind."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello!"},
    {"role": "user", "content": POEM},
]


@pytest.fixture
def guard(make_guard: Callable[..., Guard]) -> Guard:
    return make_guard("mask")


@pytest.fixture
def case(guard: Guard) -> Callable[..., Case]:
    """Return a maker of requests on their way: header fields by name, and turns."""

    def make(
        asks: bytes = b"register", *headers: tuple[bytes, bytes], turns: object = TURNS
    ) -> Case:
        raw = RawRequest(
            method="POST",
            path="/v1/chat/completions",
            headers=((b"content-type", b"application/json"), (HEADER, asks), *headers),
            body=json.dumps({"model": "m", "messages": turns}).encode(),
        )
        route = guard.route(raw.method, raw.path)
        return guard.examine(raw, route, request_id="req_1", label_id="urn:uuid:0").case

    return make


def receipt_of(guard: Guard, case: Case, now: datetime, output: bytes = b"") -> Receipt:
    made = Registrar(guard, KEY).register(case, now, fresh=FRESH, output=output)
    ((name, value),) = made.headers
    assert name == HEADER
    return parse_receipt(value.decode())


def test_the_receipt_is_for_the_last_thing_that_was_said(
    guard: Guard, case: Callable[..., Case], now: datetime
) -> None:
    given = receipt_of(guard, case(), now)
    assert is_prompt_of(given, POEM)
    assert not is_prompt_of(given, "Hi")
    assert is_signed(given, KEY.public_key().public_bytes_raw())
    assert (given.record.id, given.record.created) == (f"aut_{'a' * 32}", int(now.timestamp()))


def test_request_and_reply_are_committed_to(
    guard: Guard, case: Callable[..., Case], now: datetime
) -> None:
    asked = case()
    given = receipt_of(guard, asked, now, b"Snow")
    assert commits(given, given.record.request, asked.raw.body)
    assert commits(given, given.record.output, b"Snow")
    assert receipt_of(guard, asked, now).record.output == ""


def test_the_entry_says_what_the_receipt_says_without_salt_or_text(
    guard: Guard, case: Callable[..., Case], now: datetime
) -> None:
    made = Registrar(guard, KEY).register(case(), now, fresh=FRESH, output=b"Snow")
    (entry,) = made.entries
    record = parse_receipt(made.headers[0][1].decode()).record
    assert (entry.kind, entry.req) == (EntryKind.AUTHORSHIP, "req_1")
    told = {"prompt": record.prompt, "request": record.request, "output": record.output}
    assert entry.fields == {"record": record.id, "created": record.created, "commits": told}
    assert "b" * 32 not in str(entry)


def test_only_a_request_that_asks_for_it_and_holds_a_prompt_is_registered(
    guard: Guard, case: Callable[..., Case]
) -> None:
    registrar = Registrar(guard, KEY)
    assert registrar.asked(case())
    assert registrar.asked(case(f"register; parent=aut_{'d' * 32}".encode()))
    for other in (b"", b"registered", b"register; parent=him", b"Register", b"register, register"):
        assert not registrar.asked(case(other)), other
    assert not registrar.asked(case(turns=TURNS[:1]))


def test_a_prompt_names_the_one_it_goes_on_from(
    guard: Guard, case: Callable[..., Case], now: datetime
) -> None:
    parent = f"aut_{'d' * 32}"
    given = receipt_of(guard, case(f"register;parent={parent}".encode()), now)
    assert given.record.parent == parent


def test_without_a_person_the_callers_key_tells_the_author(
    guard: Guard, case: Callable[..., Case], now: datetime
) -> None:
    authors = [
        receipt_of(guard, case(b"register", (b"authorization", key)), now).record.author
        for key in (b"Bearer one", b"Bearer one", b"Bearer two")
    ]
    assert authors[0].startswith("k:")
    assert authors[0] == authors[1] != authors[2]
    assert receipt_of(guard, case(), now).record.author == ""


def test_a_proven_person_is_the_author_and_a_claimed_one_isnt(
    guard: Guard, case: Callable[..., Case], now: datetime, token: bytes
) -> None:
    asking = case(b"register", (b"guardrail-consent", token))
    good = receipt_of(guard, asking, now)
    assert good.record.author == asking.names.of(pseudonym(b"k" * 32, "u-17"))
    head, payload, signature = token.decode().split(".")
    forged = f"{head}.{payload}.{signature[::-1]}".encode()
    bad = receipt_of(guard, case(b"register", (b"guardrail-consent", forged)), now)
    assert bad.record.author == ""
    named = receipt_of(guard, case(b"register", (b"guardrail-subject", b"u-17")), now)
    assert named.record.author == "", "nobody says that the hop before is to be trusted"


def said(author: Author, text: str, kind: Kind = Kind.TEXT, *, key: bool = False) -> Segment:
    return Segment(place=("x",), text=text, author=author, kind=kind, key=key)


@pytest.mark.parametrize(
    ("segments", "prompt"),
    [
        ([], ""),
        ([said(Author.USER, "a"), said(Author.USER, "b")], "a\nb"),
        ([said(Author.USER, "a"), said(Author.ASSISTANT, "x"), said(Author.USER, "b")], "b"),
        ([said(Author.USER, "a"), said(Author.SYSTEM, "be kind")], "a"),
        ([said(Author.USER, "a"), said(Author.TOOL, "42")], ""),
        ([said(Author.USER, "a"), said(Author.USER, "Ann", Kind.NAME)], "a"),
        ([said(Author.USER, "a"), said(Author.USER, "member", key=True)], "a"),
        ([said(Author.UNKNOWN, "a")], ""),
    ],
)
def test_a_prompt_is_what_the_person_said_in_the_last_turn(
    segments: Sequence[Segment], prompt: str
) -> None:
    assert prompt_of(segments) == prompt
