import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import Named
from guardrail.evidence.staging import staged, staged_size, staging_name, unstaged

OBJECTS = st.dictionaries(st.text(min_size=1, max_size=9), st.binary(max_size=40), max_size=6)


@given(OBJECTS)
def test_every_set_of_objects_comes_back_whole(made: Named) -> None:
    assert unstaged(staged(made)) == made


@given(OBJECTS, st.data())
def test_no_staging_that_was_cut_or_grew_is_read(made: Named, data: st.DataObject) -> None:
    whole = staged(made)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for damaged in (whole[:cut], whole + b"x", b"x" + whole):
        if damaged != b"[]" or made:  # the line of no objects may lack its end
            with pytest.raises(EvidenceError, match="damaged"):
                unstaged(damaged)


@pytest.mark.parametrize("data", [b"", b"x", b"{}1\n", b"[1]\n", b'[["a"]]\n', b'[["a","b"]]\n'])
def test_what_is_no_staging_is_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="damaged"):
        unstaged(data)


def test_its_name_tells_the_size_and_differs_with_every_byte() -> None:
    name = staging_name(b"a", 300)
    assert name.startswith("staging/300-")
    assert staged_size(f"2026h2/{name}") == 300
    assert staging_name(b"b", 300) != name
    assert staged_size("2026h2/staging/other") == 0
