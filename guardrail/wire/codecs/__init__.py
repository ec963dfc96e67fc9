"""What a wire spec can't point at must be computed: one named codec a file.

A codec opens a string that holds a document of its own. It returns the document's value, or None
where the string is no such document and is to be read as the plain text it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guardrail.wire.codecs.json_text import open_json
from guardrail.wire.limits import Limits

Codec = Callable[[str, Limits], object]

CODECS: Mapping[str, Codec] = {"json": open_json}
"""Every codec by the name that wire specs call it."""
