#!/usr/bin/env bash
# Plans DeepSeek-V3 on 2048 H800s into plan.json and tables/. Usage: run.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}
mkdir -p "$out"

planner() { ${PLANNER:-dotnet run -c Release --project "$here/../../src/Planner" --} "$@"; }

planner solve --model v3-671b --gpus 2048 --hw h800 -o "$out/plan.json" --report "$out/tables"
