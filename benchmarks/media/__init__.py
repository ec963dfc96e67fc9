"""What inspecting media costs."""

import os

# As the workers have it, and read when numpy is loaded. Several threads wait for each other, and
# their waiting counts as processor time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
