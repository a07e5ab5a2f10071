#!/usr/bin/env bash
# Published layouts under the same estimate as the planner's own plan of the same job: estimates each row of data/measurements/published-layouts.csv,
# solves its job with the row's software, writes published-layouts.csv and prints it as a table. Where virtual stages (vpp) are left open, the best
# number of them is taken. A layout that does not fit is estimated without a limit of memory. Plans follow one recompute policy, as trainers' arguments
# have it. Exit 2: a published layout that fits is faster than the plan.
# Usage: published-layouts.sh [FILE]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
layouts=$here/../data/measurements/published-layouts.csv
out=${1:-$here/published-layouts.csv}

planner() { ${PLANNER:-dotnet run -c Release --project "$here/../src/Planner" --} "$@" --format csv 2>/dev/null; }

# field NAME: that column of the first data line of a CSV that has no quoted cells.
field() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } NR == 2 { print $at }' <<<"$2"; }

# short CSV: degrees, schedule and policy of a plan in words.
short() {
    local degree words=""
    for degree in dp tp pp ep cp vpp; do
        if [ "$(field $degree "$1")" != 1 ]; then words+="$degree$(field $degree "$1") "; fi
    done
    printf '%s%s mb%s %s %s' "$words" "$(field schedule "$1")" "$(field micro_batch "$1")" "$(field recompute "$1")" "$(field sharding "$1")"
}

temporary=$out.tmp
trap 'rm -f "$temporary"' EXIT
printf 'id,published,fits,published_s,published_gib,plan,plan_s,plan_gib,slower_percent,plan_status,measured_s,error_percent\n' >"$temporary"
faster=0
while IFS=, read -r id model gpus hw stack tp cp pp vpp ep mb schedule recompute sharding batch seq precision measured _; do
    job=(--model "$model" --gpus "$gpus" --hw "$hw" --stack "$stack" --batch "$batch" --seq "$seq" --precision "$precision")
    layout=(--tp "$tp" --cp "$cp" --pp "$pp" --ep "$ep" --micro-batch "$mb" --schedule "$schedule" --recompute "$recompute" --sharding "$sharding")
    verb=estimate
    if [ -z "$vpp" ]; then verb=solve; elif [ "$vpp" != 1 ]; then layout+=(--vpp "$vpp"); fi
    fits=yes
    if ! published=$(planner $verb "${job[@]}" "${layout[@]}"); then
        fits=no
        published=$(planner $verb "${job[@]}" "${layout[@]}" --memory-limit 10000)
    fi
    plan=$(planner solve "${job[@]}" --tp allow --uniform-recompute)
    a=$(field step_s "$published")
    b=$(field step_s "$plan")
    slower=$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.1f", 100 * (a / b - 1) }')
    error=$([ -z "$measured" ] || awk -v a="$a" -v m="$measured" 'BEGIN { printf "%.1f", 100 * (a / m - 1) }')
    if [ $fits = yes ] && awk -v a="$a" -v b="$b" 'BEGIN { exit !(a < b) }'; then faster=1; fi
    printf '%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n' "$id" "$(short "$published")" $fits "$a" "$(field peak_gib "$published")" \
        "$(short "$plan")" "$b" "$(field peak_gib "$plan")" "$slower" "$(field status "$plan")" "$measured" "$error" >>"$temporary"
done < <(tail -n +2 "$layouts")
mv "$temporary" "$out"

awk -F, '
    NR == 1 { printf "%-26s %10s %8s %10s %8s %9s  %s\n", "layout", "published", "GiB", "plan", "GiB", "slower", "published layout; plan" }
    NR > 1 { printf "%-26s %8.2f s %8.1f %8.2f s %8.1f %+7.1f %%  %s%s; %s\n", $1, $4, $5, $7, $8, $9, $2, $3 == "yes" ? "" : " (does not fit)", $6 }' "$out"
if [ $faster = 1 ]; then
    echo "a published layout that fits is faster than the plan" >&2
    exit 2
fi
