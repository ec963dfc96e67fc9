"""Words that people write for the signs of an e-mail address, and names of domains."""

from __future__ import annotations

from collections.abc import Mapping

AT = (
    "at", "ат", "эт", "собака", "собачка", "собачку", "собаку", "сабака", "dog", "айқұлақ",
    "айкулак",
)  # fmt: skip
AT_IN_BRACKETS = (*AT, "sobaka", "a", "а", "ет")
"""What brackets make an at-sign of."""

_SIGN_WORDS = {
    ".": ("dot", "дот", "точка", "точку", "тчк", "нүкте", "нукте"),
    "_": ("underscore", "подчеркивание", "подчёркивание", "нижнее подчеркивание"),
    "-": ("dash", "дефис", "тире", "минус", "сызықша"),
    "+": ("плюс",),
}

DOT_IN_BRACKETS = ("period", "tochka", "d")
"""What brackets make a dot of, besides `SIGNS`."""

SIGNS: Mapping[str, str] = {word: sign for sign, words in _SIGN_WORDS.items() for word in words}
"""The sign that a word between two parts of an address stands for; at-signs apart."""

SUFFIXES = frozenset(
    "kz ru com net org info edu gov io me ua by uz kg su biz dev app co uk de us eu ai pro online "  # noqa: SIM905 - a list to read
    "tech xyz site asia int mil test example local рф қаз каз ру кз ком орг нет инфо укр бел"
    .split()
)  # fmt: skip
"""Last labels that a domain said in words, or broken by blanks, may have."""

MAILERS = frozenset(
    "gmail mail yandex ya bk inbox list rambler outlook icloud yahoo hotmail proton protonmail "  # noqa: SIM905 - a list to read
    "жмейл джимейл гмейл мейл мэйл маил яндекс рамблер почта".split()
)  # fmt: skip
"""Domains that nothing but mailboxes are spoken of with."""

NOT_LOCAL = frozenset(
    "look looking looked me us you them him her it is are was were be been good great bad best "  # noqa: SIM905 - a list to read
    "here there meet meeting live lives work works working arrive arrived now available hosted "
    "found stay stayed start started point aim stand standing only not and or but more less most "
    "page site website online visit see talk hotel end office team free sale back up expert "
    "experts experience skilled".split()
)  # fmt: skip
"""English words before "at" that are no mailbox."""

NOT_LABEL = frozenset(
    ("the", "a", "an", "this", "that", "my", "your", "our", "his", "her", "its", "their", "all")
)
"""English words behind "at" that are no domain."""

CONTEXT = (
    r"e ?-?mails?", r"mail", r"имейл\w{0,3}", r"емейл\w{0,3}", r"мейл\w{0,3}", r"почт\w{1,3}",
    r"пошта\w{0,4}", r"адрес\w{0,3}", r"мекенжай\w{0,6}", r"пишите", r"напиши\w{0,2}",
    r"жазыңыз\w{0,3}", r"write", r"contact", r"reach", r"логин\w{0,2}", r"login",
)  # fmt: skip
"""Words that announce an address."""
