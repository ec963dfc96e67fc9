"""What every store of objects promises, of each of them; the servers behind them are real."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT, Objects
from guardrail.stores.evidence_home import open_objects, rehearse
from guardrail.stores.state import State
from guardrail.testing import MemoryObjects

NAMES = (
    *("lease", "a", "a.b", "a-b/c", "a-b/c.p/1", "tile/0/000", "tile/0/000.p/3"),
    *("tile/0/000.p/255", "tile/0/x001/000", "tile/entries/000", "wal/w-1/0000000000000000"),
)
"""No one of them is another's directory; a slash, a dot and a dash sort as they do in bytes."""

WRITERS = 8


def turns(objects: Objects) -> int:
    """Return how often to race: SeaweedFS lets who loses wait for a second."""
    return 1 if type(objects).__name__ == "ObjectS3" else 20


IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.state import State

where, state, top, me = sys.argv[1:]
objects = open_objects(where, State(Path(state)))
print("ready", flush=True)
sys.stdin.readline()
won = [n for n in range(20) if objects.create(f"{top}/{n}", me.encode())]
for _ in range(20):
    while True:
        held = objects.read(f"{top}/count")
        if objects.swap(f"{top}/count", b"%d" % (int(held or b"0") + 1), expected=held):
            break
print(*won)
objects.close()
"""

_T = TypeVar("_T")

fresh = map("t{}".format, itertools.count())
"""Directories that no test has used before: a server is shared by all of them."""


LASTING = ["folder", "postgres", "s3"]


@pytest.fixture(scope="module", params=LASTING)
def where(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a store is that lasts, as an operator writes it."""
    with place(request) as found:
        yield found


@pytest.fixture(scope="module", params=["memory", *LASTING])
def objects(request: pytest.FixtureRequest, state: State) -> Iterator[Objects]:
    """Any store at all."""
    if request.param == "memory":
        yield MemoryObjects()
        return
    with place(request) as found:
        store = open_objects(found, state)
        yield store
        store.close()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return State(tmp_path_factory.mktemp("state"))


@contextmanager
def place(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "postgres":
            yield request.getfixturevalue("postgres").url
        elif request.param == "s3":
            for name, value in request.getfixturevalue("s3_access").items():
                patch.setenv(name, value)
            yield request.getfixturevalue("s3")
        else:
            yield ""


def at_once(count: int, work: Callable[[int], _T]) -> list[_T]:
    """Let threads begin together, and return what each returned."""
    start = threading.Barrier(count)

    def begin(number: int) -> _T:
        start.wait(30)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))


def test_what_was_created_is_read_and_nothing_else_is(objects: Objects) -> None:
    top = next(fresh)
    assert objects.read(f"{top}/a") is None
    assert objects.create(f"{top}/a", b"one")
    assert objects.read(f"{top}/a") == b"one"
    assert objects.read(top) is None
    assert objects.read(f"{top}/a/b") is None


def test_a_second_create_of_the_same_bytes_is_as_good_as_the_first_and_of_others_isnt(
    objects: Objects,
) -> None:
    name = f"{next(fresh)}/a"
    assert objects.create(name, b"one")
    assert objects.create(name, b"one")
    assert not objects.create(name, b"two")
    assert not objects.create(name, b"")
    assert objects.read(name) == b"one"


def test_a_swap_takes_place_only_of_what_is_expected(objects: Objects) -> None:
    name = f"{next(fresh)}/state"
    assert not objects.swap(name, b"two", expected=b"one")
    assert objects.read(name) is None
    assert objects.swap(name, b"one", expected=None)
    assert not objects.swap(name, b"one", expected=None)
    assert not objects.swap(name, b"three", expected=b"two")
    assert not objects.swap(name, b"three", expected=b"")
    assert objects.swap(name, b"two", expected=b"one")
    assert objects.swap(name, b"two", expected=b"two")
    assert objects.read(name) == b"two"


