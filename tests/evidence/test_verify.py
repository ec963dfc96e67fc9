from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Chain,
    Checkpoint,
    Entry,
    EntryKind,
    Head,
    Problem,
    Report,
    Source,
    Value,
    head_of,
    sign_checkpoint,
    start_entries,
    verifier,
    verify_log,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "guard.example"
VKEY = str(verifier(ORIGIN, KEY.public_key()))
STOP = Entry(kind=EntryKind.WRITER_STOP)


@dataclass(frozen=True, slots=True)
class Stored:
    """A segment and its checkpoint as they would stand on disk."""

    writer: str
    data: bytes
    note: bytes | None

    @property
    def lines(self) -> list[bytes]:
        return self.data.splitlines(keepends=True)

    def source(self) -> Source:
        def lines() -> Generator[bytes]:
            rest = self.data
            while rest:
                line, newline, rest = rest.partition(b"\n")
                yield line + newline

        return Source(writer=self.writer, lines=lines, note=self.note)


def request(n: int) -> Entry:
    fields: dict[str, Value] = {
        "entities": {"KZ_IIN": n},
        "act": "mask",
        "route": "/v1/chat/completions",
    }
    return Entry(kind=EntryKind.REQUEST, req=f"r{n}", fields=fields)


def stored(
    writer: str,
    count: int = 3,
    *,
    heads: Sequence[Head] = (),
    sealed: int | None = None,
    stop: bool = False,
    origin: str = "",
) -> Stored:
    chain = Chain(writer)
    entries = [*start_entries(ORIGIN, heads), *map(request, range(count)), *[STOP] * stop]
    data, note = b"", None
    for ts, entry in enumerate(entries):
        data += chain.append(entry, ts)
        if sealed is None or chain.size == sealed:
            name = origin or f"{ORIGIN}/{writer}"
            checkpoint = Checkpoint(origin=name, size=chain.size, root=chain.tree.root())
            note = sign_checkpoint(checkpoint, name=ORIGIN, signer=KEY)
    return Stored(writer, data, note)


def check(*segments: Stored) -> Report:
    return verify_log([segment.source() for segment in segments], VKEY)


def places(report: Report) -> set[tuple[str, int]]:
    return {(problem.segment, problem.line) for problem in report.problems}


SEALED = stored("w1", 3, stop=True)
OPEN = stored("w2", 3, sealed=1)


def test_an_untouched_log_verifies() -> None:
    report = check(SEALED, OPEN)
    assert report.ok
    assert (report.segments, report.entries, report.sealed, report.unsealed) == (2, 9, 6, 3)
    assert report.notes == ()


def flips(data: bytes) -> Generator[tuple[int, bytes]]:
    """Every bit of some bytes, one bit of each other, a different one each time."""
    for at, byte in enumerate(data):
        for bit in range(8) if at % 16 == 0 or byte == 0x0A else (at % 8,):
            yield at, data[:at] + bytes([byte ^ 1 << bit]) + data[at + 1 :]


@pytest.mark.parametrize("segment", [SEALED, OPEN], ids=["sealed", "unsealed"])
def test_a_flipped_byte_is_found_and_named(segment: Stored) -> None:
    for at, data in flips(segment.data):
        line = segment.data.count(b"\n", 0, at) + 1
        assert (f"{segment.writer}.log", line) in places(check(replace(segment, data=data))), at


@pytest.mark.parametrize("segment", [SEALED, OPEN], ids=["sealed", "unsealed"])
def test_a_flipped_byte_of_the_checkpoint_is_found_and_named(segment: Stored) -> None:
    assert segment.note is not None
    for at in range(len(segment.note)):
        for bit in range(8):
            byte = bytes([segment.note[at] ^ 1 << bit])
            note = segment.note[:at] + byte + segment.note[at + 1 :]
            assert (f"{segment.writer}.checkpoint", 0) in places(check(replace(segment, note=note)))


