from collections.abc import Callable

from guardrail.audit import About, Figures, Law, Tally, Words
from guardrail.audit.figures import PROHIBITED
from guardrail.audit.page import Bars, Block, Paragraph, Table, text_of
from guardrail.policy.obligations import load_register
from guardrail.shipped import shipped


def rows(block: Block) -> list[tuple[str, ...]]:
    assert isinstance(block, Table)
    return [tuple(map(text_of, row)) for row in block.rows]


def test_actions_stand_in_a_column_each(figures: Callable[[str], Figures]) -> None:
    found = {row[0]: row[1:] for row in rows(figures("en").actions())}
    assert found["request"] == ("6", "0", "3", "0", "3")


def test_all_seven_prohibited_capabilities_are_listed(figures: Callable[[str], Figures]) -> None:
    found = rows(figures("kk").prohibited())
    assert [row[0] for row in found] == [f"17(3)({n})" for n in range(1, 8)]
    fourth = found[3]
    assert fourth[2:] == ("kz.10.personal-data", "3 / 4", "6")
    assert found[0][4] == "0"


def test_a_pack_is_told_with_its_digest_whose_it_is_and_how_its_cases_went(
    own_figures: Callable[[str], Figures],
) -> None:
    assert rows(own_figures("en").held_against()) == [
        ("kz-230-viii@2026.11.2", "ab" * 32, "ships with guardrail", "1", "3 / 4"),
        ("acme@2026.11.1", "cd" * 32, "the operator's own", "2", "2 / 2"),
    ]


def test_the_seven_are_the_registers(figures: Callable[[str], Figures]) -> None:
    cited = {one.id: one.cite for one in load_register(shipped("policies")).obligations}
    for number, name in enumerate(PROHIBITED, 1):
        assert cited[name] == f"230-VIII art. 17(3)({number})"


def test_many_days_are_told_by_month() -> None:
    tally = Tally()
    for day in range(100):
        tally.days.add((f"2026-{day // 25 + 1:02d}-{day % 25 + 1:02d}", "allow"))
    block = Figures(tally, Law(packs=(), duties=()), About(), Words("en")).days()
    assert isinstance(block, Bars)
    assert block.bars == (("2026-01", 25), ("2026-02", 25), ("2026-03", 25), ("2026-04", 25))


def test_nothing_is_told_as_nothing_not_as_an_empty_table() -> None:
    empty = Figures(Tally(), Law(packs=(), duties=()), About(), Words("en"))
    for block in (empty.days(), empty.packs(), empty.incidents(), empty.orphans()):
        assert isinstance(block, Paragraph)
        assert block.words == "No records in this period."


def test_durations_that_nobody_measured_arent_told(figures: Callable[[str], Figures]) -> None:
    assert not any("microseconds" in row[0] for row in rows(figures("en").totals()))
