"""Pages as HTML: one file without scripts or anything to fetch, for screens, readers and paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from guardrail.audit.page import Bars, Items, Page, Paragraph, Section, Table
from guardrail.audit.plots import svg

_NAME = "page.html.j2"


def html(page: Page) -> bytes:
    """Return `page` as a document of its own."""
    parts = frozenset(_ids(page.sections))
    return _template().render(page=page, parts=parts).encode() + b"\n"


def _ids(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        yield section.id
        yield from _ids(section.sections)


@cache
def _template() -> Template:
    text = files("guardrail.audit").joinpath("templates", _NAME).read_text("utf-8")
    environment = Environment(
        loader=DictLoader({_NAME: text}), autoescape=True, undefined=StrictUndefined
    )
    for name, kind in (
        ("paragraph", Paragraph),
        ("items", Items),
        ("table", Table),
        ("bars", Bars),
    ):
        environment.tests[name] = _is(kind)
    environment.filters["svg"] = svg
    return environment.get_template(_NAME)


def _is(kind: type) -> Callable[[object], bool]:
    return lambda block: isinstance(block, kind)
