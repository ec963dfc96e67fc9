"""`guarded`, around functions of each kind."""

from __future__ import annotations

import asyncio
import atexit
import enum
import inspect
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from guardrail.consent import ConsentRecord
from guardrail.evidence import Entry, Receipt
from guardrail.facts import Action
from guardrail.settings import Settings
from guardrail.shells import decorator
from guardrail.shells.assembly import Assembly, assemble
from guardrail.shells.decorator import Refused, guarded, speaker
from guardrail.testing import MemoryLog

IIN, OTHER_IIN, EMAIL = "900101300017", "850101400011", "aigerim@example.kz"
Json = Any
Assembled = Callable[..., tuple[Assembly, MemoryLog]]
Consent = Callable[[Sequence[str]], tuple[ConsentRecord, str]]


@pytest.fixture
def masking(assembled: Assembled) -> tuple[Assembly, MemoryLog]:
    return assembled(personal_data="mask")


@pytest.fixture
def refusing(assembled: Assembled) -> tuple[Assembly, MemoryLog]:
    return assembled(personal_data="refuse")


def kinds(log: MemoryLog) -> list[str]:
    return [entry.kind.value for entry in log.entries]


def closing(log: MemoryLog) -> object:
    assert log.entries[-1].kind.value == "stream.close"
    return log.entries[-1].fields["code"]


# ------------------------------------------------------------------ what it looks like


def test_a_guarded_function_is_still_of_its_kind(masking: tuple[Assembly, MemoryLog]) -> None:
    guard = guarded(assembly=masking[0])

    @guard
    def plain(question: str) -> str:
        """Answer."""
        return question

    @guard
    async def coroutine(question: str) -> str:
        return question

    @guard
    def generator(question: str) -> Iterator[str]:
        yield question

    @guard
    async def asynchronous(question: str) -> AsyncIterator[str]:
        yield question

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(asynchronous)
    assert not inspect.iscoroutinefunction(plain)
    assert (plain.__name__, plain.__doc__) == ("plain", "Answer.")
    assert str(inspect.signature(plain)) == "(question: 'str') -> 'str'"


# ------------------------------------------------------------------ functions and coroutines


def test_values_are_masked_on_their_way_in_and_out(masking: tuple[Assembly, MemoryLog]) -> None:
    seen = []

    @guarded(assembly=masking[0])
    def answer(question: str) -> str:
        seen.append(question)
        return f"пишите на {EMAIL}"

    assert answer(f"ИИН {IIN}") == "пишите на <EMAIL_ADDRESS_1>"
    assert seen == ["ИИН <KZ_IIN_1>"]
    assert kinds(masking[1]) == ["request", "reply"]


async def test_a_coroutine_is_guarded_alike(masking: tuple[Assembly, MemoryLog]) -> None:
    @guarded(assembly=masking[0])
    async def answer(question: str) -> str:
        await asyncio.sleep(0)
        return f"{question}, {EMAIL}"

    assert await answer(f"ИИН {IIN}") == "ИИН <KZ_IIN_1>, <EMAIL_ADDRESS_1>"


def test_a_refused_call_never_runs_and_tells_no_value(
    refusing: tuple[Assembly, MemoryLog],
) -> None:
    ran = []

    @guarded(assembly=refusing[0])
    def answer(question: str) -> str:
        ran.append(question)
        return question

    with pytest.raises(Refused) as caught:
        answer(f"ИИН {IIN}")
    assert ran == []
    refused = caught.value
    assert refused.decision is not None
    assert refused.decision.action is Action.REFUSE
    assert refused.refusal.rules == ("kz.10.personal-data",)
    told = (repr(refused), str(refused), repr(refused.args), repr(vars(refused)))
    assert IIN not in "".join(told)
    assert refused.__cause__ is None
    assert refused.__context__ is None


def test_a_refusal_can_be_handed_to_another_process(
    refusing: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=refusing[0])
    def answer(question: str) -> str:
        return question

    with pytest.raises(Refused) as caught:
        answer(IIN)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert again.refusal == caught.value.refusal
    assert str(again) == str(caught.value)


