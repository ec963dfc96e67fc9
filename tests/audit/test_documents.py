import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from guardrail.audit import LANGUAGES, Figures, running
from guardrail.audit.documents import (
    RISKS,
    Form,
    Happened,
    check_statements,
    document,
    forms,
    on_incident,
    wanted,
)
from guardrail.audit.markdown import markdown
from guardrail.errors import ConfigError
from guardrail.policy import pack_names
from guardrail.policy.obligations import load_register
from guardrail.shipped import shipped

BY_ID = {form.id: form for form in forms()}


def text(form: Form, figures: Figures, statements: dict[str, str] | None = None) -> str:
    return markdown(document(form, figures, statements or {})).decode()


def test_every_form_has_words_in_every_language_and_says_where_it_was_read() -> None:
    for form in forms():
        assert form.source
        for said in (form.title, *(part.title for part in form.parts),
                     *(part.ask for part in form.parts)):  # fmt: skip
            assert tuple(said) == LANGUAGES, form.id
            assert all(said.values()), form.id


def test_every_form_stands_for_duties_and_packs_that_are_there() -> None:
    root = shipped("policies")
    known = load_register(root).ids
    for form in forms():
        assert form.obligation
        assert set(form.obligation) <= set(known)
        assert form.packs <= set(pack_names(root))
        assert form.risks <= set(RISKS)
        assert bool(form.packs) is not bool(form.incidents)


@pytest.mark.parametrize(
    ("risk", "ids"),
    [
        ("minimal", {"kz-system"}),
        ("medium", {"kz-system", "kz-risk"}),
        ("high", {"kz-system", "kz-risk", "kz-safety"}),
    ],
)
def test_each_degree_of_risk_has_its_own_documents(risk: str, ids: set[str]) -> None:
    found = {form.id for form in wanted(["kz-230-viii"], risk)}
    assert found - {"kz-trusted-list", "kz-prohibited"} == ids


def test_documents_of_other_laws_arent_made() -> None:
    assert {form.id for form in wanted(["gdpr"], "high")} == {"gdpr-30", "gdpr-35"}


def test_the_record_of_processing_has_the_seven_headings_of_article_30() -> None:
    heads = [part.title["en"][:3] for part in BY_ID["gdpr-30"].parts]
    assert heads == [f"({letter})" for letter in "abcdefg"]


def test_the_fundamental_rights_assessment_has_six_elements() -> None:
    heads = [part.title["en"][:3] for part in BY_ID["eu-fria"].parts]
    assert heads == [f"({letter})" for letter in "abcdef"]


def test_the_trusted_lists_application_has_three_parts() -> None:
    assert [part.title["ru"][:2] for part in BY_ID["kz-trusted-list"].parts] == ["1.", "2.", "3."]


def test_what_isnt_known_is_a_gap_that_names_who_fills_it(
    figures: Callable[[str], Figures],
) -> None:
    said = text(BY_ID["gdpr-30"], figures("en"))
    assert said.count("> ☐ **To be filled by: the data protection officer.**") == 7
    assert "Gaps left: 7" in said


def test_a_statement_of_the_operator_fills_a_gap_and_is_told_as_theirs(
    figures: Callable[[str], Figures],
) -> None:
    said = text(BY_ID["gdpr-30"], figures("en"), {"gdpr-30.erasure": "After 90 days."})
    assert "**Stated by the operator:** After 90 days." in said
    assert "Gaps left: 6" in said


def test_a_statement_on_no_part_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"did you mean 'gdpr-30\.erasure'"):
        check_statements({"gdpr-30.erasur": "x"})
    check_statements({"gdpr-30.erasure": "x"})


def test_figures_of_the_log_stand_in_the_documents(figures: Callable[[str], Figures]) -> None:
    said = text(BY_ID["kz-prohibited"], figures("ru"))
    assert all(f"17(3)({number})" in said for number in range(1, 8))
    assert r"KZ\_IIN" in text(BY_ID["gdpr-35"], figures("en"))


def test_what_wasnt_read_in_the_official_text_says_so(figures: Callable[[str], Figures]) -> None:
    assert "⚖ Проверить с юристом" in text(BY_ID["kz-system"], figures("ru"))


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("breach", "breach"),
        ("serious", "serious-incident"),
        ("serious.death", "serious-incident"),
        ("serious.widespread", "serious-incident"),
    ],
)
def test_an_incident_has_its_draft_with_its_clocks(
    figures: Callable[[str], Figures], kind: str, form: str
) -> None:
    aware = datetime(2026, 11, 6, 13, tzinfo=UTC)
    due = running(kind, aware, zone=ZoneInfo("Asia/Almaty"))
    (found,) = on_incident(kind)
    assert found.id == form
    happened = Happened(number="No-7", kind=kind, aware=aware, due=due)
    said = markdown(document(found, figures("en"), {}, happened)).decode()
    assert "No-7" in said
    for one in due:
        assert one.by.isoformat(sep=" ", timespec="minutes") in said
        assert one.clock.law in said


def test_the_statements_in_the_page_are_on_parts_that_are_there() -> None:
    page = (Path(__file__).parents[2] / "docs/audit-pack.md").read_text("utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    told = yaml.safe_load(block)
    assert told
    check_statements(told)


def test_every_document_is_named_in_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs/audit-pack.md").read_text("utf-8")
    for form in forms():
        assert f"`{form.id}`" in page or form.incidents, form.id
