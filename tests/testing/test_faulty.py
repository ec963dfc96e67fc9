import pytest

from guardrail.errors import EvidenceError
from guardrail.testing.faulty import FaultyObjects
from guardrail.testing.objects import MemoryObjects


def test_from_one_operation_on_nothing_works_as_if_the_process_had_died() -> None:
    memory = MemoryObjects()
    objects = FaultyObjects(memory, at=2)
    assert objects.create("a", b"1")
    assert objects.read("a") == b"1"
    with pytest.raises(EvidenceError, match="told to"):
        objects.create("b", b"2")
    with pytest.raises(EvidenceError, match="told to"):
        objects.read("a")
    assert memory.held == {"a": b"1"}
    assert objects.done == 4
    objects.close()


def test_a_late_failure_takes_effect_though_nobody_is_told() -> None:
    memory = MemoryObjects()
    objects = FaultyObjects(memory, at=0, late=True)
    with pytest.raises(EvidenceError, match="told to"):
        objects.swap("a", b"1", expected=None)
    assert memory.held == {"a": b"1"}


def test_a_store_that_heals_fails_but_once() -> None:
    memory = MemoryObjects()
    objects = FaultyObjects(memory, at=0, heals=True)
    with pytest.raises(EvidenceError, match="told to"):
        objects.names("")
    assert objects.create("a", b"1")
    assert list(objects.names("")) == ["a"]


def test_each_object_that_is_deleted_is_an_operation() -> None:
    memory = MemoryObjects()
    memory.held = {"a": b"1", "b": b"2", "c": b"3"}
    with pytest.raises(EvidenceError, match="told to"):
        FaultyObjects(memory, at=1).delete(["a", "b", "c"])
    assert memory.held == {"b": b"2", "c": b"3"}


def test_something_is_done_before_an_operation_and_nothing_fails() -> None:
    memory = MemoryObjects()
    objects = FaultyObjects(memory, at=1, meanwhile=lambda: memory.create("a", b"theirs"))
    assert objects.read("a") is None
    assert not objects.create("a", b"ours")
    assert objects.read("a") == b"theirs"


def test_without_a_moment_nothing_fails_and_operations_are_counted() -> None:
    objects = FaultyObjects(MemoryObjects(), at=-1)
    for n in range(5):
        objects.create(f"{n}", b"")
    assert objects.done == 5
