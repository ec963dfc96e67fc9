"""The automaton finds the same rule that trying every pattern in turn would."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hypothesis import given
from hypothesis import strategies as st

from guardrail.wire.shape import ANY, DEEP, Pattern, Rule, State, Verdict, compile_shape

PARTS = st.sampled_from(["a", "b", "c", ANY, DEEP])
PATTERNS = st.lists(st.lists(PARTS, min_size=1, max_size=5).map(tuple), max_size=6)
PLACES = st.lists(st.sampled_from(["a", "b", "c", "d", ANY, DEEP]), max_size=6)


def _covers(pattern: Pattern, place: tuple[str, ...]) -> bool:
    if not pattern:
        return not place
    if pattern[0] == DEEP:
        return _covers(pattern[1:], place) or (bool(place) and _covers(pattern, place[1:]))
    return bool(place) and pattern[0] in {ANY, place[0]} and _covers(pattern[1:], place[1:])


def _state(start: State, place: tuple[str, ...]) -> State:
    for part in place:
        start = start.onward.get(part, start.rest)
    return start


@given(PATTERNS, st.lists(PLACES.map(tuple), max_size=8))
def test_the_first_rule_that_covers_a_place_decides(
    patterns: list[Pattern], places: list[tuple[str, ...]]
) -> None:
    rules = [Rule(verdict=Verdict.TEXT, medium=str(number)) for number in range(len(patterns))]
    start = compile_shape(list(zip(patterns, rules, strict=True)))
    for place in places:
        covering = [
            rule for pattern, rule in zip(patterns, rules, strict=True) if _covers(pattern, place)
        ]
        assert _state(start, place).rule is (covering[0] if covering else None)


def test_flags_and_rules_live_side_by_side() -> None:
    rule = Rule(verdict=Verdict.INERT)
    start = compile_shape([(("a", ANY), "speaks"), (("a", "b"), rule), (("**",), "kept")])
    at_b = _state(start, ("a", "b"))
    assert (at_b.speaks, at_b.rule, at_b.kept, at_b.numbered) == (True, rule, True, False)


def test_an_empty_shape_covers_nothing() -> None:
    start = compile_shape([])
    assert start.rest is start
    assert start.rule is None


def test_a_part_of_a_type_leads_on_in_objects_of_that_type_alone() -> None:
    thought, text = Rule(verdict=Verdict.TEXT, medium="1"), Rule(verdict=Verdict.TEXT, medium="2")
    start = compile_shape([((ANY, "<a|b>", "x"), thought), ((ANY, "x"), text)])
    item = start.rest
    assert item.onward["x"].rule is text
    assert [item.typed[kind].onward["x"].rule for kind in ("a", "b")] == [thought, thought]
    assert set(item.typed) == {"a", "b"}
    assert item.typed["a"] is item.typed["b"], "what is alike is one state"
    assert not item.typed["a"].typed


def test_threads_that_visit_a_place_at_once_find_the_same() -> None:
    marks = [(("a", DEEP, "b"), "kept"), ((ANY, "c", "b"), "cleared")]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            start, ready = compile_shape(marks), Barrier(8)

            def visit(start: State = start, ready: Barrier = ready) -> tuple[bool, bool]:
                ready.wait()
                there = _state(start, ("a", "c", "b"))
                return there.kept, there.cleared

            with ThreadPoolExecutor(8) as pool:
                found = [pool.submit(visit) for _ in range(8)]
                assert {one.result() for one in found} == {(True, True)}
    finally:
        sys.setswitchinterval(interval)


def test_of_several_tests_that_an_object_passes_the_first_by_name_decides() -> None:
    tests = [f"<{name}?>" for name in "cadb"]
    start = compile_shape([(("x", test, "y"), "kept") for test in tests])
    assert list(start.onward["x"].typed) == ["a?", "b?", "c?", "d?"]
