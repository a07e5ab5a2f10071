#!/usr/bin/env bash
# Changes the gate and the plan file in many small ways, one at a time, and says which of them no test of Gates and Plans notices. All mutants of
# mutants.txt are built into one copy of the source, each behind a switch. Usage: run.sh [NUMBER...]; without numbers all.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
copy=$root/artifacts/mutants
rm -rf "$copy"
mkdir -p "$copy"
(cd "$root" && git ls-files -z src/Cost src/Planner data tests/Planner.Tests tests/data examples docs README.md .editorconfig Directory.* global.json | tar --null -T - -c) | tar -x -C "$copy"
cd "$copy"
cat >src/Planner/Mutant.cs <<'CS'
namespace Planner;

public static class Mutant
{
    private static readonly string? Number = Environment.GetEnvironmentVariable("PLANNER_MUTANT");

    public static bool Is(int number) => Number == number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
CS
count=$(perl -e '
    my $number = 0;
    open(my $list, "<", $ARGV[0]) or die;
    while (my $line = <$list>) {
        chomp $line;
        next if $line =~ /^#/ || $line eq "";
        my ($file, $text) = $line =~ /^(\S+) \| (.*)$/ or die "cannot read: $line\n";
        my ($before, $was, $now, $after) = $text =~ /^(.*?)\[\[(.*?)=>(?=[^\]])((?:(?!\]\]).)*?)\]\](.*)$/ or die "cannot read: $line\n";
        if ($text =~ /^(.*?)\[\[((?:(?!\]\]).)*)\]\](.*)$/) {
            ($before, my $both, $after) = ($1, $2, $3);
            my $at = rindex($both, "=>");
            ($was, $now) = (substr($both, 0, $at), substr($both, $at + 2));
        }
        $number++;
        my $path = "src/Planner/$file";
        local $/;
        open(my $in, "<", $path) or die "no $path\n";
        my $source = <$in>;
        close $in;
        my $old = $before . $was . $after;
        my $times = () = $source =~ /\Q$old\E/g;
        die "$number: occurs $times times in $file: $old\n" if $times != 1;
        my $new = "$before(global::Planner.Mutant.Is($number) ? ($now) : ($was))$after";
        $source =~ s/\Q$old\E/$new/;
        open(my $out, ">", $path) or die;
        print $out $source;
        close $out;
        $/ = "\n";
    }
    print $number;
' "$root/tests/mutants/mutants.txt")
[ $# -gt 0 ] || set -- $(seq "$count")

# The mutants' code need not be pretty.
dotnet build -c Release tests/Planner.Tests -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -v q -clp:ErrorsOnly
tests() {
    PLANNER_MUTANT=$1 timeout 300 dotnet test -c Release --no-build tests/Planner.Tests \
        --filter 'FullyQualifiedName~Tests.Gates|FullyQualifiedName~Tests.Plans|FullyQualifiedName~Diff' -- NUnit.StopOnError=true >"mutant-$1.txt" 2>&1
}
tests 0 || { echo "the tests fail without a mutant"; tail -n 20 mutant-0.txt; exit 1; }

one() {
    if tests "$1"; then echo "$1 survived"; else echo "$1 killed"; fi
}
export -f one tests
printf '%s\n' "$@" | xargs -P 2 -I{} bash -c 'one {}' | sort -n >results.txt
number=0
while IFS= read -r line; do
    [[ $line == \#* || -z $line ]] && continue
    number=$((number + 1))
    if grep -qx "$number survived" results.txt; then printf 'survived  %d: %s\n' "$number" "$line"; fi
done <"$root/tests/mutants/mutants.txt"
printf '%d mutants, %d killed, %d survived\n' "$(wc -l <results.txt)" "$(grep -c killed results.txt)" "$(grep -c survived results.txt || true)"
