from __future__ import annotations

import re

import re2

from guardrail.detect.text.recognizers.special_rules import Rule, SpecialRecognizer
from guardrail.detect.text.recognizers.special_words import Terms, terms
from guardrail.detect.text.recognizers.ties import Tie, head, open_gap

_MINE = Tie(head=head("мой"), gap=open_gap(1))


class _CatRecognizer(SpecialRecognizer):
    ENTITY = "HEALTH"
    RULES = (
        Rule(terms=terms("кот кот_васька"), ties=(_MINE,), unless=re.compile(" учёный| ученый")),
        Rule(terms=terms("пес"), behind=re.compile(" мой"), behind_written=re.compile(" Иванова")),
        Rule(terms=terms("хомяк"), ties=(_MINE,), requires=re.compile(" болен")),
        Rule(terms=terms("мысығым"), alone=True, score=0.6),
        Rule(
            terms=Terms(pattern=r"\w+ка", trigger="птица", told="птица", longest=20), ties=(_MINE,)
        ),
        Rule(terms=terms("жук"), ties=(_MINE,), unless_sign="?"),
        Rule(
            terms=Terms(pattern="рыб", trigger="рыб", longest=3, starts=("р",)),
            alone=True,
            whole=False,
        ),
    )


def _found(text: str, start: int = 0) -> list[str]:
    return [text[one.start : one.end] for one in _CatRecognizer().scan(text, start)]


def test_a_tie_before_makes_a_finding() -> None:
    assert _found("Мой кот") == ["кот"]
    assert _found("мой старый Кот Васька, да") == ["Кот Васька"]
    assert _found("кот мой") == []


def test_what_follows_may_cancel() -> None:
    assert _found("мой кот учёный") == []


def test_what_follows_may_be_required() -> None:
    assert _found("мой хомяк болен") == ["хомяк"]
    assert _found("мой хомяк ест") == []


def test_a_tie_may_stand_behind() -> None:
    assert _found("пёс мой") == ["пёс"]
    assert _found("пёс Иванова") == ["пёс"]
    assert _found("пёс иванова") == []
    assert _found("если пёс мой") == []


def test_a_term_may_say_itself_whose_it_is() -> None:
    assert _found("мысығым") == ["мысығым"]
    assert _found("егер мысығым") == []


def test_terms_are_whole_words_of_their_own() -> None:
    for text in ("мой скот", "мой коты", "мой под-кот", "мой кот-баюн", "мой /кот", "мой кот@дом"):
        assert _found(text) == [], text


def test_some_terms_end_where_their_pattern_does() -> None:
    assert _found("рыбка") == ["рыб"]


def test_terms_that_start_with_anything_want_their_word_in_the_text() -> None:
    assert _found("мой чижка") == []
    assert _found("птица: мой чижка") == ["чижка"]


def test_findings_start_where_asked_or_later() -> None:
    assert _found("мой кот, мой кот", 5) == ["кот"]
    assert _found("мой кот", 5) == []


def test_a_sign_right_behind_may_cancel() -> None:
    assert _found("мой жук") == ["жук"]
    assert _found("мой жук!") == ["жук"]
    assert _found("мой жук?") == []


def test_kazakh_endings_may_follow_a_hyphen() -> None:
    assert _found("мой жук-пен") == ["жук"]
    assert _found("мой жук-олень") == []


def test_lone_surrogates_are_no_words() -> None:
    assert _found("мой кот \ud800") == ["кот"]


def test_the_patterns_are_derived() -> None:
    assert _CatRecognizer.LONGEST == 20
    assert re2.search(_CatRecognizer.TRIGGERS[0], "Хомяк")


def _open(text: str, start: int = 0) -> str:
    return text[_CatRecognizer().opens(text, start) :]


def test_what_may_become_a_phrase_is_open() -> None:
    assert _open("мой кот") == "кот"
    assert _open("мой кот вас") == "кот вас"
    assert _open("х" * 300 + " мой кот вас") == "кот вас"
    assert _open("мой кот вас", 5) == ""


def test_a_term_is_open_while_what_follows_counts() -> None:
    assert _open("мой кот и пёс и") == "кот и пёс и"
    assert _open("мой кот, и пёс и") == "пёс и"
    assert _open("мой кот " + "и" * 30) == ""
    assert _open("мой хомяк") == "хомяк"


def test_nothing_is_open_that_nobody_owns() -> None:
    assert _open("твой кот вас") == ""
    assert _open("мысығым и") == ""
