from defusedxml.ElementTree import fromstring

from guardrail.audit.page import Bars
from guardrail.audit.plots import svg

NS = "{http://www.w3.org/2000/svg}"


def test_a_plot_has_title_words_and_a_bar_for_each_figure() -> None:
    plot = Bars(title="A & <b>", about='"c"', bars=(("x", 1), ("y", 4), ("z", 0)))
    root = fromstring(svg(plot, "p1"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "p1-title p1-about"
    assert root.find(f"{NS}title").text == "A & <b>"
    assert root.find(f"{NS}desc").text == '"c"'
    widths = [int(rect.get("width")) for rect in root.findall(f"{NS}rect")]
    assert widths[1] == 4 * widths[0]
    assert [each.text for each in root.findall(f"{NS}text")] == ["x", "1", "y", "4", "z", "0"]


def test_a_plot_of_nothing_is_still_one() -> None:
    assert fromstring(svg(Bars(title="", about="", bars=()), "p")).findall(f"{NS}rect") == []
