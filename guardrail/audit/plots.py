"""Plots as SVG: bars with their words, drawn on the server, without scripts."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from guardrail.audit.page import Bars

WIDTH, ROW, LABEL, FIGURE = 640, 22, 150, 70
"""Pixels: of the plot, of one bar's row, of its label at the left and its figure at the right."""


def svg(plot: Bars, name: str) -> str:
    """Return a plot as an ``svg`` element with title and description.

    Args:
        plot: what it shows.
        name: an id that no other plot on the page has.
    """
    height = ROW * len(plot.bars) + 4
    most = max((count for _, count in plot.bars), default=0) or 1
    rows = "".join(
        _row(number, label, count, (WIDTH - LABEL - FIGURE) * count // most)
        for number, (label, count) in enumerate(plot.bars)
    )
    ids = quoteattr(f"{name}-title {name}-about")
    return (
        f'<svg role="img" aria-labelledby={ids} viewBox="0 0 {WIDTH} {height}" '
        f'xmlns="http://www.w3.org/2000/svg">'
        f"<title id={quoteattr(f'{name}-title')}>{escape(plot.title)}</title>"
        f"<desc id={quoteattr(f'{name}-about')}>{escape(plot.about)}</desc>{rows}</svg>"
    )


def _row(number: int, label: str, count: int, width: int) -> str:
    top, base = number * ROW + 4, number * ROW + 18
    return (
        f'<text x="{LABEL - 8}" y="{base}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{LABEL}" y="{top}" width="{max(width, 1)}" height="{ROW - 6}"/>'
        f'<text x="{LABEL + max(width, 1) + 6}" y="{base}">{count}</text>'
    )
