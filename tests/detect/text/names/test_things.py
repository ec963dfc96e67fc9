from __future__ import annotations

import pytest

from guardrail.detect.text.names.things import is_negated, is_of_a_thing
from guardrail.detect.text.names.words import words_of
from guardrail.detect.text.recognizers.names import NameRecognizer


def _is_of_a_thing(text: str, name: str) -> bool:
    words = words_of(text)
    first = words.texts.index(name.split(maxsplit=1)[0])
    return is_of_a_thing(words, first, words.texts.index(name.rsplit(maxsplit=1)[-1]))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Крейсер «Адмирал Кузнецов» на ремонте", "Кузнецов"),
        ("Обедали в кафе «Айгерим» у дома", "Айгерим"),
        ("the ferry “Anna Maria” sank", "Anna Maria"),
        ("Гипотеза Римана не доказана", "Гипотеза Римана"),
        ("по теореме Эйлера", "Эйлера"),
        ("Murphy's law holds", "Murphy"),
        ("Пётр и Павел час убавил", "Пётр"),
        ("Пётр и Павел час убавил", "Павел"),
        ("Romeo and Juliet", "Juliet"),
        ("Pauli exclusion holds", "Pauli"),
        ("тестируем по критерию Шапиро", "Шапиро"),
        ("Кейін Ньютон заңы өтіледі", "Ньютон"),
        ("біз Марат көшесінде тұрамыз", "Марат"),
        ("Дина Нұрпейісова көшесінің бойы", "Дина Нұрпейісова"),
        ("the Mark II amplifier", "Mark"),
        ("щенок Джек-расселтерьер", "Джек"),
        ("Закон Бойля — Мариотта прост", "Мариотта"),
        ("проверено тестом Шапиро — Уилка", "Шапиро"),
        ("Shakespeare's sonnets rhyme", "Shakespeare"),
        ("the Laffer curve bends", "Laffer"),
        ("фильм «Иван и его друзья» вышел", "Иван"),
        ("парк имени Ауэзова закрыт", "Ауэзова"),
        ("школа № 25 им. Абая", "Абая"),
        ("Қаныш Сәтбаев атындағы университет", "Қаныш Сәтбаев"),
        ("Төлеген Айбергенов атындағы орта мектеп", "Төлеген Айбергенов"),
        ("Мұхтар Әуезов театрында", "Мұхтар Әуезов"),
        ("Аманат деген сөздің мағынасы", "Аманат"),
        ("Сорта яблок: Апорт, Джонатан и Герман", "Герман"),
        ("font-family: Georgia, Verdana", "Verdana"),
        ("Станции: Абай, Сайран", "Сайран"),
        ("Пётр I основал город", "Пётр"),
        ("near Saint John we saw", "Saint John"),
        ("святой Николай", "Николай"),
    ],
)
def test_what_is_called_by_a_name_is_nobody(text: str, name: str) -> None:
    assert _is_of_a_thing(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ФИО: «Айгуль Ахметова»", "Айгуль Ахметова"),
        ("Ответ был «Спасибо Айгуль» и всё", "Айгуль"),
        ('кафе "name": "Айгуль"', "Айгуль"),
        ("кафе «У моря рядом Айгуль»", "Айгуль"),
        ("в кафе «Айгуль и друзья»", "Айгуль"),
        ("Murphy's lawyer called", "Murphy"),
        ("Sarah Murphy's law firm", "Sarah Murphy"),
        ("Пётр и Анна придут", "Пётр"),
        ("Пётр, Павел и я", "Пётр"),
        ("Ержанның көшесі кең", "Ержанның"),
        ("Дина Серікова атындағы куәлік", "Дина Серікова"),
        ("Маратқа көшеде жолықтым", "Маратқа"),
        ("John Smith III came", "John Smith"),
        ("Thanks Mark I will", "Mark"),
        ("MARK II", "MARK"),
        ("Айгүл-апай келді", "Айгүл"),
        ("Айгүл-ханымға айт", "Айгүл"),
        ("Айгүл - доктор", "Айгүл"),
        ("Айгуль", "Айгуль"),
        ("действую от имени Ивана Петрова", "Ивана Петрова"),
        ("написали имени Айгуль", "Айгуль"),
        ("Айгүл деген қыз келді", "Айгүл"),
        ("Айгүл мектебіне барды", "Айгүл"),
        ("тест сдала Иванова", "Иванова"),
        ("болезнь Ивановой — ангина", "Ивановой"),
        ("Кто придёт: Апорт, Джонатан и Герман", "Герман"),
        ("написал «Иван и его друзья»", "Иван"),
        ("позвони John I said", "John"),
        ("в школе им Айгуль сказала", "Айгуль"),
        ("университет от имени Ивана Петрова", "Ивана Петрова"),
        ("По закону Иванов прав", "Иванов"),
        ("в принципе Айгуль права", "Айгуль"),
        ("мысли Айгуль", "Айгуль"),
        ("встретил на улице Айгуль и Марата", "Марата"),
        ("автомобиль Марата", "Марата"),
        ("Mary's number is wrong", "Mary"),
        ("Айгүл атындағы куәлік мектепке", "Айгүл"),
    ],
)
def test_people_stay_people(text: str, name: str) -> None:
    assert not _is_of_a_thing(text, name)


def test_the_recognizer_of_names_passes_over_things() -> None:
    text = "Вчера Айгуль Ахметова видела крейсер «Адмирал Кузнецов» на ремонте."
    found = NameRecognizer("fast").scan(text, 0)
    assert [text[one.start : one.end] for one in found] == ["Айгуль Ахметова"]


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Don't force it", True),
        ("CAN’T HELP it", True),
        ("Don't", False),  # it may become a name yet
        ("Don 't is", False),
        ("Don's son is", False),
        ("Van't Hoff is", False),
    ],
)
def test_the_first_part_of_dont_is_nobody(text: str, *, negated: bool) -> None:
    assert is_negated(words_of(text), 0) is negated
