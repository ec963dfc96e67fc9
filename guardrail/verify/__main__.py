"""`python -m guardrail.verify`."""

from __future__ import annotations

import sys

from guardrail.verify.command import main

sys.exit(main())
