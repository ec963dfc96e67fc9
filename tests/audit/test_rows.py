import csv
import hashlib
import io
import json

import pytest

from guardrail.audit import Place
from guardrail.audit.rows import COLUMNS, csv_row, heads, json_line

PLACE = Place(shard="2026h2", index=7, leaf="ab" * 32)


def row(record: dict[str, object]) -> dict[str, str]:
    text = (heads() + csv_row(record, PLACE)).decode()
    (found,) = csv.DictReader(io.StringIO(text))
    return found


def test_an_entry_is_a_row_with_its_place() -> None:
    hits = [{"rule": "a", "article": "x, 1", "entities": {"KZ_IIN": 2}},
            {"rule": "b", "article": "y", "entities": {"KZ_IIN": 1, "PERSON": 1}}]  # fmt: skip
    found = row({"t": "request", "ts": 1_795_000_000_000_000, "w": "w1", "n": 3, "req": "r",
                 "act": "refuse", "hits": hits, "pol": [{"id": "p", "ver": "1"}]})  # fmt: skip
    assert tuple(found) == COLUMNS
    assert found["time"] == "2026-11-18T11:06:40.000+00:00"
    assert (found["rules"], found["articles"]) == ("a b", "x, 1; y")
    assert found["entities"] == "KZ_IIN=3 PERSON=1"
    assert found["packs"] == "p@1"
    assert found["index"] == "7"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert row({"code": f"{start}1"})["code"] == f"'{start}1"


def test_a_line_of_json_holds_the_entry_byte_for_byte() -> None:
    entry = b'{"a":1, "b" :"\xd2\x9b"}'
    line = json_line(entry, PLACE)
    assert entry in line
    assert json.loads(line)["entry"]["a"] == 1
    assert line.endswith(b"\n")
    kept = line.partition(b'"entry":')[2][:-2]
    assert hashlib.sha256(kept).digest() == hashlib.sha256(entry).digest()
