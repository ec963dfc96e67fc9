from __future__ import annotations

from pathlib import Path

from guardrail.detect.media.memory_file import memory_file


def test_a_file_in_memory_is_read_by_its_path_and_is_gone_afterwards() -> None:
    with memory_file(b"sound") as path:
        assert Path(path).read_bytes() == b"sound"
        assert "memfd:" in str(Path(path).readlink())
    assert not Path(path).exists()
