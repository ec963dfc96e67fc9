import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose import (
    accept_language,
    first_turn,
    language_of,
    notice_header,
    order_languages,
    read_notice,
    render,
    together,
)
from guardrail.disclose.fields import members
from guardrail.facts import Notice

NOTICE = Notice(
    key="banner.short",
    texts={
        "kk": "Сізге жасанды интеллект жауап береді",
        "ru": "Вам отвечает искусственный интеллект",
        "en": "You are chatting with AI",
    },
)
KZ = ("kk", "ru")
TAGS = st.sampled_from(["kk", "ru", "en", "ru-KZ", "en-us", "de", "zh-Hans-CN", "*", ""])


@pytest.mark.parametrize(
    ("preferred", "order"),
    [
        ((), ("kk", "ru")),
        (("kk",), ("kk", "ru")),
        (("ru",), ("ru", "kk")),
        (("ru-RU", "ru", "en"), ("ru", "kk")),
        (("en",), ("en", "kk", "ru")),
        (("en-US", "ru"), ("en", "ru", "kk")),
        (("de", "en"), ("en", "kk", "ru")),
        (("de",), ("kk", "ru")),
    ],
)
def test_the_persons_own_language_comes_first(
    preferred: tuple[str, ...], order: tuple[str, ...]
) -> None:
    assert order_languages(KZ, preferred, available=NOTICE.texts) == order


def test_without_a_list_any_language_is_available() -> None:
    assert order_languages(KZ, ["de-AT", "ru-KZ"]) == ("de", "ru", "kk")


@given(st.lists(st.sampled_from(KZ), unique=True), st.lists(TAGS), st.booleans())
def test_every_required_language_is_there_once(
    required: list[str],
    preferred: list[str],
    limited: bool,  # noqa: FBT001 - hypothesis hands it in
) -> None:
    order = order_languages(required, preferred, available=NOTICE.texts if limited else None)
    assert set(required) <= set(order)
    assert len(order) == len(set(order)) <= len(required) + 1


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        (None, ()),
        (b"", ()),
        (b"kk", ("kk",)),
        (b"ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", ("ru-ru", "ru", "en-us", "en")),
        (b"en;q=0.5, kk ; Q=1.000 ,ru;q=0.8", ("kk", "ru", "en")),
        (b"de;q=0, ru", ("ru",)),
        (b"*, en;q=0.1", ("en",)),
        (b"en;q=2, ;;, \xff, kk;q=1.5, ru", ("ru",)),
    ],
)
def test_accept_language_is_read_by_weight(header: bytes, languages: tuple[str, ...]) -> None:
    assert accept_language(header) == languages


@given(st.binary(max_size=3000))
def test_every_accept_language_gives_few_plain_tags(header: bytes) -> None:
    languages = accept_language(header)
    assert len(languages) <= 20
    assert all(tag.isascii() and tag == tag.lower() for tag in languages)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Сәлеметсіз бе?", "kk"),
        ("Здравствуйте!", "ru"),
        ("Менің email мекенжайым: a@b.kz", "kk"),
        ("My name is Қанат, call me", "en"),
        ("Мой ИИН 900101300017, почта aigerim@example.kz", "ru"),
        ("ЖСН, менің поштам aigerim@example.kz", "kk"),
        ("Смотри https://example.kz/a/long/path?of=it", "ru"),
        ("aigerim@example.kz", "en"),
        ("Good morning", "en"),
        ("870101300001", ""),
        ("", ""),
    ],
)
def test_a_language_is_guessed_from_letters(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_notice_has_a_line_each_language() -> None:
    assert render(NOTICE, ["ru", "kk"]) == f"{NOTICE.texts['ru']}\n{NOTICE.texts['kk']}"


def test_no_text_is_said_twice() -> None:
    assert render(Notice(key="x", texts={"kk": "AI", "ru": "AI"}), KZ) == "AI"


def test_a_notice_without_the_wanted_languages_is_given_in_all_it_has() -> None:
    assert render(Notice(key="x", texts={"zh": "AI生成", "kk": ""}), KZ) == "AI生成"


def test_the_first_turns_text_ends_with_an_empty_line() -> None:
    assert first_turn(NOTICE, ["en"]) == "You are chatting with AI\n\n"
    assert first_turn(Notice(key="x"), KZ) == ""


def test_several_notices_are_told_as_one_in_each_language() -> None:
    other = Notice(key="y", texts={"kk": "Тағы", "en": "Also", "de": "Auch"})
    made = together([NOTICE, other])
    assert made.key == NOTICE.key
    assert made.texts == {
        "kk": f"{NOTICE.texts['kk']} Тағы",
        "ru": NOTICE.texts["ru"],
        "en": f"{NOTICE.texts['en']} Also",
    }
    assert together([NOTICE]) == NOTICE


def test_a_notice_is_a_header_in_the_persons_languages_and_an_empty_one_is_none() -> None:
    headers = notice_header(NOTICE, ["ru", "kk"])
    assert read_notice(headers) == f"{NOTICE.texts['ru']}\n{NOTICE.texts['kk']}"
    assert notice_header(Notice(key="x"), ["ru"]) == ()


def test_a_header_puts_right_what_has_no_place_for_it_beside_the_notice_or_alone() -> None:
    right = Notice(key="y", texts={"kk": "Нақтылау", "ru": "Уточнение"})
    [(name, both)] = notice_header(NOTICE, ["ru"], correction=right)
    assert name == b"guardrail-notice"
    assert members(both) == {"text": NOTICE.texts["ru"], "correction": "Уточнение"}
    [(_, alone)] = notice_header(None, ["kk"], correction=right)
    assert members(alone) == {"correction": "Нақтылау"}
    assert notice_header(None, ["kk"]) == ()
