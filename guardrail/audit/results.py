"""Results of tests as JUnit's XML tells them, held against the tests that duties name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.parsers.expat import ExpatError, ParserCreate

from guardrail.errors import BadInput

_WORST = ("unknown", "skipped", "passed", "failed")
"""Of several outcomes the last in this order counts."""


def read_results(xml: bytes) -> Mapping[str, str]:
    """Return the outcome of each test by ``<module>::<name>``, parameters left away.

    Raises:
        BadInput: it isn't JUnit's XML, or declares a document type (which could grow without end).
    """
    reader = _Reader()
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - expat takes it by position
    except ExpatError as error:
        raise BadInput("the test results aren't XML as JUnit's") from error
    if not reader.outcomes:
        raise BadInput("the test results name no test")
    return reader.outcomes


def results_of(tests: Iterable[str], outcomes: Mapping[str, str]) -> Mapping[str, str]:
    """Return the outcome of each test that duties name, as ``tests/a/test_b.py::test_c``.

    A file or a folder has the worst outcome within it, ``unknown`` where nothing of it ran.
    """
    return {test: _worst(_within(test, outcomes)) for test in tests}


def _within(test: str, outcomes: Mapping[str, str]) -> Iterable[str]:
    path, _, name = test.partition("::")
    module = path.removesuffix(".py").replace("/", ".")
    for key, outcome in outcomes.items():
        where, _, called = key.partition("::")
        inside = where == module or where.startswith(f"{module}.")
        if inside and name in {"", called}:
            yield outcome


def _worst(outcomes: Iterable[str]) -> str:
    return max(outcomes, key=_WORST.index, default="unknown")


def _no_doctype(*_: object) -> None:
    raise BadInput("the test results declare a document type: JUnit's don't")


class _Reader:
    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self._case = self._outcome = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "testcase":
            name = attributes.get("name", "").partition("[")[0]
            self._case, self._outcome = f"{attributes.get('classname', '')}::{name}", "passed"
        elif self._case and tag in {"failure", "error"}:
            self._outcome = "failed"
        elif self._case and tag == "skipped":
            self._outcome = "skipped"

    def end(self, tag: str) -> None:
        if tag == "testcase":
            known = self.outcomes.get(self._case, "unknown")
            self.outcomes[self._case] = _worst((known, self._outcome))
            self._case = ""
