from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.unlabelled import Unlabelled

Make = Callable[..., bytes]


def test_parts_hold_what_they_were_changed_to_and_others_stay(zip_of: Make) -> None:
    data = zip_of({"a": "1", "b": "2"})
    parts = Parts(Archive(data))
    assert parts.written() == data
    parts.change("a", b"3")
    assert (parts.read("a"), parts.get("c")) == (b"3", None)
    assert Archive(parts.written()).read("b") == b"2"
    with pytest.raises(Unlabelled, match="unreadable"):
        parts.read("c")


def test_a_new_part_has_a_name_that_no_other_has_in_any_case(zip_of: Make) -> None:
    assert Parts(Archive(zip_of({"Head1.xml": ""}))).free("head", ".xml") == "head2.xml"


def test_no_more_is_unpacked_than_may_be(zip_of: Make) -> None:
    held = {f"{number}": "x" * (15 << 20) for number in range(5)}
    parts = Parts(Archive(zip_of(held)))
    for name in list(held)[:4]:
        parts.read(name)
    with pytest.raises(Unlabelled, match="too_much_unpacked"):
        parts.read("4")
