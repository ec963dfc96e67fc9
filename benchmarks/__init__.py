"""What the guard costs, measured against the same upstream without it. Ratios, never times."""

import os

# As `guardrail serve` has it: threads of one matrix product would fight for cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
