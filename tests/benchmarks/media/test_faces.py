from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.media.faces import Photo, Told, interval, listed, main, present, report, share
from guardrail.testing.pictures import encoded, portrait, scene

HEADER = "repository,path,sha256,faces,size,pose\n"


def photo(digest: str, *, faces: int = 1, size: str = "large", pose: str = "seen") -> Photo:
    return Photo(digest=digest, faces=faces, size=size, pose=pose)


def row(rows: list[str], half: str, title: str) -> list[str]:
    """Return a row of the table in its half, by words."""
    after = rows[rows.index(half) :]
    return next(one for one in after if one.strip().startswith(title)).split()


@given(st.integers(1, 2_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_every_share_lies_within_its_interval(counted: tuple[int, int]) -> None:
    hits, of = counted
    low, high = interval(hits, of)
    assert 0 <= low <= hits / of + 1e-9
    assert hits / of - 1e-9 <= high <= 1
    assert low < high


def test_an_interval_is_wilsons() -> None:
    low, high = interval(97, 100)
    assert (round(low, 4), round(high, 4)) == (0.9155, 0.9897)


def test_of_nothing_everything_is_possible() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert share(0, 0) == "-"


def test_halves_share_no_photo_and_are_counted_apart() -> None:
    answers = [
        Told(photo("a0"), suspect=True, certain=True),
        Told(photo("a2"), suspect=False, certain=False),
        Told(photo("a1"), suspect=True, certain=False),
    ]
    rows = report(answers)
    assert row(rows, "development", "ordinary")[1] == "1/2"
    assert row(rows, "held-back", "ordinary")[1] == "1/1"
    assert row(rows, "held-back", "ordinary")[6:] == ["0/1", "0.0", "%", "[0.0,", "79.3]"]


def test_faces_that_are_small_or_turned_away_arent_called_ordinary() -> None:
    answers = [
        Told(photo("a0"), suspect=True, certain=True),
        Told(photo("b0", size="small"), suspect=False, certain=False),
        Told(photo("c0", pose="turned-away"), suspect=False, certain=False),
    ]
    rows = report(answers)
    assert row(rows, "development", "ordinary")[1] == "1/1"
    assert row(rows, "development", "all")[4] == "1/3"


def test_what_was_chosen_for_looking_like_a_face_is_no_part_of_the_rate() -> None:
    answers = [
        Told(photo("a0", faces=0, size="", pose=""), suspect=False, certain=False),
        Told(photo("b0", faces=0, size="", pose="look-alike"), suspect=True, certain=False),
    ]
    rows = report(answers)
    assert row(rows, "development", "without")[3] == "0/1"
    assert row(rows, "development", "look-alikes")[1] == "1/1"


def test_a_photo_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    file = tmp_path / "deep" / "renamed"
    file.write_bytes(b"a photo")
    (tmp_path / "changed.jpg").write_bytes(b"another")
    known = photo(sha256(b"a photo").hexdigest())
    assert present(tmp_path, [known, photo("0" * 64)]) == {known: file}


def test_the_list_names_each_photo_once_and_says_what_it_shows() -> None:
    photos = listed()
    assert len({one.digest for one in photos}) == len(photos)
    for one in photos:
        assert len(one.digest) == 64
        if one.faces:
            assert one.size in {"large", "medium", "small"}
            assert one.pose in {"seen", "turned-away", "covered", "overturned", "cropped"}
        else:
            assert (one.size, one.pose) in {("", ""), ("", "look-alike")}


def test_a_folder_of_photos_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    face, empty = encoded(portrait(256), ".png"), encoded(scene(320, 240), ".png")
    lines = [
        f"a/b,{name},{sha256(data).hexdigest()},{faces},{kind}\n"
        for name, data, faces, kind in (
            ("one.png", face, 1, "large,seen"),
            ("none.png", empty, 0, ","),
        )
    ]
    for name, data in (("one.png", face), ("none.png", empty)):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "list.csv").write_text(HEADER + "".join(lines), "utf-8")
    main(["--photos", str(tmp_path), "--list", str(tmp_path / "list.csv"), "--wrong"])
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "2 of 2 photos are there"
    ordinary = [one.split()[1] for one in told if one.strip().startswith("ordinary")]
    without = [one.split()[3] for one in told if one.strip().startswith("without") and "/" in one]
    assert sorted(ordinary) == ["-", "1/1"]
    assert without == ["0/1"]
    assert not any(one.endswith(".png") for one in told)