def test_nothing_at_all_is_something_to_hold(objects: Objects) -> None:
    name = f"{next(fresh)}/a"
    assert objects.create(name, b"")
    assert objects.read(name) == b""
    assert objects.read(name, 1) == b""
    assert objects.create(name, b"")
    assert not objects.swap(name, b"one", expected=None)
    assert objects.swap(name, b"one", expected=b"")


@pytest.mark.parametrize("size", [1, 255, 2_100, 70_000, 3_000_000])
def test_an_object_is_read_from_any_byte_on(objects: Objects, size: int) -> None:
    name = f"{next(fresh)}/a"
    data = os.urandom(size)
    assert objects.create(name, data)
    for start in (0, 1, size // 2, size - 1, size, size + 1, 2 * size, OBJECT_LIMIT * 100):
        assert objects.read(name, start) == data[start:], start


def test_what_was_deleted_is_gone_and_can_be_made_anew(objects: Objects) -> None:
    top = next(fresh)
    names = [f"{top}/a/{n}" for n in range(3)]
    for name in names:
        assert objects.create(name, b"one")
    objects.delete([*names[:2], f"{top}/none"])
    objects.delete(iter(()))
    assert [objects.read(name) for name in names] == [None, None, b"one"]
    objects.delete(iter(names))
    assert list(objects.names(top)) == []
    assert objects.create(names[0], b"two")
    assert objects.swap(names[1], b"two", expected=None)
    assert list(objects.names(top)) == names[:2]


def test_names_begin_with_what_is_asked_and_are_sorted_as_bytes(objects: Objects) -> None:
    top = next(fresh)
    for name in NAMES:
        objects.create(f"{top}/{name}", b"")
    for prefix in ("", "/", "/a", "/a-", "/tile", "/tile/0/000", "/tile/0/000.p/", "/x", "/wal/w"):
        wanted = sorted(n for name in NAMES if (n := f"{top}/{name}").startswith(top + prefix))
        assert list(objects.names(top + prefix)) == wanted, prefix
    assert set(objects.names("")) >= {f"{top}/{name}" for name in NAMES}


def test_more_names_than_a_page_holds_are_all_told_and_deleted(objects: Objects) -> None:
    top = next(fresh)
    names = [f"{top}/{n:04}" for n in range(1_005)]
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda name: objects.create(name, b"x"), names))
    assert list(objects.names(f"{top}/")) == names
    objects.delete(names)
    assert list(objects.names(f"{top}/")) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "..",
        "a/../b",
        ".a",
        "a/.b",
        "A",
        "a b",
        "a\n",
        "a\0b",
        "ä",
        "a" * 600,
    ],
)
def test_what_is_no_name_is_refused_by_every_call(objects: Objects, name: str) -> None:
    calls: Sequence[Callable[[], object]] = [
        lambda: objects.read(name),
        lambda: objects.create(name, b""),
        lambda: objects.swap(name, b"", expected=None),
        lambda: objects.delete([name]),
    ]
    for call in calls:
        with pytest.raises(EvidenceError):
            call()


def test_what_is_too_large_is_refused(objects: Objects) -> None:
    name = f"{next(fresh)}/a"
    data = bytes(OBJECT_LIMIT + 1)
    with pytest.raises(EvidenceError, match="too large"):
        objects.create(name, data)
    with pytest.raises(EvidenceError, match="too large"):
        objects.swap(name, data, expected=None)
    assert objects.read(name) is None


Call = tuple[str, str, bytes, bytes | None]
CALLS = st.lists(
    st.tuples(
        st.sampled_from(["create", "swap", "delete", "read"]),
        st.sampled_from(NAMES[:6]),
        st.binary(max_size=2),
        st.none() | st.binary(max_size=2),
    ),
    max_size=20,
)


@given(calls=CALLS)
def test_every_row_of_calls_ends_as_it_does_with_a_plain_mapping(
    objects: Objects, calls: list[Call]
) -> None:
    top, model = next(fresh), MemoryObjects()
    for what, name, data, expected in calls:
        said, wanted = (
            done(one, f"{top}/{name}", what, data, expected) for one in (objects, model)
        )
        assert said == wanted
    assert list(objects.names(f"{top}/")) == sorted(model.held)


