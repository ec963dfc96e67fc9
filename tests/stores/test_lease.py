import orjson
import pytest

from guardrail.errors import EvidenceError
from guardrail.stores.lease import SLACK, Lease
from guardrail.testing.objects import MemoryObjects

LENGTH = 100


def leases(objects: MemoryObjects) -> tuple[Lease, Lease]:
    return Lease(objects, "lease", LENGTH), Lease(objects, "lease", LENGTH)


def test_of_two_one_holds_it_until_it_is_over() -> None:
    one, two = leases(MemoryObjects())
    assert one.hold(1000)
    assert not two.hold(1000)
    assert not two.hold(1000 + LENGTH)
    assert two.hold(1001 + LENGTH)
    assert not one.hold(1001 + LENGTH)


def test_who_holds_it_renews_it_without_asking_at_each_step() -> None:
    objects = MemoryObjects()
    one, two = leases(objects)
    assert all(one.hold(now) for now in range(1000, 2000, 30))
    assert not two.hold(2000)
    held = objects.held["lease"]
    assert one.hold(2000)
    objects.failing = True
    assert one.hold(2001)
    assert objects.held["lease"] == held


def test_who_lets_go_of_it_leaves_it_to_others_at_once() -> None:
    one, two = leases(MemoryObjects())
    two.release()
    assert one.hold(1000)
    one.release()
    assert two.hold(1000)
    one.release()
    assert not one.hold(1001)


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"holder":"x"}',
        b'{"until":5}',
        b'{"holder":"x","until":"soon"}',
        orjson.dumps({"holder": "x", "until": 10**18}),
        orjson.dumps({"holder": "x", "until": -5}),
        orjson.dumps({"holder": "x", "until": 1001 + SLACK * LENGTH}),
    ],
)
def test_one_that_nobody_can_have_been_given_is_nobodys(held: bytes) -> None:
    objects = MemoryObjects()
    objects.held["lease"] = held
    one, two = leases(objects)
    assert one.hold(1000)
    assert not two.hold(1000)


@pytest.mark.parametrize("ahead", [1, LENGTH, (SLACK - 1) * LENGTH])
def test_of_two_whose_clocks_differ_one_keeps_it_for_as_long_as_it_renews_it(ahead: int) -> None:
    one, two = leases(MemoryObjects())
    for now in range(1000, 3000, 30):
        assert one.hold(now + ahead)
        assert not two.hold(now)


def test_a_clock_that_goes_back_doesnt_keep_it_for_ever() -> None:
    one, two = leases(MemoryObjects())
    assert one.hold(1_000_000)
    assert two.hold(1000)
    assert not one.hold(1001)


def test_who_held_it_when_its_clock_went_back_holds_it_again() -> None:
    one, two = leases(MemoryObjects())
    assert one.hold(1_000_000)
    assert one.hold(1000)
    assert not two.hold(1001)


def test_a_lease_that_was_written_though_the_store_failed_is_ones_own() -> None:
    class Forgetful(MemoryObjects):
        lost = True

        def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
            done = super().swap(name, data, expected=expected)
            if self.lost:
                self.lost = False
                raise EvidenceError("the answer didn't come")
            return done

    one = Lease(Forgetful(), "lease", LENGTH)
    with pytest.raises(EvidenceError, match="didn't come"):
        one.hold(1000)
    assert one.hold(1001)


def test_somebody_who_takes_it_in_between_has_it() -> None:
    objects = MemoryObjects()
    one, two = leases(objects)

    class Between(MemoryObjects):
        def read(self, name: str, start: int = 0) -> bytes | None:
            held = objects.read(name, start)
            two.hold(1000)
            return held

        def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
            return objects.swap(name, data, expected=expected)

    assert not Lease(Between(), "lease", LENGTH).hold(1000)
    assert two.hold(1001)
    assert not one.hold(1001)
