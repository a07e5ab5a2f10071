#!/usr/bin/env bash
# Shows what planner check says and exits with, outcome by outcome; fails where one is not the one expected. Works on copies.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CI GITHUB_ACTIONS GITHUB_STEP_SUMMARY
cp -r "$here/plans" "$work/plans"
cp "$here/../own-cluster/plan.json" "$here/../own-cluster/h800-roce.json" "$work"
cp "$work/plan.json" "$work/made.json"
cp "$work/h800-roce.json" "$work/machine.json"
cd "$work"

planner() { ${PLANNER:-dotnet run -c Release --project "$here/../../src/Planner" --} "$@"; }

# outcome CODE TITLE ARGUMENTS...: runs planner check and holds it to its exit code.
outcome() {
    local expected=$1 title=$2 code=0
    shift 2
    printf '\n# %s\n$ planner check %s\n' "$title" "$*"
    planner check "$@" 2>&1 || code=$?
    printf '(exit code %d)\n' "$code"
    [ "$code" -eq "$expected" ] || { echo "expected exit code $expected"; exit 1; }
}

# machine FROM TO: the machine's file as it was made, but for one text.
machine() {
    sed "s|$1|$2|" machine.json >h800-roce.json
    ! cmp -s machine.json h800-roce.json || { echo "h800-roce.json holds no $1"; exit 1; }
}

outcome 0 "as committed: passed" 'plans/*.json' plan.json

machine '"hbm_tb_s": { "value": 3.35' '"hbm_tb_s": { "value": 2.5'
outcome 2 "one bandwidth of the machine's file is lower: stale and slower" plan.json
outcome 0 "the same, only looked at" plan.json --fail-on never

outcome 0 "taking today's numbers" plan.json --update
outcome 0 "which now pass" plan.json

cp plan.json slower.json
cp made.json plan.json
cp machine.json h800-roce.json
outcome 0 "better than another plan: a warning" plan.json --baseline slower.json
outcome 2 "where warnings are to fail" plan.json --baseline slower.json --fail-on warning

machine '"description": "' '"description": "Edited. '
outcome 2 "the machine's file was edited, no number changes: stale" plan.json
cp machine.json h800-roce.json

sed 's/"memory_limit_gib": [0-9.]*/"memory_limit_gib": 40/' made.json >full.json
outcome 2 "less memory than the plan needs: infeasible" full.json
outcome 3 "which no update of its numbers can mend" full.json --update

echo '{"rules": [{"metric": "step_s", "max": 1, "reason": "a wish"}]}' >tight.json
outcome 2 "over budget" plan.json --budget tight.json
echo '{"rules": [{"metric": "step", "max": 1}]}' >wrong.json
outcome 1 "a budget that cannot be read" plan.json --budget wrong.json

echo '{' >broken.json
outcome 1 "a plan that cannot be read; the other is checked" broken.json plan.json
outcome 1 "a pattern that matches nothing" 'nothing/*.json'
outcome 0 "which may be fine" 'nothing/*.json' --allow-empty

outcome 0 "solved again: still the best" plan.json --solve
