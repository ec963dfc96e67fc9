"""The words of reports and documents: data, in Kazakh, Russian and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

LANGUAGES = ("kk", "ru", "en")
"""Kazakh and Russian first: Law 274-IV arts. 24, 25."""
DATA, DUTIES = "words.yaml", "duties.yaml"


class Words:
    """The words in one language."""

    __slots__ = ("_duties", "_texts", "lang")

    def __init__(self, lang: str) -> None:
        """Take the language, one of `LANGUAGES`."""
        self.lang = lang
        self._texts = {key: said[lang] for key, said in texts().items()}
        self._duties = duties()

    def __call__(self, key: str, **values: object) -> str:
        """Return the words called `key`, with `values` put in."""
        return self._texts[key].format(**values) if values else self._texts[key]

    def of_duty(self, duty: str) -> str:
        """Return what a duty asks in this language; empty where nobody wrote it."""
        return self._duties.get(duty, {}).get(self.lang, "")

    def or_plain(self, key: str, plain: str) -> str:
        """Return the words called `key`, or `plain` where nobody wrote any."""
        return self._texts.get(key, plain)


@cache
def duties() -> Mapping[str, Mapping[str, str]]:
    """Return the duties that have words in Kazakh and Russian, by their ids."""
    return _loaded(DUTIES)


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return all words by key and language."""
    return _loaded(DATA)


def _loaded(name: str) -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        files("guardrail.audit").joinpath(name).read_text("utf-8")
    )
    return loaded
