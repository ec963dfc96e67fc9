import threading

import pytest

from guardrail.errors import BadInput, EvidenceError
from guardrail.evidence import Entry
from guardrail.evidence.holds import HOLDS, Hold
from guardrail.stores.holds import Holds
from guardrail.testing.objects import MemoryObjects

NAME = "p:2026h2:" + "a" * 32


def hold(n: int = 0, **changes: object) -> Hold:
    told: dict[str, object] = {"id": f"hold_{n:016x}", "reason": "case-1", "made": 1}
    return Hold(**(told | ({"request": "req_1"} | changes)))  # type: ignore[arg-type]


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


def test_a_hold_is_in_force_and_on_record_until_it_is_lifted(objects: MemoryObjects) -> None:
    record: list[Entry] = []
    holds = Holds(objects)
    assert holds.all() == ()
    one, two = hold(1), hold(2, request="", subject="p:stable")
    holds.add(one, record.append)
    holds.add(two, record.append, name=NAME)
    assert Holds(objects).all() == (one, two)
    assert holds.lift(two.id, record.append, lambda _: NAME) == two
    assert Holds(objects).all() == (one,)
    told = [(entry.fields["record"], entry.fields["state"]) for entry in record]
    assert told == [(one.id, "held"), (two.id, "held"), (two.id, "lifted")]
    assert record[1].fields["sub"] == record[2].fields["sub"] == NAME


def test_no_record_names_the_person_as_the_registry_does(objects: MemoryObjects) -> None:
    record: list[Entry] = []
    Holds(objects).add(hold(request="", subject="p:stable"), record.append, name=NAME)
    assert "stable" not in str(record)


def test_a_hold_that_cant_be_put_on_record_holds_all_the_same(objects: MemoryObjects) -> None:
    def fails(_: Entry) -> None:
        raise EvidenceError("full")

    with pytest.raises(EvidenceError):
        Holds(objects).add(hold(), fails)
    assert Holds(objects).all() == (hold(),)
    with pytest.raises(EvidenceError):
        Holds(objects).lift(hold().id, fails, str)
    assert Holds(objects).all() == (hold(),), "nothing is let go without a record"


def test_what_isnt_there_cant_be_lifted(objects: MemoryObjects) -> None:
    with pytest.raises(BadInput, match="no such hold"):
        Holds(objects).lift("hold_x", lambda _: None, str)


def test_a_cover_knows_people_by_their_names_in_evidence(objects: MemoryObjects) -> None:
    holds = Holds(objects)
    holds.add(hold(request="", subject="p:stable"), lambda _: None)
    cover = holds.cover(lambda one: [NAME] if one == "p:stable" else [])
    assert cover.record({"sub": NAME})


def test_many_may_be_added_at_once_and_none_is_lost(objects: MemoryObjects) -> None:
    def add(n: int) -> None:
        Holds(objects).add(hold(n), lambda _: None)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.id for one in Holds(objects).all()} == {hold(n).id for n in range(8)}


def test_holds_that_cant_be_read_stop_everything(objects: MemoryObjects) -> None:
    objects.held[HOLDS] = b"damaged"
    for work in (Holds(objects).all, lambda: Holds(objects).cover(lambda _: [])):
        with pytest.raises(EvidenceError, match="nothing is deleted"):
            work()


def test_a_store_in_which_others_always_win_is_told(objects: MemoryObjects) -> None:
    class Losing(MemoryObjects):
        def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
            return False

    with pytest.raises(EvidenceError, match="try again"):
        Holds(Losing()).add(hold(), lambda _: None)
