using System.Collections.Immutable;
using System.CommandLine;
using Planner.Gates;
using Planner.Inputs;
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

    public Option<CheckFormat?> Format { get; } = OptionKinds.Word<CheckFormat>(
        "--format", Word, "What is printed: text for people, json one object, markdown the summary (default: text).");

    public Option<string?> JUnit { get; } = OptionKinds.Text(
        "--junit", "FILE", "File for the result as JUnit XML, which GitLab, Jenkins and Azure show (default: none).");

    public Option<string?> Summary { get; } = OptionKinds.Text(
        "--summary", "FILE", "File that the result is appended to as markdown (default: $GITHUB_STEP_SUMMARY, where it is set).");

    public Option<Annotate?> Annotate { get; } = OptionKinds.Word<Annotate>(
        "--annotate", GateWords.Of, "Annotations for GitHub on the error stream; auto where GITHUB_ACTIONS is true (default: auto).");

    public Option<bool> Update { get; } = new("--update")
    {
        Description = "Write today's numbers into the plan files, with --solve today's best plan, and print what changed; exits 0, or 3 where nothing fits (default: no).",
        Arity = ArgumentArity.Zero,
    };

    public Option<bool> ForcedUpdate { get; } = new("--update=force")
    {
        Description = "The same where CI is set, which --update refuses (default: no).",
        Arity = ArgumentArity.Zero,
    };

    public Option<bool> AllowEmpty { get; } = new("--allow-empty")
    {
        Description = "A pattern that matches nothing is fine (default: no).",
    };

    public IEnumerable<Option> All => [Baseline, Budget, Solve, FailOn, Format, JUnit, Summary, Annotate, Update, ForcedUpdate, AllowEmpty];

    /// <summary>Refuses --update with another word than force, which the parser would take for a plan.</summary>
    public static void RefuseOtherUpdates(IEnumerable<string> args)
    {
        if (args.FirstOrDefault(argument => argument.StartsWith("--update=", StringComparison.Ordinal) && argument != "--update=force") is { } other)
            throw new RefusedException($"'{other}' is not allowed; give --update or --update=force");
    }

    /// <summary>The plan files; refuses patterns that match none.</summary>
    public ImmutableArray<string> Files(ParseResult parse)
    {
        var given = parse.GetValue(Plans)!;
        if (given.FirstOrDefault(argument => argument.StartsWith('-') && argument.Length > 1 && !File.Exists(argument)) is { } unknown)
            throw new RefusedException($"unknown option '{unknown}'.{NearestNames.Hint(unknown, All.Except([ForcedUpdate]).Select(option => option.Name))} Try planner check --help");
        var (files, unmatched) = PlanFiles.Expand(given, parse.GetValue(Budget));
        if (parse.GetValue(AllowEmpty)) return files;
        if (!unmatched.IsEmpty) throw new RefusedException($"'{unmatched[0]}' matches no file; check the pattern, or give --allow-empty");
        return files.IsEmpty ? throw new RefusedException("no plan file is given, only a budget; give a file of planner solve -o") : files;
    }

    public PlanExaminer Examiner(ParseResult parse, int plans, bool update, CommandContext context)
    {
        var baseline = parse.GetValue(Baseline);
        if (baseline is not null && plans > 1) throw new RefusedException($"--baseline is compared with one plan, {PlanWords.Of(plans)} are given; check them one by one");
        return new PlanExaminer(context.Planner(), context.Data)
        {
            Budget = parse.GetValue(Budget) is { } file ? BudgetReader.Read(file) : null,
            Baseline = baseline is null ? null : (PlanFileReader.ReadFile(baseline), baseline),
            Solve = parse.GetValue(Solve),
            Update = update,
        };
    }

    /// <summary>Whether files are to be written; refused in CI unless it is meant.</summary>
    public bool Updates(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(ForcedUpdate)) return true;
        if (!parse.GetValue(Update)) return false;
        if (context.Variable("CI") is null or "" or "0" or "false") return true;
        throw new RefusedException("--update: CI is set, and what CI checks it should not rewrite; give --update=force where that is meant");
    }

    public string? SummaryFile(ParseResult parse, CommandContext context) =>
        parse.GetValue(Summary) ?? (context.Variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } file ? file : null);

    public bool Annotates(ParseResult parse, CommandContext context) => parse.GetValue(Annotate) switch
    {
        Gates.Annotate.Always => true,
        Gates.Annotate.Never => false,
        _ => context.Variable("GITHUB_ACTIONS") == "true",
    };

    private static string Word(CheckFormat format) => format switch
    {
        CheckFormat.Text => "text",
        CheckFormat.Json => "json",
        CheckFormat.Markdown => "markdown",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
