from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from guardrail.detect.text.recognizers.address_grammar import BEGINS, FIRST

_OFTEN = "wwwwWWTtGbNN      ,--HFSKMmRCAUDIiuEe#"
_CLASSES = _OFTEN + 'SKEeMmHFOLCRBIGTtbWwADUNYPiuoqx! \n,;:.-#"()'


@given(classes=st.text(alphabet=st.sampled_from(_CLASSES), max_size=16))
@example("N A W W Ni e")
@example("w b-N m R")
@example("W W W-N M")
@example("A,AN NU")
def test_every_part_begins_where_parts_are_looked_for(classes: str) -> None:
    for place in range(len(classes)):
        free = place == 0 or classes[place - 1] in ' \n,;:.-("!'
        if free and FIRST.match(classes, place):
            assert BEGINS.match(classes, place)
