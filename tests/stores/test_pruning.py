import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.evidence.holds import Hold
from guardrail.stores.details import SqliteDetails
from guardrail.stores.epoch_keys import EpochKeys
from guardrail.stores.evidence_reader import minimum_index
from guardrail.stores.holds import Holds
from guardrail.stores.pruning import (
    DAY_US,
    Ages,
    Kept,
    Plan,
    Pruner,
    Stopped,
    epoch_times,
)
from guardrail.testing.logs import ToldLog
from guardrail.testing.objects import MemoryObjects
from guardrail.verify import verify_log

MARCH, AUGUST, APRIL = 1_772_323_200_000_000, 1_785_542_400_000_000, 1_806_537_600_000_000
"""1 March and 1 August 2026; 1 April 2027: by then all of the first half-year is old enough."""
HOUR = 3_600_000_000
HALF_A_YEAR = Ages(days=183)


class Stopping(MemoryObjects):
    """Stops working before its n-th change, as a process that was killed."""

    def __init__(self, held: dict[str, bytes], changes: int) -> None:
        super().__init__()
        self.held = held
        self.left = changes

    def _change(self) -> None:
        if self.left == 0:
            raise EvidenceError("killed")
        self.left -= 1

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        self._change()
        return super().swap(name, data, expected=expected)

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self._change()
            super().delete([name])


def request(n: int, name: str = "") -> Entry:
    fields = {"code": "client_gone", **({"sub": name} if name else {})}
    return Entry(kind=EntryKind.ERROR, req=f"req_{n}", fields=fields)


def a_log(keys: EpochKeys, *, first: int = 600, second: int = 600) -> ToldLog:
    """Return a log of two half-years; an hour and 10 entries lie between two steps."""
    log = ToldLog(MARCH)
    _tell(log, keys, range(first))
    log.go_on(AUGUST)
    _tell(log, keys, range(1_000, 1_000 + second))
    log.go_on(APRIL)
    log.step()
    return log


def _tell(log: ToldLog, keys: EpochKeys, numbers: range) -> None:
    for n in numbers:
        name = keys.at(log.now).of("p:seven") if n % 1_000 == 7 else ""
        log.record(request(n, name))
        if n % 10 == 9:
            log.now += HOUR
            log.step()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[ToldLog, Path]:
    directory = tmp_path_factory.mktemp("keys")
    return a_log(EpochKeys(directory)), directory


@pytest.fixture
def keys(told: tuple[ToldLog, Path], tmp_path: Path) -> EpochKeys:
    for path in told[1].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
        (tmp_path / path.name).chmod(0o600)
    return EpochKeys(tmp_path)


@pytest.fixture
def log(told: tuple[ToldLog, Path]) -> ToldLog:
    return ToldLog(APRIL + HOUR, held=told[0].objects.held)


@pytest.fixture
def kept(log: ToldLog, keys: EpochKeys) -> Kept:
    return Kept(objects=log.objects, log=log.name, record=recording([]), keys=keys)


def recording(record: list[Entry]) -> Callable[[Entry], None]:
    return record.append


def bundles(objects: MemoryObjects, shard: str) -> list[str]:
    prefix = f"{shard}/tile/entries/"
    return [name.removeprefix(prefix) for name in objects.names(prefix)]


def test_the_log_that_is_pruned_here_is_one_of_several_whole_bundles(log: ToldLog) -> None:
    whole = [name for name in bundles(log.objects, "2026h1") if ".p/" not in name]
    assert whole == ["000", "001"]
    assert verify_log(log.objects, vkey=log.vkey).problems == ()


def test_nothing_is_pruned_before_its_time(kept: Kept, log: ToldLog) -> None:
    before = dict(log.objects.held)
    plan = Pruner(kept, HALF_A_YEAR).run(MARCH + 183 * DAY_US)
    assert (plan.entries, plan.details, plan.epochs) == (0, (), ())
    assert {name for name in before if ".p/" not in name} <= log.objects.held.keys()


