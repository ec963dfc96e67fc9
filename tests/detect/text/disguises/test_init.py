from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector, Window
from guardrail.detect.text.disguises import (
    DISGUISES_OF_NUMBERS,
    ENCODINGS,
    disguise_recognizers,
)
from guardrail.detect.text.disguises.recognizer import DisguiseRecognizer
from guardrail.detect.text.gate import Gate
from guardrail.detect.text.normalise import fold
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.bank import CardRecognizer, IbanRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzIinRecognizer
from guardrail.detect.text.recognizers.person import PersonRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.facts import Finding

Seen = Callable[[str], list[tuple[str, str]]]
Streams = Callable[[str, Iterable[str]], None]
Hide = Callable[[str, random.Random], str]

_CARRIERS: Mapping[str, tuple[str, ...]] = {
    "KZ_IIN": ("Мой ИИН {}, проверьте.", "Менің ЖСН-ім {} болады", "my IIN is {} ok"),
    "CREDIT_CARD": ("Моя карта {}, спишите.", "Картам {} болады", "my card is {} thanks"),
    "PHONE_NUMBER": ("Мой телефон {}, звоните.", "Телефон: {} болады", "call me: {} ok"),
    "EMAIL_ADDRESS": ("Моя почта {}, пишите.", "Поштам {} болады", "my email: {} ok"),
    "IBAN_CODE": ("Мой счёт {}, переведите.", "Шотым {} болады", "my account is {} ok"),
}
_BARE = ("Держи: {} вот", "мынау {} еді", "here: {} and done")


@pytest.fixture
def values(
    chance: random.Random,
    iin: Callable[[], str],
    card: Callable[[str, int], str],
    iban: Callable[[str], str],
) -> Mapping[str, Callable[[], str]]:
    def number() -> str:
        whole = card(chance.choice(["4", "51", "5169", "4400"]), 16)
        return chance.choice([whole, " ".join(re.findall("....", whole))])

    def phone() -> str:
        operator = chance.choice(["701", "702", "705", "747", "771", "775", "777"])
        rest = "".join(chance.choices("0123456789", k=7))
        grouped = f" {operator} {rest[:3]} {rest[3:5]} {rest[5:]}"
        return chance.choice(["+7", "8"]) + chance.choice([operator + rest, grouped])

    def address() -> str:
        names = ["ivan", "a.petrova", "nurlan.85", "d_akhmetov", "Dana", "s.kim"]
        hosts = ["mail.ru", "gmail.com", "corp.kz", "mail.example.kz", "yandex.ru"]
        return f"{chance.choice(names)}@{chance.choice(hosts)}"

    return {
        "KZ_IIN": iin,
        "CREDIT_CARD": number,
        "PHONE_NUMBER": phone,
        "EMAIL_ADDRESS": address,
        "IBAN_CODE": lambda: iban("KZ"),
    }


def _touched(detector: TextDetector, entity: str, text: str, hidden: str) -> bool:
    start = text.index(hidden)
    return any(
        one.entity == entity and one.start < start + len(hidden) and one.end > start
        for one in detector.find(text)
    )


def _covered(detector: TextDetector, entity: str, text: str, hidden: str) -> bool:
    start = text.index(hidden)
    end = start + len(hidden)
    return any(
        one.entity == entity and min(one.end, end) - max(one.start, start) >= 0.8 * len(hidden)
        for one in detector.find(text)
    )


def test_every_evasion_is_seen_through(
    evasions: Mapping[str, tuple[set[str], Hide]],
    unmasked: TextDetector,
    plain_only: TextDetector,
    values: Mapping[str, Callable[[], str]],
    chance: random.Random,
) -> None:
    shares, before = {}, []
    for kind, (entities, hide) in evasions.items():
        judge = _touched if kind in ("base64 of a sentence", "base64 in lines") else _covered
        hits = []
        for entity in sorted(entities):
            for carrier in (*_CARRIERS[entity], *_BARE):
                hidden = hide(values[entity](), chance)
                text = carrier.format(hidden)
                hits.append(judge(unmasked, entity, text, hidden))
                before.append(judge(plain_only, entity, text, hidden))
        shares[kind] = sum(hits) / len(hits)
    assert {kind: share for kind, share in shares.items() if share < 0.85} == {}
    assert sum(shares.values()) / len(shares) >= 0.985
    assert sum(before) / len(before) < 0.5  # else this would show nothing


