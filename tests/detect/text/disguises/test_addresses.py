from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.disguises.addresses import SpelledAddressRecognizer
from guardrail.detect.text.disguises.recognizer import Inner

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
        "ivan айқұлақ mail нүкте kz",
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
        "i v @ n", "@ mail.ru", "user@host now",
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
        ("раздел с", "раздел с"),
        ("ivan точка petrov со", "ivan точка petrov со"),
        ("только (", "только ("),
    ],
)
def test_a_word_waits_where_a_sign_may_follow(text: str, held: str) -> None:
    one = SpelledAddressRecognizer(Inner([]))
    assert text[one.opens(text, 0) :] == held
