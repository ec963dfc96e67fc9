from __future__ import annotations

from guardrail.shipped import shipped
from guardrail.testing.wires import shipped_wires


def test_every_shipped_format_is_there_and_read_once() -> None:
    folders = {folder.name for folder in shipped("adapters").iterdir() if folder.is_dir()}
    assert {adapter.name for adapter in shipped_wires().adapters} == folders
    assert shipped_wires() is shipped_wires()
