import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Chain, Come, Entry, EntryKind, Line, leaf_hash
from guardrail.stores.following import incident, parsed, stops, unfit


def chained(*kinds: EntryKind) -> list[Line]:
    chain = Chain("w")
    return [chain.line(Entry(kind=kind), at) for at, kind in enumerate(kinds)]


START, SECOND, STOP = chained(EntryKind.WRITER_START, EntryKind.CONSENT, EntryKind.WRITER_STOP)


def test_a_writers_own_entries_follow_on() -> None:
    assert unfit(START, "w", 0, "", stopped=False) == ""
    assert unfit(SECOND, "w", 1, START.leaf.hex(), stopped=False) == ""
    assert unfit(STOP, "w", 2, SECOND.leaf.hex(), stopped=False) == ""


def test_what_was_read_already_is_fine_if_it_is_the_same() -> None:
    assert unfit(START, "w", 1, START.leaf.hex(), stopped=False) == ""
    assert unfit(START, "w", 1, SECOND.leaf.hex(), stopped=False) == "another_history"


@pytest.mark.parametrize(
    ("line", "writer", "n", "leaf", "stopped", "why"),
    [
        (None, "w", 0, "", False, "unreadable"),
        (START, "another", 0, "", False, "another_writer"),
        (STOP, "w", 1, START.leaf.hex(), False, "missing_entries"),
        (SECOND, "w", 1, "0" * 64, False, "another_history"),
        (SECOND, "w", 1, START.leaf.hex(), True, "another_start"),
        (chained(EntryKind.CONSENT)[0], "w", 0, "", False, "another_start"),
    ],
)
def test_what_doesnt_follow_on_is_called_by_its_name(
    line: Line | None,
    writer: str,
    n: int,
    leaf: str,
    stopped: bool,  # noqa: FBT001 - a parameter
    why: str,
) -> None:
    assert unfit(line, writer, n, leaf, stopped=stopped) == why


def test_a_line_is_read_and_whatever_is_none_is_none() -> None:
    assert parsed(START.text) == START
    assert parsed(b"0" * 64 + b" {}") is None


def test_what_a_newer_version_wrote_is_left_to_it() -> None:
    body = b'{"n":0,"prev":"","t":"writer.start","ts":1,"v":2,"w":"w"}'
    with pytest.raises(EvidenceError) as refused:
        parsed(leaf_hash(body).hex().encode() + b" " + body)
    assert refused.value.code == "evidence_newer"


def test_only_the_last_entry_of_a_goodbye_stops_a_writer() -> None:
    chain = Chain("w")
    first = chain.line(Entry(kind=EntryKind.WRITER_STOP, fields={"more": True}), 1)
    assert [stops(line) for line in (first, STOP, SECOND)] == [False, True, False]


def test_an_incident_says_how_far_a_writer_had_come() -> None:
    told = incident("unreadable", "w", Come(n=2, leaf=SECOND.leaf.hex(), ts=1))
    assert told.kind == EntryKind.INCIDENT
    assert told.fields["reason"] == "unreadable"
    assert told.fields["heads"] == [{"w": "w", "n": 2, "leaf": SECOND.leaf.hex()}]