async def test_a_result_is_refused_too(refusing: tuple[Assembly, MemoryLog]) -> None:
    guard = guarded(assembly=refusing[0])

    @guard
    def answer(question: str) -> str:
        return IIN

    @guard
    async def later(question: str) -> str:
        return IIN

    with pytest.raises(Refused):
        answer("?")
    with pytest.raises(Refused):
        await later("?")


class Pair(NamedTuple):
    one: str
    two: int


class Colour(enum.StrEnum):
    RED = "red"


def test_texts_are_found_in_lists_dicts_and_tuples_and_all_else_stays(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    seen: list[Any] = []

    @guarded(assembly=masking[0])
    def answer(*parts: Json, **more: Json) -> Json:
        seen.append((parts, more))
        return {"a": [IIN, ("x", OTHER_IIN)], "b": None, "c": 1.5, EMAIL: True}

    made = answer(["a", IIN], Pair(IIN, 7), n=3, deep={"k": ({"z": EMAIL},)}, colour=Colour.RED)
    parts, more = seen[0]
    assert parts == (["a", "<KZ_IIN_1>"], Pair("<KZ_IIN_1>", 7))
    assert isinstance(parts[1], Pair)
    assert more == {"n": 3, "deep": {"k": ({"z": "<EMAIL_ADDRESS_1>"},)}, "colour": Colour.RED}
    assert more["colour"] is Colour.RED
    assert made == {
        "a": ["<KZ_IIN_1>", ("x", "<KZ_IIN_2>")],
        "b": None,
        "c": 1.5,
        "<EMAIL_ADDRESS_1>": True,
    }


def test_a_number_that_is_an_identifier_is_found_too(
    refusing: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=refusing[0])
    def answer(number: int) -> str:
        return "x"

    with pytest.raises(Refused):
        answer(int(IIN))


@pytest.mark.parametrize("value", [object(), b"bytes", {1: "a"}, {"a"}])
def test_what_cant_be_examined_is_a_type_error_that_says_what_to_do(
    masking: tuple[Assembly, MemoryLog], value: object
) -> None:
    @guarded(assembly=masking[0])
    def answer(thing: object) -> object:
        return "x"

    with pytest.raises(TypeError, match=r"'thing' is a \w+.*skip=\('thing',\)"):
        answer(value)

    @guarded(assembly=masking[0])
    def give(question: str) -> object:
        return value

    with pytest.raises(TypeError, match="'result' is a"):
        give("?")


def test_skipped_arguments_and_self_arent_looked_at(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    class Bot:
        @guarded(assembly=masking[0], skip=("client",))
        def answer(self, question: str, client: object) -> str:
            return f"{client}: {question}"

        @classmethod
        @guarded(assembly=masking[0])
        def make(cls, question: str) -> str:
            return cls.__name__ + question

    assert Bot().answer(IIN, client=IIN) == "<KZ_IIN_1>: <KZ_IIN_1>"
    assert Bot().answer("a", client=7) == "7: a"
    assert Bot.make("!") == "Bot!"


def test_consent_of_the_speaker_lets_their_value_pass_and_only_inside_the_block(
    refusing: tuple[Assembly, MemoryLog], consent: Consent
) -> None:
    @guarded(assembly=refusing[0])
    def answer(question: str) -> str:
        return question

    token = consent(["KZ_IIN"])[1]
    with speaker(consent=token):
        assert answer(f"ИИН {IIN}") == f"ИИН {IIN}"
        with pytest.raises(Refused):
            answer(f"{IIN} {OTHER_IIN}")
    with pytest.raises(Refused):
        answer(f"ИИН {IIN}")
    with speaker(), pytest.raises(Refused):
        answer(f"ИИН {IIN}")


def test_a_subject_counts_only_where_it_is_trusted(
    refusing: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=refusing[0])
    def answer(question: str) -> str:
        return question

    with speaker(subject="u-17"), pytest.raises(Refused):
        answer(IIN)
    assert "sub" not in refusing[1].entries[-1].fields


async def test_exceptions_of_the_function_come_through(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    guard = guarded(assembly=masking[0])

    @guard
    def answer(question: str) -> str:
        raise KeyError(question)

    @guard
    async def later(question: str) -> str:
        raise KeyError(question)

    with pytest.raises(KeyError):
        answer("?")
    with pytest.raises(KeyError):
        await later("?")
    with pytest.raises(TypeError, match="missing a required argument"):
        answer()  # type: ignore[call-arg]


def test_without_evidence_the_function_doesnt_run(masking: tuple[Assembly, MemoryLog]) -> None:
    @guarded(assembly=masking[0])
    def answer(question: str) -> str:
        return question

    masking[1].healthy = False
    with pytest.raises(Refused) as caught:
        answer("?")
    assert caught.value.refusal.code == "evidence_unavailable"
    assert caught.value.decision is None


# ------------------------------------------------------------------ generators


PIECES = ("Ваш ИИ", "Н 9001", "013000", "17, всё. ", "До свидания!")


def test_a_generators_texts_are_masked_across_its_pieces(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=masking[0])
    def answer(question: str) -> Iterator[str]:
        yield from PIECES

    assert "".join(answer("?")) == "Ваш ИИН <KZ_IIN_1>, всё. До свидания!"
    assert closing(masking[1]) == "complete"


async def test_an_asynchronous_generators_too(masking: tuple[Assembly, MemoryLog]) -> None:
    @guarded(assembly=masking[0])
    async def answer(question: str) -> AsyncIterator[str]:
        for piece in PIECES:
            await asyncio.sleep(0)
            yield piece

    said = [text async for text in answer("?")]
    assert "".join(said) == "Ваш ИИН <KZ_IIN_1>, всё. До свидания!"
    assert closing(masking[1]) == "complete"


async def test_a_generator_is_refused_before_it_runs_within_it_and_at_its_end(
    refusing: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=refusing[0])
    def answer(question: str) -> Iterator[str]:
        yield "Начало без всего. "
        yield question
        yield IIN

    @guarded(assembly=refusing[0])
    async def later(question: str) -> AsyncIterator[str]:
        yield "Начало без всего. "
        yield question
        yield IIN

    with pytest.raises(Refused):
        next(answer(IIN))
    with pytest.raises(Refused):
        await anext(later(IIN))
    for middle in ("a ", ""):
        said: list[str] = []
        with pytest.raises(Refused) as caught:
            said.extend(answer(middle))
        assert caught.value.decision is not None
        with pytest.raises(Refused):
            said.extend([text async for text in later(middle)])
        assert IIN not in "".join(said)
        assert closing(refusing[1]) == "content_policy_violation"


async def test_a_refusal_stops_the_generator_at_once(
    refusing: tuple[Assembly, MemoryLog],
) -> None:
    went = []

    @guarded(assembly=refusing[0])
    def answer(question: str) -> Iterator[str]:
        try:
            yield f"ИИН {IIN}, а дальше ещё много, много обычного текста. "
            went.append("on")
            yield "ещё"
        finally:
            went.append("closed")

    @guarded(assembly=refusing[0])
    async def later(question: str) -> AsyncIterator[str]:
        try:
            yield f"ИИН {IIN}, а дальше ещё много, много обычного текста. "
            went.append("on")
            yield "ещё"
        finally:
            went.append("closed")

    with pytest.raises(Refused):
        list(answer("?"))
    with pytest.raises(Refused):
        [text async for text in later("?")]
    assert went == ["closed", "closed"]


async def test_a_generator_that_is_left_early_closes_its_own_and_its_record(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    closed = []

    @guarded(assembly=masking[0])
    def answer(question: str) -> Iterator[str]:
        try:
            yield "Раз, и ещё немного слов. "
            yield "Два. "
        finally:
            closed.append("sync")

    @guarded(assembly=masking[0])
    async def later(question: str) -> AsyncIterator[str]:
        try:
            yield "Раз, и ещё немного слов. "
            yield "Два. "
        finally:
            closed.append("async")

    pieces = answer("?")
    assert next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert closing(masking[1]) == "client_gone"
    others = later("?")
    assert await anext(others)
    await others.aclose()  # type: ignore[attr-defined]
    assert closing(masking[1]) == "client_gone"
    assert kinds(masking[1]).count("stream.close") == 2
    assert closed == ["sync", "async"]


async def test_exceptions_of_a_generator_come_through_and_are_on_record(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=masking[0])
    def answer(question: str) -> Iterator[str]:
        yield "Раз. "
        raise KeyError(question)

    @guarded(assembly=masking[0])
    async def later(question: str) -> AsyncIterator[str]:
        yield "Раз. "
        raise KeyError(question)

    with pytest.raises(KeyError):
        list(answer("?"))
    assert closing(masking[1]) == "upstream_reset"
    with pytest.raises(KeyError):
        [text async for text in later("?")]
    assert closing(masking[1]) == "upstream_reset"


def test_a_generator_of_anything_but_text_is_a_type_error(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=masking[0])
    def answer(question: str) -> Iterator[Any]:
        yield 7

    with pytest.raises(TypeError, match="yields str, not int"):
        list(answer("?"))


def test_text_that_cant_be_encoded_passes_a_generator(
    masking: tuple[Assembly, MemoryLog],
) -> None:
    @guarded(assembly=masking[0])
    def answer(question: str) -> Iterator[str]:
        yield "a \ud800 b "
        yield f"\ud800 {IIN}"

    assert "".join(answer("?")) == "a \ud800 b \ud800 <KZ_IIN_1>"


async def test_a_generator_without_evidence_yields_nothing(
    assembled: Assembled,
) -> None:
    assembly, log = assembled(personal_data="mask")

    @guarded(assembly=assembly)
    def answer(question: str) -> Iterator[str]:
        log.healthy = False
        yield "Раз, и ещё немного слов. "

    # It was open already when the disk filled up: only the record of its end is missing.
    with pytest.raises(Refused) as caught:
        list(answer("?"))
    assert caught.value.refusal.code == "evidence_unavailable"


def test_a_generator_whose_opening_cant_be_recorded_doesnt_run(assembled: Assembled) -> None:
    assembly, log = assembled(personal_data="mask")
    taken = log.append

    def once(entries: Sequence[Entry]) -> Future[tuple[Receipt, ...]]:
        done = taken(entries)
        log.healthy = False
        return done

    log.append = once  # type: ignore[method-assign]

    @guarded(assembly=assembly)
    def answer(question: str) -> Iterator[str]:
        yield "never"

    with pytest.raises(Refused) as caught:
        next(answer("?"))
    assert caught.value.refusal.code == "evidence_unavailable"


# ------------------------------------------------------------------ its own assembly


def test_the_stores_are_opened_once_at_the_first_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Assembly] = []

    def counting(settings: Settings) -> Assembly:
        made.append(assemble(settings))
        return made[-1]

    monkeypatch.setattr(decorator, "assemble", counting)
    at_exit: list[Any] = []
    monkeypatch.setattr(atexit, "register", at_exit.append)

    @guarded(settings=Settings(state=tmp_path / "state", personal_data="mask"))
    def answer(question: str) -> str:
        return question

    assert not (tmp_path / "state").exists()
    threads = [threading.Thread(target=answer, args=("?",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert at_exit == [made[0].close]
    made[0].close()


def test_a_script_ends_by_itself_with_its_evidence_sealed(tmp_path: Path) -> None:
    script = """
import sys, pathlib
from guardrail import Settings, guarded

@guarded(settings=Settings(state=pathlib.Path(sys.argv[1]), personal_data="mask"))
def answer(question: str) -> str:
    return question

print(answer("IIN 900101300017"))
"""
    file = tmp_path / "script.py"
    file.write_text(script, encoding="utf-8")
    state = tmp_path / "state"
    done = subprocess.run(
        [sys.executable, str(file), str(state)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "IIN <KZ_IIN_1>\n"
    assert done.stderr == ""
    verified = subprocess.run(
        [sys.executable, "-m", "guardrail", "evidence", "verify", str(state)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert " 0 waiting" in verified.stdout
    assert verified.stdout.endswith("\nVERIFIED\n")


def test_answers_survive_json(masking: tuple[Assembly, MemoryLog]) -> None:
    @guarded(assembly=masking[0])
    def answer(question: str) -> Json:
        return json.loads('{"a": 1e400, "b": "\\u2028"}')

    assert answer("?") == {"a": float("inf"), "b": "\u2028"}


def test_a_number_that_is_a_persons_is_hidden_too(masking: tuple[Assembly, MemoryLog]) -> None:
    @guarded(assembly=masking[0])
    def keep(value: object, count: int) -> object:
        return [value, count]

    assert keep(int(IIN), 3) == ["<KZ_IIN_1>", 3]
