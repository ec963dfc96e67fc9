import pytest

from guardrail.disclose.label import MARKS
from guardrail.disclose.marks.terms import (
    C2PA,
    IPTC,
    is_exact,
    level_of,
    level_of_schema_org,
    schema_org,
)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("trainedAlgorithmicMedia", "ai-generated"),
        ("compositeWithTrainedAlgorithmicMedia", "ai-assisted"),
        ("compositeSynthetic", "ai-assisted"),
        ("digitalCapture", "none"),
        ("composite", ""),
        ("algorithmicMedia", ""),
        ("somethingElse", ""),
    ],
)
def test_a_source_type_has_a_level_however_it_is_written(code: str, level: str) -> None:
    uri = IPTC + code
    assert {level_of(uri), level_of(code), level_of(uri.replace("http:", "https:"))} == {level}


def test_only_the_full_uri_is_exact() -> None:
    assert is_exact(f"{IPTC}digitalCapture")
    assert is_exact(f"{C2PA}trainedAlgorithmicData")
    assert not is_exact("digitalCapture")
    assert not is_exact(f"{IPTC}nothing")


@pytest.mark.parametrize("level", ["ai-assisted", "ai-generated"])
def test_every_level_of_ai_has_a_term_of_schema_org(level: str) -> None:
    assert level_of_schema_org(schema_org(MARKS[level].source_types[0])) == level


def test_other_words_arent_schema_orgs() -> None:
    assert level_of_schema_org("https://schema.org/TrainedAlgorithmicMedia") == ""
    assert level_of_schema_org("Person") == ""
