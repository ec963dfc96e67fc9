from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizers.password import PasswordRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]

_FOUND = [
    ("пароль: Qwerty123!", "Qwerty123!"),
    ("Пароль от почты: zx12cv34.", "zx12cv34"),
    ("пароль qwerty123", "qwerty123"),
    ("пароль qwerty", "qwerty"),
    ("мой пароль — Zx12cv34, запомни", "Zx12cv34"),
    ("пароль это Zx12cv34", "Zx12cv34"),
    ("құпия сөз: Almaty2024", "Almaty2024"),
    ("құпиясөзім: qaz123wsx", "qaz123wsx"),
    ("купия соз: qaz123wsx", "qaz123wsx"),
    ("wi-fi паролі: 12345678", "12345678"),
    ("password=hunter2", "hunter2"),
    ("password is P4ssw0rd!", "P4ssw0rd!"),
    ("passwd: 12345678", "12345678"),
    ("pwd=abc12345&x=1", "abc12345&x=1"),
    ("/login?user=a&password=abc12345&x=1", "abc12345"),
    ("/login?password=abc12345&x=1", "abc12345"),
    ('{"password":"Zx12cv34"}', "Zx12cv34"),
    (r"{\"password\": \"Zx12cv34\"}", "Zx12cv34"),
    ("DB_PASSWORD=s3cr3tpass", "s3cr3tpass"),
    ("SMTP_PASS=s3cr3tpass", "s3cr3tpass"),
    ("pass: s3cr3tpass", "s3cr3tpass"),
    ("пин-код: 4821", "4821"),
    ("пин код 4821", "4821"),
    ("PIN: 4821", "4821"),
    ("<password>Zx12cv34</password>", "Zx12cv34"),
    ("--password Zx12cv34x", "Zx12cv34x"),
]


@pytest.mark.parametrize(("text", "value"), _FOUND)
def test_passwords_are_found(asked: Asked, text: str, value: str) -> None:
    assert asked(PasswordRecognizer)(text) == [("PASSWORD", value)]


_OTHER = [
    "пароль от почты забыл, напишите как восстановить пароль",
    "Забыли пароль? Введите новый пароль: минимум 8 символов",
    "Пароль: ********",
    "password: str = None; self.password = password; password=password",
    "password: SecretStr = Field(min_length=8)",
    '<input type="password" name="password1" placeholder="Пароль">',
    'password = getpass.getpass() password=os.getenv("DB_PASS1")',
    '"password": "${DB_PASSWORD}" password: {{ vault_pass1 }} password=%s',
    "--- PASS: TestFoo1 (0.00s) PASS: test_login2",
    "pass123 passenger1: 2 passport: N12345678 bypass: x1y2z3 spin: 1234",
    "PIN: см. конверт; pin: 13; GPIO pin 17 = HIGH; пин-код: 12",
    "Құпия сөзді ұмыттым, қалай қалпына келтіремін?",
    "password is required and must be at least 8 characters",
    "password hashing with sha256 and bcrypt2, password changed 2024-01-15",
    "пароль: https://site.kz/reset1",
    "password: " + "aB3!" * 40,
    "div>password Zx1",
    "that will pass? bypass: x1y2z3; you may pass `force_overwrite=True`",
]


@pytest.mark.parametrize("text", _OTHER)
def test_talk_of_passwords_and_code_is_none(asked: Asked, text: str) -> None:
    assert asked(PasswordRecognizer)(text) == []


@pytest.mark.parametrize("text", [*(text for text, _ in _FOUND), *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike([PasswordRecognizer], text)


def test_prose_is_held_to_a_word(most_held: Callable[..., int]) -> None:
    assert most_held([PasswordRecognizer], "Забыли пароль? Его можно восстановить (быстро). ") <= 15
