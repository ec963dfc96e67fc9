"""Pages agree among each other, with the files they name, and with what is installed."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TOP = [CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "AGENTS.md")]

every_page = pytest.mark.parametrize(
    "page", [pytest.param(p, id=str(p.relative_to(CHECKOUT))) for p in [*PAGES, *TOP]]
)


# ---------------------------------------------------------------- dependencies


def _locked() -> list[str]:
    lock = (CHECKOUT / "requirements" / "full.txt").read_text("utf-8")
    return re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)


def test_every_direct_dependency_says_why_it_is_there() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    needs = [*project["dependencies"], *extras["media"], *extras["labels"], *extras["audit"]]
    names = {re.split(r"[^a-z0-9-]", need)[0] for need in needs}
    direct = (DOCS / "dependencies.md").read_text("utf-8").partition("## What comes along")[0]
    assert set(re.findall(r"^\| ([a-z0-9-]+) \|", direct, re.MULTILINE)) - {"package"} == names


def test_no_installed_runtime_dependency_is_gpl() -> None:
    for name in _locked():
        try:
            told = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # another platform's
        licences = [*told.get_all("License-Expression", []), *told.get_all("License", [])]
        licences += [each for each in told.get_all("Classifier", []) if each.startswith("License")]
        assert any(licences), name
        # A licence's whole text may speak of others: its beginning says which it is.
        said = " ".join(each[:200] for each in licences)
        assert not re.search(r"\bA?GPL|General Public", said), name


# ---------------------------------------------------------------- pages among each other


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def test_every_page_is_in_the_navigation() -> None:
    navigation = yaml.safe_load((CHECKOUT / "mkdocs.yml").read_text("utf-8"))["nav"]
    named = re.findall(r"[\w/-]+\.md", str(navigation))
    assert sorted(named) == [str(page.relative_to(DOCS)) for page in PAGES]


@every_page
def test_code_on_a_page_is_there(page: Path) -> None:
    paths = re.compile(
        r"`((?:guardrail|deploy|docs|adapters|policies|requirements|tests)/[\w./*-]+)`"
    )
    for path in paths.findall(page.read_text("utf-8")):
        assert list(CHECKOUT.glob(path)), path


def test_the_changelogs_fragments_have_a_known_type() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    types = {each["directory"] for each in project["tool"]["towncrier"]["type"]}
    fragments = [p for p in (CHECKOUT / "changelog.d").iterdir() if p.suffix == ".md"]
    assert fragments
    assert {fragment.stem.rpartition(".")[2] for fragment in fragments} <= types
