"""``json``: a string that holds a JSON document, as the arguments of a tool call do."""

from __future__ import annotations

from guardrail.errors import BadInput
from guardrail.wire.document import parse
from guardrail.wire.limits import Limits

_NOT_JSON = frozenset({"malformed_json", "invalid_utf8"})


def open_json(text: str, limits: Limits) -> object:
    """Return the document's object, array or string; None where `text` holds none.

    Raises:
        BadInput: JSON that readers may read differently or that is over the limits. As plain text
            it would hide behind escapes what the tool it is meant for would see.
    """
    try:
        tree = parse(text.encode(), limits)
    except BadInput as problem:
        if problem.code in _NOT_JSON:
            return None
        raise
    return tree if isinstance(tree, (dict, list, str)) else None