_NEGATIVES = [
    # What programs write.
    (
        "GET /search?q=%D0%BF%D0%BE%D0%B3%D0%BE%D0%B4%D0%B0+%D0%B2+%D0%90%D0%BB%D0%BC%D0%B0%D1%82%D"
        "1%8B&page=2 HTTP/1.1"
    ),
    (
        "https://ru.wikipedia.org/wiki/%D0%90%D0%B1%D0%B0%D0%B9_%D0%9A%D1%83%D0%BD%D0%B0%D0%BD%D0%B"
        "1%D0%B0%D0%B5%D0%B2"
    ),
    '{"title": "\\u041f\\u0440\\u0438\\u0432\\u0435\\u0442, \\u043c\\u0438\\u0440", "count": 12}',
    (
        '{"msg": "\\u0414\\u0435\\u043c\\u0430\\u043b\\u044b\\u0441 '
        '\\u0442\\u0443\\u0440\\u0430\\u043b\\u044b"}'
    ),
    "&lt;p&gt;Цена:&nbsp;12&nbsp;500&nbsp;&#8376;, скидка&#160;&mdash; 10&#37;&lt;/p&gt;",
    (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
        "hgGAWjR9awAAAABJRU5ErkJggg=="
    ),
    (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwiaWF0IjoxNTE2MjM5MDIyfQ.Sf"
        "lKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    ),
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b (HEAD -> main, origin/main)",
    "id=550e8400-e29b-41d4-a716-446655440000 mac 00:1b:63:84:45:e6 colour #3a2f1c",
    "00000000  7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00  |.ELF............|",
    "b'\\x89PNG\\r\\n\\x1a\\n\\x00\\x00\\x00\\rIHDR' and '\\033[31merror\\033[0m'",
    "C:\\Users\\dev\\x64\\Release\\u2019notes.txt",
    "2026-01-15T09:30:00.123Z INFO [pool-1] took 35.012 ms, id 1736933400123",
    "def look_alike(O0, l1): return O0 if l1 else B8  # SZ5 and Z2",
    "@pytest.fixture\ndef client(app):\n    return app.test_client()\n\n@app.get\ndef index(): ...",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy",
    "s3://bucket/backup/2026/01/15/part-00017-6f1ed002ab5595859014ebf0951522d9.parquet",
    # What people write with numbers.
    "Яблоки\n450\n520\n610\n480\nИтого\n2060",
    "4500\n5200\n6100\n4800", "4 500, 5 200, 6 100, 4 800", "12.05.2024\n13.05.2024\n14.05.2024",
    "| 2021 | 2022 | 2023 |\n|---|---|---|\n| 4512 | 5120 | 6044 |\n| 4810 | 5333 | 6120 |",
    "10:30\n11:45\n12:15\n14:00", "1. 12\n2. 15\n3. 18\n4. 21",
    "IP 192.168.100.101, маска 255.255.255.0",
    "версии 1.2.3, 10.15.7 и 2024.1.15.1", "ISBN 978-5-17-118366-0, тираж 3000",
    "2 + 2 = 4, 10 / 4 = 2.5, 3 * 7 = 21", "ГОСТ 7.0.97-2016, п. 5.14, табл. 3",
    "C6H12O6 + 6 O2 = 6 CO2 + 6 H2O", "C₆H₁₂O₆, SO₄²⁻, 10⁻⁹ м², E = mc²",
    "x² + y² = z², 2¹⁰ = 1024",
    "Население¹ 20 033 842², прирост³ 1,2 %", "① Войдите ② Нажмите ③ Готово", "6 O l B, 8 s I 5",
    "ООО «Ромашка» 12 345 678 тенге", "Louis XIV, XVI век, № 5Б, кв. 12З, литер Б8",
    # What people say.
    "раз два три четыре пять, вышел зайчик погулять",
    "бір екі үш төрт бес алты жеті сегіз тоғыз он",
    "one two three four five six seven eight nine ten", "один на один, два из трёх, сто лет",
    "ten nine eight seven six five four three two one zero", "жүз жыл, он екі ай, отыз күн",
    "Двести пятьдесят граммов муки, три яйца, две ложки сахара, сто граммов масла",
    "eighty five percent of two hundred and forty three people aged thirty five",
    "три тысячи четыреста двадцать пять тенге двенадцать тиын",
    "look at the dot on the map at point dot two", "we are at example dot", "good at the dot net",
    "моя собака точка в точку повторяет команды", "Собака. Ру чей. Точка. Нүкте.",
    "ит пен мысық, нүкте қою", "meet me at noon @ the office", "спасибо @channel и @bot",
    "see google.com at home", "Пишите @support_bot в телеграм", "a b c d e f g @ h i",
    "и я в с у к о а", "Email me at your convenience. Net result: good.",
    "email: см. сайт. Ком. отдел",
]  # fmt: skip


@pytest.mark.parametrize("text", _NEGATIVES, ids=range(len(_NEGATIVES)))
def test_ordinary_text_hides_nothing(
    text: str, unmasked: TextDetector, plain_only: TextDetector
) -> None:
    names = {kind.__name__ for kind in (*ENCODINGS, *DISGUISES_OF_NUMBERS)}
    found = [one for one in unmasked.find(text) if one.recognizer.partition("@")[0] in names]
    assert found == []


def test_random_numbers_in_columns_hide_next_to_nothing(
    unmasked: TextDetector, chance: random.Random
) -> None:
    found: list[Finding] = []
    for _ in range(300):
        columns = chance.randrange(1, 6)
        rows = [
            chance.choice(["  ", "\t", " | ", ",", ";"]).join(
                str(chance.randrange(10 ** chance.randrange(1, 6))) for _ in range(columns)
            )
            for _ in range(chance.randrange(1, 9))
        ]
        found += unmasked.find("\n".join(rows))
    assert sum("written" in one.reason for one in found) <= 1


def test_every_evasion_is_found_alike_however_a_stream_is_cut(
    evasions: Mapping[str, tuple[set[str], Hide]],
    values: Mapping[str, Callable[[], str]],
    chance: random.Random,
    streams: Streams,
) -> None:
    for entities, hide in evasions.values():
        entity = chance.choice(sorted(entities))
        carrier = chance.choice([*_CARRIERS[entity], *_BARE])
        text = f"Сөз 1. {carrier.format(hide(values[entity](), chance))} end 12."
        streams(text, text)
        for place in range(3, len(text), max(1, len(text) // 6)):
            streams(text, [text[:place], text[place:]])


def test_what_hides_nothing_streams_alike(streams: Streams) -> None:
    for text in _NEGATIVES:
        streams(text, text)


_PIECES = [
    "%38%35", "%D0%98", "%2B", "%40", "%", "\\u0038", "\\u00", "\\x38\\x35", "&#56;", "&commat;",
    "&#", "&", "=38=35", "=", "ODUwNDEyMzAwMTI1", "aXZhbkBtYWlsLnJ1", "3835 3034",
    "38 35 30 34 31 32",
    "0x38", "383530343132333030313235", "восемь ", "пять ", "ноль ", "жүз ", "бес ", "сегіз ",
    "eight ", "zero ", "twenty ", "and ", "8", "5 ", "0.", "850412300125", "8504.1230.0125",
    "85O4l23OOl25", "O", "l", "З", "⑧⑤", "⁸", "\u0336", "KZ86", "КZ", "125KZT5004100100",
    "125К.ZТ50",
    "ivan", "mail", "ru", "kz", " at ", " dot ", " собака ", " точка ", "(at)", "[dot]", "@", " @ ",
    " . ", "i v a n", "+7 701", "123 45 67", "ИИН ", "карта ", "тел. ", "почта ", "слово", " ", " ",
    "_dot_", "_at_",
    "«dot»", "*at*", "mail. kz", "+37 2 5O", "12 34", "+7", "7O1 l23", "45 6", "lOO", "|",
    "\n", ".", ", ", "-", "_", "/", "|", "(", "\u200b", "Иван Петрович",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=16), chance=st.randoms())
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    feeds = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    window = Window(_DETECTOR)
    out, spans = "", []
    for released in [*map(window.feed, feeds), window.feed("", final=True)]:
        spans += [
            (one.start + len(out), one.end + len(out), one.entity) for one in released.findings
        ]
        out += released.text
    assert out == text
    assert spans == [(one.start, one.end, one.entity) for one in _DETECTOR.find(text)]


@settings(max_examples=600, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=16))
def test_the_gate_never_keeps_back_a_disguise_that_would_find_something(pieces: list[str]) -> None:
    """Else a finding would hang on what else stands in the same piece of a stream."""
    text = fold("".join(pieces)).text
    passed = _GATE.passed(_GATE.hits(text))
    for one in _DISGUISES:
        if one not in passed:
            assert list(one.scan(text, 0)) == []


_INNER: list[TextRecognizer] = [
    KzIinRecognizer(), EmailRecognizer(), PhoneRecognizer(), IbanRecognizer(), CardRecognizer(),
]  # fmt: skip
_DISGUISES = disguise_recognizers(_INNER)
_GATE = Gate(_DISGUISES)
_DETECTOR = TextDetector([*_INNER, *_DISGUISES], memo_key=b"cuts")


_PROSE = {
    "ru": "Добрый день! Подскажите, как правильно оформить отпуск в этом году, и к кому обратиться "
    "в Алматы, если начальник в командировке — или на больничном? ",
    "kk": "Қайырлы күн! Демалысқа өтінішті қалай дұрыс жазу керектігін айтып беріңізші, Астанада "
    "себебін көрсету керек пе және кімге жүгінуге болады? ",
    "en": "Please summarise the notes of our meeting in Almaty and list the action items, with "
    "owners and 3 deadlines. The report must be short. ",
}


@pytest.mark.parametrize("prose", _PROSE.values(), ids=_PROSE)
def test_ordinary_prose_flows_within_two_words(prose: str, unmasked: TextDetector) -> None:
    window = Window(unmasked)
    held = []
    for character in prose * 3:
        assert not window.feed(character).forced
        held.append(window.held)
    assert sum(held) / len(held) < 5
    assert max(held) < 30


@pytest.fixture(params=[*ENCODINGS, *DISGUISES_OF_NUMBERS], ids=lambda kind: str(kind.__name__))
def disguise(request: pytest.FixtureRequest) -> DisguiseRecognizer:
    (made,) = (one for one in _DISGUISES if type(one) is request.param)
    assert isinstance(made, DisguiseRecognizer)
    return made


def test_every_pattern_is_linear_by_construction(disguise: DisguiseRecognizer) -> None:
    for pattern in (*disguise.TRIGGERS, disguise.PATTERN, disguise.BACKWARD):
        re2.compile(pattern)


def test_every_disguise_keeps_to_the_bound_of_a_window(disguise: DisguiseRecognizer) -> None:
    assert disguise.LONGEST <= 400


def test_a_label_names_the_recognizer_and_its_version(disguise: DisguiseRecognizer) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]+Recognizer@[0-9]+", disguise.label)


