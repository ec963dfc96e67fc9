from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores.object_names import (
    NAME_LIMIT,
    PART_LIMIT,
    checked_data,
    checked_name,
    checked_prefix,
    is_part,
    too_large,
)

PARTS = st.from_regex(r"[a-z0-9_-][a-z0-9._-]{0,20}", fullmatch=True)
NAMES = st.lists(PARTS, min_size=1, max_size=8).map("/".join)


@given(name=NAMES, cut=st.integers(0, 200))
def test_every_name_is_one_and_every_beginning_of_one_begins_names(name: str, cut: int) -> None:
    assert checked_name(name) == name
    assert all(is_part(part) for part in name.split("/"))
    prefix = name[:cut]
    assert checked_prefix(prefix) == prefix


@given(name=st.text(max_size=12))
def test_nothing_that_leads_out_of_a_store_is_a_name(name: str) -> None:
    try:
        checked_name(name)
    except EvidenceError:
        return
    assert not {"", ".", ".."} & set(name.split("/"))
    assert name.isascii()
    assert name == name.lower()
    assert not name.startswith("/")


@pytest.mark.parametrize("prefix", ["/", "a//", "../", "a/../", ".", "a/.", "A", "ä", "a\n"])
def test_what_no_name_begins_with_is_refused(prefix: str) -> None:
    with pytest.raises(EvidenceError):
        checked_prefix(prefix)


def test_a_name_may_be_so_long_and_no_longer() -> None:
    part = "a" * PART_LIMIT
    assert checked_name(part) == part
    assert not is_part(part + "a")
    with pytest.raises(EvidenceError):
        checked_name(part + "a")
    whole = ("ab/" * NAME_LIMIT)[: NAME_LIMIT - 1] + "a"
    assert checked_name(whole) == whole
    with pytest.raises(EvidenceError):
        checked_name(whole + "a")


def test_data_may_be_so_large_and_no_larger() -> None:
    assert len(checked_data(bytes(OBJECT_LIMIT))) == OBJECT_LIMIT
    with pytest.raises(EvidenceError, match=str(OBJECT_LIMIT + 1)):
        checked_data(bytes(OBJECT_LIMIT + 1))
    assert "70000000" in str(too_large(70_000_000))
