"""What is changed in the texts of a whole reply, and what people are told by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from guardrail.engine import Enacted, Guard
from guardrail.engine.edits import applied
from guardrail.engine.reply_texts import ReplyTexts, reply_texts
from guardrail.facts import RawReply

Make = Callable[..., Guard]
Send = Callable[..., Enacted]

IIN = "900101300017"
CLAIM = "Я живой человек, а не бот, честное слово."
QUESTION = {"model": "m", "messages": [{"role": "user", "content": f"Мой ИИН {IIN}"}]}


def changed(
    guard: Guard, send: Send, now: datetime, *texts: str, status: int = 200
) -> tuple[ReplyTexts, list[str]]:
    """Return what is changed in a reply's answers, and how they leave."""
    case = send(guard, json.dumps(QUESTION).encode()).decided.examined.case
    choices = [
        {"index": index, "message": {"role": "assistant", "content": text}}
        for index, text in enumerate(texts)
    ]
    raw = RawReply(status=status, body=json.dumps({"choices": choices}).encode())
    decided = guard.decide(guard.examine_reply(case, raw), (), now)
    made = reply_texts(decided.examined, decided.decision, guard.disclosure)
    left = [
        applied(
            segment.text,
            [(one.start, one.end, one.text) for one in made.edits if one.segment == index],
        )
        for index, segment in enumerate(decided.examined.segments)
    ]
    return made, left


def test_values_are_masked_and_each_answer_begins_with_the_notice(
    make_guard: Make, send: Send, now: datetime
) -> None:
    made, left = changed(make_guard(), send, now, "ИИН 850101400011.", "Другой ответ.")
    assert made.opening is not None
    assert made.told
    assert all(one.startswith(made.opening.text) for one in left)
    assert "850101400011" not in left[0]
    assert (made.corrected, made.aside) == (0, False)


def test_one_answer_is_put_right_in_it_and_another_beside_it(
    make_guard: Make, send: Send, now: datetime
) -> None:
    code = f"```\n{CLAIM}\n```"
    made, left = changed(make_guard(), send, now, CLAIM, code, "Сәлем")
    assert (made.corrected, made.aside) == (2, True)
    assert "Уточнение" in left[0]
    assert left[1] == code
    assert "Уточнение" not in left[2]


def test_an_error_is_neither_told_nor_put_right(
    make_guard: Make, send: Send, now: datetime
) -> None:
    made, left = changed(make_guard(), send, now, CLAIM, status=500)
    assert (made.opening, made.told, made.corrected) == (None, False, 0)
    assert left == [CLAIM]
