from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect import TextDetector
from guardrail.detect.text.recognizers.handle import UsernameRecognizer

_DETECTOR = TextDetector([UsernameRecognizer()], memo_key=b"handle")

Same = Callable[[TextDetector, Iterable[str]], None]


def _values(text: str) -> list[str]:
    return [text[one.start : one.end] for one in _DETECTOR.find(text)]


_HANDLES = [
    ("напиши @aigerim_s завтра", "@aigerim_s"),
    ("tg: @nurlan", "@nurlan"),
    ("tg @Nurlan", "@Nurlan"),
    ("мой телеграм @nurlanbek", "@nurlanbek"),
    ("инста aigerim_92", "aigerim_92"),
    ("инста: aigerim", "aigerim"),
    ("(@nurlan_b)", "@nurlan_b"),
    ("спроси у @marat завтра", "@marat"),
    ("@aigerim92 привет", "@aigerim92"),
    ("@aigerim_serik деген парақша", "@aigerim_serik"),
    ("это @aigerim.serikova пишет", "@aigerim.serikova"),
    ("менің парақшам: @Nurlan.Bek", "@Nurlan.Bek"),
    ("@aigerim, привет", "@aigerim"),
    ("contact me @johnsmith85.", "@johnsmith85"),
    ("https://t.me/aigerim_s", "https://t.me/aigerim_s"),
    ("см. t.me/aigerim_s.", "t.me/aigerim_s"),
    ("instagram.com/aigerim.s", "instagram.com/aigerim.s"),
    ("vk.com/id12345", "vk.com/id12345"),
    ("www.facebook.com/nurlan.b", "www.facebook.com/nurlan.b"),
    ("linkedin.com/in/nurlan-bek", "linkedin.com/in/nurlan-bek"),
    ("https://www.tiktok.com/@nurlan.b", "https://www.tiktok.com/@nurlan.b"),
    ("логин: aigerim92", "aigerim92"),
    ("login: aigerim92", "aigerim92"),
    ("skype: live:nurlan.b", "live:nurlan.b"),
    ("ник nurlan777, пиши", "nurlan777"),
]


@pytest.mark.parametrize(("text", "name"), _HANDLES)
def test_a_name_that_a_person_is_reached_by_is_found(text: str, name: str) -> None:
    assert _values(text) == [name]


_NONE = [
    "@property",
    "    @property\n    def name(self): ...",
    '@app.route("/x")',
    "    @Override\n    public void run() {}",
    "@Transactional public void",
    "@media (max-width: 3px)",
    "@import url(x)",
    " * @param name the name",
    " * @returns {string} the value_1",
    "@dataclass\nclass A1:",
    "@lru_cache(maxsize=1)",
    "@login_required\ndef view(request):",
    "@pytest.fixture\ndef x(): ...",
    "@my_decorator\ndef f():",
    "npm i @types/node",
    "import x from '@angular/core'",
    "docker pull image@sha256:abcdef",
    "git show HEAD@{1}",
    "git push git@github.com:x/y.git",
    "uses: actions/checkout@v4",
    "@everyone привет",
    "ждём @here ping",
    "@all",
    "ivan@mail.ru",
    "user @ example",
    "t.me/joinchat/AAAAA",
    "t.me/+AbCdEf123",
    "https://vk.com/wall-123_45",
    "vk.com/club12345",
    "https://instagram.com/p/Cxyz123",
    "notx.com/abc",
    "login: true",
    "login = user_name1",
    "username = request.user",
    "username: admin",
    "the login page2 is broken",
    "use the @property decorator",
    "const x = @observable1",
    ".foo { @apply btn_1 }",
    "SELECT @user_id := 5;",
    "echo $x | @grep_me",
    "tg",
    "ник",
]


@pytest.mark.parametrize("text", _NONE)
def test_code_and_groups_hold_no_handles(text: str) -> None:
    assert _values(text) == []


_CORPUS = [text for text, _ in _HANDLES] + _NONE
_PIECES = [
    "@aigerim_s", "@nurlan", "@property", "@Nurlan", "aigerim92", "t.me/", "https://", "vk.com/id",
    "instagram.com/", "x.com/", "логин: ", "tg ", "tg:", "skype", ": ", "live:", "ник ", "напиши ",
    "слово ", "def ", "(", ")", "{", "/", "joinchat", "p/", " ", " ", ",", ".", "-", "_", "\n",
    "5", "@", "=", '"', "!",
]  # fmt: skip


@pytest.mark.parametrize("text", _CORPUS)
def test_every_split_in_two_finds_what_the_whole_does(same_in: Same, text: str) -> None:
    for place in range(len(text) + 1):
        same_in(_DETECTOR, [text[:place], text[place:]])
    same_in(_DETECTOR, text)


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=14), chance=st.randoms())
def test_every_way_to_cut_a_text_finds_what_the_whole_does(
    same_in: Same, pieces: list[str], chance: random.Random
) -> None:
    text = "".join(pieces)
    places = sorted(chance.choices(range(len(text) + 1), k=chance.randrange(12)))
    same_in(_DETECTOR, [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)])
    same_in(_DETECTOR, text)


def test_ordinary_prose_flows_within_a_word(held_of: Callable[..., list[int]]) -> None:
    held = held_of(_DETECTOR)
    assert sum(held) / len(held) < 5
    assert max(held) < 30