@given(st.data())
def test_any_other_bytes_in_place_of_a_sealed_log_are_found(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SEALED.data)))
    end = data.draw(st.integers(start, len(SEALED.data)))
    changed = SEALED.data[:start] + data.draw(st.binary(max_size=80)) + SEALED.data[end:]
    assert check(replace(SEALED, data=changed)).ok is (changed == SEALED.data)


@given(st.permutations(range(5)))
def test_reordered_lines_are_found(order: list[int]) -> None:
    for segment in (SEALED, stored("w2", 4, sealed=1)):
        data = b"".join(segment.lines[n] for n in order)
        assert check(replace(segment, data=data)).ok is (data == segment.data)


@pytest.mark.parametrize("at", range(4))
def test_a_line_removed_or_doubled_in_the_middle_is_found_and_named(at: int) -> None:
    lines = SEALED.lines
    removed = b"".join(lines[:at] + lines[at + 1 :])
    assert ("w1.log", at + 1) in places(check(replace(SEALED, data=removed)))
    doubled = b"".join(lines[: at + 1] + lines[at:])
    assert ("w1.log", at + 2) in places(check(replace(SEALED, data=doubled)))


def test_a_sealed_log_cut_anywhere_is_found() -> None:
    for end in range(len(SEALED.data)):
        assert not check(replace(SEALED, data=SEALED.data[:end])).ok


def test_an_unsealed_end_may_be_cut_between_lines_only() -> None:
    first = len(OPEN.lines[0])
    for end in range(first, len(OPEN.data)):
        report = check(replace(OPEN, data=OPEN.data[:end]))
        between = OPEN.data[end - 1 : end] == b"\n"
        assert report.ok is between
        assert between or report.problems[-1].what == "an unfinished last line"


def test_garbage_at_the_end_is_found_and_named() -> None:
    assert places(check(replace(OPEN, data=OPEN.data + b"x"))) == {("w2.log", 5)}
    assert places(check(replace(OPEN, data=OPEN.data + b"x\n"))) == {("w2.log", 5)}


def test_an_overlong_line_in_pieces_is_found_and_named() -> None:
    def lines() -> Generator[bytes]:
        yield from [*OPEN.lines, b"x" * 9, b"x" * 9, b"x\n"]

    report = verify_log([replace(OPEN.source(), lines=lines)], VKEY)
    assert places(report) == {("w2.log", 5)}


def test_an_entry_rewritten_with_a_new_hash_breaks_the_chain_and_the_seal() -> None:
    chain = Chain("w1")
    forged = [chain.append(start_entries(ORIGIN, ())[0], 0), chain.append(request(9), 1)]
    report = check(replace(SEALED, data=b"".join(forged + SEALED.lines[2:])))
    assert places(report) == {("w1.log", 3), ("w1.log", 0)}


def test_a_history_rewritten_without_the_key_doesnt_give_the_sealed_root() -> None:
    forged = stored("w1", 5)
    assert places(check(replace(SEALED, data=forged.data))) == {("w1.log", 0)}


def test_another_writers_lines_or_checkpoint_are_found() -> None:
    other = stored("w3")
    assert ("w1.log", 1) in places(check(replace(SEALED, data=other.data)))
    assert places(check(replace(SEALED, note=other.note))) == {
        ("w1.checkpoint", 0),
        ("w1.log", 5),
    }
    assert places(check(stored("w1", origin="elsewhere/w1"))) == {("w1.checkpoint", 0)}


def test_a_checkpoint_of_another_key_is_refused() -> None:
    by = verifier(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())
    report = verify_log([OPEN.source()], str(by))
    assert [str(problem) for problem in report.problems] == [
        "w2.checkpoint: not signed by guard.example"
    ]
    with pytest.raises(EvidenceError, match="vkey"):
        verify_log([], "no key")


def test_a_missing_checkpoint_is_found() -> None:
    assert places(check(replace(OPEN, note=None))) == {("w2.checkpoint", 0)}


def test_a_segment_that_only_began_needs_no_checkpoint() -> None:
    report = check(replace(stored("w1", 0), note=None))
    assert report.ok
    assert report.unsealed == 1


def test_an_empty_segment_is_a_problem() -> None:
    assert places(check(Stored("w1", b"", None))) == {("w1.log", 0)}
    assert places(check(Stored("w1", b"", SEALED.note))) == {("w1.log", 0)}


