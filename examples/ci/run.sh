#!/usr/bin/env bash
# Plans the three jobs that CI guards into plans/. Usage: run.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}
mkdir -p "$out/plans"

planner() { ${PLANNER:-dotnet run -c Release --project "$here/../../src/Planner" --} "$@"; }

planner solve --model v3-671b --gpus 2048 --hw h800 -o "$out/plans/v3-671b.json"
planner solve --model llama3.1-405b --gpus 16384 --hw h100 -o "$out/plans/llama3.1-405b.json"
planner solve --model qwen3-30b --gpus 8 --hw h100 -o "$out/plans/qwen3-30b.json"
