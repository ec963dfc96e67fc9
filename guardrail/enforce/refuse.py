"""Build refusals from decisions and errors; wire specs render them in the caller's own format."""

from __future__ import annotations

import re

from guardrail.errors import GuardrailError
from guardrail.facts import Action, Decision, Refusal, Segment

_CODES = {Action.REFUSE: "content_policy_violation", Action.HOLD: "held_for_review"}
_PLAIN_NAME = re.compile(r"[a-z]{1,24}(?:[A-Z_][a-z]{1,24}){0,3}")


def refuse(
    decision: Decision, *, message: str, param: str | None = None, request_id: str = ""
) -> Refusal:
    """Return the refusal of a decision to refuse or hold, `message` already in its languages.

    Raises:
        KeyError: where the decision refuses nothing.
    """
    return Refusal(
        status=400,
        code=_CODES[decision.action],
        message=message,
        param=param,
        rules=decision.rules,
        request_id=request_id,
    )


def refuse_error(error: GuardrailError, *, message: str = "", request_id: str = "") -> Refusal:
    """Return the refusal of what can't be examined, reached or recorded.

    Without `message` it says what the error says and what can be done about it: errors of ours
    hold no personal value.
    """
    said = f"{error}; {error.fix}" if error.fix else str(error)
    return Refusal(
        status=error.status, code=error.code, message=message or said, request_id=request_id
    )


def param(segment: Segment) -> str:
    """Return a segment's place as ``messages[2].content``.

    Names are the caller's and may be personal values: all but plain words read
    ``*``, and where the segment is itself a name, it is left out.
    """
    path = ""
    for step in segment.place[: -1 if segment.key else None]:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step if _PLAIN_NAME.fullmatch(step) else '*'}"
    return path.removeprefix(".")