def test_a_record_of_182_days_stays_and_one_of_183_goes(kept: Kept, log: ToldLog) -> None:
    # The newest entry of the first bundle was made 25 or so hours after the log began.
    times = [
        int(one) for one in re.findall(rb'"ts":(\d+)', log.objects.held["2026h1/tile/entries/000"])
    ]
    assert Pruner(kept, HALF_A_YEAR).run(max(times) + 182 * DAY_US).entries == 0
    assert Pruner(kept, HALF_A_YEAR).run(max(times) + 183 * DAY_US).entries == 0
    assert Pruner(kept, HALF_A_YEAR).run(max(times) + 183 * DAY_US + 1).entries == 256
    assert "000" not in bundles(log.objects, "2026h1")


def test_whole_bundles_go_and_what_is_left_verifies(kept: Kept, log: ToldLog) -> None:
    plan = Pruner(replace(kept, record=log.record), HALF_A_YEAR).run(APRIL)
    log.step()
    assert plan.entries > 1_000
    left = {name[:3] for name in bundles(log.objects, "2026h1")}
    assert left == {"002"}, "the last one tells of the next shard"
    report = verify_log(log.objects, vkey=log.vkey)
    assert report.problems == ()
    assert report.erased == plan.entries


def test_what_goes_is_on_record_before_it_goes(kept: Kept, log: ToldLog) -> None:
    seen: list[tuple[Entry, bool]] = []

    def record(entry: Entry) -> None:
        there = "2026h1/tile/entries/000" in log.objects.held
        seen.append((entry, there and "2026h1/minimum-index" not in log.objects.held))

    plan = Pruner(replace(kept, record=record), HALF_A_YEAR).run(APRIL)
    assert all(before for _, before in seen)
    first, second = (entry.fields for entry, _ in seen[:2])
    assert (first["origin"], second["origin"]) == ("guardrail/2026h1", "guardrail/2026h2")
    assert first["reason"] == "retention"
    assert first["size"] == minimum_index(log.objects, "2026h1") == 512
    assert first["until"] == APRIL - 183 * DAY_US
    assert int(str(first["count"])) + int(str(second["count"])) == plan.entries


def test_nothing_goes_that_cant_be_put_on_record(kept: Kept, log: ToldLog) -> None:
    def record(_: Entry) -> None:
        raise EvidenceError("full")

    before = dict(log.objects.held)
    with pytest.raises(EvidenceError):
        Pruner(replace(kept, record=record), HALF_A_YEAR).run(APRIL)
    assert log.objects.held == before


def test_a_plan_deletes_nothing_and_says_what_a_run_does(kept: Kept, log: ToldLog) -> None:
    before = dict(log.objects.held)
    planned = Pruner(kept, HALF_A_YEAR).plan(APRIL)
    assert log.objects.held == before
    assert Pruner(kept, HALF_A_YEAR).run(APRIL) == planned


def test_a_second_run_has_nothing_to_do_and_says_nothing(kept: Kept) -> None:
    Pruner(kept, HALF_A_YEAR).run(APRIL)
    record: list[Entry] = []
    plan = Pruner(replace(kept, record=recording(record)), HALF_A_YEAR).run(APRIL)
    assert (plan.entries, plan.held, record) == (0, 0, [])


def test_every_shard_is_told_of_anew_whenever_one_changes(kept: Kept, log: ToldLog) -> None:
    def told(until: int) -> list[str]:
        record: list[Entry] = []
        Pruner(replace(kept, record=recording(record)), HALF_A_YEAR).run(until)
        return [str(one.fields["origin"]) for one in record if "origin" in one.fields]

    assert told(MARCH + 200 * DAY_US) == ["guardrail/2026h1"]
    assert told(APRIL) == ["guardrail/2026h1", "guardrail/2026h2"]


def test_what_a_whole_tile_has_replaced_goes_however_young(kept: Kept, log: ToldLog) -> None:
    log.objects.held |= {
        "2026h2/tile/0/000.p/7": b"",
        "2026h2/tile/entries/000.p/7": b"",
        "2026h2/tile/7/000.p/7": b"",
    }
    Pruner(kept, HALF_A_YEAR).run(MARCH)
    assert "2026h2/tile/0/000.p/7" not in log.objects.held
    assert "2026h2/tile/entries/000.p/7" not in log.objects.held
    assert "2026h2/tile/7/000.p/7" in log.objects.held, "nothing has replaced it"


