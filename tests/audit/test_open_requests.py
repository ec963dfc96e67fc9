import pytest

from guardrail.audit.open_requests import PATIENCE, OpenRequests


def opened(*reqs: str, act: str = "allow", most: int = 10) -> OpenRequests:
    requests = OpenRequests(most)
    for ts, req in enumerate(reqs):
        requests.add("request", {"req": req, "act": act}, ts)
    return requests


@pytest.mark.parametrize("kind", ["reply", "stream.close", "error"])
def test_what_ends_a_request_closes_it(kind: str) -> None:
    requests = opened("a")
    requests.add(kind, {"req": "a"}, 5)
    assert requests.closed == 1
    assert requests.orphans(PATIENCE * 2) == ()


def test_a_request_that_nothing_ends_is_an_orphan_after_a_while() -> None:
    requests = opened("a", "b")
    assert requests.orphans(PATIENCE) == ()
    assert requests.under_way(PATIENCE) == 2
    assert requests.orphans(PATIENCE + 1) == ("a",)
    assert requests.under_way(PATIENCE + 1) == 1


@pytest.mark.parametrize("act", ["refuse", "hold"])
def test_what_was_stopped_needs_no_end(act: str) -> None:
    assert opened("a", act=act).orphans(PATIENCE * 2) == ()


def test_what_cant_be_kept_in_mind_is_counted() -> None:
    assert opened("a", "b", "c", most=2).lost == 1


def test_an_entry_without_a_request_is_passed_over() -> None:
    requests = opened()
    requests.add("error", {}, 1)
    assert requests.closed == 0
