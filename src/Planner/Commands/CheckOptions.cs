using System.Collections.Immutable;
using System.CommandLine;
using Planner.Gates;
using Planner.Plans;

namespace Planner.Commands;

/// <summary>What planner check takes.</summary>
internal sealed class CheckOptions
{
    public Argument<string[]> Plans { get; } = new("PLAN")
    {
        Description = "Plan files of 'planner solve -o', or patterns such as 'plans/**/*.json'.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string?> Baseline { get; } = OptionKinds.Text(
        "--baseline", "FILE", "Compare with this plan instead of the recorded numbers, for example <(git show main:plan.json) (default: none).");

    public Option<string?> Budget { get; } = OptionKinds.Text(
        "--budget", "FILE", $"Rules (default: {Gates.Budget.UsualName} beside the plan or in the current folder, else step and memory as recorded).");

    public Option<bool> Solve { get; } = new("--solve")
    {
        Description = "Also solve the recorded requests again; takes about a second each (default: no).",
    };

    public Option<FailOn?> FailOn { get; } = OptionKinds.Word<FailOn>(
        "--fail-on", GateWords.Of, "What makes the exit code 2 (default: error).");

    public Option<bool> AllowEmpty { get; } = new("--allow-empty")
    {
        Description = "A pattern that matches nothing is fine (default: no).",
    };

    public IEnumerable<Option> All => [Baseline, Budget, Solve, FailOn, AllowEmpty];

    /// <summary>The plan files; refuses patterns that match none.</summary>
    public ImmutableArray<string> Files(ParseResult parse)
    {
        var (files, unmatched) = PlanFiles.Expand(parse.GetValue(Plans)!, parse.GetValue(Budget));
        if (parse.GetValue(AllowEmpty)) return files;
        if (!unmatched.IsEmpty) throw new RefusedException($"'{unmatched[0]}' matches no file; check the pattern, or give --allow-empty");
        return files.IsEmpty ? throw new RefusedException("no plan file is given, only a budget; give a file of planner solve -o") : files;
    }

    public PlanExaminer Examiner(ParseResult parse, CommandContext context)
    {
        var baseline = parse.GetValue(Baseline);
        return new PlanExaminer(context.Planner(), context.Data)
        {
            Budget = parse.GetValue(Budget) is { } file ? BudgetReader.Read(file) : null,
            Baseline = baseline is null ? null : (PlanFileReader.ReadFile(baseline), baseline),
            Solve = parse.GetValue(Solve),
        };
    }
}