def done(objects: Objects, name: str, what: str, data: bytes, expected: bytes | None) -> object:
    match what:
        case "create":
            return objects.create(name, data)
        case "swap":
            return objects.swap(name, data, expected=expected)
        case "delete":
            objects.delete([name])
            return None
        case _:
            return objects.read(name, len(data))


def test_of_many_threads_that_create_one_name_one_wins(objects: Objects) -> None:
    for _ in range(turns(objects)):
        name = f"{next(fresh)}/a"
        won = at_once(WRITERS, lambda me, name=name: objects.create(name, b"%d" % me))  # type: ignore[misc]
        assert won.count(True) == 1
        assert objects.read(name) == b"%d" % won.index(True)


def test_of_many_threads_that_swap_one_thing_one_wins(objects: Objects) -> None:
    name = f"{next(fresh)}/state"
    held: bytes | None = None
    for turn in range(turns(objects)):

        def swap(me: int, held: bytes | None = held, turn: int = turn) -> bool:
            return objects.swap(name, b"%d-%d" % (turn, me), expected=held)

        won = at_once(WRITERS, swap)
        assert won.count(True) == 1
        held = objects.read(name)
        assert held == b"%d-%d" % (turn, won.index(True))


def test_no_swap_is_lost_among_many(objects: Objects) -> None:
    name = f"{next(fresh)}/count"

    def count(_: int) -> None:
        for _ in range(10):
            while True:
                held = objects.read(name)
                if objects.swap(name, b"%d" % (int(held or b"0") + 1), expected=held):
                    break

    at_once(4, count)
    assert objects.read(name) == b"40"


def test_creating_beside_deleting_never_fails_or_lies(objects: Objects) -> None:
    top = next(fresh)

    def work(me: int) -> None:
        for turn in range(20):
            name = f"{top}/{turn % 3}/{me % 2}"
            if me < 2:
                objects.delete([name])
            else:
                assert objects.create(name, b"same")
                assert objects.read(name) in {b"same", None}

    at_once(4, work)


def test_a_reader_sees_the_whole_of_one_swap_or_of_another(objects: Objects) -> None:
    name = f"{next(fresh)}/a"
    sizes = (10, 100_000, 3_000, 300_000)
    objects.create(name, bytes([0]) * sizes[0])

    def work(me: int) -> None:
        for turn in range(1, 20):
            if me == 0:
                last = objects.read(name)
                assert objects.swap(name, bytes([turn]) * sizes[turn % 4], expected=last)
            else:
                seen = objects.read(name)
                assert seen
                assert len(set(seen)) == 1
                assert len(seen) == sizes[seen[0] % 4]

    at_once(3, work)


def test_of_many_processes_one_wins_each_name_and_no_swap_is_lost(where: str, state: State) -> None:
    top = next(fresh)
    kept = open_objects(where, state)
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, where, str(state.root), top]
    processes = [
        subprocess.Popen(
            [*command, str(me)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for me in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outputs = [process.communicate("\n", timeout=60)[0] for process in processes]
    won = {int(n): b"%d" % me for me, output in enumerate(outputs) for n in output.split()}
    assert sum(len(output.split()) for output in outputs) == len(won) == 20
    assert {n: kept.read(f"{top}/{n}") for n in range(20)} == won
    assert kept.read(f"{top}/count") == b"60"
    kept.close()


def test_a_store_can_be_rehearsed_and_holds_nothing_of_it(objects: Objects) -> None:
    rehearse(objects)
    assert list(objects.names("probe/")) == []


def test_a_store_that_lets_two_win_doesnt_pass_the_rehearsal() -> None:
    class Overwriting(MemoryObjects):
        def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
            return super().swap(name, data, expected=self.held.get(name))

    with pytest.raises(EvidenceError, match="keep writers apart"):
        rehearse(Overwriting())
