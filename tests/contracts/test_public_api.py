"""What `from guardrail import …` gives, what it costs, and that type checkers know it."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import pytest

import guardrail
from guardrail import GuardrailMiddleware, Refused, Settings, guarded, speaker

PUBLIC = {"GuardrailMiddleware", "Refused", "Settings", "__version__", "guarded", "speaker"}


def test_the_public_names_are_these_and_stand_there_literally() -> None:
    assert set(guardrail.__all__) == PUBLIC
    assert list(guardrail.__all__) == sorted(guardrail.__all__)
    tree = ast.parse(Path(guardrail.__file__).read_text("utf-8"))
    (value,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert set(ast.literal_eval(value)) == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(guardrail, name)
    assert name in dir(guardrail)
    assert inspect.getdoc(value)


def test_a_name_that_isnt_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'guardrail' has no attribute 'gaurded'"):
        guardrail.gaurded  # noqa: B018 - asked for on purpose


def test_importing_it_loads_nothing_and_a_name_loads_what_it_needs() -> None:
    script = (
        "import sys, guardrail\n"
        "ours = sorted(m for m in sys.modules if m.startswith('guardrail.'))\n"
        "heavy = {'presidio_analyzer', 'pydantic', 'yaml', 'cryptography', 'asyncio'}\n"
        "print(ours, sorted(heavy & set(sys.modules)))\n"
        "guardrail.Settings\n"
        "print('presidio_analyzer' in sys.modules)\n"
        "from guardrail import *\n"
        "print(guarded.__module__, GuardrailMiddleware.__module__, 'spacy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == [
        "[] []",
        "False",
        "guardrail.shells.decorator guardrail.shells.asgi False",
    ]


def test_type_checkers_see_through_the_decorator() -> None:
    @guarded(settings=Settings(policy=("kz-230-viii",)), skip=("client",))
    def answer(question: str, client: object) -> str:
        return question

    @guarded()
    async def later(question: str) -> int:
        return 1

    # mypy is the one that tests this: it tells of a type that isn't so, and of an ignored error
    # that isn't there.
    if TYPE_CHECKING:
        assert_type(answer("a", 7), str)
        made: Coroutine[Any, Any, int] = later("a")
        made.close()
        assert_type(guardrail.__version__, str)
        answer("a")  # type: ignore[call-arg]
        answer(7, 7)  # type: ignore[arg-type]
        speaker("t")  # type: ignore[call-arg]
    assert callable(answer)
    assert inspect.iscoroutinefunction(later)
    assert issubclass(Refused, Exception)
    assert callable(GuardrailMiddleware)