def test_the_edge_of_a_log_stays_so_that_it_goes_on(kept: Kept, log: ToldLog) -> None:
    Pruner(replace(kept, record=log.record), HALF_A_YEAR).run(APRIL)
    log.step()
    log.record(request(5_000))
    log.now += HOUR
    log.step()
    assert verify_log(log.objects, vkey=log.vkey).problems == ()


def test_what_the_last_step_of_an_old_shard_left_behind_goes(kept: Kept, log: ToldLog) -> None:
    log.objects.held["2026h1/staging/9-aa"] = b"entries"
    log.objects.held["2026h2/staging/9-aa"] = b"entries"
    Pruner(kept, HALF_A_YEAR).run(APRIL)
    assert "2026h1/staging/9-aa" not in log.objects.held
    assert "2026h2/staging/9-aa" in log.objects.held, "its half-year isn't old enough"


def test_a_step_that_isnt_written_out_yet_stays(kept: Kept, log: ToldLog) -> None:
    log.objects.held["2026h1/staging/9-aa"] = b"entries"
    note = log.objects.held["2026h1/checkpoint"].split(b"\n")
    log.objects.held["2026h1/checkpoint"] = b"\n".join([note[0], b"1", *note[2:]])
    Pruner(kept, HALF_A_YEAR).run(APRIL)
    assert "2026h1/staging/9-aa" in log.objects.held


# ---------------------------------------------------------------- legal holds


def held(**what: object) -> Hold:
    told: dict[str, object] = {"id": "hold_" + "1" * 16, "reason": "case-1", "made": 1}
    return Hold(**(told | what))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "what",
    [
        {"request": "req_7"},
        {"subject": "p:seven"},
        {"since": MARCH, "until": MARCH + 1},
    ],
)
def test_a_bundle_with_something_that_is_held_stays_and_others_go(
    kept: Kept, log: ToldLog, what: dict[str, object]
) -> None:
    Holds(log.objects).add(held(**what), lambda _: None)
    plan = Pruner(replace(kept, record=log.record), HALF_A_YEAR).run(APRIL)
    log.step()
    # The person has an entry in each half-year's first bundle.
    assert plan.held == (2 if "subject" in what else 1)
    assert bundles(log.objects, "2026h1")[0] == "000"
    assert "001" not in bundles(log.objects, "2026h1")
    assert minimum_index(log.objects, "2026h1") == 512
    assert verify_log(log.objects, vkey=log.vkey).problems == ()


def test_what_a_lifted_hold_covered_goes_with_the_next_run(kept: Kept, log: ToldLog) -> None:
    holds = Holds(log.objects)
    holds.add(held(request="req_7"), lambda _: None)
    Pruner(kept, HALF_A_YEAR).run(APRIL)
    holds.lift("hold_" + "1" * 16, lambda _: None, str)
    record: list[Entry] = []
    plan = Pruner(replace(kept, record=recording(record)), HALF_A_YEAR).run(APRIL)
    assert (plan.entries, plan.held) == (256, 0)
    told = [one.fields["count"] for one in record if one.fields["reason"] == "retention"]
    assert told == [256, 0]
    assert "000" not in bundles(log.objects, "2026h1")


def test_damaged_holds_stop_a_run(kept: Kept, log: ToldLog) -> None:
    log.objects.held["holds"] = b"?"
    before = dict(log.objects.held)
    with pytest.raises(EvidenceError, match="holds"):
        Pruner(kept, HALF_A_YEAR).run(APRIL)
    assert log.objects.held == before


