import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import Action, Direction
from guardrail.rights import PATH, Owner, Pack, Service, information

FULL = Service(
    name="Support chat",
    owner=Owner(name="Example LLP", bin="000000000000", contact="help@example.kz"),
    packs=(Pack(ref="kz-230-viii@2026.11.1", title={"kk": "ЖИ туралы заң"}), Pack(ref="x@1")),
    examined={Direction.REQUEST: ("KZ_IIN", "EMAIL_ADDRESS"), Direction.REPLY: ("KZ_IIN",)},
    unconsented=Action.MASK,
    consent="https://example.kz/consent",
    withdrawal="https://example.kz/withdraw",
    retention={"evidence": "P3Y"},
    languages=("kk", "ru", "en"),
    limits={"en": "Answers may contain mistakes."},
)


def told(service: Service, language: str = "en") -> str:
    texts = information(service)["how_it_works"]
    assert isinstance(texts, dict)
    return str(texts[language])


def test_the_document_says_what_is_known() -> None:
    document = information(FULL)
    assert PATH.startswith("/.well-known/")
    assert document.pop("how_it_works")
    assert document == {
        "schema": "guardrail-ai-transparency/1",
        "service": "Support chat",
        "owner": {"name": "Example LLP", "bin": "000000000000", "contact": "help@example.kz"},
        "packs": [
            {"ref": "kz-230-viii@2026.11.1", "title": {"kk": "ЖИ туралы заң"}},
            {"ref": "x@1"},
        ],
        "examined": {"request": ["KZ_IIN", "EMAIL_ADDRESS"], "reply": ["KZ_IIN"]},
        "unconsented_personal_data": "mask",
        "consent": {
            "give": "https://example.kz/consent",
            "withdraw": "https://example.kz/withdraw",
        },
        "retention": {"evidence": "P3Y"},
        "languages": ["kk", "ru", "en"],
        "limits": {"en": "Answers may contain mistakes."},
    }


def test_what_is_not_known_is_not_there() -> None:
    assert set(information(Service(name="x"))) == {"schema", "service", "how_it_works"}
    assert told(Service(name="x")) == "The service “x” uses an artificial intelligence system."


def test_people_are_told_in_kazakh_and_russian_first() -> None:
    texts = information(FULL)["how_it_works"]
    assert isinstance(texts, dict)
    assert list(texts) == ["kk", "ru", "en"]
    assert "жасанды интеллект жүйесін" in texts["kk"]
    assert "систему искусственного интеллекта" in texts["ru"]


def test_english_words_tell_the_whole_way() -> None:
    assert told(FULL) == (
        "The service “Support chat” uses an artificial intelligence system. "
        "Your message is examined automatically before the system gets it. "
        "The system's answer is examined automatically before you get it. "
        "Personal data that is found without consent is hidden before the system gets the message. "
        "To give consent: https://example.kz/consent. "
        "To withdraw consent: https://example.kz/withdraw. "
        "Contact: help@example.kz."
    )


@pytest.mark.parametrize("action", [Action.ALLOW, Action.HOLD, None])
def test_an_action_that_protects_nobody_yet_is_not_promised(action: Action | None) -> None:
    examined = {Direction.REQUEST: ("KZ_IIN",)}
    with_action = Service(name="x", examined=examined, unconsented=action)
    assert told(with_action) == told(Service(name="x", examined=examined))


@pytest.mark.parametrize("action", [Action.REFUSE, Action.MASK, Action.PSEUDONYMISE])
def test_nothing_is_promised_for_what_is_not_examined(action: Action) -> None:
    assert told(Service(name="x", unconsented=action)) == told(Service(name="x"))


@given(st.builds(Service, name=st.text(), owner=st.builds(Owner), consent=st.text()))
def test_every_document_is_json(service: Service) -> None:
    assert json.loads(json.dumps(information(service))) == information(service)
