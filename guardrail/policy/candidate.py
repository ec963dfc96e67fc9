"""Packs that are to replace those in force: whole and sound, or not at all.

A shell that watches files calls `candidate`, keeps the judge that it has when there are problems,
and swaps it for the new one, with an entry of evidence, when there are none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from guardrail.errors import ConfigError
from guardrail.policy.cases import failures, load_cases
from guardrail.policy.judge import Judge
from guardrail.policy.pack import load_packs
from guardrail.policy.situation import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What came of loading packs anew."""

    judge: Judge | None
    """Ready to take over, or None where there are problems."""
    problems: tuple[str, ...] = ()
    """What is wrong, a line each; empty for a judge that may take over."""


def candidate(
    root: Traversable,
    names: Sequence[str],
    choices: Choices | None = None,
    *,
    known_entities: Collection[str] = (),
) -> Candidate:
    """Load packs and run their cases; never raises for what the files say.

    A pack whose own cases don't hold isn't taken: its rules don't do what its authors meant.

    Args:
        root: a folder with one folder for each pack.
        names: of the packs.
        choices: the operator's.
        known_entities: what the detector can find; where given, a rule may name nothing else.
    """
    try:
        packs = load_packs(root, names, known_entities=known_entities)
        judge = Judge(packs, choices)
        wrong = [
            f"{pack.ref}: {found}"
            for pack in packs
            for found in failures(pack, load_cases(root, pack.id))
        ]
    except OSError as error:
        return Candidate(judge=None, problems=(f"{root}: {error.strerror}",))
    except ConfigError as error:
        return Candidate(judge=None, problems=tuple(str(error).split("\n")))
    if wrong:
        return Candidate(judge=None, problems=tuple(wrong))
    return Candidate(judge=judge)
