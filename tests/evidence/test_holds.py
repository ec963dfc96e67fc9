import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence.details import Detail
from guardrail.evidence.holds import LIMIT, Cover, Hold, decoded, encoded

ID = "hold_" + "0" * 16
REQUEST = Hold(id=ID, reason="case-1", made=1, request="req_1")
PERSON = Hold(id=ID, reason="case-1", made=1, subject="p:stable")
TIME = Hold(id=ID, reason="case-1", made=1, since=10, until=20)
NAMES = {"p:stable": ["p:2026h2:" + "a" * 32]}

times = st.integers(0, 50)


def detail(**changes: object) -> Detail:
    told: dict[str, object] = {"id": "d1", "commit": "", "request": "req_9", "made": 99}
    return Detail(**(told | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hold", "covered", "other"),
    [
        (REQUEST, {"req": "req_1"}, {"req": "req_2"}),
        (PERSON, {"sub": NAMES["p:stable"][0]}, {"sub": "p:2026h2:" + "b" * 32}),
        (PERSON, {"author": NAMES["p:stable"][0]}, {"author": "k:2026h2:" + "a" * 32}),
        (TIME, {"ts": 10}, {"ts": 9}),
        (TIME, {"ts": 19}, {"ts": 20}),
    ],
)
def test_a_hold_covers_what_it_is_of_and_nothing_else(
    hold: Hold, covered: dict[str, object], other: dict[str, object]
) -> None:
    cover = Cover([hold], NAMES)
    assert cover.record(covered)
    assert not cover.record(other)
    assert not cover.record({})


def test_a_hold_covers_details_of_its_request_its_person_and_its_time() -> None:
    assert Cover([REQUEST], {}).detail(detail(request="req_1"), ())
    assert Cover([PERSON], NAMES).detail(detail(id="d7"), {"d7"})
    assert Cover([TIME], {}).detail(detail(made=15), ())
    for hold in (REQUEST, PERSON, TIME):
        assert not Cover([hold], NAMES).detail(detail(), {"d7"})


def test_no_hold_covers_nothing() -> None:
    cover = Cover([], {})
    assert not cover
    assert not cover.record({"req": "", "sub": "", "ts": 0})
    assert not cover.overlaps(0, 1 << 60)


@given(times, times, times, times)
def test_a_hold_of_a_time_overlaps_what_shares_a_moment_with_it(
    since: int, length: int, other: int, other_length: int
) -> None:
    hold = Hold(id=ID, reason="c", made=0, since=since, until=since + length + 1)
    held = set(range(since, since + length + 1))
    assert hold.overlaps(other, other + other_length) == bool(
        held & set(range(other, other + other_length))
    )


def test_a_hold_of_no_time_overlaps_every_time() -> None:
    assert Cover([REQUEST], {}).overlaps(0, 1)
    assert Cover([PERSON], {}).overlaps(0, 1)


def test_the_holds_of_a_person_are_told() -> None:
    assert Cover([REQUEST, PERSON], NAMES).of("p:stable") == (PERSON,)
    assert Cover([REQUEST, PERSON], NAMES).subjects == {"p:stable"}
    assert Cover([REQUEST], {}).ids == {ID}


@given(st.lists(st.sampled_from([REQUEST, PERSON, TIME]), max_size=5))
def test_holds_are_read_as_they_were_written(holds: list[Hold]) -> None:
    assert decoded(encoded(holds)) == tuple(holds)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"form":"guardrail holds 2","holds":[]}',
        b'{"form":"guardrail holds 1","holds":[{}]}',
        b'{"form":"guardrail holds 1","holds":7}',
        encoded([PERSON]).replace(b"stable", b""),
        encoded([TIME]).replace(b"20", b'"20"'),
    ],
)
def test_what_isnt_a_list_of_holds_is_refused_so_that_nothing_is_deleted(data: bytes) -> None:
    if b'"subject": "p:"' in data:
        data = data.replace(b'"p:"', b'""')
    with pytest.raises(EvidenceError):
        decoded(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"reason": ""},
        {"reason": "Ivan Ivanov sues"},
        {"id": "1"},
        {"request": "req_1", "subject": "p:1"},
        {"request": "two words"},
        {"since": 5, "until": 4},
        {"since": -1, "until": 4},
        {"request": "req_1", "since": 7},
    ],
)
def test_a_hold_is_of_one_thing_and_its_reason_is_a_word(wrong: dict[str, object]) -> None:
    told: dict[str, object] = {"id": ID, "reason": "case-1", "made": 1}
    if not {"request", "subject", "until"} & wrong.keys() and wrong:
        told["request"] = "req_1"
    with pytest.raises(EvidenceError):
        Hold(**(told | wrong))  # type: ignore[arg-type]


def test_there_is_an_end_to_holds() -> None:
    with pytest.raises(EvidenceError, match="lift some"):
        encoded([REQUEST] * (LIMIT + 1))


def test_what_is_put_on_record_names_the_person_by_the_pseudonym_in_evidence() -> None:
    entry = PERSON.entry("held", NAMES["p:stable"][0])
    assert dict(entry.fields) == {
        "record": ID,
        "reason": "case-1",
        "state": "held",
        "sub": NAMES["p:stable"][0],
    }
    assert REQUEST.entry("lifted", "").req == "req_1"
    assert dict(TIME.entry("held", "").fields)["until"] == 20
