from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.recognizers.address import AddressRecognizer

_DETECTOR = TextDetector([AddressRecognizer()], memo_key=b"addresses")

Spans = list[tuple[int, int, float]]


def _whole(text: str) -> Spans:
    return [(one.start, one.end, one.score) for one in _DETECTOR.find(text)]


def _values(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in _whole(text)]


def _streamed(feeds: Iterable[str]) -> tuple[str, Spans]:
    window = Window(_DETECTOR)
    text, spans = "", Spans()
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        spans += [
            (one.start + len(text), one.end + len(text), one.score) for one in released.findings
        ]
        text += released.text
    return text, spans


_ADDRESSES = [
    "Алматы қ., Абай даңғылы, 52-үй, 14-пәтер",
    "Астана қаласы, Сарыарқа ауданы, Кенесары көшесі 40, 12 пәтер",
    "Шымкент қ. Нұрсәт ш/а 12 үй 5",
    "Ақтөбе обл., Мұғалжар ауданы, Жем ауылы, Мектеп к-сі 3",
    "Самал-2 шағын ауданы 33 үй 7 пәтер",
    "алматы к., абай дангылы, 52-уй, 14-патер",
    "Almaty q., Abai dangyly 52-ui, 14-pater",
    "бостандық ауданы, розыбакиев көшесі 247-үй",
    "Абай көшесінде 52 үйде",
    "Қазақстан, Ақмола облысы, Көкшетау қ., Ақан сері көшесі, 12А",
    "г. Алматы, ул. Абая, д. 52, кв. 14",
    "Г. АЛМАТЫ, УЛ. АБАЯ, Д. 52, КВ. 14",
    "ул.Абая,д.52,кв.14",
    "кв. 14, д. 52, ул. Абая, г. Алматы",
    "город Астана, проспект Мангилик Ел 55/20, офис 302",
    "мкр. Самал-2, дом 33, кв 7",
    "Алматинская область, Карасайский район, с. Каскелен, ул. Наурызбай батыра 12",
    "ул Толе би 59 кв 12",
    "абая 52 квартира 14",
    "Москва, Ленинградский пр-т, д. 39, стр. 79, кв. 5",
    "пр. Абылай хана, 135, подъезд 2, этаж 3",
    "050013, г. Алматы, ул. Сатпаева 22",
    "ул. Сатпаева 22, г. Алматы, 050013",
    "г. Алматы\nул. Абая 52\nкв. 14",
    "Город: Алматы\nулица: Абая\nДом: 52\nКвартира: 14",
    "ул. 8 Марта, д. 5",
    "ул. 1-я Советская, д. 5",
    "ул. Е-495, дом 2",
    "ул. Т. Рыскулова, 57А",
    "12-й мкр, дом 4, кв 55",
    "пр-т Достык, 97б, офис 5",
    "Алматы, Абая 52",
    "дом 5, кв. 12",
    "с. Узынагаш, д. 15",
    "ул. Абая-52",
    "52 Abay Avenue, Apt 14, Almaty 050013",
    "1600 Pennsylvania Ave NW, Washington, DC 20500",
    "Flat 5, 221B Baker Street, London NW1 6XE",
    "742 Evergreen Terrace, Springfield, IL 62704",
    "350 5th Ave, New York, NY 10118",
    "12 oak street, apt 4",
    "PO Box 1234, Almaty 050000",
    "Abay Avenue 52, Almaty",
    "а/я 15, г. Караганда, 100000",
    "Алматы, A05E6B9, ул. Абая 5",
]


@pytest.mark.parametrize("address", _ADDRESSES)
def test_an_address_is_found_from_end_to_end(address: str) -> None:
    for before, behind in [
        ("", ""),
        ("Вот: ", "."),
        ("тұрамын (", ")"),
        ("see ", "; "),
        ("\n", "\n"),
    ]:
        assert _values(before + address + behind) == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("живу на абая 52 квартира 14, приезжайте", "абая 52 квартира 14"),
        ("Адрес: Абая 52-14, тел. 8 701", "Абая 52-14"),
        ("Мекенжайы: Розыбакиев 247", "Розыбакиев 247"),
        ("мой адрес - байзакова 280", "байзакова 280"),
        ("живу в Алматы на улице Абая 52 уже год", "Алматы на улице Абая 52"),
        ("доставьте на улицу Панфилова, 98 к шести", "улицу Панфилова, 98"),
        ("Менің үйім Алматы қаласы, Төле би көшесі 12", "Алматы қаласы, Төле би көшесі 12"),
        ("I live at 12 Green Street with my cat", "12 Green Street"),
        ("Тұрғын Дана Қайратқызы Ақжар ауылы, Абай көшесі, 5-үй", "Ақжар ауылы, Абай көшесі, 5-үй"),
        ("Тұрғын Дана Қайратқызы Абай даңғ. 5-үй", "Абай даңғ. 5-үй"),
    ],
)
def test_an_address_in_a_sentence_is_found(text: str, address: str) -> None:
    assert _values(text) == [address]


