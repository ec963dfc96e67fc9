import pytest

from guardrail.audit.results import read_results, results_of
from guardrail.errors import BadInput

XML = b"""<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.a.test_b" name="test_c[1]"/>
<testcase classname="tests.a.test_b" name="test_c[2]"><failure message="no"/></testcase>
<testcase classname="tests.a.test_b" name="test_d"/>
<testcase classname="tests.a.test_e" name="test_f"><skipped/></testcase>
</testsuite></testsuites>"""


def test_a_test_that_failed_once_has_failed() -> None:
    outcomes = read_results(XML)
    assert outcomes["tests.a.test_b::test_c"] == "failed"
    assert outcomes["tests.a.test_b::test_d"] == "passed"


def test_files_and_folders_have_the_worst_outcome_within() -> None:
    names = [
        "tests/a/test_b.py::test_d",
        "tests/a/test_b.py",
        "tests/a",
        "tests/a/test_e.py",
        "tests/z",
    ]
    assert results_of(names, read_results(XML)) == {
        "tests/a/test_b.py::test_d": "passed",
        "tests/a/test_b.py": "failed",
        "tests/a": "failed",
        "tests/a/test_e.py": "skipped",
        "tests/z": "unknown",
    }


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (b"<testsuites>", "aren't XML"),
        (b"<testsuites/>", "name no test"),
        (b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', "document type"),
    ],
)
def test_what_isnt_junits_is_refused(xml: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_results(xml)
