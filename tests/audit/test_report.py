from collections.abc import Callable

import pytest

from guardrail.audit import LANGUAGES, Figures, report
from guardrail.audit.page import Paragraph, Said, Section, Table, text_of
from guardrail.audit.report import proof_name


def duty(figures: Figures, name: str) -> Section:
    (duties,) = [one for one in report(figures).sections if one.id == "duties"]
    return next(one for one in duties.sections if one.id == f"duty-{name}")


def said(section: Section) -> str:
    texts = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            texts.append(f"{block.label}: {text_of(block.words)}")
        elif isinstance(block, Table):
            texts += [" | ".join(map(text_of, row)) for row in block.rows]
    return "\n".join(texts)


def test_a_duty_tells_counts_cases_tests_and_sanction(figures: Callable[[str], Figures]) -> None:
    text = said(duty(figures("en"), "KZ-AI-07"))
    assert "masked: 3, refused: 3" in text
    assert "KZ_IIN: 12" in text
    assert "3 / 4" in text
    assert "tests/a.py::test_b | passed" in text
    assert "sanction: KoAP 79" in text
    assert "to be verified with counsel: Secondary sources." in text
    assert text.count("req_") == 5


def test_a_duty_that_nothing_meets_says_why(figures: Callable[[str], Figures]) -> None:
    text = said(duty(figures("en"), "KZ-AI-06"))
    assert "It isn't known." in text
    assert "None." in text
    assert "Nobody is asked." in text


def test_a_test_without_a_result_isnt_called_passed(figures: Callable[[str], Figures]) -> None:
    assert "test_c | no result given" in said(duty(figures("en"), "KZ-AI-26"))


def test_a_duty_is_told_in_the_readers_language_and_as_the_register_has_it(
    figures: Callable[[str], Figures],
) -> None:
    text = said(duty(figures("ru"), "KZ-AI-07"))
    assert "Не собирать" in text
    assert "No collecting." in text


def test_only_duties_of_the_chosen_packs_are_told(figures: Callable[[str], Figures]) -> None:
    (duties,) = [one for one in report(figures("en")).sections if one.id == "duties"]
    assert [one.id for one in duties.sections] == [
        "duty-KZ-AI-07",
        "duty-KZ-AI-06",
        "duty-KZ-AI-26",
    ]


def test_an_operators_own_packs_are_told_rule_by_rule_and_as_the_operators(
    own_figures: Callable[[str], Figures],
) -> None:
    page = report(own_figures("ru"))
    (own,) = [one for one in page.sections if one.id == "own"]
    assert "написал сам оператор" in said(own)
    (pack,) = own.sections
    text = said(pack)
    assert pack.title == "acme@2026.11.1"
    assert "Наши правила" in text
    assert "cd" * 32 in text
    assert "acme.1.badge (собственный пакет оператора) | ACME order 7 p. 1" in text
    assert "скрыто: 2 | KZ_IIN: 4 | 2 / 2" in text
    assert (
        "acme.2.mail (собственный пакет оператора) | ACME order 7 p. 2 | 0 | — | не проверено"
        in text
    )
    assert "req_90" in text, "its cases are shown"


def test_a_pack_without_a_title_in_the_reports_language_has_one_all_the_same(
    own_figures: Callable[[str], Figures],
) -> None:
    (own,) = [one for one in report(own_figures("en")).sections if one.id == "own"]
    first = own.sections[0].blocks[0]
    assert isinstance(first, Paragraph)
    assert first.words == Said(text="Біздің ережелер", lang="kk")


def test_a_report_without_packs_of_the_operators_says_nothing_of_any(
    figures: Callable[[str], Figures],
) -> None:
    page = report(figures("en"))
    assert "own" not in [one.id for one in page.sections]
    assert "operator's own" not in said(duty(figures("en"), "KZ-AI-07"))


def test_an_own_rule_that_serves_a_law_stands_under_its_duty(
    own_figures: Callable[[str], Figures],
) -> None:
    text = said(duty(own_figures("en"), "GD-06"))
    assert "acme.2.mail (the operator's own)" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_report_says_what_it_cant_show(figures: Callable[[str], Figures], lang: str) -> None:
    page = report(figures(lang))
    assert page.sections[-1].id == "limits"
    assert page.lang == lang


def test_a_proof_is_named_by_its_place() -> None:
    assert proof_name("2026h2", 7) == "proofs/2026h2-7.tlog-proof"
