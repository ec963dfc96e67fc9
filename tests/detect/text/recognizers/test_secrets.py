from __future__ import annotations

import string
from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.secrets import SecretKeyRecognizer, SecretValueRecognizer

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]
Drawn = Callable[..., str]
_BOTH: tuple[type[TextRecognizer], ...] = (SecretKeyRecognizer, SecretValueRecognizer)
_HEX = "0123456789abcdef"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

# Prefixes, and what is drawn behind them: no whole token stands here, for scanners of this code.
_PROVIDERS = [
    ("AKIA", 16, _BASE32), ("AIza", 35, None), ("ya29.", 60, None), ("GOCSPX-", 28, None),
    ("AQVN", 36, None), ("y0_", 55, None), ("dop_v1_", 64, _HEX), ("LTAI", 20, None),
    ("ghp_", 36, None), ("gho_", 36, None), ("ghs_", 36, None), ("glpat-", 20, None),
    ("npm_", 36, None), ("pypi-AgEIcHlwaS5vcmc", 100, None), ("dckr_pat_", 27, None),
    ("hvs.", 90, None), ("sk-proj-", 60, None), ("sk-ant-api03-", 93, None), ("sk-", 48, None),
    ("hf_", 34, string.ascii_letters), ("gsk_", 52, None), ("xoxb-1234567890-", 24, None),
    ("123456789:AA", 33, None), ("SK", 32, _HEX), ("key-", 32, _HEX), ("sk_live_", 24, None),
    ("rk_live_", 24, None), ("shpat_", 32, _HEX), ("dapi", 32, _HEX), ("NRAK-", 27, _BASE32),
    ("abc1Q~", 34, None), ("YCA", 26, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "length", "alphabet"), _PROVIDERS, ids=[prefix for prefix, *_ in _PROVIDERS]
)
def test_every_providers_token_is_found(
    asked: Asked, drawn: Drawn, prefix: str, length: int, alphabet: str | None
) -> None:
    token = prefix + drawn(length, *([alphabet] if alphabet else []))
    for text in (token, f"вот ключ {token}, не теряй", f'"k":"{token}"', f"X={token}\n"):
        assert asked(SecretKeyRecognizer)(text) == [("SECRET_KEY", token)]


def test_tokens_of_several_parts_are_found(asked: Asked, drawn: Drawn) -> None:
    upper = string.ascii_uppercase
    tokens = [
        f"github_pat_{drawn(22)}_{drawn(59)}",
        f"SG.{drawn(22)}.{drawn(43)}",
        f"hooks.slack.com/services/T{drawn(8, upper)}/B{drawn(8, upper)}/{drawn(24)}",
        f"M{drawn(23)}.{drawn(6)}.{drawn(27)}",
        f"{drawn(32, _HEX)}-us12",
    ]
    for token in tokens:
        assert asked(SecretKeyRecognizer)(f"вот {token} так") == [("SECRET_KEY", token)]


@pytest.mark.parametrize(
    "set_by",
    ['api_key = "{}"', "API_TOKEN={}", "Authorization: Bearer {}", "токен: {}", '"secret": "{}"',
     "секретный ключ: {}", "x-api-key: {}", "secretKey: '{}'", "client_secret={}&x=1",
     "aws_secret_access_key = {}", 'apiKey: "{}",', "access token - {}"[:13] + ": {}"],
)  # fmt: skip
def test_a_drawn_value_called_a_secret_is_found(asked: Asked, drawn: Drawn, set_by: str) -> None:
    for value in (drawn(40), drawn(40, _HEX), drawn(32)):
        found = asked(SecretValueRecognizer)(set_by.format(value))
        assert found == [("SECRET_KEY", value)]


_OTHER = [
    "550e8400-e29b-41d4-a716-446655440000",
    "api_key: 550e8400-e29b-41d4-a716-446655440000",
    "s3://bucket/AKIA/2024/part-00000-abcdef12-3456-7890-abcd-ef1234567890.snappy.parquet",
    "key: users/2024/01/15/part-00000-abcdef1234567890.parquet",
    'integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"',
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "md5 d41d8cd98f00b204e9800998ecf8427e commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
    'api_key = "<YOUR_API_KEY>" api_key="${TOKEN}" token: xxxxxxxxxxxxxxxxxxxxxxxx',
    "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    'nextPageToken: "CAUQAA1b2c3d4e5f6g7h8i9j0k1l2m3"',
    "secretName: my-very-long-service-name-2024-prod",
    "token = tokenizer.encode_plus_special_tokens_v2(text)",
    'csrf_token: "aB3dE5fG7hI9jK1lM3nO5pQ7rS9" public_key: MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJ',
    "Bearer token authentication, секретный ключ хранится отдельно",
    "sk-1 hf_hub SG.1 SKU SK12345678 key-value npm_config dapi AIza",
    "token: " + "aB3" * 80,
    "ghp_" + "a1" * 18,
    "токены тратятся: 1234567890 1234567890",
]


@pytest.mark.parametrize("text", _OTHER)
def test_identifiers_digests_and_placeholders_are_not(asked: Asked, text: str) -> None:
    assert asked(*_BOTH)(text) == []


def test_a_token_is_no_part_of_a_longer_word(asked: Asked, drawn: Drawn) -> None:
    token = "AKIA" + drawn(16, _BASE32)
    assert asked(SecretKeyRecognizer)(f"x{token} {token}Z {token}_a") == []


@pytest.mark.parametrize("text", _OTHER)
def test_streams_of_other_texts_find_nothing_either(
    streamed_alike: Callable[..., None], text: str
) -> None:
    streamed_alike(_BOTH, text)


@pytest.mark.parametrize("set_by", ["{}", "api_key = '{}'", "токен: {}.", "Bearer {}", "x/{}/y"])
def test_streams_find_the_same(
    streamed_alike: Callable[..., None], drawn: Drawn, set_by: str
) -> None:
    for token in ("ghp_" + drawn(36), "123456789:AA" + drawn(33), drawn(40), drawn(202)):
        streamed_alike(_BOTH, f"ну {set_by.format(token)} вот")
