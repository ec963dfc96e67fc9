from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from guardrail.testing import chunkings, every_split


@given(data=st.data(), text=st.text(max_size=20))
def test_pieces_put_together_are_the_whole(data: st.DataObject, text: str) -> None:
    assert "".join(data.draw(chunkings(text))) == text
    assert b"".join(data.draw(chunkings(text.encode()))) == text.encode()


def test_every_split_is_the_whole_each_cut_and_all_cuts() -> None:
    assert list(every_split("abc")) == [("abc",), ("a", "bc"), ("ab", "c"), ("a", "b", "c")]
    assert list(every_split(b"")) == [(b"",)]
    assert list(every_split(b"a")) == [(b"a",)]


def test_the_fakes_need_no_test_framework() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['hypothesis', 'pytest']))\n"
        "import guardrail.testing as t; assert set(t.__all__) <= set(dir(t))\n"
        "assert 'uvicorn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