def test_lines_after_the_writers_stop_and_a_stop_without_seal_are_found() -> None:
    lines = SEALED.lines
    chain = Chain("w1")
    entries = [*start_entries(ORIGIN, ()), *map(request, range(3)), STOP, request(3)]
    data = b"".join(chain.append(entry, ts) for ts, entry in enumerate(entries))
    report = check(replace(SEALED, data=data))
    assert [str(problem) for problem in report.problems] == [
        "w1.log, line 6 (entry 5): it comes after its writer had stopped"
    ]
    assert b"".join(lines) in data
    assert places(check(stored("w1", 2, sealed=1, stop=True))) == {("w1.log", 4)}


def test_a_segment_begins_with_its_start_and_has_one_only() -> None:
    chain = Chain("w1")
    start = start_entries(ORIGIN, ())[0]
    data = b"".join(chain.append(entry, 1) for entry in (request(0), start, request(1)))
    report = check(Stored("w1", data, None))
    assert places(report) >= {("w1.log", 1), ("w1.log", 2)}


def test_a_clock_that_goes_back_is_noted() -> None:
    chain = Chain("w1")
    data = b"".join(chain.append(start_entries(ORIGIN, ())[0], ts) for ts in (5, 4))
    report = check(Stored("w1", data, None))
    assert report.ok
    assert [(note.line, note.n) for note in report.notes] == [(2, 1)]


def later(*heads: Head) -> Stored:
    return stored("w9", heads=heads)


def test_a_segment_that_a_later_writer_saw_is_missed() -> None:
    seen = later(head_of("w1", SEALED.data))
    assert check(SEALED, seen).ok
    report = check(seen)
    assert [str(problem) for problem in report.problems] == [
        "w1.log: it is missing; a later writer saw 5 entries of it"
    ]


def test_entries_that_a_later_writer_saw_cant_be_cut_off_or_changed() -> None:
    seen = later(head_of("w2", OPEN.data))
    report = check(OPEN, seen)
    assert report.ok
    assert report.unsealed == 0
    cut = replace(OPEN, data=b"".join(OPEN.lines[:2]))
    assert places(check(cut, seen)) == {("w2.log", 2)}
    forged = stored("w2", 3, heads=[Head(writer="w2", n=0, leaf="")])
    assert ("w2.log", 4) in places(check(forged, seen))


def test_a_segment_may_have_grown_since_a_later_writer_saw_it() -> None:
    seen = later(head_of("w2", b"".join(OPEN.lines[:2])), head_of("w2", OPEN.lines[0]))
    assert check(OPEN, seen).ok


def test_a_torn_line_that_a_later_start_saw_is_only_noted() -> None:
    torn = replace(OPEN, data=OPEN.data[:-7])
    report = check(torn, later(head_of("w2", torn.data)))
    assert report.ok
    assert len(report.notes) == 1
    assert not check(replace(torn, data=torn.data[:-1]), later(head_of("w2", torn.data))).ok


def test_remarks_are_bounded_and_the_rest_is_counted() -> None:
    report = check(Stored("w1", b"x\n" * 150, None))
    assert len(report.problems) == 100
    assert report.omitted == 50
    report = check(later(*(Head(writer=f"v{n}", n=1, leaf="") for n in range(130))))
    assert len(report.problems) == 100
    assert report.omitted == 30


def test_a_problem_is_told_in_one_line() -> None:
    problem = Problem(segment="w1.log", line=2, n=1, what="it is wrong")
    assert str(problem) == "w1.log, line 2 (entry 1): it is wrong"
    assert str(Problem(segment="w1.log", what="gone")) == "w1.log: gone"


def test_every_byte_of_the_heads_matters_too() -> None:
    seen = later(head_of("w1", SEALED.data))
    assert check(SEALED, seen).ok
    for at, data in flips(seen.lines[0]):
        changed = data + b"".join(seen.lines[1:])
        assert ("w9.log", 1) in places(check(SEALED, replace(seen, data=changed))), at
