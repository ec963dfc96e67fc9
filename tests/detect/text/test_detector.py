from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect import ENTITIES, TextDetector, text_detector
from guardrail.detect.text.recognizers import RECOGNIZERS
from guardrail.facts import Category, Segment

_OTHER = text_detector(memo_key=b"other")


def test_nothing_is_found_in_nothing(detector: TextDetector) -> None:
    assert detector.find("") == ()
    assert detector.examine([]) == ()
    assert detector.examine([Segment(place=(), text="")]) == ()


def test_a_finding_says_where_what_and_why_but_not_the_value(detector: TextDetector) -> None:
    (one,) = detector.find("Пишите: ivan@mail.ru!")
    assert (one.segment, one.start, one.end) == (0, 8, 20)
    assert one.entity == "EMAIL_ADDRESS"
    assert one.category is Category.PERSONAL
    assert one.score == 0.95
    assert one.recognizer == "EmailRecognizer@2"
    assert one.reason == "pattern"
    assert "ivan" not in repr(one)


def test_offsets_are_those_of_the_original_text(detector: TextDetector) -> None:
    text = "😀 почта —\u00a0i\u200bv\u200ban\uff20mail.ru\u200b."
    (one,) = detector.find(text)
    assert text[one.start : one.end] == "i\u200bv\u200ban\uff20mail.ru"


def test_findings_come_in_order_and_never_overlap(
    detector: TextDetector, iin: Callable[[], str]
) -> None:
    text = f"Иванов Иван Иванович, ИИН {iin()}, {iin()}@mail.ru, +7 701 123 45 67, a@b.kz " * 5
    findings = detector.find(text)
    assert len(findings) == 25
    for one, following in pairwise(findings):
        assert one.end <= following.start


@given(text=st.text(max_size=300))
def test_any_text_is_examined_and_every_finding_lies_inside(text: str) -> None:
    for one in _OTHER.find(text):
        assert 0 <= one.start < one.end <= len(text)
        assert 0.5 <= one.score <= 1


def test_segments_are_examined_each_on_its_own(detector: TextDetector) -> None:
    texts = ["a@b.kz", "ничего", "", "x y a@b.kz", "a@b.kz"]
    findings = detector.examine([Segment(place=(), text=text) for text in texts])
    assert [(one.segment, one.start) for one in findings] == [(0, 0), (3, 4), (4, 0)]


def test_texts_that_were_seen_are_remembered_and_long_ones_are_not() -> None:
    own = text_detector(memo_key=b"own")
    segments = [Segment(place=(), text=text) for text in ("a@b.kz", "ничего", "\ud83d a@b.kz")]
    assert own.examine(segments) == own.examine(segments)
    assert len(own._memo) == 3
    long = Segment(place=(), text="слово " * 11_000 + "a@b.kz")
    assert len(own.examine([long])) == 1
    assert len(own._memo) == 3


def test_the_digest_tells_names_and_versions(detector: TextDetector) -> None:
    assert detector.digest == _OTHER.digest
    assert len(detector.digest) == 64
    fewer = TextDetector([kind() for kind in RECOGNIZERS[1:]], memo_key=b"")
    assert fewer.digest != detector.digest


def test_every_entity_has_its_category(detector: TextDetector) -> None:
    shown = {"FACE", "VOICE", "FINGERPRINT", "IRIS", "BODY", "SIGNATURE", "BIOMETRIC_TEMPLATE"}
    shown |= {"ID_DOCUMENT", "GEO_LOCATION"}
    uses = {name for name, one in ENTITIES.items() if one.category is Category.PROHIBITED}
    assert detector.entities == frozenset(ENTITIES) - shown - uses


def test_threads_may_share_a_detector() -> None:
    shared = text_detector(memo_key=b"shared")
    wrong: list[object] = []

    def work(name: int) -> None:
        for number in range(300):
            text = f"x{number} user{name}@mail.kz"
            (one,) = shared.examine([Segment(place=(), text=text)])
            if text[one.start : one.end] != f"user{name}@mail.kz":
                wrong.append(one)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "id 550e8400-e29b-41d4-a716-446655440000",
        "uuid 12345678-1234-1234-1234-123456789012",
        "2026-01-15T10:20:30.123456Z INFO started in 123456789012 ns",
        "ts=1768471230123 level=info",
        "20260115102030 backup finished",
        "260115102030 резервная копия",
        "build 1.2.3.20260115-4567 of 2026.01.15",
        "commit 9103223af4c0d1e2b3a4958677665544332211ff",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "s3://bucket/2026/01/15/part-00000-1234567890ab.parquet",
        "https://example.kz/docs/K1500000414?lang=ru#z1234",
        "for i in range(1000000): x[i] = 3.14159265358979",
        "const id = 0x1234567890ab; let n = 1_000_000_000_000;",
        "double r = 6.02214076e23, e = 2.718281828459045;",
        "127.0.0.1:8080 192.168.100.200 10.0.0.255 2001:db8:85a3::8a2e:370:7334",
        "SELECT * FROM t WHERE id = 123456 LIMIT 100 OFFSET 200",
        "Order #4567-8901-22 total 1 234 567,89",
        "Заказ № 000123456789 на сумму 12 345 678 тенге",
        "Тапсырыс нөмірі 100200300400",
        "трек-номер RR123456785KZ",
        "статья 147 часть 2 пункт 3 УК РК от 3 июля 2014 года № 226-V",
        "Закон РК от 21 мая 2013 года № 94-V «О персональных данных»",
        "2013 жылғы 21 мамырдағы № 94-V Заңы, 7-бап, 2-тармақ",
        "приказ № 521 от 29.06.2023, V2300032942",
        "ГОСТ 34.12-2018, ISO/IEC 27001:2022, RFC 5321",
        "С 01.01.2024 по 31.12.2024, 09:00-18:00",
        "2010-2015, 2016-2020, 1 2 3 4 5 6 7 8 9 10 11 12",
        "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0",
        "бюджет 87 500 000 000 тенге, рост 12,5 %",
        "Население 20 033 842 человек, площадь 2 724 900 км²",
        "ISBN 978-5-17-118366-1, стр. 123-145",
        "рейс KC 851, место 12A, терминал 2",
        "matrix [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]",
        "версия 10.0.19045.3803, драйвер 31.0.15.3623",
        "@app.get('/users/{user_id}') async def user(user_id: int)",
        "npm i @scope/pkg@1.2.3 && pip install x==1.0",
        "icon@2x.png и logo@3x.svg",
        "Қазақстан Республикасының Білім және ғылым министрлігі",
        "Верховный Суд Республики Казахстан, Уголовный кодекс",
        "The United Nations General Assembly met in New York in July",
        "Мой паспорт лежит дома, ИИН не помню, карту потерял",
        "Please confirm my name is on the list and call me later",
        "Менің атым тізімде жоқ, телефоным өшірулі",
        "model gpt-4o-2024-08-06 temperature 0.7 max_tokens 4096",
        "base64 TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24=",
    ],
)
def test_other_text_holds_nothing(detector: TextDetector, text: str) -> None:
    assert [(one.entity, text[one.start : one.end]) for one in detector.find(text)] == []
