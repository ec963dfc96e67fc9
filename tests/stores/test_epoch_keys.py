import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import ConfigError
from guardrail.evidence.shard import shard_of
from guardrail.stores.epoch_keys import LOOK_AGAIN_SECONDS, EpochKeys

NOVEMBER, DECEMBER, JANUARY = 1_795_000_000_000_000, 1_797_500_000_000_000, 1_799_000_000_000_000
assert [shard_of(one) for one in (NOVEMBER, DECEMBER, JANUARY)] == ["2026h2", "2026h2", "2027h1"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "epochs"


def test_a_key_is_made_once_and_every_process_has_the_same(directory: Path) -> None:
    first = EpochKeys(directory).at(NOVEMBER)
    assert EpochKeys(directory).at(NOVEMBER).of("one") == first.of("one")
    assert (directory / "2026h2.key").stat().st_mode & 0o077 == 0


def test_processes_that_start_at_once_get_one_key(directory: Path) -> None:
    names: list[str] = []
    begin = threading.Barrier(8)

    def start() -> None:
        begin.wait()
        names.append(EpochKeys(directory).at(NOVEMBER).of("one"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1


def test_at_the_turn_of_the_half_year_a_running_process_takes_the_next_key(directory: Path) -> None:
    keys = EpochKeys(directory)
    assert keys.at(NOVEMBER).epoch == "2026h2"
    assert keys.at(JANUARY).epoch == "2027h1"
    assert keys.at(NOVEMBER).epoch == "2026h2", "what began before the turn ends under its own key"
    assert keys.epochs() == ("2026h2", "2027h1")


def test_the_next_key_is_made_a_month_ahead_and_not_before(directory: Path) -> None:
    keys = EpochKeys(directory)
    keys.ahead(NOVEMBER)
    assert keys.epochs() == ("2026h2",)
    keys.ahead(DECEMBER)
    assert keys.epochs() == ("2026h2", "2027h1")


def test_a_person_is_forgotten_in_every_half_year_and_others_arent(directory: Path) -> None:
    keys = EpochKeys(directory)
    keys.at(NOVEMBER)
    keys.at(JANUARY)
    before, others = keys.names_of("one"), keys.names_of("two")
    assert set(before) == {"2026h2", "2027h1"}
    assert keys.unlink("one") == 2
    after = keys.names_of("one")
    assert not set(after.values()) & set(before.values())
    assert keys.names_of("two") == others


def test_a_running_process_notices_within_a_second_that_somebody_was_forgotten(
    directory: Path,
) -> None:
    now = 0.0
    keys = EpochKeys(directory, lambda: now)
    before = keys.at(NOVEMBER).of("one")
    EpochKeys(directory).unlink("one")
    now = LOOK_AGAIN_SECONDS
    assert keys.at(NOVEMBER).of("one") != before


def test_a_key_is_ready_for_a_second_after_it_was_looked_at_and_no_longer(directory: Path) -> None:
    now = 0.0
    keys = EpochKeys(directory, lambda: now)
    assert keys.ready(NOVEMBER) is None
    assert not directory.exists(), "asking what is ready touches no disk"
    key = keys.at(NOVEMBER)
    now = LOOK_AGAIN_SECONDS / 2
    assert keys.ready(NOVEMBER) is key
    assert keys.ready(JANUARY) is None
    now = LOOK_AGAIN_SECONDS
    assert keys.ready(NOVEMBER) is None


def test_a_key_that_was_taken_away_gives_way_to_a_new_one(directory: Path) -> None:
    now = 0.0
    keys = EpochKeys(directory, lambda: now)
    before = keys.at(NOVEMBER)
    now = LOOK_AGAIN_SECONDS
    assert keys.at(NOVEMBER) is before
    assert keys.destroy("2026h2") is True
    assert keys.destroy("2026h2") is False
    assert keys.names_of("one") == {}
    now = 2 * LOOK_AGAIN_SECONDS
    assert keys.at(NOVEMBER).of("one") != before.of("one")


def test_no_byte_of_a_key_that_was_changed_or_taken_away_is_left_in_its_directory(
    directory: Path,
) -> None:
    keys = EpochKeys(directory)
    root = keys.at(NOVEMBER)._trees[0][""].hex().encode()
    assert any(root in path.read_bytes() for path in directory.iterdir())
    keys.unlink("one")
    assert not any(root in path.read_bytes() for path in directory.iterdir())
    keys.destroy("2026h2")
    assert list(directory.iterdir()) == []


@given(st.lists(st.sampled_from(["one", "two", "three"]), max_size=5))
def test_in_whatever_order_people_are_forgotten_only_they_are(
    tmp_path_factory: pytest.TempPathFactory, forgotten: list[str]
) -> None:
    keys = EpochKeys(tmp_path_factory.mktemp("keys"))
    keys.at(NOVEMBER)
    before = {one: keys.names_of(one) for one in ("one", "two", "three")}
    for one in forgotten:
        keys.unlink(one)
    kept = {one for one, names in before.items() if keys.names_of(one) == names}
    assert kept == {"one", "two", "three"} - set(forgotten)


def test_without_a_directory_there_are_no_keys_and_nobody_to_forget(directory: Path) -> None:
    keys = EpochKeys(directory)
    assert keys.epochs() == ()
    assert keys.unlink("one") == 0
    assert keys.destroy("2026h2") is False


def test_a_key_that_others_could_read_isnt_taken(directory: Path) -> None:
    EpochKeys(directory).at(NOVEMBER)
    (directory / "2026h2.key").chmod(0o604)
    with pytest.raises(ConfigError, match="open to every user"):
        EpochKeys(directory).at(NOVEMBER)


def test_a_damaged_key_or_one_under_a_wrong_name_is_told(directory: Path) -> None:
    EpochKeys(directory).at(NOVEMBER)
    (directory / "2026h2.key").rename(directory / "2027h1.key")
    with pytest.raises(ConfigError, match="another half-year, 2026h2"):
        EpochKeys(directory).at(JANUARY)
    (directory / "2027h1.key").write_bytes(b"{}")
    with pytest.raises(ConfigError, match="no key of pseudonyms"):
        EpochKeys(directory).at(JANUARY)


def test_a_directory_that_cant_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="file"):
        EpochKeys(tmp_path / "file").at(NOVEMBER)
