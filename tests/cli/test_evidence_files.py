from collections.abc import Iterator

import pytest

from guardrail.cli.evidence_files import LogFiles
from guardrail.errors import EvidenceError
from guardrail.testing.objects import MemoryObjects
from guardrail.verify import Unreadable


class Failing(MemoryObjects):
    def read(self, name: str, start: int = 0) -> bytes | None:
        if name == "bad":
            raise EvidenceError("no such luck")
        return super().read(name, start)

    def names(self, prefix: str) -> Iterator[str]:
        yield from super().names(prefix)
        raise EvidenceError("the line broke")


def test_what_can_be_read_is_read() -> None:
    objects = MemoryObjects()
    objects.create("a", b"0123")
    files = LogFiles(objects)
    assert (files.read("a"), files.read("a", 2), files.read("b")) == (b"0123", b"23", None)
    assert list(files.names("")) == ["a"]


def test_a_failure_is_told_in_the_verifiers_words() -> None:
    files = LogFiles(Failing())
    with pytest.raises(Unreadable, match="no such luck"):
        files.read("bad")
    assert files.read("another") is None
    with pytest.raises(Unreadable, match="the line broke"):
        list(files.names(""))
