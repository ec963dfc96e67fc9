import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import ConfigError
from guardrail.policy.bundle import (
    MAX_FILES,
    MAX_SUMS,
    digest_list,
    mismatches,
    open_sums,
    private_key,
    public_key,
    sign,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
FILES = {"xx/pack.yaml": b"id: xx", "xx/notices.yaml": b"", "obligations.yaml": b"a"}
SUMS = digest_list(FILES, ["xx@2026.11.1"])
SIGNATURE = sign(SUMS, KEY)


def test_the_list_is_what_sha256sum_reads_whatever_the_order() -> None:
    lines = SUMS.decode().splitlines()
    assert lines[:2] == ["# guardrail policy bundle 1", "# xx@2026.11.1"]
    assert lines[2] == f"{hashlib.sha256(b'a').hexdigest()}  obligations.yaml"
    assert digest_list(dict(reversed(FILES.items())), ["xx@2026.11.1"]) == SUMS


def test_what_was_signed_verifies() -> None:
    opened = open_sums(SUMS, SIGNATURE, PUBLIC)
    assert opened.refs == ("xx@2026.11.1",)
    assert list(mismatches(opened, FILES)) == []


def test_a_changed_added_or_missing_file_is_named() -> None:
    opened = open_sums(SUMS, SIGNATURE, PUBLIC)
    files = {"xx/pack.yaml": b"id: yy", "xx/notices.yaml": b"", "xx/more.yaml": b""}
    assert list(mismatches(opened, files)) == [
        "obligations.yaml: it is signed for, but isn't there",
        "xx/more.yaml: it is there, but isn't signed for",
        "xx/pack.yaml: its content isn't what was signed",
    ]


@given(st.integers(0, len(SUMS) * 8 - 1))
def test_every_flipped_bit_of_the_list_breaks_the_signature(bit: int) -> None:
    broken = bytearray(SUMS)
    broken[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ConfigError, match="isn't this key's signature"):
        open_sums(bytes(broken), SIGNATURE, PUBLIC)


@given(st.integers(0, 63), st.integers(1, 255))
def test_every_changed_byte_of_the_signature_breaks_it(place: int, mask: int) -> None:
    broken = bytearray(SIGNATURE)
    broken[place] ^= mask
    with pytest.raises(ConfigError, match="isn't this key's signature"):
        open_sums(SUMS, bytes(broken), PUBLIC)


@given(st.binary(max_size=100))
def test_no_other_bytes_are_a_signature(data: bytes) -> None:
    with pytest.raises(ConfigError, match="isn't this key's signature"):
        open_sums(SUMS, data, PUBLIC)


def test_another_keys_signature_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(ConfigError, match="isn't this key's signature"):
        open_sums(SUMS, sign(SUMS, other), PUBLIC)


HEAD = b"# guardrail policy bundle 1\n"
LINE = b"0" * 64 + b"  a\n"


@pytest.mark.parametrize(
    "sums",
    [
        b"",
        HEAD,
        LINE,
        SUMS + b"\n",
        SUMS[:-1],
        SUMS.replace(b"\n", b"\r\n"),
        HEAD + LINE + LINE,
        HEAD + LINE.replace(b"  a", b"  b") + LINE,
        HEAD + LINE.replace(b"  a", b"  ../a"),
        HEAD + LINE.replace(b"  a", b"  /a"),
        HEAD + LINE.replace(b"  a", b" *a"),
        HEAD + LINE + b"# late\n",
        HEAD + b"# b\n# a\n" + LINE,
        HEAD + LINE.replace(b"0", b"\xff", 1),
    ],
)
def test_what_is_signed_but_no_list_is_refused(sums: bytes) -> None:
    with pytest.raises(ConfigError, match="isn't a list of digests"):
        open_sums(sums, sign(sums, KEY), PUBLIC)


def test_a_huge_list_isnt_read() -> None:
    with pytest.raises(ConfigError, match="at most"):
        open_sums(bytes(MAX_SUMS + 1), SIGNATURE, PUBLIC)


@pytest.mark.parametrize(
    "path", ["../a", "/a", "a//b", "a/.b", "a b", "a\nb", "", "a/b/c/d/e", "ә"]
)
def test_a_path_that_could_lead_elsewhere_isnt_signed(path: str) -> None:
    with pytest.raises(ConfigError, match="can't stand in a bundle"):
        digest_list({path: b""}, [])


def test_a_bundle_has_some_files_and_not_too_many() -> None:
    for files in ({}, {f"f{i}": b"" for i in range(MAX_FILES + 1)}):
        with pytest.raises(ConfigError, match="1 to 1000 files"):
            digest_list(files, [])


def test_keys_are_read_from_pem() -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    told = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert private_key(pem, "k").sign(b"x") == KEY.sign(b"x")
    assert public_key(told, "k").public_bytes_raw() == PUBLIC.public_bytes_raw()


def test_other_keys_are_refused_with_how_to_make_one() -> None:
    curve = generate_private_key(SECP256R1())
    locked = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    other = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for pem in (b"", b"no key", locked, other):
        with pytest.raises(ConfigError, match=r"^k ") as caught:
            private_key(pem, "k")
        assert "openssl genpkey" in caught.value.fix
    told = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for pem in (b"", locked, told):
        with pytest.raises(ConfigError, match=r"^k ") as caught:
            public_key(pem, "k")
        assert "openssl" in caught.value.fix