def test_two_addresses_are_two_findings() -> None:
    text = "ул. Абая 52, кв. 3; ул. Сатпаева 22, кв. 7"
    assert _values(text) == ["ул. Абая 52, кв. 3", "ул. Сатпаева 22, кв. 7"]


_NONE = [
    "улица Абая — главная улица города",
    "Абай көшесінде концерт болды",
    "Алматы қаласы",
    "г. Алматы, Республика Казахстан",
    "статья 5, часть 2, кв. 14",
    "статья 26 Закона № 230-VIII от 17.11.2025",
    "на улице жара 35 градусов",
    "на улице было 30 человек",
    "на улице мороз 20",
    "10 minute drive to the street 5",
    "в доме 12 квартир и 5 этажей",
    "5 үй, 320 пәтер салынды",
    "улица Абая 2023 года постройки",
    "дом 120 кв. м",
    "квартира 45 кв. м, 3 этаж",
    "a 5 star place with 2 rooms",
    "Wall Street fell 3 percent",
    "проспект Абая, 12 марта",
    "улица Абая, 18:30",
    "ул. Абая 52.5 км",
    "Москва, Спартак 2:1",
    "В 2024 году в городе Алматы построено 12 школ.",
    "Building 3, floor 2 of the design",
    "версия 5.2, блок 3, этаж 2",
    "block 5, unit 3 of the course",
    "кв. 5",
    "дом 7",
    "office 365 and room 5",
    "Section 12 of Main Street Act",
    "if st == 5: place = 3",
    "const road = 12; drive(5)",
    "2024-11-20 10:12:13 INFO block 12 floor 3",
    "3 квартал 2024 года",
    "ГОСТ 12.1.004-91, п. 5, табл. 3",
    "| Этаж | 5 |",
    "replicas: 3\nst: 5\nimage: app:1.2",
    "улица им. Абая",
    "the address needs at least 2 colons",
    "other.network_address:\n    return 1",
    "5 мкр",
    "ауданы 12 км",
]


@pytest.mark.parametrize("text", _NONE)
def test_a_street_without_a_house_and_other_numbers_are_no_address(text: str) -> None:
    assert _values(text) == []


_TOWNS_KK = ["Алматы", "Тараз", "Жаркент", "Қарқаралы", "Шалқар", "Өскемен", "Сәтбаев", "Аягөз"]
_STREETS_KK = [
    "Абай", "Қабанбай батыр", "Бейбітшілік", "Мәңгілік Ел", "Шәкәрім Құдайбердіұлы",
    "Сұлтан Бейбарыс", "Ыбырай Алтынсарин", "Тәуке хан", "Қорқыт ата", "Ақсу", "Жібек жолы",
    "Сырым Датұлы",
]  # fmt: skip
_TOWNS_RU = [
    "Алматы", "Экибастуз", "Рудный", "Аксу", "Сергеевка", "Новокузнецк", "Москва", "Зыряновск",
]  # fmt: skip
_STREETS_RU = [
    "Абая", "Панфилова", "Байзакова", "Ивана Франко", "Кабанбай батыра", "Красина", "Потанина",
    "Сейфуллина", "Мангилик Ел", "Космонавтов", "Ломоносова", "Каирбекова", "9 Мая",
    "Академика Павлова", "Зелёная",
]  # fmt: skip
_TOWNS_EN = ["Almaty", "London", "Springfield", "Riverton", "Dallas", "Leeds"]
_STREETS_EN = ["Oak", "Maple", "Abay", "Green Hill", "Old Mill", "Queen Anne", "Lincoln", "Elm"]


def _pick(chance: random.Random, *options: str) -> str:
    return chance.choice(options)


