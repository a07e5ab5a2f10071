#!/usr/bin/env bash
# Writes methods.tsv anew: builds the program without it, runs the usual commands, and notes what each had to compile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly LIST=build/AheadOfTime/methods.tsv
readonly PROGRAM=src/Planner/bin/Release/net10.0/planner.dll
readonly OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT

record() { dotnet build/AheadOfTime/bin/Release/net10.0/AheadOfTime.dll record "$LIST" "$PROGRAM" "$@" >"$OUT/answer"; }

: >"$LIST"
dotnet build -c Release src/Planner
record solve --model v3-671b --gpus 2048 --hw h800 --output "$OUT/plan.json" --report "$OUT"
record solve --model v3-671b --gpus 2048 --hw h800 --robust
record solve --model v3-671b --gpus 2048 --hw h800 --objective pareto --report "$OUT"
record solve --model llama3.1-405b --gpus 16384 --hw h100 --format json
record estimate --plan "$OUT/plan.json"
record check "$OUT/plan.json"
record diff "$OUT/plan.json" "$OUT/plan.json"
record validate data/measurements/published-runs.csv
record list models
dotnet build -c Release src/Planner
