"""What OpenSSL stamps, OpenSSL verifies."""

import shutil
from pathlib import Path

import pytest

from guardrail.evidence.time_stamp import query
from guardrail.testing.time_authority import TimeAuthority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")


def test_its_stamps_are_good_for_what_was_stamped_alone(tmp_path: Path) -> None:
    authority = TimeAuthority(tmp_path)
    answer = authority.answer(query(b"a checkpoint", 5))
    assert authority.verifies(answer, b"a checkpoint")
    assert not authority.verifies(answer, b"another")
