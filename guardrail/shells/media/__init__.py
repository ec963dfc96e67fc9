"""Media are looked into by processes of their own: limited, killed and replaced."""

from guardrail.shells.media.looker import Looker
from guardrail.shells.media.pool import MediaPool, is_installed

__all__ = ["Looker", "MediaPool", "is_installed"]
