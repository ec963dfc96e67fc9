import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence.pseudonyms import (
    DEPTH,
    KEY_BYTES,
    DerivedPseudonyms,
    EpochKey,
    decoded,
    fresh_key,
    is_epoch,
)

NOVEMBER, JANUARY = 1_795_000_000_000_000, 1_799_000_000_000_000
FRESH = bytes(range(KEY_BYTES))

subjects = st.text(min_size=1, max_size=20)
people = st.lists(subjects, min_size=1, max_size=6, unique=True)


def a_key(random: bytes = b"\x07" * (2 * KEY_BYTES)) -> EpochKey:
    return fresh_key("2026h2", random)


def forgetting(key: EpochKey, forgotten: list[str]) -> EpochKey:
    for turn, subject in enumerate(forgotten):
        key = key.without(subject, bytes([turn]) * KEY_BYTES)
    return key


def test_a_name_says_its_half_year_and_nothing_else() -> None:
    assert re.fullmatch(r"p:2026h2:[0-9a-f]{32}", a_key().of("p:whoever"))


def test_two_keys_give_one_person_names_that_have_nothing_in_common() -> None:
    other = a_key(b"\x08" * (2 * KEY_BYTES))
    assert a_key().of("one").split(":")[2] != other.of("one").split(":")[2]


@given(people)
def test_every_two_persons_have_different_names(persons: list[str]) -> None:
    assert len({a_key().of(one) for one in persons}) == len(persons)


@given(people, subjects)
def test_whoever_else_is_forgotten_a_person_keeps_the_name(
    forgotten: list[str], subject: str
) -> None:
    if subject not in forgotten:
        assert forgetting(a_key(), forgotten).of(subject) == a_key().of(subject)


@given(people)
def test_every_forgotten_person_has_a_new_name(forgotten: list[str]) -> None:
    after = forgetting(a_key(), forgotten)
    for subject in forgotten:
        assert after.of(subject) != a_key().of(subject)


@given(subjects, st.integers(min_value=1, max_value=4))
def test_who_is_forgotten_again_and_again_has_a_new_name_each_time(
    subject: str, times: int
) -> None:
    key, names = a_key(), {a_key().of(subject)}
    for turn in range(times):
        key = key.without(subject, bytes([turn]) * KEY_BYTES)
        names.add(key.of(subject))
    assert len(names) == times + 1


def test_what_is_left_of_a_key_holds_no_node_that_leads_to_the_forgotten_one() -> None:
    key = a_key()
    after = key.without("one", FRESH)
    first, second = after._trees
    assert len(first) == DEPTH
    assert "" not in first, "the root leads everywhere"
    assert dict(second) == {"": FRESH}
    assert key._trees[0][""] not in first.values()


@given(people)
def test_a_key_is_read_as_it_was_written(forgotten: list[str]) -> None:
    key = forgetting(a_key(), forgotten)
    read = decoded(key.encoded())
    assert read.epoch == key.epoch
    assert [read.of(one) for one in (*forgotten, "another")] == [
        key.of(one) for one in (*forgotten, "another")
    ]
    assert read.digest(b"body") == key.digest(b"body")


@pytest.mark.parametrize(
    "damage",
    [
        (b"epoch key 1", b"epoch key 2"),
        (b'"2026h2"', b'"2026h3"'),
        (b"07", b""),
        (b'"": ', b'"2": '),
        (b"trees", b"woods"),
        (b"[", b"{"),
        (b'"digests": "', b'"digests": "zz'),
    ],
)
def test_what_isnt_such_a_key_is_refused_without_repeating_it(damage: tuple[bytes, bytes]) -> None:
    with pytest.raises(EvidenceError) as refused:
        decoded(a_key().encoded().replace(*damage, 1))
    assert "0707" not in str(refused.value)


def test_a_key_doesnt_show_itself() -> None:
    assert repr(a_key()) == "EpochKey('2026h2')"


def test_a_digest_is_keyed_and_of_nothing_there_is_none() -> None:
    assert a_key().digest(b"body") != a_key(b"\x08" * 64).digest(b"body")
    assert len(a_key().digest(b"body")) == 64
    assert a_key().digest(b"") == a_key().caller(b"") == ""


def test_a_callers_name_is_no_persons() -> None:
    assert re.fullmatch(r"k:2026h2:[0-9a-f]{32}", a_key().caller(b"Bearer sk-1"))


def test_names_change_with_the_half_year() -> None:
    names = DerivedPseudonyms(b"s" * 32)
    assert names.at(NOVEMBER).of("one").startswith("p:2026h2:")
    assert names.at(JANUARY).of("one").startswith("p:2027h1:")
    assert names.at(NOVEMBER).digest(b"body") != names.at(JANUARY).digest(b"body")
    assert names.at(NOVEMBER).of("one") == DerivedPseudonyms(b"s" * 32).at(NOVEMBER).of("one")
    assert names.ready(NOVEMBER) is names.at(NOVEMBER)
    assert names.at(NOVEMBER).of("one") != DerivedPseudonyms(b"t" * 32).at(NOVEMBER).of("one")


@pytest.mark.parametrize(("name", "told"), [("2026h2", True), ("2026h3", False), ("h1", False)])
def test_half_years_are_told_from_other_names(name: str, told: bool) -> None:  # noqa: FBT001 - a table
    assert is_epoch(name) is told
