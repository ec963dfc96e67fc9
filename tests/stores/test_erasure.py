from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.errors import BadInput, EvidenceError
from guardrail.evidence import Entry, EntryKind, Value
from guardrail.evidence.holds import Hold
from guardrail.stores.details import SqliteDetails
from guardrail.stores.epoch_keys import EpochKeys
from guardrail.stores.erasure import Erased, Eraser
from guardrail.stores.holds import Holds
from guardrail.stores.object_folder import ObjectFolder
from guardrail.testing.logs import ToldLog
from guardrail.verify import verify_log

JUNE, AUGUST = 1_780_272_000_000_000, 1_785_542_400_000_000
MARKER = b"880101300123 is nobody's number"
PEOPLE = ("p:one", "p:two", "p:three")


class House:
    """A state directory with a log, details and keys, as a guard leaves it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.keys = EpochKeys(root / "keys" / "epochs")
        self.details = SqliteDetails(root / "details.sqlite", bytes(range(32)))
        self.log = ToldLog(JUNE)
        self.requests = 0
        self.eraser = Eraser(
            self.log.objects, keys=self.keys, details=self.details, record=self.log.record
        )

    def refuse(self, subject: str, body: bytes = MARKER) -> str:
        """Put a refused request of a person on record, with its body; return its id."""
        self.requests += 1
        request = f"req_{self.requests}"
        kept = self.details.put(body, subject=subject, request=request, made=self.log.now)
        name = {"sub": self.keys.at(self.log.now).of(subject)} if subject else {}
        fields: dict[str, Value] = {"act": "refuse", "blob": kept.blob, **name}
        self.log.record(Entry(kind=EntryKind.REQUEST, req=request, fields=fields))
        return request

    def hold(self, **what: object) -> Hold:
        told: dict[str, object] = {"id": f"hold_{self.requests:016x}", "reason": "c", "made": 1}
        hold = Hold(**(told | what))  # type: ignore[arg-type]
        Holds(self.log.objects).add(hold, lambda _: None)
        return hold

    def on_disk(self) -> bytes:
        self.log.step()
        folder = ObjectFolder(self.root / "evidence")
        for name, data in self.log.objects.held.items():
            folder.create(name, data)
        return b"".join(one.read_bytes() for one in self.root.rglob("*") if one.is_file())

    def problems(self) -> tuple[object, ...]:
        self.log.step()
        return verify_log(self.log.objects, vkey=self.log.vkey).problems


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.details.close()


@pytest.fixture
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], House]:
    return lambda: House(tmp_path_factory.mktemp("house"))


def test_a_persons_details_go_and_everything_verifies_before_and_after(house: House) -> None:
    requests = [house.refuse("p:one") for _ in range(3)]
    other = house.refuse("p:two")
    assert house.problems() == ()
    assert house.eraser.subject("p:one") == Erased(details=3, epochs=1)
    assert all(house.details.of_request(one) == () for one in requests)
    (kept,) = house.details.of_request(other)
    assert house.details.open(kept.id) == MARKER
    assert house.problems() == ()


def test_after_an_erasure_no_file_holds_plaintext_key_ciphertext_or_what_leads_to_the_name(
    house: House,
) -> None:
    house.refuse("p:one")
    house.refuse("p:two")
    salt, sealed, wrapped = house.details._connection.execute(
        "SELECT salt, sealed, wrapped FROM details JOIN owners USING (owner) WHERE seq = 1"
    ).fetchone()
    data_key = house.details._wrapping.decrypt(
        wrapped[:12], wrapped[12:], house.details.of_subject("p:one")[0].owner
    )
    root = house.keys.at(JUNE)._trees[0][""]
    before = house.on_disk()
    assert all(mark in before for mark in (salt, sealed[-24:], wrapped, root.hex().encode()))
    house.eraser.subject("p:one")
    after = house.on_disk()
    gone = (salt, sealed[:24], sealed[-24:], wrapped, data_key, root, root.hex().encode())
    assert [mark for mark in (*gone, MARKER, b"p:one") if mark in after] == []


def test_the_name_in_evidence_cant_be_made_again_and_the_entry_still_has_it(house: House) -> None:
    house.refuse("p:one")
    name = house.keys.at(JUNE).of("p:one")
    house.eraser.subject("p:one")
    assert name not in house.keys.names_of("p:one").values()
    assert name.encode() in house.on_disk()


def test_an_erasure_is_on_record_without_saying_whose(house: House) -> None:
    house.refuse("p:one")
    names = house.keys.names_of("p:one").values()
    record: list[Entry] = []
    eraser = Eraser(house.log.objects, keys=house.keys, details=house.details, record=record.append)
    eraser.subject("p:one")
    (entry,) = record
    assert (entry.kind, dict(entry.fields)) == (
        EntryKind.ERASURE,
        {"reason": "subject", "count": 1},
    )
    assert not any(name in str(entry) for name in names)


def test_nothing_is_destroyed_that_cant_be_put_on_record(house: House) -> None:
    request = house.refuse("p:one")

    def fails(_: Entry) -> None:
        raise EvidenceError("full")

    names = house.keys.names_of("p:one")
    eraser = Eraser(house.log.objects, keys=house.keys, details=house.details, record=fails)
    for work, what in (
        (eraser.subject, "p:one"),
        (eraser.request, request),
        (eraser.epoch, "2026h1"),
    ):
        with pytest.raises(EvidenceError):
            work(what)
    assert len(house.details.of_request(request)) == 1
    assert house.keys.names_of("p:one") == names


def test_an_erasure_that_was_cut_short_is_made_good_by_doing_it_again(house: House) -> None:
    house.refuse("p:one")
    names = house.keys.names_of("p:one")
    house.details.destroy([one.id for one in house.details.of_subject("p:one")])
    assert house.keys.names_of("p:one") == names, "it was killed before it came to the names"
    assert house.eraser.subject("p:one") == Erased(details=0, epochs=1)
    assert not set(house.keys.names_of("p:one").values()) & set(names.values())
    assert house.eraser.subject("p:one") == Erased(details=0, epochs=1)


def test_somebody_without_a_name_is_erased_by_the_request(house: House) -> None:
    first, second = house.refuse(""), house.refuse("")
    assert house.eraser.request(first) == Erased(details=1)
    assert house.details.of_request(first) == ()
    assert len(house.details.of_request(second)) == 1


def test_where_no_details_were_ever_kept_the_names_go_all_the_same(house: House) -> None:
    house.keys.at(JUNE)
    eraser = Eraser(house.log.objects, keys=house.keys, details=None, record=house.log.record)
    assert eraser.subject("p:one") == Erased(epochs=1)
    assert eraser.request("req_1") == Erased()


def test_a_half_year_is_forgotten_as_a_whole(house: House) -> None:
    house.refuse("p:one")
    house.log.go_on(AUGUST)
    house.refuse("p:one")
    assert house.eraser.epoch("2026h1") == Erased(epochs=1)
    assert house.keys.epochs() == ("2026h2",)
    assert house.problems() == ()
    with pytest.raises(BadInput, match="no key") as refused:
        house.eraser.epoch("2026h1")
    assert "2026h2" in refused.value.fix


# ---------------------------------------------------------------- legal holds


@pytest.mark.parametrize(
    "what", [{"subject": "p:one"}, {"request": "req_1"}, {"since": JUNE, "until": JUNE + 1}]
)
def test_what_a_hold_covers_isnt_erased_and_is_once_it_is_lifted(
    house: House, what: dict[str, object]
) -> None:
    request = house.refuse("p:one")
    names = house.keys.names_of("p:one")
    house.log.step()
    hold = house.hold(**what)
    for work, whom in (
        (house.eraser.subject, "p:one"),
        (house.eraser.request, request),
        (house.eraser.epoch, "2026h1"),
    ):
        with pytest.raises(BadInput, match="legal hold") as refused:
            work(whom)
        assert refused.value.code == "legal_hold"
        assert hold.id in refused.value.fix
    assert house.keys.names_of("p:one") == names
    Holds(house.log.objects).lift(hold.id, lambda _: None, lambda _: "")
    assert house.eraser.subject("p:one").details == 1


def test_entries_without_details_are_held_too(house: House) -> None:
    name = house.keys.at(JUNE).of("p:one")
    fields = {"code": "client_gone", "sub": name}
    house.log.record(Entry(kind=EntryKind.ERROR, req="req_9", fields=fields))
    house.log.step()
    house.hold(request="req_9")
    with pytest.raises(BadInput, match="legal hold"):
        house.eraser.subject("p:one")
    assert house.eraser.subject("p:two") == Erased(epochs=1)


def test_a_hold_of_one_person_keeps_nobody_else_from_being_erased(house: House) -> None:
    house.refuse("p:one")
    house.refuse("p:two")
    house.log.step()
    house.hold(subject="p:one")
    assert house.eraser.subject("p:two").details == 1


steps = st.lists(
    st.tuples(st.sampled_from(["put", "erase", "hold", "lift"]), st.sampled_from(PEOPLE)),
    max_size=14,
)


@given(steps)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_in_every_order_of_putting_erasing_and_holding_what_is_held_stays_and_what_is_erased_goes(
    build: Callable[[], House], order: list[tuple[str, str]]
) -> None:
    house = build()
    house.keys.at(JUNE)
    kept: dict[str, list[str]] = {one: [] for one in PEOPLE}
    names: dict[str, set[str]] = {one: set() for one in PEOPLE}
    held: dict[str, Hold] = {}
    for step, person in order:
        if step == "put":
            kept[person].append(house.refuse(person))
            names[person] |= set(house.keys.names_of(person).values())
        elif step == "hold" and person not in held:
            held[person] = house.hold(id=f"hold_{PEOPLE.index(person):016x}", subject=person)
        elif step == "lift" and person in held:
            Holds(house.log.objects).lift(held.pop(person).id, lambda _: None, lambda _: "")
        elif step == "erase" and person in held:
            with pytest.raises(BadInput):
                house.eraser.subject(person)
        elif step == "erase":
            assert house.eraser.subject(person).details == len(kept[person])
            assert not names[person] & set(house.keys.names_of(person).values())
            kept[person] = []
        house.log.now += 1_000_000
    for person, requests in kept.items():
        assert [one.request for one in house.details.of_subject(person)] == requests
        assert all(house.details.open(one.id) for one in house.details.of_subject(person))
    assert house.problems() == ()
    house.details.close()
