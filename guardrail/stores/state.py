"""The state directory: where everything that lasts is kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guardrail.errors import ConfigError

ORIGIN = "guardrail"
"""The evidence log's name, which its key signs under."""


@dataclass(frozen=True, slots=True)
class State:
    """Where everything that lasts is kept."""

    root: Path

    def __post_init__(self) -> None:
        """Keep to the directory, whatever directory the process works in later."""
        object.__setattr__(self, "root", self.root.absolute())

    @property
    def evidence(self) -> Path:
        """The evidence log."""
        return self.root / "evidence"

    @property
    def evidence_index(self) -> Path:
        """What finds entries of the evidence log; may be deleted at any time."""
        return self.root / "evidence-index.sqlite"

    @property
    def keys(self) -> Path:
        """Everything secret."""
        return self.root / "keys"

    @property
    def evidence_key(self) -> Path:
        """The evidence log's root key; its public half stands beside it."""
        return self.root / "keys" / "evidence.pem"

    @property
    def evidence_vkey(self) -> Path:
        """The public half: what a verifier needs."""
        return self.root / "keys" / "evidence.pem.vkey"

    @property
    def epoch_keys(self) -> Path:
        """The keys of pseudonyms and digests in evidence, one for each half-year."""
        return self.root / "keys" / "epochs"

    @property
    def details_key(self) -> Path:
        """The key that wraps the keys of details."""
        return self.root / "keys" / "details.key"

    @property
    def details(self) -> Path:
        """Details of evidence, encrypted."""
        return self.root / "details.sqlite"

    @property
    def pseudonym_key(self) -> Path:
        """The secret behind stable pseudonyms and placeholders."""
        return self.root / "keys" / "pseudonym.key"

    @property
    def consent_key(self) -> Path:
        """The key that signs consent tokens issued here."""
        return self.root / "keys" / "consent.jwk"

    @property
    def label_key(self) -> Path:
        """The key that signs labels of texts; `guardrail serve` publishes its public half."""
        return self.root / "keys" / "label.jwk"

    @property
    def label_keys(self) -> Path:
        """The public halves of this key and of those before it."""
        return self.root / "keys" / "label-keys.json"

    @property
    def watermark_key(self) -> Path:
        """The secret by which watermarks are written and found."""
        return self.root / "keys" / "watermark.key"

    @property
    def development_certificate(self) -> Path:
        """What media are signed with until the operator names a certificate, key and root in it."""
        return self.root / "keys" / "label-development.pem"

    @property
    def manifests(self) -> Path:
        """Manifests of media that have no place for one."""
        return self.root / "manifests"

    @property
    def text_manifests(self) -> Path:
        """Manifests of texts, as pages."""
        return self.manifests / "texts"

    @property
    def consents(self) -> Path:
        """The consent registry."""
        return self.root / "consents.sqlite"

    def make(self) -> None:
        """Make the directories, readable by their owner alone.

        Raises:
            ConfigError: they can't be made or written.
        """
        try:
            (self.root / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
            self.evidence.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"state directory {self.root}: {error.strerror}",
                fix="name a directory that can be written with --state",
            ) from None
