from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.names import imports


def test_lists_are_read_from_a_provider_without_running_it(tmp_path: Path) -> None:
    code = """
class Provider(Base):
    first_names_male = ("Ada", "Al")
    last_names: tuple[str, ...] = ("Low",)
    prefixes = ("Mr",)
raise RuntimeError("never run")
"""
    (tmp_path / "__init__.py").write_text(code, "utf-8")
    assert imports.faker_list(tmp_path, ("first_names_male",)) == ["Ada", "Al"]
    assert imports.faker_list(tmp_path, ("last_names",)) == ["Low"]


def test_a_list_is_written_sorted_under_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LEXICON", tmp_path)
    imports.write("some", "Somewhere, MIT", ["B", "A", "B", " "])
    lines = (tmp_path / "some.txt").read_text("utf-8").splitlines()
    assert lines[0] == "# Source: Somewhere, MIT"
    assert lines[2:] == ["A", "B"]


def test_all_lists_are_copied_from_unpacked_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexicon = tmp_path / "lexicon"
    lexicon.mkdir()
    for locale in (*imports.ENGLISH, *imports.WESTERN.split(), *imports.FARTHER.split()):
        provide(tmp_path, locale, "Ada")
    for locale in imports.CYRILLIC:
        provide(tmp_path, locale, "Ада")
    for locale in ("kk", "ru", "en"):
        folder = tmp_path / "mimesis" / "datasets" / locale
        folder.mkdir(parents=True)
        person = {"names": {"male": ["Али"], "female": ["Ая"]}, "surnames": {"male": ["Аев"]}}
        address = {"city": ["Bath", "Абай", "1x"], "street": {"name": ["8  март"]}}
        (folder / "person.json").write_text(json.dumps(person), "utf-8")
        (folder / "address.json").write_text(json.dumps(address), "utf-8")
    head = "Gender,Localized Name,Romanized Name\n"
    forenames = f"{head}M,Али,Ali\nF,Ая,Aya\n,Ан,An\n"
    (tmp_path / "common-forenames-by-country.csv").write_text(forenames, "utf-8")
    surnames = "Localized Name,Romanized Name\nПак,Pak\n"
    (tmp_path / "common-surnames-by-country.csv").write_text(surnames, "utf-8")
    monkeypatch.setattr(imports, "LEXICON", lexicon)
    monkeypatch.setattr("sys.argv", ["x", "--wheels", str(tmp_path), "--tables", str(tmp_path)])
    imports.main()
    lists = {path.stem: path.read_text("utf-8").splitlines()[2:] for path in lexicon.iterdir()}
    assert lists["en_given_m_faker"] == ["Ada"]
    assert lists["uk_given_f_faker"] == ["Ада"]
    assert lists["kk_surnames_mimesis"] == ["Аев"]
    assert lists["ru_streets_mimesis"] == ["8 март"]
    assert lists["en_cities_mimesis"] == ["Bath"]
    assert lists["world_given_f_table"] == ["Aya"]
    assert lists["world_surnames_table"] == ["Pak"]


def provide(root: Path, locale: str, name: str) -> None:
    folder = root / "faker" / "providers" / "person" / locale
    folder.mkdir(parents=True)
    kinds = ("first_names_male", "first_names_female", "last_names")
    lines = [f'    {kind} = ("{name}", "x")' for kind in kinds]
    (folder / "__init__.py").write_text("class Provider:\n" + "\n".join(lines), "utf-8")
