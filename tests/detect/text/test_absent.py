from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable
from typing import cast

import pytest

from guardrail.detect.text.absent import AbsentModule, AbsentType, rebind, stood_in


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_building_the_detector_imports_no_spacy_and_a_later_import_is_the_real_thing() -> None:
    printed = _run(
        """
import resource, sys, time
begin = time.perf_counter()
from guardrail.detect import text_detector
detector = text_detector(memo_key=b"k")
assert detector.find("mail a@b.kz")
print(f"built in {time.perf_counter() - begin:.2f} s,",
      f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
assert "presidio_analyzer" not in sys.modules
absent = [name for name in sys.modules if name.partition(".")[0] in ("spacy", "thinc")]
assert not absent, absent
from guardrail.detect.text.presidio import load_spacy
assert load_spacy() > 10
import spacy
assert spacy.blank("ru")("Привет, мир")[0].text == "Привет"
from presidio_analyzer.nlp_engine import NoOpNlpEngine, spacy_nlp_engine
assert spacy_nlp_engine.spacy is spacy
engine = NoOpNlpEngine([{"lang_code": "xx", "model_name": ""}])
engine.load()
assert len(engine.process_text("текст", "xx").tokens) == 0
assert load_spacy() == 0
"""
    )
    print(printed)  # noqa: T201 - the figures are worth seeing with -s
    assert "built in" in printed


def test_spacy_that_is_already_there_is_left_alone() -> None:
    _run(
        """
import spacy
from guardrail.detect.text import presidio
from presidio_analyzer.nlp_engine import spacy_nlp_engine
assert spacy_nlp_engine.spacy is spacy
assert presidio.load_spacy() == 0
"""
    )


def test_looking_for_an_address_asks_no_network() -> None:
    _run(
        """
import socket
def refuse(*_a, **_k): raise AssertionError("network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from guardrail.detect import text_detector
assert text_detector(memo_key=b"").find("ivan@mail.ru")
"""
    )


def test_stand_ins_are_gone_after_the_block() -> None:
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("spacy")}
    try:
        with stood_in():
            import spacy.tokens  # noqa: PLC0415 - the point of the test

            assert isinstance(spacy.tokens, AbsentModule)
            assert isinstance(spacy.tokens.Doc, AbsentType)
        assert not any(name.startswith("spacy") for name in sys.modules)
    finally:
        sys.modules.update(kept)


def test_a_stand_in_class_decorates_but_makes_no_instance() -> None:
    module = AbsentModule("spacy.language")
    language = module.Language
    assert language is module.Language

    def function() -> None: ...

    factory = cast("Callable[..., Callable[[object], object]]", language.factory)
    assert factory("name")(function) is function
    with pytest.raises(RuntimeError, match="load_spacy"):
        language()
    with pytest.raises(AttributeError):
        module.__wrapped__  # noqa: B018 - looked up by inspect
    with pytest.raises(AttributeError):
        language.__wrapped__  # noqa: B018 - looked up by inspect


def test_rebind_replaces_stand_ins_by_the_real_things() -> None:
    holder = types.ModuleType("holder_of_stand_ins")
    stand_in = AbsentModule("json.decoder")
    holder.__dict__.update(module=stand_in, JSONDecoder=stand_in.JSONDecoder, number=1)
    sys.modules[holder.__name__] = holder
    try:
        import json.decoder  # noqa: PLC0415 - only here

        assert rebind(holder.__name__) == 2
        assert holder.module is json.decoder
        assert json.JSONDecoder is holder.JSONDecoder
        assert rebind(holder.__name__) == 0
    finally:
        del sys.modules[holder.__name__]
