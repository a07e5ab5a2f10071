#!/usr/bin/env bash
# Plans DeepSeek-V3 on 1024 GPUs of a machine that the catalog does not know. Usage: run.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}
mkdir -p "$out"

planner() { ${PLANNER:-dotnet run -c Release --project "$here/../../src/Planner" --} "$@"; }

planner solve --model v3-671b --gpus 1024 --hw "$here/h800-roce.json" -o "$out/plan.json" --report "$out/tables"
