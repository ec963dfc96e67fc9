"""The forms of names in one place: cases, addresses, other spellings, initials."""

from __future__ import annotations

from training.names.kazakh import inflect as kazakh_form
from training.names.kazakh import patronymic_of as kazakh_patronymic
from training.names.kazakh import polite
from training.names.mentions import initials, mention
from training.names.russian import feminine, given, patronymic, place, surname, vocative
from training.names.russian import patronymic_of as russian_patronymic
from training.names.scripts import convert, spell

__all__ = [
    "convert",
    "feminine",
    "given",
    "initials",
    "kazakh_form",
    "kazakh_patronymic",
    "mention",
    "patronymic",
    "place",
    "polite",
    "russian_patronymic",
    "spell",
    "surname",
    "vocative",
]
