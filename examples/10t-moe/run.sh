#!/usr/bin/env bash
# Plans a mixture of experts of 10.0T parameters on 1,048,576 H800s into plan.json. No tables: one of them has a row a GPU. Usage: run.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}
mkdir -p "$out"

planner() { ${PLANNER:-dotnet run -c Release --project "$here/../../src/Planner" --} "$@"; }

planner solve --model "$here/config.json" --gpus 1048576 --hw h800 --stack deepseek --precision fp8 --seq 4096 --batch 1048576 -o "$out/plan.json"
