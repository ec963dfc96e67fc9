"""Media are looked into by processes of their own: limited, killed and replaced."""

from guardrail.shells.media.looker import Looker, NotRedactedError
from guardrail.shells.media.pool import MediaPool, is_installed

__all__ = ["Looker", "MediaPool", "NotRedactedError", "is_installed"]
