from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import ENTITIES, PROFILES, Options
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.options import (
    MAX_ALLOWED,
    MAX_REGEXES,
    MAX_VALUE,
    Choice,
    plain,
)
from guardrail.errors import ConfigError


def _choice(**said: object) -> Choice:
    return Choice(Options(**said), ENTITIES)  # type: ignore[arg-type]


def _result(entity: str, start: int, end: int, score: float = 0.9) -> RecognizerResult:
    return RecognizerResult(entity, start, end, score)


def _weighed(choice: Choice, text: str, *results: RecognizerResult) -> list[float]:
    choice.weigh(results, text)
    return [one.score for one in results]


def test_without_options_results_count_as_they_are() -> None:
    choice = _choice()
    assert _weighed(choice, "x" * 9, _result("PERSON", 0, 9, 0.3), _result("KZ_IIN", 0, 9)) == [
        0.3,
        0.9,
    ]
    assert choice.lines == ()
    assert choice.entities == frozenset(ENTITIES)


def test_a_threshold_is_its_entitys_or_all_others() -> None:
    choice = _choice(thresholds={"PERSON": 0.9, "*": 0.6})
    assert choice.score("PERSON", 0.89) == 0
    assert choice.score("PERSON", 0.9) == 0.9
    assert choice.score("KZ_IIN", 0.59) == 0
    assert choice.score("KZ_IIN", 0.6) == 0.6


def test_below_one_half_a_threshold_lets_in_what_is_only_likely() -> None:
    choice = _choice(thresholds={"PHONE_NUMBER": 0.3})
    assert choice.score("PHONE_NUMBER", 0.3) == 0.5
    assert choice.score("PHONE_NUMBER", 0.29) == 0
    assert choice.score("PHONE_NUMBER", 0) == 0
    assert choice.score("KZ_IIN", 0.49) == 0


def test_what_isnt_looked_for_doesnt_count() -> None:
    only = _choice(only=frozenset({"KZ_IIN"}))
    assert only.score("KZ_IIN", 0.9) == 0.9
    assert only.score("PERSON", 0.9) == 0
    assert only.entities == {"KZ_IIN"}
    without = _choice(without=frozenset({"KZ_IIN"}))
    assert without.score("KZ_IIN", 0.9) == 0
    assert without.entities == ENTITIES.keys() - {"KZ_IIN"}


# ------------------------------------------------------------------ allowed values


@pytest.mark.parametrize(
    ("allowed", "written"),
    [
        ("+7 (727) 250-00-00", "77272500000"),
        ("77272500000", "+7 727 250 00 00"),
        ("060140001234", "060140 001234"),
        ("Ali@Example.KZ", "ali@example.kz"),
        ("KZ86 125K ZT50", "kz86125kzt50"),
        ("Нұрлан Серікұлы", "НҰРЛАН  СЕРІКҰЛЫ"),
        ("\uff11\uff12\uff13", "123"),
        ("regex:.*@example\\.kz", "ANY.BODY@example.kz"),
        ("regex:7727[0-9]{7}", "77272500000"),
    ],
)
def test_an_allowed_value_is_one_however_it_is_written(allowed: str, written: str) -> None:
    choice = _choice(allow=("something else", allowed))
    assert choice.allows(written)
    assert _weighed(choice, f"<{written}>", _result("PERSON", 1, len(written) + 1)) == [0]


@pytest.mark.parametrize(
    ("allowed", "written"),
    [
        ("77272500000", "772725000001"),
        ("77272500000", "id77272500000"),
        ("ali@example.kz", "b.ali@example.kz"),
        ("regex:a{3}", "aaaa"),
        ("regex:a|b", "ab"),
        ("...", "---"),
    ],
)
def test_an_allowed_value_is_a_whole_one(allowed: str, written: str) -> None:
    assert not _choice(allow=(allowed,)).allows(written)


def test_what_lies_within_an_allowed_value_is_allowed_and_what_overlaps_it_isnt() -> None:
    choice = _choice(allow=("abcdef",))
    text = "abcdefgh"
    within, whole, beyond = (
        _result("KZ_BIN", 1, 4),
        _result("PHONE_NUMBER", 0, 6, 0.6),
        _result("KZ_IIN", 3, 8),
    )
    assert _weighed(choice, text, within, whole, beyond) == [0, 0, 0.9]


def test_names_found_in_parts_are_allowed_as_a_whole_only() -> None:
    parts = _result("PERSON", 0, 4), _result("PERSON", 2, 8)
    assert _weighed(_choice(allow=("abcdefgh",)), "abcdefgh", *parts) == [0, 0]
    parts = _result("PERSON", 0, 4), _result("PERSON", 2, 8)
    assert _weighed(_choice(allow=("abcd",)), "abcdefgh", *parts) == [0.9, 0.9]


def test_a_result_that_doesnt_count_allows_nothing() -> None:
    choice = _choice(allow=("abcdef",), without=frozenset({"PHONE_NUMBER"}))
    results = _result("PHONE_NUMBER", 0, 6), _result("KZ_IIN", 1, 5)
    assert _weighed(choice, "abcdef", *results) == [0, 0.9]


@given(st.text(max_size=40))
def test_every_value_is_allowed_by_itself_and_by_its_plain_form(value: str) -> None:
    assert plain(plain(value)) == plain(value)
    if value.strip() and not value.startswith("regex:"):
        assert _choice(allow=(value,)).allows(value)


# ------------------------------------------------------------------ profiles and packs