def _kazakh(chance: random.Random) -> str:
    town, street = chance.choice(_TOWNS_KK), chance.choice(_STREETS_KK)
    house, flat = chance.randrange(1, 300), chance.randrange(1, 150)
    joint = _pick(chance, ", ", ", ", " ", "\n")
    parts = [
        _pick(chance, f"{town} қ.", f"{town} қаласы", f"{town}", ""),
        _pick(chance, "", "", "Сарыарқа ауданы", "Түрксіб ауд."),
        _pick(chance, f"{street} көшесі", f"{street} даңғылы", f"{street} к-сі", f"{street} ш/а"),
        _pick(chance, f"{house}-үй", f"{house} үй", f"{house}"),
        _pick(chance, f"{flat}-пәтер", f"{flat} пәтер", ""),
    ]
    address = joint.join(part for part in parts if part)
    style = chance.randrange(5)
    if style == 0:
        return address.translate(str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ"))
    return address.lower() if style == 1 else address


def _russian(chance: random.Random) -> str:
    town, street = chance.choice(_TOWNS_RU), chance.choice(_STREETS_RU)
    house = _pick(chance, "5", "52", "135А", "55/20", "12 корп. 2", "14к3", "9б")
    flat = chance.randrange(1, 200)
    joint = _pick(chance, ", ", ", ", " ", "\n", ",")
    parts = [
        _pick(chance, "", "", "050013", "Республика Казахстан", "Костанайская область"),
        _pick(chance, f"г. {town}", f"город {town}", f"г.{town}", town, "", f"с. {town}"),
        _pick(
            chance,
            f"ул. {street}",
            f"улица {street}",
            f"пр. {street}",
            f"ул {street}",
            f"пр-т {street}",
            f"пер. {street}",
        ),
        _pick(chance, f"д. {house}", f"дом {house}", house, f"д {house}", f"д.{house}"),
        _pick(
            chance,
            f"кв. {flat}",
            f"кв {flat}",
            f"квартира {flat}",
            "",
            f"офис {flat}",
            f"кв.{flat}",
        ),
        _pick(chance, "", "", "", "подъезд 2", "этаж 5", "3 этаж"),
    ]
    address = joint.join(part for part in parts if part)
    return address.lower() if chance.randrange(4) == 0 else address


def _english(chance: random.Random) -> str:
    town, street = chance.choice(_TOWNS_EN), chance.choice(_STREETS_EN)
    kind = _pick(chance, "Street", "St", "Avenue", "Ave", "Road", "Rd.", "Drive", "Lane", "Blvd")
    number, flat = chance.randrange(1, 2500), chance.randrange(1, 90)
    parts = [
        _pick(chance, "", "", f"Flat {flat}"),
        f"{number} {street} {kind}",
        _pick(chance, "", f"Apt {flat}", f"Suite {flat}", f"Unit {flat}B", f"#{flat}"),
        _pick(chance, "", town, f"{town}, IL 62704", f"{town} SW1A 1AA", f"{town} 050013"),
    ]
    address = _pick(chance, ", ", ", ", "\n").join(part for part in parts if part)
    town_given = any(one in address for one in _TOWNS_EN)
    return address.lower() if not town_given and chance.randrange(5) == 0 else address


_AROUND = [
    ("Мекенжайым: ", "."), ("Адрес доставки: ", ", спасибо"), ("", ""), ("Я живу по адресу ", "."),
    ("Менің тұратын жерім ", " болады"), ("Please ship it to ", " by Monday"), ("address: ", "\n"),
    ("Заказ на имя Ивана, ", "; телефон потом"), ('{"address": "', '"}'),
]  # fmt: skip


@pytest.mark.parametrize("make", [_kazakh, _russian, _english])
def test_most_made_addresses_are_covered(
    make: Callable[[random.Random], str], chance: random.Random
) -> None:
    covered, shares = 0, 0.0
    count = 500
    for _ in range(count):
        address = make(chance)
        before, behind = chance.choice(_AROUND)
        text = before + address + behind
        marked = set[int]()
        for start, end, _score in _whole(text):
            marked.update(range(start, end))
        share = sum(len(before) + place in marked for place in range(len(address))) / len(address)
        covered += share >= 0.88
        shares += share
    assert covered / count >= 0.92
    assert shares / count >= 0.93


_STREAMED = [
    "почтовый индекс 050000, ул. Абая 5, кв 3; почтовый город, ул абая 5",
    "видео имени абая 5, кв 3, шокан валиханов көшесі 5, устройство наб 5, кв 7",
    "система наб 5, кв 8; садовая имени абая улица 5, кв 8, строку батыр көшесі 7",
    *_ADDRESSES,
    *_NONE,
    "живу на абая 52 квартира 14, приезжайте. Потом на Сатпаева 22",
    "Адрес: Абая 52-14, тел. 8 701",
    "ул. Абая 52, кв. 3; ул. Сатпаева 22, кв. 7",
    "Вчера Иван был в Алматы, а в доме 12 на улице жара. Бостандық ауданында 5 үй бар",
    "Бауыржан Момышұлы көшесі 5 және белгісіз көшесі 7 үй 3 пәтер",
    "Тұрғын Дана Қайратқызы Ақжар ауылы, Абай көшесі, 5-үй; Ахмет Жүнісұлы көшесі, 7-үй",
    "Улица Розыбакиева дом 7; Проспект Достык 5/7 офис 3; Ул. Ленина 5",
]


@pytest.mark.parametrize("text", _STREAMED)
def test_every_split_in_two_finds_what_the_whole_does(text: str) -> None:
    wanted = _whole(text)
    for place in range(len(text) + 1):
        assert _streamed([text[:place], text[place:]]) == (text, wanted)


@pytest.mark.parametrize("text", _STREAMED)
def test_character_by_character_finds_what_the_whole_does(text: str) -> None:
    assert _streamed(text) == (text, _whole(text))


_PIECES = [
    "ул. ", "улица ", "Ул.", "пр-т ", "г. ", "г.", "қ. ", "көшесі", "даңғылы ", "мкр ", "ш/а",
    "шағын ауданы", "Абая", "абая", "Абай", "Толе би", "толе би", "слово", "және", "белгісіз",
    "Самал-2", "52", "12А", "55/20", "1600", "050013", "д. ", "дом ", "кв. ", "кв", "-үй", " үй",
    "-пәтер", "пәтер ", "офис ", "этаж ", "№ ", "Алматы", "алматы", "Москва", "область", "ауданы",
    "район ", "с. ", "на ", "в ", "Иван", "Петров", "Abay ", "Avenue", "street", "St", "Apt ",
    "London ", "NW1 6XE", "IL 62704", "PO Box ", "Flat ", "the ", "адрес: ", " ", " ", " ", ", ",
    ", ", ",", "\n", ". ", ".", "-", ":", "(", ")", "«", "»", "/", "года", "км", "8 Марта", "1-я ",
    "Е-495", "А. ", "A05E6B9", "#", "!", "@", "_", "%",
]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=16), chance=st.randoms())
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert _streamed(feeds) == (text, _whole(text))


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=14))
def test_any_text_streams_character_by_character(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert _streamed(text) == (text, _whole(text))


def test_a_long_text_of_many_addresses_streams_alike(chance: random.Random) -> None:
    text = " ".join(chance.choices(_STREAMED, k=120))
    wanted = _whole(text)
    for step in (37, 1000):
        feeds = [text[place : place + step] for place in range(0, len(text), step)]
        assert _streamed(feeds) == (text, wanted)


@pytest.mark.parametrize("between", ["слово, слово " * 80, "слово" * 160, "слово " * 3])
def test_addresses_far_apart_are_all_found(between: str) -> None:
    text = f"{between} ул. Абая 52, кв. 3, {between} ул. Сатпаева 22. {between}"
    assert _values(text) == ["ул. Абая 52, кв. 3", "ул. Сатпаева 22"]
    feeds = [text[place : place + 50] for place in range(0, len(text), 50)]
    assert _streamed(feeds) == (text, _whole(text))


_PROSE = {
    "ru": "Добрый день! Подскажите, как правильно оформить отпуск в этом году, и к кому обратиться "
    "в Алматы, если начальник в командировке — или на больничном? ",
    "kk": "Қайырлы күн! Демалысқа өтінішті қалай дұрыс жазу керектігін айтып беріңізші, Астанада "
    "себебін көрсету керек пе және кімге жүгінуге болады? ",
    "en": "Please summarise the notes of our meeting in Almaty and list the action items, with "
    "owners and 3 deadlines. The report must be short. ",
}


@pytest.mark.parametrize("prose", _PROSE.values(), ids=_PROSE)
def test_ordinary_prose_flows_within_a_word_or_two(prose: str) -> None:
    window = Window(_DETECTOR)
    held = []
    for character in prose * 3:
        assert not window.feed(character).forced
        held.append(window.held)
    assert sum(held) / len(held) < 9
    assert max(held) < 40


@pytest.mark.parametrize(
    "unit", ["ул ", "ул. Абая, ", "Абай ", "5 ", "д. 5, ", "г. Алматы, ", "Аа Аа кв 5 "]
)
def test_a_finding_is_bounded_whatever_the_text(unit: str) -> None:
    for start, end, _ in _whole(unit * 300):
        assert end - start <= AddressRecognizer.LONGEST


@pytest.mark.parametrize("make", [_kazakh, _russian, _english])
def test_every_finding_opens_the_gate_by_itself(
    make: Callable[[random.Random], str], chance: random.Random
) -> None:
    for _ in range(100):
        before, behind = chance.choice(_AROUND)
        text = before + make(chance) + behind
        for start, end, _score in _whole(text):
            seen = text[max(0, start - 40) : end + 1]
            assert all(re2.search(trigger, seen) for trigger in AddressRecognizer.TRIGGERS)
