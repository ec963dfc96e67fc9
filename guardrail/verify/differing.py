"""How entries that were found differ from those that were signed, in plain words."""

from __future__ import annotations

from collections.abc import Sequence


def differing(signed: Sequence[bytes], found: Sequence[bytes], first: int) -> str:
    """Say what was done to some entries, and where.

    Args:
        signed: their leaf hashes as they were signed.
        found: the leaf hashes of what is there; not the same.
        first: the index of the first of them in the shard.
    """
    same = zip(signed, found, strict=False)
    at = next((n for n, (one, other) in enumerate(same) if one != other), None)
    at = min(len(signed), len(found)) if at is None else at
    gone = len(signed) - len(found)
    if gone > 0 and list(signed[at + gone :]) == list(found[at:]):
        return f"{_entries(first + at, gone)} taken out"
    if gone < 0 and list(signed[at:]) == list(found[at - gone :]):
        return f"{_entries(first + at, -gone)} put in"
    bad = [n for n, leaf in enumerate(signed) if list(found[n : n + 1]) != [leaf]]
    if sorted(signed) == sorted(found):
        if len(bad) == 2:
            return f"entries {first + bad[0]} and {first + bad[1]} changed places"
        return f"entries {first + bad[0]} to {first + bad[-1]} stand in another order"
    more = f", nor are {len(bad) - 1} after it in this bundle" if len(bad) > 1 else ""
    where = bad[0] if bad else at
    return f"entry {first + where} isn't the one that was signed{more}"


def _entries(first: int, count: int) -> str:
    if count == 1:
        return f"entry {first} was"
    return f"entries {first} to {first + count - 1} were"