def test_code_wants_sure_names_and_every_secret() -> None:
    choice = _choice(profile="code")
    assert choice.score("PERSON", 0.85) == 0
    assert choice.score("PERSON", 0.9) == 0.9
    assert choice.score("USERNAME", 0.99) == 0
    secrets = [name for name, entity in ENTITIES.items() if entity.category == "secret"]
    assert secrets
    assert all(choice.score(name, 0.5) == 0.5 for name in secrets)
    for mine in ("10.0.0.1", "192.168.1.20", "172.20.0.2", "127.0.0.1", "fe80::1", "::1"):
        assert choice.allows(mine)
    for mine in ("git@github.com", "a.b@example.com", "x@build.test", "noreply@corp.kz"):
        assert choice.allows(mine)
    for theirs in ("8.8.4.4", "172.40.0.2", "ivan@mail.ru", "a@example.com.kz"):
        assert not choice.allows(theirs)


def test_strict_takes_what_is_only_likely() -> None:
    assert _choice(profile="strict").score("PHONE_NUMBER", 0.3) == 0.5


def test_every_profile_knows_our_entities_only() -> None:
    for name, profile in PROFILES.items():
        assert profile.thresholds.keys() - {"*"} <= ENTITIES.keys()
        assert profile.without <= ENTITIES.keys()
        assert _choice(profile=name).entities


def test_what_is_said_stands_above_the_profile() -> None:
    choice = _choice(
        profile="code",
        thresholds={"PERSON": 0.5},
        only=frozenset({"USERNAME", "PERSON"}),
    )
    assert choice.score("PERSON", 0.5) == 0.5
    assert choice.score("USERNAME", 0.5) == 0.5


def test_a_packs_threshold_holds_unless_a_lower_one_is_asked_for() -> None:
    assert _choice(floors={"PERSON": 0.8}).score("PERSON", 0.7) == 0
    assert _choice(floors={"PERSON": 0.8}).score("KZ_IIN", 0.5) == 0.5
    assert _choice(floors={"*": 0.8}).score("KZ_IIN", 0.7) == 0
    assert _choice(floors={"PERSON": 0.8}, thresholds={"PERSON": 0.6}).score("PERSON", 0.6) == 0.6
    assert _choice(floors={"PERSON": 0.8}, thresholds={"*": 0.6}).score("PERSON", 0.6) == 0.6
    assert _choice(floors={"PERSON": 0.4}).score("PERSON", 0.4) == 0.5


def test_a_profile_cant_ask_for_more_than_a_pack() -> None:
    choice = _choice(profile="code", floors={"PERSON": 0.6, "USERNAME": 0.5})
    assert choice.score("PERSON", 0.6) == 0.6
    assert choice.score("USERNAME", 0.5) == 0.5
    assert _choice(profile="code", floors={"*": 0.6}).score("PERSON", 0.6) == 0.6


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"profile": "cod"}, "profile: no profile 'cod' (did you mean 'code'?)"),
        (
            {"thresholds": {"PERSN": 0.5}},
            "thresholds: nothing finds 'PERSN' (did you mean 'PERSON'?)",
        ),
        ({"thresholds": {"PERSON": 1.5}}, "thresholds: PERSON: 1.5 isn't a score"),
        ({"thresholds": {"*": 0.0}}, "thresholds: *: 0.0 isn't a score"),
        (
            {"only": frozenset({"KZ_INN"})},
            "entities: nothing finds 'KZ_INN' (did you mean 'KZ_IIN'?)",
        ),
        ({"without": frozenset({"kz_iin"})}, "entities: nothing finds 'kz_iin'"),
        ({"allow": ("",)}, "allow: value 1 is empty"),
        ({"allow": ("a", "b" * (MAX_VALUE + 1))}, "allow: value 2 is empty or longer"),
        ({"allow": ("a",) * (MAX_ALLOWED + 1)}, f"at most {MAX_ALLOWED}"),
        ({"allow": ("regex:a",) * (MAX_REGEXES + 1)}, f"at most {MAX_REGEXES}"),
        ({"allow": ("regex:ok", "regex:(a")}, "allow: expression 2 isn't one that RE2 takes"),
        ({"allow": ("regex:(?=a)",)}, "allow: expression 1 isn't one that RE2 takes"),
        (
            {"thresholds": {"PERSON": 0.9}, "floors": {"PERSON": 0.8}},
            "thresholds: PERSON: 0.9 is above the 0.8 that a policy pack asks for",
        ),
        ({"thresholds": {"PERSON": 0.9}, "floors": {"*": 0.8}}, "is above the 0.8"),
        ({"floors": {"PERSN": 0.8}}, "thresholds of a policy pack: nothing finds 'PERSN'"),
        (
            {"without": frozenset({"PERSON"}), "floors": {"PERSON": 0.8}},
            "a policy pack asks for PERSON",
        ),
        (
            {"only": frozenset({"KZ_IIN"}), "floors": {"PERSON": 0.8}},
            "a policy pack asks for PERSON",
        ),
    ],
)
def test_what_cant_be_is_refused_in_words_that_help(said: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _choice(**said)
    assert told in str(caught.value)
    assert caught.value.fix or not told.startswith("profile")


def test_an_allowed_value_stands_in_no_error() -> None:
    with pytest.raises(ConfigError) as caught:
        _choice(allow=("regex:900101300017(",))
    assert "900101300017" not in f"{caught.value} {caught.value.fix}"


def test_what_was_chosen_is_told_for_digests() -> None:
    choice = _choice(thresholds={"PERSON": 0.9}, without=frozenset({"AGE"}), allow=("x",))
    assert choice.lines == ("threshold PERSON 0.9", "without AGE")
    assert choice.allow == ("x",)
