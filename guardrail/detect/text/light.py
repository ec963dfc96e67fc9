"""The few classes of Presidio that looking at text takes, as light as they can be.

Importing Presidio costs three quarters of a second and 40 MB, which nobody needs who speaks no
Presidio. These have the attributes of the classes they are named after; where Presidio is loaded,
`presidio` makes those their bases, and they are Presidio's in every way.
"""

from __future__ import annotations

from abc import ABC
from typing import ClassVar


class Own:
    """A base that Presidio's class takes the place of: no class can change `object` for one."""


class OwnAbstract(ABC):  # noqa: B024 - Presidio's recognizers are made by `ABCMeta` as well
    """A base that an abstract class of Presidio's takes the place of."""


class AnalysisExplanation(Own):
    """Why something is a finding."""

    def __init__(  # noqa: PLR0913, PLR0917 - Presidio's signature
        self,
        recognizer: str,
        original_score: float,
        pattern_name: str | None = None,
        pattern: str | None = None,
        validation_result: bool | None = None,  # noqa: FBT001 - Presidio's signature
        textual_explanation: str | None = None,
        regex_flags: int | None = None,
    ) -> None:
        self.recognizer = recognizer
        self.pattern_name = pattern_name
        self.pattern = pattern
        self.original_score = original_score
        self.score = original_score
        self.textual_explanation = textual_explanation
        self.score_context_improvement = 0
        self.supportive_context_word = ""
        self.validation_result = validation_result
        self.regex_flags = regex_flags


class RecognizerResult(Own):
    """What a recognizer found, and where."""

    RECOGNIZER_NAME_KEY = "recognizer_name"
    RECOGNIZER_IDENTIFIER_KEY = "recognizer_identifier"
    IS_SCORE_ENHANCED_BY_CONTEXT_KEY = "is_score_enhanced_by_context"

    def __init__(
        self,
        entity_type: str,
        start: int,
        end: int,
        score: float,
        analysis_explanation: AnalysisExplanation | None = None,
        recognition_metadata: dict[str, str] | None = None,
    ) -> None:
        self.entity_type = entity_type
        self.start = start
        self.end = end
        self.score = score
        self.analysis_explanation = analysis_explanation
        self.recognition_metadata = recognition_metadata

    def __eq__(self, other: object) -> bool:
        """Tell whether the other says the same of the same place, however it came to it."""
        return isinstance(other, RecognizerResult) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        place = f"start: {self.start}, end: {self.end}"
        return f"type: {self.entity_type}, {place}, score: {self.score}"

    def _key(self) -> tuple[str, int, int, float]:
        return self.entity_type, self.start, self.end, self.score


class Pattern(Own):
    """A named expression with its score. It isn't compiled to be told."""

    def __init__(self, name: str, regex: str, score: float) -> None:
        """Take the three.

        Raises:
            ValueError: the score isn't one from 0 to 1.
        """
        if not 0 <= score <= 1:
            raise ValueError(f"Invalid score: {score}. Score should be between 0 and 1")
        self.name = name
        self.regex = regex
        self.score = score
        self.compiled_regex = None
        self.compiled_with_flags = None


class PatternRecognizer(OwnAbstract):
    """What a recognizer tells of itself."""

    COUNTRY_CODE: ClassVar[str | None] = None

    def __init__(
        self,
        supported_entity: str,
        supported_language: str,
        patterns: list[Pattern],
        version: str,
    ) -> None:
        self.supported_entities = [supported_entity]
        self.supported_language = supported_language
        self.patterns = patterns
        self.version = version
        self.name = type(self).__name__
        self.context: list[str] = []
        self.deny_list: list[str] = []
        self.deny_list_score = 1.0
        self.global_regex_flags = 26
        self.is_loaded = True
        self._id = f"{self.name}_{id(self)}"
        self._country_code = self.COUNTRY_CODE
        self._score_thresholds: dict[str, float] = {}

    @property
    def id(self) -> str:
        """Identifier of this recognizer in the process."""
        return self._id

    def load(self) -> None:
        """Do nothing: there is nothing to load."""
