import pytest

from guardrail.disclose.marks import Unmarkable
from guardrail.disclose.marks.boxes import C2PA, box, boxes, is_c2pa, lead, within


def test_boxes_of_every_kind_of_size_are_found() -> None:
    wide = b"\0\0\0\1wide" + (20).to_bytes(8, "big") + b"1234"
    data = box(b"free", b"x") + wide + b"\0\0\0\0mdatrest"
    found = list(boxes(data))
    assert [one.kind for one in found] == [b"free", b"wide", b"mdat"]
    assert [data[one.body : one.end] for one in found] == [b"x", b"1234", b"rest"]


def test_a_path_leads_to_all_boxes_of_its_end() -> None:
    data = box(b"moov", box(b"trak", box(b"a   ")), box(b"trak"), box(b"trak", box(b"a   ")))
    (moov,) = boxes(data)
    assert len(list(within(data, moov, b"trak", b"a   "))) == 2
    assert list(within(data, moov)) == [moov]


@pytest.mark.parametrize(("body", "size"), [(bytes(4) + box(b"hdlr"), 4), (box(b"hdlr"), 0)])
def test_what_is_before_the_boxes_of_metadata_is_told(body: bytes, size: int) -> None:
    data = box(b"meta", body)
    assert lead(data, next(boxes(data))) == size


def test_a_manifest_is_told_by_its_name() -> None:
    data = box(b"uuid", C2PA) + box(b"uuid", bytes(16))
    assert [is_c2pa(data, one) for one in boxes(data)] == [True, False]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\0\0\0\4abcd", "broken_box"),
        (b"\0\0\0\x09abcd", "truncated"),
        (b"\0\0\0\1abcd", "truncated"),
        (box(b"free") * 100_001, "too_many_parts"),
    ],
)
def test_broken_boxes_arent_read(data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        list(boxes(data))
