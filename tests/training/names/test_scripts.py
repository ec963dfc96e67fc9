from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.names import scripts

TABLES = {
    "folded": scripts.FOLDED,
    "passport": scripts.PASSPORT,
    "everyday": scripts.EVERYDAY,
    "chat": scripts.CHAT,
    "chat_digits": scripts.CHAT_DIGITS,
    "acute": scripts.ACUTE,
    "2021": scripts.YEAR_2021,
}


@pytest.mark.parametrize(
    ("table", "text", "spelt"),
    [
        ("folded", "Әлия Құнанбаева", "Алия Кунанбаева"),
        ("passport", "Юлия Жанар", "Iuliia Zhanar"),
        ("everyday", "Юлия ЖАНАР Шаш", "Yuliya ZHANAR Shash"),
        ("chat", "Жанар", "Janar"),
        ("chat_digits", "Чингиз Шаш", "4ingiz Waw"),
        ("acute", "Шыңғыс Айгүл", "Shyńǵys Aıgúl"),  # noqa: RUF001 - Kazakh
        ("2021", "Шыңғыс Әли", "Şyñğys Äli"),
    ],
)
def test_names_are_spelt_in_other_scripts(table: str, text: str, spelt: str) -> None:
    assert scripts.spell(text, TABLES[table]) == spelt


def test_case_changes_letter_by_letter() -> None:
    assert scripts.lowered("ӘЛИ")[0] == "әли"
    assert scripts.uppered("straße ң")[0] == "STRASSE Ң"


@given(st.text(max_size=60), st.sampled_from(sorted(TABLES)), st.data())
def test_every_piece_is_found_where_the_offsets_say(
    text: str, table: str, data: st.DataObject
) -> None:
    spelt, offsets = scripts.convert(text, TABLES[table])
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert len(offsets) == len(text) + 1
    assert offsets[-1] == len(spelt)
    piece = scripts.spell(text[start:end], TABLES[table])
    assert spelt[offsets[start] : offsets[end]].lower() == piece.lower()
