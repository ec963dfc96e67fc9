"""What was chosen changes what is found, never where a stream is cut."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import ForeignRecognizer, Options, TextDetector, Window, recognizers_from
from guardrail.detect.text.presidio import Pattern, PatternRecognizer
from guardrail.detect.text.recognizers.bank import CardRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzBinRecognizer, KzIinRecognizer
from guardrail.detect.text.recognizers.person import PersonRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.detect.text.recognizers.ru_numbers import RuInnRecognizer

_CUSTOM = recognizers_from(
    {
        "recognizers": [
            {
                "name": "Badge",
                "supported_entity": "BADGE",
                "patterns": [
                    {"name": "plain", "regex": r"\bQ[0-9]{2,4}-?[A-Z]{0,3}\b", "score": 0.3},
                    {"name": "long", "regex": r"(?:aa|ab ){2,5}", "score": 0.7},
                    {"name": "hash", "regex": r"#[0-9]{3}#?\b", "score": 0.6},
                ],
                "context": ["пропуск", "төлқұжат"],
                "deny_list": ["проект Алтай", "C++", "№ 5"],
            }
        ]
    },
    "test",
)
_GUEST = PatternRecognizer(
    supported_entity="GUEST", patterns=[Pattern(name="guest", regex=r"\bG-\d{3}\b", score=0.8)]
)
_USUAL = TextDetector(
    [
        kind()
        for kind in (
            *(KzIinRecognizer, KzBinRecognizer, RuInnRecognizer, CardRecognizer),
            *(PhoneRecognizer, EmailRecognizer, PersonRecognizer),
        )
    ],
    memo_key=b"choosing",
    options=Options(custom=_CUSTOM),
)
_IIN = "900101300017"
_OPTIONS = {
    "none": Options(),
    "allowed": Options(
        allow=(_IIN, "+7 701 123 45 67", "a@b.kz", "Анна Петровна", "regex:4111.*", "Q12")
    ),
    "sure": Options(thresholds={"*": 0.8, "KZ_IIN": 0.99}),
    "likely": Options(thresholds={"*": 0.1}),
    "only": Options(only=frozenset({"KZ_BIN", "PERSON", "BADGE"})),
    "without": Options(without=frozenset({"KZ_IIN", "PHONE_NUMBER"}), profile="strict"),
    "code": Options(profile="code", allow=("regex:.*@mail\\.ru",)),
}
_DETECTORS = {
    **{name: _USUAL.but(options) for name, options in _OPTIONS.items()},
    "guest": _USUAL.but(
        Options(allow=(_IIN,)),
        guests=[ForeignRecognizer(_GUEST)],
        muted=frozenset({"PhoneRecognizer"}),
    ),
}
every_detector = pytest.mark.parametrize("name", _DETECTORS)

_CORPUS = [
    f"ИИН {_IIN}, БИН {_IIN}; {_IIN}",
    f"ЖСН {_IIN[:6]} {_IIN[6:]} и +7 (701) 123-45-67, 8 701 123 45 67, 7011234567",
    "пишите a@b.kz, A@B.KZ, ivan@mail.ru: Анна Петровна и Анна Петровна Ким",
    "карта 4111 1111 1111 1111, 5500-0000-0000-0004",
    "пропуск Q12, Q123-AB Q1234-ABC, пропуска #123# и #123#, хQ12 Q12х, G-123 G-1234",
    "aaaaab aaab ab ab aaaaaaaaaaaaaaaaaaa aaab ab aaaaa",
    "Проект Алтай на C++ и C++11, проект  Алтай, проект Алтайский, № 5 № 55",
    "төлқұжатым Q77 \u200bQ\uff17\uff17 " + "Q77" * 5,
    "4111" * 20 + " 7011234567" * 8,
]

Spans = list[tuple[int, int, str, float, str]]


def _whole(name: str, text: str) -> Spans:
    found = _DETECTORS[name].find(text)
    return [(one.start, one.end, one.entity, one.score, one.reason) for one in found]


def _streamed(name: str, feeds: Iterable[str]) -> tuple[str, Spans]:
    window = Window(_DETECTORS[name], bound=1000)
    text, spans = "", Spans()
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        assert not released.forced
        for one in released.findings:
            start, end = one.start + len(text), one.end + len(text)
            spans.append((start, end, one.entity, one.score, one.reason))
        text += released.text
    return text, spans


@every_detector
@pytest.mark.parametrize("text", _CORPUS)
def test_every_split_in_two_finds_what_the_whole_does(name: str, text: str) -> None:
    wanted = _whole(name, text)
    for place in range(len(text) + 1):
        assert _streamed(name, [text[:place], text[place:]]) == (text, wanted)
    assert _streamed(name, text) == (text, wanted)


_PIECES = [
    *(_IIN, "+7 701 123 45 67", "7011234567", "a@b.kz", "ivan@mail.ru", "4111111111111111"),
    *("Анна", "Петровна", "Ким", "Q12", "Q123-AB", "Q", "G-123", "#123#", "#12", "aa", "ab ", "a"),
    *("проект", "Алтай", "C++", "№ 5", "пропуск ", "ИИН ", "БИН ", "тел. ", "слово"),
    *(" ", " ", " ", ".", ", ", "-", "\n", "\u200b", "\u00a0", "1", "12", "B", "х"),
]


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(_DETECTORS)),
    pieces=st.lists(st.sampled_from(_PIECES), max_size=16),
    chance=st.randoms(),
)
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    name: str, pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert _streamed(name, feeds) == (text, _whole(name, text))


@every_detector
def test_a_long_text_is_found_in_as_one_look_would(name: str, chance: random.Random) -> None:
    text = " ".join(chance.choices(_CORPUS, k=120))
    wanted = _whole(name, text)
    feeds = [text[place : place + 700] for place in range(0, len(text), 700)]
    assert _streamed(name, feeds) == (text, wanted)


def _found(name: str, text: str) -> list[tuple[str, str]]:
    return [(one.entity, text[one.start : one.end]) for one in _DETECTORS[name].find(text)]


def test_what_is_allowed_makes_room_for_what_it_overlaps() -> None:
    text = f"БИН {_IIN}"
    ((entity, value),) = _found("none", text)
    assert value == _IIN
    other = _USUAL.but(Options(without=frozenset({entity})))
    assert other.find(text) == () or other.find(text)[0].entity != entity
    assert _found("allowed", text) == []


def test_a_muted_recognizer_finds_nothing_and_a_guest_does() -> None:
    text = "тел. +7 701 123 45 67, G-123"
    assert _found("guest", text) == [("GUEST", "G-123")]
    assert _found("none", text) == [("PHONE_NUMBER", "+7 701 123 45 67")]


def test_prose_is_held_back_by_a_word_unless_a_guest_asks_for_more() -> None:
    window, with_guest = Window(_DETECTORS["code"]), Window(_DETECTORS["guest"])
    held = []
    for character in "Добрый день! Подскажите, как оформить отпуск в этом году? " * 4:
        window.feed(character)
        with_guest.feed(character)
        held.append((window.held, with_guest.held))
    assert max(one for one, _ in held) < 30
    assert max(one for _, one in held) == 128


def test_a_copy_shares_what_is_heavy_and_leaves_the_first_alone() -> None:
    before = _USUAL.digest, _USUAL.sweeper.reach
    twin = _DETECTORS["guest"]
    assert twin.sweeper.gate is _USUAL.sweeper.gate
    assert (_USUAL.digest, _USUAL.sweeper.reach) == before
    assert _USUAL.find("G-123") == ()
    digests = {detector.digest for detector in _DETECTORS.values()}
    assert len(digests) == len(_DETECTORS)


def test_a_guest_that_needs_more_widens_the_reach(iin: Callable[[], str]) -> None:
    class Long(ForeignRecognizer):
        LONGEST = 900
        OPENS = True

    twin = _USUAL.but(Options(), guests=[Long(_GUEST)])
    assert twin.sweeper.longest == 900
    assert twin.sweeper.reach > _USUAL.sweeper.reach
    assert twin.find(f"ИИН {iin()}")
