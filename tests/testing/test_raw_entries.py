from guardrail.evidence import parse_line
from guardrail.evidence.tree import leaf_hash
from guardrail.testing.raw_entries import START, encoded, record


def test_entries_follow_on_each_other_as_a_writers_do() -> None:
    assert record("writer.start") == START
    second = record("error", 1, START, req="r")
    line = parse_line(leaf_hash(second).hex().encode() + b" " + second)
    assert (line.kind, line.n, line.prev) == ("error", 1, leaf_hash(START).hex())


def test_a_field_that_all_have_may_be_another() -> None:
    assert b'"v":2' in record("error", v=2)
    assert encoded({"b": 1, "a": "\u0451"}) == '{"a":"\u0451","b":1}'.encode()