_HOSTILE = [
    "%4", "%41", "\\u0041", "&#65;", "&", "=41", "QUFB", "Zm9v\n", "41", "41 ", "0x41, ", "1.",
    "1\n", "1 ",
    "O0", "l ", "KZ86", "K Z 8 6 ", "KZ1 ", "один ", "девяносто ", "hundred ", "one-",
    "a at b dot ",
    "a@", "@ ", "a (at) ", "a ", "x.y@z\n", "①", "a\u0336", "\u0336", "9 ", "(", "+",
]  # fmt: skip


@pytest.mark.parametrize("unit", _HOSTILE, ids=range(len(_HOSTILE)))
def test_hostile_text_is_examined_in_one_pass_of_pieces(unit: str, unmasked: TextDetector) -> None:
    """The sweep cuts it; here it only has to come to an end, and to find no nonsense."""
    assert len(unmasked.find(unit * (6000 // len(unit)))) <= 400


def test_people_and_programs_have_recognizers_of_their_own() -> None:
    numbers = [KzIinRecognizer(), EmailRecognizer()]
    made = disguise_recognizers(numbers, [*numbers, PersonRecognizer()])
    persons = {one.name for one in made if "PERSON" in one.supported_entities}
    assert persons == {kind.__name__ for kind in ENCODINGS}
    assert {one.name for one in made} - persons == {kind.__name__ for kind in DISGUISES_OF_NUMBERS}


def test_a_plain_finding_wins_over_one_in_disguise(seen: Seen, unmasked: TextDetector) -> None:
    (one,) = unmasked.find("q=%D0%98 ivan@mail.ru")
    assert one.recognizer == "EmailRecognizer@" + EmailRecognizer.VERSION


def test_a_name_is_found_in_what_programs_encode(seen: Seen) -> None:
    assert seen(
        "name=%D0%98%D0%B2%D0%B0%D0%BD+%D0%9F%D0%B5%D1%82%D1%80%D0%BE%D0%B2%D0%B8%D1%87&x"
    ) == [("PERSON", "%D0%98%D0%B2%D0%B0%D0%BD+%D0%9F%D0%B5%D1%82%D1%80%D0%BE%D0%B2%D0%B8%D1%87")]
