from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from guardrail.detect import PROFILES
from guardrail.errors import ConfigError
from guardrail.settings import Detection, Looking
from guardrail.shells.detectors import Detectors, detectors_for, recognizers_file

KEY = b"k" * 32
IIN = "900101300017"
TEXT = f"ЖСН {IIN}, a@example.kz, ivan@mail.ru, Q-123"
BADGE = (
    "recognizers:\n"
    "- name: Badge\n"
    "  supported_entity: BADGE\n"
    "  patterns: [{name: plain, regex: '\\bQ-[0-9]{3}\\b', score: 0.8}]\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Detectors:
    file = tmp_path_factory.mktemp("detectors") / "mine.yaml"
    file.write_text(BADGE, "utf-8")
    settings = Detection(
        tier="fast",
        recognizers=file,
        allow=(IIN,),
        thresholds={"EMAIL_ADDRESS": 0.9},
        routes={
            "/code/*": Looking(profile="code", allow=("regex:.*@mail\\.ru",)),
            "/sure": Looking(thresholds={"EMAIL_ADDRESS": 0.99}),
            "/only": Looking.model_validate({"entities": {"only": ["BADGE"]}}),
            "/same": Looking(),
        },
    )
    return detectors_for(settings, key=KEY)


def found(detectors: Detectors, route: str = "") -> list[str]:
    detector = detectors.routes[route] if route else detectors.usual
    return [TEXT[one.start : one.end] for one in detector.find(TEXT)]


def test_a_route_differs_in_what_it_says_and_in_nothing_else(made: Detectors) -> None:
    assert found(made) == found(made, "/same") == ["a@example.kz", "ivan@mail.ru", "Q-123"]
    assert found(made, "/code/*") == ["Q-123"]
    assert found(made, "/sure") == ["Q-123"]
    assert found(made, "/only") == ["Q-123"]
    assert made.routes["/same"].digest == made.usual.digest
    assert made.routes["/sure"].digest != made.usual.digest


def test_all_routes_share_what_is_heavy(made: Detectors) -> None:
    gates = {id(one.sweeper.gate) for one in (made.usual, *made.routes.values())}
    assert len(gates) == 1


def test_packs_say_from_when_on_a_thing_is_found() -> None:
    settings = Detection(tier="fast", routes={"/code": Looking(profile="code")})
    made = detectors_for(settings, key=KEY, floors={"PERSON": 0.7})
    assert made.usual.choice.score("PERSON", 0.69) == 0
    assert made.routes["/code"].choice.score("PERSON", 0.7) == 0.7


def test_the_profiles_of_settings_are_those_of_the_detector() -> None:
    profile: Any = Detection.model_fields["profile"]
    assert set(get_args(profile.annotation)) == PROFILES.keys()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            Detection(tier="fast", thresholds={"PERSN": 0.9}),
            "detect.thresholds: nothing finds 'PERSN' (did you mean 'PERSON'?)",
        ),
        (
            Detection(tier="fast", routes={"/a": Looking(thresholds={"PERSN": 0.9})}),
            "detect.routes./a.thresholds: nothing finds 'PERSN'",
        ),
        (
            Detection(tier="fast", routes={"/a": Looking(allow=("regex:(",))}),
            "detect.routes./a.allow: expression 1 isn't one",
        ),
        (Detection(tier="fast", thresholds={"AGE": 0.9}), "detect.thresholds: AGE: 0.9 is above"),
    ],
)
def test_what_cant_be_names_its_key(settings: Detection, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        detectors_for(settings, key=KEY, floors={"AGE": 0.8})
    assert str(caught.value).startswith(said)


def test_a_file_of_recognizers_is_read_or_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(BADGE, "utf-8")
    assert [one.name for one in recognizers_file(file)] == ["Badge"]
    file.write_text("recognizers: &a [*a]", "utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yaml: line 1: anchors"):
        recognizers_file(file)
    with pytest.raises(ConfigError, match=r"none\.yaml: No such file"):
        recognizers_file(tmp_path / "none.yaml")
    file.write_bytes(b"#" * (1 << 20))
    with pytest.raises(ConfigError, match="at most"):
        recognizers_file(file)
