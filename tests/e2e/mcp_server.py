"""A real MCP server, made with the official package: over HTTP where a test serves `app`, over
pipes where it is run.
"""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel

OTHER_IIN, EMAIL = "850505401234", "aigerim@example.kz"

server = MCPServer("people", instructions="Адамдарды табады.", log_level="ERROR")


class Person(BaseModel):
    """Somebody."""

    note: str
    iin: str
    emails: list[str]


class Said(BaseModel):
    """What a person fills in."""

    iin: str


@server.tool()
def find(iin: Annotated[str, "IIN of 12 digits"]) -> Person:
    """Find a person, and say what was asked for."""
    seen = "digits" if iin.isdigit() else iin
    return Person(note=f"asked for {seen}; найдена {EMAIL}", iin=OTHER_IIN, emails=[EMAIL])


@server.tool()
def nothing() -> str:
    """Say what anybody may hear."""
    return "Қайырлы таң!"


@server.tool()
async def slowly(context: Context) -> str:
    """Tell how it goes, and then the outcome."""
    await context.report_progress(1, 2, f"пишу на {EMAIL}")
    await context.report_progress(2, 2, "готово")
    return f"ИИН {OTHER_IIN}"


@server.tool()
async def ask(context: Context) -> str:
    """Ask the person behind the client."""
    answer = await context.elicit("Какой у вас ИИН?", Said)
    said = answer.data.iin if answer.action == "accept" else answer.action
    return "digits" if said.isdigit() else said


@server.resource("people://all")
def everybody() -> str:
    """Everybody."""
    return f"Пошта: {EMAIL}"


@server.prompt()
def letter(to: str) -> str:
    """Write a letter."""
    return f"Хат жаз: {to}, {EMAIL}"


if __name__ == "__main__":
    server.run()
