from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from guardrail.detect import TextDetector
from guardrail.detect.text.disguises.addresses import (
    SpacedAddressRecognizer,
    SpelledAddressRecognizer,
)
from guardrail.detect.text.disguises.recognizer import Inner
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.testing.windows import spans, streamed

Seen = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "hidden",
    [
        "ivan (at) mail (dot) ru", "ivan[at]mail[dot]kz", "ivan {at} corp {dot} kz",
        "ivan <at> corp.kz",
        "ivan (собака) mail (точка) ru", "ivan(sobaka)mail.ru", "ivan (@) mail (.) ru",
        "ivan at mail dot kz", "ivan dot petrov at corp dot com dot kz", "IVAN AT CORP DOT KZ",
        "ivan собака mail точка ru", "ivan собачка gmail нүкте com", "ivan собака mail.ru",
        "иван точка петров собака мейл точка ру", "ivan эт mail дот ru",
        "ivan айқұлақ mail нүкте kz", "ivan ит белгісі mail нүкте kz",
        "ivan нижнее подчеркивание p собака bk точка ru", "ivan_at_corp_dot_kz", "ivan @ mail . kz",
        "ivan@ mail.ru", "ivan @mail.ru", "ivan@\nmail.kz", "ivan\n@mail.kz", "ivan@mail.\nkz",
        "ivan@mail\n.kz", "ivan@ma\nil.kz", "ivan@mail точка kz", "i v a n @ m a i l . k z",
        "ivan @ my-corp dash 2 dot kz".replace(" dash ", "-"),
    ],
)  # fmt: skip
def test_an_address_in_words_or_pieces_is_found_whole(hidden: str, seen: Seen) -> None:
    assert seen(f"вот: {hidden}, да") == [("EMAIL_ADDRESS", hidden)]


@pytest.mark.parametrize("text", ["ivan at corp.kz", "ivan @corp.kz"])
def test_a_doubtful_address_needs_context(text: str, seen: Seen) -> None:
    assert seen(f"вот {text}, да") == []
    assert seen(f"e-mail {text}, да") == [("EMAIL_ADDRESS", text)]


def test_the_sentence_behind_an_address_is_no_part_of_it(seen: Seen) -> None:
    assert seen("ivan at mail dot kz. Me too") == [("EMAIL_ADDRESS", "ivan at mail dot kz")]
    assert seen("(i v a n @ m a i l . k z) и a") == [("EMAIL_ADDRESS", "i v a n @ m a i l . k z")]
    assert seen("почта i v a n @ m a i l . k z по") == [
        ("EMAIL_ADDRESS", "i v a n @ m a i l . k z")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "look at example dot com", "arrive at the dot com office", "meet at noon", "at dot",
        "@", "a @ b",
        "моя собака точка", "created_at_test.local", "x@y", "see @john.smith now", "собака ру",
        "ivan at mail dot nowhere", "ivan (at) mail", "ivan at a dot b dot c", "и в @ н",
        "i v @ n", "@ mail.ru", "user@host now", "apples at the example dot kz",
        "apples at home. kz",
    ],
)  # fmt: skip
def test_other_words_are_no_address(text: str, seen: Seen) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("вот только подчеркивание иван собака мейл точка ру, да", "иван собака мейл точка ру"),
        ("вот принимайте точка иван собака мейл точка ру, да", "иван собака мейл точка ру"),
        ("вот a точка petrova собака corp точка kz, да", "a точка petrova собака corp точка kz"),
    ],
)
def test_a_word_that_is_no_mailbox_begins_no_address(text: str, address: str, seen: Seen) -> None:
    assert seen(text) == [("EMAIL_ADDRESS", address)]


@pytest.mark.parametrize("text", ["только собака мейл точка ру", "they write with at mail dot ru"])
def test_a_word_that_is_no_mailbox_is_no_address(text: str, seen: Seen) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("поле рядом с", "с"),
        ("нет. С", "С"),
        ("this is such a", "a"),
        ("write to ivan a", "ivan a"),
        ("this is only do", "do"),
        ("call such a comparison", "comparison"),
        ("раздел с", "с"),
        ("петрова с", "петрова с"),
        ("ivan точка petrov со", "ivan точка petrov со"),
        ("только (", "только ("),
    ],
)
def test_a_word_waits_where_a_sign_may_follow(text: str, held: str) -> None:
    one = SpelledAddressRecognizer(Inner([]))
    assert text[one.opens(text, 0) :] == held


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("buy apples at example dot kz, yes", "example dot kz"),
        ("спелые яблоки собака пример точка ру, да", "пример точка ру"),
        ("my email is apples at example dot kz, yes", "apples at example dot kz"),
    ],
)
def test_behind_a_usual_word_the_domain_is_found_alone(text: str, address: str, seen: Seen) -> None:
    assert seen(text) == [("EMAIL_ADDRESS", address)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("buy apples at example dot kz and", ["example dot kz"]),
        ("мейл-, i v a n @ m a i l . k z да", ["i v a n @ m a i l . k z"]),
        ("почта:i v a n @ m a i l . k z да", ["i v a n @ m a i l . k z"]),
        ("да\nн - . - A at gmail dot com да", ["н - . - A at gmail dot com"]),
        ("write, k at нүкте .com\nо да", ["k at нүкте .com"]),
        ("ivan.petrov dog dog .com да", ["ivan.petrov dog dog .com"]),
        ("ivan@\nmail.kz н\napples - at - example.kz точка ру", None),
        ("apples ( at ) example (dot) kz да", ["apples ( at ) example (dot) kz"]),
        ("адрес z, running подчеркивание -at-apples at example.kz да", None),
        ("smith  ( .-ivan@mail .kz да", None),
        ("почта: а подчеркивание - [at] mail.kz да", []),
        ("i dash нижнее подчеркивание ivan @ mail.kz да", None),
        ("очень  нижнее at gmail dot com  да", []),
        ("мейл ! нижнее @ mail.kz да", []),
        ("a at b dot kz нижнее подчеркивание нижнее подчеркивание mail.kz the", None),
    ],
)
def test_what_a_stream_finds_is_what_the_whole_finds(text: str, found: list[str] | None) -> None:
    """None: that something is found is enough, here."""
    inner = Inner([EmailRecognizer()])
    both = [SpelledAddressRecognizer(inner), SpacedAddressRecognizer(inner)]
    detector = TextDetector(both, memo_key=b"mail")
    whole = [text[one.start : one.end] for one in detector.find(text)]
    assert whole == found if found is not None else whole
    for feeds in (text, re.findall(r" ?[^ ]*", text)):
        assert streamed(detector, feeds) == (text, spans(detector.find(text)))
