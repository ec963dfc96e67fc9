"""Copies open lists of names into ``lexicon/``: Faker's, mimesis', and a public-domain pair.

Only lists under MIT or CC0 are taken; each file says in its head where its lines come from. The
packages are read from unpacked wheels, so that training needs neither installed::

    pip download --no-deps Faker mimesis && unzip -d wheels '*.whl'
    python -m training.names.imports --wheels wheels --tables folder-of-csv
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"

FAKER = "Faker (https://github.com/joke2k/faker), MIT, Copyright 2012 Daniele Faraglia"
MIMESIS = "mimesis (https://github.com/lk-geimfari/mimesis), MIT, Copyright 2016 Isaak Uchakaev"
TABLES = (
    "popular-names-by-country-dataset (https://github.com/sigpwned/"
    "popular-names-by-country-dataset), CC0 1.0"
)

ENGLISH = ("en", "en_US", "en_GB", "en_IE", "en_NZ")
WESTERN = (
    "cs_CZ da_DK de_AT de_CH de_DE es_AR es_CA es_CL es_CO es_ES es_MX et_EE fi_FI fr_BE fr_CA "
    "fr_CH fr_FR ga_IE hr_HR hu_HU is_IS it_IT lt_LT lv_LV nl_BE nl_NL no_NO pl_PL pt_BR pt_PT "
    "ro_RO sk_SK sl_SI sv_SE"
)
FARTHER = "az_AZ en_IN en_KE en_NG en_PK ha_NG id_ID ig_NG sw tr_TR tw_GH uz_UZ yo_NG zu_ZA"
CYRILLIC = ("ru_RU", "uk_UA")

_LATIN = re.compile(
    r"[A-ZÀ-ÖØ-ÞĀ-ƏȘȚḐ][\w’'.-]*[a-zß-öø-ÿāăąćĉčďđēęěğģħīİıķļľłńňōőœŕřśşšșţťțūůűźżžəʻ’]"
)
_CYRILLIC = re.compile(r"[А-ЯЁІЇЄҐӘҒҚҢӨҰҮҺ][а-яёіїєґәғқңөұүһ’'-]+")


def main() -> None:
    """Reads the places given on the command line and writes every imported list."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--wheels", type=Path, required=True, help="folder of unpacked wheels")
    parser.add_argument("--tables", type=Path, required=True, help="folder of the two CSV files")
    known = parser.parse_args()
    people = known.wheels / "faker" / "providers" / "person"
    for group, locales in (("en", ENGLISH), ("west", WESTERN.split()), ("far", FARTHER.split())):
        for kind, wanted in _KINDS.items():
            names = [n for loc in locales for n in faker_list(people / loc, wanted)]
            write(f"{group}_{kind}_faker", FAKER, _matching(_LATIN, names))
    for locale in CYRILLIC:
        for kind, wanted in _KINDS.items():
            names = faker_list(people / locale, wanted)
            write(f"{locale[:2]}_{kind}_faker", FAKER, _matching(_CYRILLIC, names))
    _from_mimesis(known.wheels / "mimesis" / "datasets")
    _from_tables(known.tables)


_KINDS = {
    "given_m": ("first_names_male",),
    "given_f": ("first_names_female",),
    "surnames": ("last_names", "last_names_male", "last_names_unisex"),
}


def faker_list(package: Path, wanted: Iterable[str]) -> list[str]:
    """The literal strings that a provider assigns to any of the given names."""
    tree = ast.parse((package / "__init__.py").read_text("utf-8"))
    found: list[str] = []
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.AnnAssign):
            target = node.target
        if isinstance(target, ast.Name) and target.id in wanted:
            found += list(_strings(node))
    return found


def _strings(value: ast.AST) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _matching(pattern: re.Pattern[str], names: Iterable[str]) -> list[str]:
    plain = (unicodedata.normalize("NFC", name.strip()) for name in names)
    return [name for name in plain if pattern.fullmatch(name) and len(name) > 1]


def _from_mimesis(datasets: Path) -> None:
    for locale in ("kk", "ru"):
        person = json.loads((datasets / locale / "person.json").read_text("utf-8"))
        address = json.loads((datasets / locale / "address.json").read_text("utf-8"))
        for gender in ("male", "female"):
            names = _matching(_CYRILLIC, person["names"][gender])
            write(f"{locale}_given_{gender[0]}_mimesis", MIMESIS, names)
        surnames = _matching(_CYRILLIC, person["surnames"]["male"])
        write(f"{locale}_surnames_mimesis", MIMESIS, surnames)
        write(f"{locale}_cities_mimesis", MIMESIS, _matching(_CYRILLIC, address["city"]))
        streets = [re.sub(r"\s+", " ", name) for name in address["street"]["name"]]
        write(f"{locale}_streets_mimesis", MIMESIS, streets)
    english = json.loads((datasets / "en" / "address.json").read_text("utf-8"))
    cities = [city for city in english["city"] if re.fullmatch(r"[A-Z][A-Za-z. '-]+", city)]
    write("en_cities_mimesis", MIMESIS, cities)


def _from_tables(folder: Path) -> None:
    given: dict[str, list[str]] = {"m": [], "f": []}
    with (folder / "common-forenames-by-country.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        for row in csv.DictReader(file):
            if row["Gender"] in ("M", "F"):
                given[row["Gender"].lower()] += [row["Localized Name"], row["Romanized Name"]]
    with (folder / "common-surnames-by-country.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    surnames = [name for row in rows for name in (row["Localized Name"], row["Romanized Name"])]
    for kind, names in {
        "given_m": given["m"],
        "given_f": given["f"],
        "surnames": surnames,
    }.items():
        write(f"world_{kind}_table", TABLES, _matching(_LATIN, names))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _mixes_scripts(line: str) -> bool:
    words = re.findall(r"\w+", line)
    return any(re.search("[A-Za-z]", w) and re.search("[А-Яа-яЁё]", w) for w in words)


def write(name: str, source: str, lines: Iterable[str]) -> None:
    """Writes one list, sorted and without doubles, under a head that names its source."""
    plain = {unicodedata.normalize("NFC", line.strip()) for line in lines} - {""}
    entries = sorted(line for line in plain if not _mixes_scripts(line))
    head = f"# Source: {source}\n# Copied by training/names/imports.py; don't edit.\n"
    (LEXICON / f"{name}.txt").write_text(head + "\n".join(entries) + "\n", "utf-8")


if __name__ == "__main__":
    main()
