"""What a record of evidence may say, as far as this verifier knows. The rest is carried and told.

A newer guard may write kinds of entries and actions that a verifier, or a sequencer, of before
doesn't know (docs/adr/0005-what-a-newer-version-says.md). They are chained and hashed like all
others, and totals may count them as `OTHER`.
"""

from __future__ import annotations

import re

OTHER = "other"
"""What totals say in place of a name that whoever summed them up didn't know."""
KINDS = frozenset({
    "writer.start", "writer.beat", "writer.stop", "log.open", "log.seal", "log.anchor",
    "key.rotate", "request", "reply", "stream.open", "stream.finding", "stream.close", "error",
    "unexamined", "consent", "policy.load", "authorship", "incident", "erasure", "hold", "export",
    "probe",
})  # fmt: skip
ACTIONS = frozenset({"allow", "mask", "pseudonymise", "hold", "refuse"})
LATER: frozenset[str] = frozenset()
"""Those of the kinds and actions above that came after version 1.0: known here, and told as `OTHER`
by a sequencer that is older."""
WAYS = frozenset({"request", "reply"})
_RULE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,159})?")
_COUNTED = frozenset(kind.replace(".", "_") for kind in KINDS - LATER)


def is_known(name: tuple[object, ...]) -> bool:
    """Tell whether every version knows what totals count under a name, so that none says other."""
    if len(name) == 1:
        return name[0] in _COUNTED
    way, rule, action = name
    return way in WAYS and action in ACTIONS - LATER and _RULE.fullmatch(str(rule)) is not None
