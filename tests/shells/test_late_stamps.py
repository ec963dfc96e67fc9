"""A medium that left without a time-stamp gets one beside it, once the authority answers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from guardrail.disclose import label
from guardrail.disclose.c2pa import Signer, development, verify
from guardrail.disclose.layers import BESIDE, SIGNED, Layered, Means, Said, put
from guardrail.shells.late_stamps import LATE, LOST, MISSED, STAMPED, LateStamps
from guardrail.stores.manifests import Manifests
from guardrail.testing import pictures, sounds
from guardrail.testing.time_authority import TimeAuthority

# The library and the authority read the clock.
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
MADE = development(NOW)
UUIDS = [str(UUID(int=number, version=4)) for number in range(9)]
IDS = [f"urn:uuid:{one}" for one in UUIDS]
SLOW = 600.0
"""Seconds that no test waits: the thread sleeps, and the test asks."""


class Authority:
    """One that is down until it is told otherwise."""

    def __init__(self, answers: Callable[[bytes], bytes] | None = None) -> None:
        self.answers = answers
        self.asked = 0

    def __call__(self, request: bytes) -> bytes:
        self.asked += 1
        if self.answers is None:
            raise TimeoutError("no time-stamp in time")
        return self.answers(request)


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return TimeAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def manifests(tmp_path: Path) -> Manifests:
    return Manifests(tmp_path / "manifests")


@pytest.fixture
def counted() -> Counter[str]:
    return Counter()


def count(counted: Counter[str]) -> Callable[[str], None]:
    return lambda result: counted.update([result])


@pytest.fixture
def make(manifests: Manifests, counted: Counter[str]) -> Iterator[Callable[..., LateStamps]]:
    made: list[LateStamps] = []

    def one(ask: Callable[[bytes], bytes], *, pause: float = SLOW, most: int = 9) -> LateStamps:
        made.append(LateStamps(ask, manifests, count(counted), pause=pause, most=most))
        return made[-1]

    yield one
    for each in made:
        each.close()


Make = Callable[..., LateStamps]


def labelled(
    data: bytes, label_id: str = IDS[0], ask: Callable[[bytes], bytes] | None = None
) -> Layered:
    signer = Signer(credentials=(MADE.credential,), authority=ask or Authority())
    said = Said(label=label(id=label_id), beside=True)
    return put(data, said, Means(visible=False, signer=signer), NOW)


def waiting() -> Layered:
    return Layered(
        data=b"", medium="image/png", written=(SIGNED,), store=PICTURE.store, why_not="refused"
    )


PICTURE = labelled(pictures.encoded(pictures.scene(320, 240)))


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (pictures.encoded(pictures.scene(320, 240)), SIGNED),
        (pictures.encoded(pictures.scene(320, 240), ".jpg"), SIGNED),
        (sounds.encoded(sounds.tone(1.0), form="MP3"), SIGNED),
        (sounds.encoded(sounds.tone(1.0), form="OGG"), BESIDE),
    ],
    ids=["PNG", "JPEG", "MP3", "Ogg"],
)
def test_a_medium_that_left_without_a_time_stamp_has_one_beside_it_later(
    make: Make,
    manifests: Manifests,
    counted: Counter[str],
    times: TimeAuthority,
    data: bytes,
    where: str,
) -> None:
    authority = Authority()
    stamps = make(authority)
    left = labelled(data)
    assert (where in left.written, left.why_not) == (True, "authority_failed")
    stamps.take(IDS[0], left)
    assert not stamps.attempt()
    assert manifests.read(UUIDS[0]) is None
    authority.answers = times.answer
    assert stamps.attempt()
    sidecar = manifests.read(UUIDS[0])
    assert sidecar is not None
    roots = MADE.root + times.root.read_bytes()
    told = verify(left.data, left.medium, anchors=roots, sidecar=sidecar)
    assert told.found[0].trusted
    assert abs(told.found[0].signed_at - NOW.timestamp()) < 86_400
    assert counted == {MISSED: 1, LATE: 1}


def test_a_time_stamp_in_time_and_a_label_without_an_authority_wait_for_nothing(
    make: Make, counted: Counter[str], times: TimeAuthority
) -> None:
    authority = Authority()
    stamps = make(authority)
    data = pictures.encoded(pictures.scene(320, 240))
    stamps.take(IDS[0], labelled(data, ask=times.answer))
    stamps.take(IDS[1], Layered(data=b"", medium="", written=(SIGNED,), why_not="no_authority"))
    stamps.take(IDS[2], Layered(data=b"", medium="text/html", written=("tags",)))
    assert stamps.attempt()
    assert authority.asked == 0
    assert counted == {STAMPED: 1}


def test_media_of_one_reply_are_told_apart_by_their_order(
    make: Make, manifests: Manifests, times: TimeAuthority
) -> None:
    stamps = make(Authority(times.answer))
    for one in (waiting(), labelled(PICTURE.data, ask=times.answer), waiting()):
        stamps.take(IDS[0], one)
    stamps.take(IDS[1], waiting())
    assert stamps.attempt()
    names = (UUIDS[0], f"{UUIDS[0]}.1", f"{UUIDS[0]}.2", UUIDS[1])
    assert [manifests.read(name) is not None for name in names] == [True, False, True, True]


def test_while_the_authority_is_down_it_is_asked_once_at_a_time(
    make: Make, counted: Counter[str]
) -> None:
    authority = Authority()
    stamps = make(authority)
    for one in IDS[:5]:
        stamps.take(one, waiting())
    assert not stamps.attempt()
    assert authority.asked == 1
    assert counted == {MISSED: 5}


def test_only_so_many_wait_and_the_oldest_is_given_up(
    make: Make, manifests: Manifests, counted: Counter[str], times: TimeAuthority
) -> None:
    stamps = make(Authority(times.answer), most=3)
    for one in IDS[:5]:
        stamps.take(one, waiting())
    assert stamps.attempt()
    assert [manifests.read(one) is not None for one in UUIDS[:5]] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert counted == {MISSED: 5, LOST: 2, LATE: 3}


def test_what_the_authority_refuses_is_given_up_and_the_rest_isnt(
    make: Make, manifests: Manifests, counted: Counter[str], times: TimeAuthority
) -> None:
    answers = [b"\x30\x05\x30\x03\x02\x01\x02"]
    authority = Authority(lambda request: answers.pop() if answers else times.answer(request))
    stamps = make(authority)
    stamps.take(IDS[0], waiting())
    stamps.take(IDS[1], waiting())
    assert stamps.attempt()
    assert manifests.read(UUIDS[0]) is None
    assert manifests.read(UUIDS[1]) is not None
    assert counted == {MISSED: 2, LOST: 1, LATE: 1}


def test_what_cant_be_kept_is_counted_as_lost(
    make: Make, tmp_path: Path, counted: Counter[str], times: TimeAuthority
) -> None:
    (tmp_path / "manifests").write_text("no folder")
    stamps = make(Authority(times.answer))
    stamps.take(IDS[0], waiting())
    assert stamps.attempt()
    assert counted == {MISSED: 1, LOST: 1}


def test_nobody_has_to_ask_and_it_ends_when_nothing_waits(
    make: Make, manifests: Manifests, times: TimeAuthority
) -> None:
    stamps = make(Authority(times.answer), pause=0.05)
    for one in UUIDS[:2]:
        stamps.take(f"urn:uuid:{one}", waiting())
        for _ in range(200):
            if manifests.read(one) is not None and stamps._thread is None:
                break
            time.sleep(0.05)
        assert manifests.read(one) is not None
        assert stamps._thread is None


def test_at_the_end_what_waits_is_lost_and_nothing_more_is_taken(
    make: Make, counted: Counter[str]
) -> None:
    stamps = make(Authority())
    stamps.take(IDS[0], waiting())
    stamps.close()
    stamps.take(IDS[1], waiting())
    assert counted == {MISSED: 2, LOST: 2}
    assert stamps.attempt()