@given(
    holding=st.sets(st.integers(0, 599), max_size=3),
    day=st.integers(0, 420),
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_held_is_there_after_every_run_and_the_log_verifies(
    log: ToldLog, keys: EpochKeys, holding: set[int], day: int
) -> None:
    objects = MemoryObjects()
    objects.held = dict(log.objects.held)
    for n in sorted(holding):
        hold = held(id=f"hold_{n:016x}", request=f"req_{n}")
        Holds(objects).add(hold, lambda _: None)
    record: list[Entry] = []
    kept = Kept(objects=objects, log=log.name, record=record.append, keys=keys)
    plan = Pruner(kept, HALF_A_YEAR).run(MARCH + day * DAY_US)
    there = b"".join(data for name, data in objects.held.items() if "/entries/" in name)
    assert all(b'"req_%d"' % n in there for n in holding)
    problems = [one.what for one in verify_log(objects, vkey=log.vkey).problems]
    # The entries that say so are in `record`, not in this log.
    assert set(problems) <= {"no entry says that so much was erased"}
    assert bool(plan.entries) <= bool(record)


# ---------------------------------------------------------------- crashes


def _names(objects: MemoryObjects) -> set[str]:
    return set(objects.held)


def test_a_run_that_is_killed_anywhere_is_made_good_by_the_next(
    log: ToldLog, keys: EpochKeys, tmp_path: Path
) -> None:
    whole = MemoryObjects()
    whole.held = dict(log.objects.held)
    kept = Kept(objects=whole, log=log.name, record=recording([]), keys=keys)
    Pruner(kept, HALF_A_YEAR).run(APRIL)
    changes = 0
    while True:
        record: list[Entry] = []
        broken = Stopping(dict(log.objects.held), changes)
        try:
            Pruner(replace(kept, objects=broken, record=record.append), HALF_A_YEAR).run(APRIL)
            break
        except EvidenceError:
            _is_sound(broken, record, log)
        mended = MemoryObjects()
        mended.held = broken.held
        Pruner(replace(kept, objects=mended, record=record.append), HALF_A_YEAR).run(APRIL)
        assert mended.held == whole.held, f"after {changes} changes"
        changes += 1
    assert changes == 6, "two shards, two bundles each"


def test_a_run_that_is_asked_to_stop_ends_at_the_next_bundle_and_the_next_run_goes_on(
    log: ToldLog, keys: EpochKeys
) -> None:
    whole = MemoryObjects()
    whole.held = dict(log.objects.held)
    kept = Kept(objects=whole, log=log.name, record=recording([]), keys=keys)
    Pruner(kept, HALF_A_YEAR).run(APRIL)
    asked = 0
    while True:
        record: list[Entry] = []
        objects = MemoryObjects()
        objects.held = dict(log.objects.held)
        forgotten: dict[str, int] = {}
        here = replace(kept, objects=objects, record=record.append, forget=forgotten.__setitem__)
        answers = iter([False] * asked)
        try:
            Pruner(here, HALF_A_YEAR, lambda: next(answers, True)).run(APRIL)  # noqa: B023 - called here
            break
        except Stopped:
            _is_sound(objects, record, log)
        Pruner(here, HALF_A_YEAR).run(APRIL)
        assert objects.held == whole.held
        assert forgotten == {"2026h1": 512, "2026h2": 512}
        asked += 1
    assert asked > 4, "it asks before each of the four bundles, and behind them"


def _is_sound(objects: MemoryObjects, record: list[Entry], log: ToldLog) -> None:
    """Nothing is missing but what is on record, and told of by the shard itself."""
    said = {str(one.fields["origin"]): int(str(one.fields["size"])) for one in record}
    for shard in ("2026h1", "2026h2"):
        below = minimum_index(objects, shard)
        assert below <= said.get(f"guardrail/{shard}", 0)
        gone = {name for name in _names(log.objects) - _names(objects) if "/entries/" in name}
        for name in gone:
            number = re.fullmatch(rf"{shard}/tile/entries/(\d+)", name)
            assert number is None or 256 * int(number[1]) < below


def test_two_runs_at_once_end_as_one(kept: Kept, log: ToldLog) -> None:
    one, two = Pruner(kept, HALF_A_YEAR), Pruner(kept, HALF_A_YEAR)
    plan = one.plan(APRIL)
    two.run(APRIL)
    after = dict(log.objects.held)
    assert isinstance(plan, Plan)
    one.run(APRIL)
    assert log.objects.held == after


# ---------------------------------------------------------------- details, keys


def test_details_go_when_they_are_old_enough_and_those_held_stay(
    kept: Kept, log: ToldLog, tmp_path: Path
) -> None:
    with SqliteDetails(tmp_path / "details.sqlite", bytes(32)) as details:
        made = {
            name: details.put(b"x", subject=subject, request=name, made=age)
            for name, subject, age in (
                ("old", "p:1", APRIL - 31 * DAY_US),
                ("young", "p:1", APRIL - 29 * DAY_US),
                ("held", "", APRIL - 31 * DAY_US),
                ("theirs", "p:2", APRIL - 31 * DAY_US),
            )
        }
        Holds(log.objects).add(held(request="held"), lambda _: None)
        Holds(log.objects).add(held(id="hold_" + "2" * 16, subject="p:2"), lambda _: None)
        record: list[Entry] = []
        with_them = replace(kept, details=details, record=record.append)
        plan = Pruner(with_them, Ages(days=183, details_days=30)).run(APRIL)
        assert (plan.details, plan.held_details) == ((made["old"],), 2)
        assert details.open(made["old"].id) is None
        assert all(details.open(made[one].id) for one in ("young", "held", "theirs"))
        (entry,) = (one for one in record if one.fields["reason"] == "details")
        assert entry.fields["count"] == 1


def test_who_doesnt_prune_the_log_sees_to_its_own_details_and_keys_all_the_same(
    kept: Kept, keys: EpochKeys, log: ToldLog, tmp_path: Path
) -> None:
    before = dict(log.objects.held)
    with SqliteDetails(tmp_path / "details.sqlite", bytes(32)) as details:
        old = details.put(b"x", subject="p:1", request="old", made=APRIL - 31 * DAY_US)
        record: list[Entry] = []
        mine = replace(kept, details=details, record=record.append)
        plan = Pruner(mine, HALF_A_YEAR).run(APRIL, log=False)
        assert details.open(old.id) is None
    assert (plan.shards, plan.details, plan.epochs) == ((), (old,), ("2026h1",))
    assert keys.epochs() == ("2026h2",)
    assert [one.fields["reason"] for one in record] == ["details", "epoch"]
    assert log.objects.held == before


def test_a_half_years_key_goes_with_its_last_entries(kept: Kept, keys: EpochKeys) -> None:
    ends = epoch_times("2026h1")[1]
    assert Pruner(kept, HALF_A_YEAR).run(ends + 183 * DAY_US - 1).epochs == ()
    record: list[Entry] = []
    plan = Pruner(replace(kept, record=record.append), HALF_A_YEAR).run(ends + 183 * DAY_US)
    assert plan.epochs == ("2026h1",)
    assert keys.epochs() == ("2026h2",)
    assert [one.fields["epoch"] for one in record if one.fields["reason"] == "epoch"] == ["2026h1"]


def test_no_key_goes_while_a_hold_may_need_it(kept: Kept, log: ToldLog, keys: EpochKeys) -> None:
    Holds(log.objects).add(held(since=AUGUST, until=AUGUST + 1), lambda _: None)
    assert Pruner(kept, HALF_A_YEAR).plan(APRIL).epochs == ("2026h1",)
    Holds(log.objects).add(held(id="hold_" + "2" * 16, request="req_7"), lambda _: None)
    assert Pruner(kept, HALF_A_YEAR).plan(APRIL).epochs == ()


def test_what_was_derived_from_the_log_forgets_along(kept: Kept) -> None:
    forgotten: list[tuple[str, int]] = []
    forgetting = replace(kept, forget=lambda *what: forgotten.append(what))
    Pruner(forgetting, HALF_A_YEAR).run(APRIL)
    assert forgotten[0] == ("2026h1", 512)


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("2026h1/minimum-index", b"-1"),
        ("2026h1/tile/entries/000", b"\x00\x02{}"),
        ("2026h1/tile/entries/000", b"\x00\x02?!"),
        ("2026h1/tile/entries/000", b"\x00\x09?!"),
    ],
)
def test_what_cant_be_read_isnt_deleted(kept: Kept, log: ToldLog, name: str, data: bytes) -> None:
    log.objects.held[name] = data
    before = dict(log.objects.held)
    with pytest.raises(EvidenceError):
        Pruner(kept, HALF_A_YEAR).run(APRIL)
    assert log.objects.held == before


def test_half_years_begin_and_end_at_midnight_utc() -> None:
    assert epoch_times("2026h1") == (1_767_225_600_000_000, 1_782_864_000_000_000)
    assert epoch_times("2026h2") == (1_782_864_000_000_000, 1_798_761_600_000_000)
