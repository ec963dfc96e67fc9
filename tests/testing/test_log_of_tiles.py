"""The log of tests is one that every verifier takes for a log."""

from guardrail.evidence import leaf_hash, open_checkpoint, open_key_statement, parse_line, tree_root
from guardrail.evidence.proof import Hashes
from guardrail.testing.log_of_tiles import LogOfTiles


def test_its_checkpoint_is_over_its_entries() -> None:
    log = LogOfTiles()
    log.grow(200)
    note = log.grow(100)
    key = open_key_statement(log.objects.held["2026h2/key"], log.root)
    checkpoint = open_checkpoint(note, key)
    leaves = [leaf_hash(body) for body in log.bodies]
    assert (checkpoint.size, checkpoint.root) == (300, tree_root(leaves))
    assert [one.leaf for one in log.receipts] == [leaf.hex() for leaf in leaves]
    assert Hashes(lambda name: log.objects.read(f"2026h2/{name}"), 300).root() == checkpoint.root


def test_its_entries_are_a_writers_chain() -> None:
    log = LogOfTiles()
    log.grow(3)
    lines = [parse_line(leaf_hash(body).hex().encode() + b" " + body) for body in log.bodies]
    assert [line.prev for line in lines] == ["", log.receipts[0].leaf, log.receipts[1].leaf]


def test_another_history_has_the_same_keys_and_other_entries() -> None:
    log = LogOfTiles()
    first = log.grow(3)
    log.forget()
    second = log.grow(3)
    key = open_key_statement(log.objects.held["2026h2/key"], log.root)
    assert open_checkpoint(first, key).root != open_checkpoint(second, key).root
