using System.Collections.Immutable;
using System.Globalization;
using Planner.Plans;
using Planner.Plans.Metrics;

namespace Planner.Gates;

/// <summary>Holds a plan against its rules.</summary>
internal sealed class Gate(Examined plan)
{
    private const string Decisions = "decisions";

    private const string AsRequested = "as requested";

    private const string Update = "--update takes today's numbers";

    private const string SolveUpdate = "--solve --update takes today's best plan";

    private const string Anew = "change the request or what it rests on; --solve --update takes today's best plan";

    // Between the rounding of the file's numbers and a change worth a line.
    private const double SameNumber = 1e-5;

    private const double MuchApart = 0.01;

    private readonly bool sameInputs = InputNames(plan.Recorded.Inputs, plan.Inputs).All(input => input.Was == input.Now);

    /// <summary>Every rule of the plan: can it run, was it made from today's inputs, and what the budget says.</summary>
    public static ImmutableArray<RuleResult> Judge(Examined plan) => [.. new Gate(plan).All()];

    private IEnumerable<RuleResult> All()
    {
        yield return Runs();
        yield return AsAsked() ?? new RuleResult(Decisions, AsRequested, RuleLevel.Error, true, "what the request allows", "what the request allows") { Place = Decisions };
        foreach (var input in Digests()) yield return input;
        if (plan.Now is { } now)
        {
            yield return Memory(now);
            foreach (var rule in plan.Budget.For(plan.Path).ToList() is { Count: > 0 } rules ? Budgeted(rules, now) : [Unguarded()]) yield return rule;
            yield return AsRecorded(now);
        }

        if (plan.NoPlan is not null || plan.BestSaved is not null) yield return Best();
    }

    private RuleResult Runs() => new(Decisions, "can run", RuleLevel.Error, plan.Objection is null, "can run", plan.Objection is null ? "can run" : "cannot run")
    {
        Infeasible = plan.Objection is not null,
        Why = plan.Objection ?? "",
        Fix = plan.Objection is null ? "" : Anew,
        Place = Decisions,
    };

    // A hand edit of the request or of the decisions that leaves them at odds.
    private RuleResult? AsAsked()
    {
        var (request, decided) = (plan.Recorded.Request, plan.Recorded.Pins);
        var names = decided.ByName().ToDictionary(pin => pin.Key, pin => pin.Value);
        foreach (var (name, allowed) in plan.Recorded.Asked.ByName())
        {
            if (name == "uniform_recompute")
            {
                if (plan.Recorded.StageRecompute.IsEmpty) continue;
                return Broken("one recompute policy", "several", "the request asks for one recompute policy, the stages follow several", "request.pins") with { Infeasible = true };
            }

            if (names[name].All(allowed.Contains)) continue;
            var words = string.Join(',', names[name]);
            var broken = Broken(string.Join(" or ", allowed), words, $"the request pins {name} to {string.Join(" or ", allowed)}, the decisions have {words}", "request.pins");
            return broken with { Infeasible = true };
        }

        var batch = plan.Recorded.Sequences;
        return batch == request.GlobalBatch
            ? null
            : Broken(
                PlanWords.Of(request.GlobalBatch),
                batch.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"dp {decided.Data[0]} x micro-batch {decided.MicroBatch[0]} x {plan.Recorded.MicroBatches} micro-batches make {batch} sequences a step, the request has {request.GlobalBatch}"),
                "decisions.micro_batches");

        RuleResult Broken(string expected, string found, string why, string place) =>
            new(Decisions, AsRequested, RuleLevel.Error, false, expected, found) { Why = why, Fix = Anew, Place = place };
    }

    private IEnumerable<RuleResult> Digests()
    {
        foreach (var (name, was, now) in InputNames(plan.Recorded.Inputs, plan.Inputs))
        {
            yield return new RuleResult("inputs." + name, "as recorded", RuleLevel.Error, was == now, Short(was), Short(now))
            {
                Why = was == now ? "" : $"stale: not the {name} that the plan was made from",
                Fix = was == now ? "" : Update,
                Place = "inputs." + name,
            };
        }
    }

    // The first letters tell digests apart.
    private static string Short(string? digest) => digest is null ? "none" : digest[..Math.Min(12, digest.Length)];

    private static IEnumerable<(string Name, string? Was, string? Now)> InputNames(PlanInputs was, PlanInputs now)
    {
        yield return ("model", was.Model, now.Model);
        yield return ("hardware", was.Hardware, now.Hardware);
        yield return ("stack", was.Stack, now.Stack);
        if (was.Loads is not null || now.Loads is not null) yield return ("loads", was.Loads, now.Loads);
        if (was.Pairs is not null || now.Pairs is not null) yield return ("pairs", was.Pairs, now.Pairs);
    }

    private RuleResult Memory(SavedPlan now)
    {
        var metric = MetricCatalog.Find("memory_peak_gib")!;
        var limit = SixDigits.Round(MemoryLimit(plan).Gib);
        var peak = metric.In(now)!.Value;
        return Measured(metric, new AtMost(limit), RuleLevel.Error, peak <= limit, limit, peak) with
        {
            Rule = "fits the memory",
            Infeasible = peak > limit,
            Why = peak > limit ? string.Create(CultureInfo.InvariantCulture, $"{peak - limit:0.0###} GiB too much: these decisions do not fit a GPU") : "",
            Fix = peak > limit ? Anew : "",
        };
    }

    /// <summary>The recorded limit; today's machine where it is another one and has less.</summary>
    public static Cost.Units.Bytes MemoryLimit(Examined plan)
    {
        var recorded = plan.Recorded.Request.MemoryLimit;
        return plan.Today?.Plan.Machine.Accelerator.Memory is { } memory && plan.Inputs.Hardware != plan.Recorded.Inputs.Hardware && memory < recorded ? memory : recorded;
    }

    private IEnumerable<RuleResult> Budgeted(IEnumerable<BudgetRule> rules, SavedPlan now) =>
        rules.SelectMany(rule => rule.Limits.Select(limit => Judged(rule, limit, now)));

    private RuleResult Judged(BudgetRule rule, Limit limit, SavedPlan now)
    {
        var metric = rule.Metric;

        // An estimate has no proof: what the file says of it stands.
        if ((metric.In(now) ?? (metric.Path.StartsWith("solver.", StringComparison.Ordinal) ? metric.In(plan.Recorded) : null)) is not { } found)
        {
            return new RuleResult(metric.Name, limit.Words, rule.Level, true, limit.Expected(null), "none")
            {
                Skipped = true,
                Why = $"the plan has no {metric.Name}",
                Place = metric.Path,
            };
        }

        switch (limit)
        {
            case AtMost most:
                return Measured(metric, limit, rule.Level, found <= most.Value, most.Value, found);
            case AtLeast least:
                return Measured(metric, limit, rule.Level, found >= least.Value, least.Value, found);
            case EqualTo equal:
                return Measured(metric, limit, rule.Level, found.Equals(SixDigits.Round(equal.Value)), equal.Value, found);
            case Increase increase:
                if (metric.In(plan.Compared) is { } was) return Compared(metric, increase, rule.Level, was, found);
                return new RuleResult(metric.Name, limit.Words, RuleLevel.Notice, false, limit.Expected(null), SixDigits.Text(found))
                {
                    ActualNumber = found,
                    Why = $"{plan.ComparedName ?? "the plan"} does not hold {metric.Name}, so there is nothing to compare with",
                    Fix = Update,
                    Place = metric.Path,
                };
            default:
                throw new InvalidOperationException($"unknown limit {limit.GetType().Name}");
        }
    }

    private RuleResult Measured(Metric metric, Limit limit, RuleLevel level, bool passed, double expected, double found)
    {
        var was = metric.In(plan.Compared);
        return new RuleResult(metric.Name, limit.Words, level, passed, limit.Expected(was), SixDigits.Text(found))
        {
            ExpectedNumber = expected,
            ActualNumber = found,
            Change = Share(was, found),
            Why = passed ? "" : plan.Budget.File is { } file ? $"a limit of {Path.GetFileName(file)}" : metric.Name == "tp" ? "the request did not ask for tensor parallelism" : "",
            Fix = passed ? "" : metric.Name == "tp" && plan.Budget.File is null ? "ask for it (--tp allow), or say in a budget what is fine" : Anew,
            Place = metric.Path,
        };
    }

    private RuleResult Compared(Metric metric, Increase limit, RuleLevel level, double was, double found)
    {
        var tolerance = limit.Tolerance(was);
        var (worse, better) = (found - was > tolerance, was - found > tolerance);
        return new RuleResult(
            metric.Name,
            limit.Words,
            better ? RuleLevel.Warning : level,
            !worse && !better,
            better ? "as before, " + SixDigits.Text(was) : limit.Expected(was),
            SixDigits.Text(found))
        {
            ExpectedNumber = better ? was : SixDigits.Round(was + Math.Max(Math.Abs(was) * (limit.Percent ?? 0) / 100, limit.Amount ?? 0)),
            ActualNumber = found,
            Change = Share(was, found),
            Why = worse ? "worse than " + Before(was) : better ? "better than " + Before(was) + "; a regression could hide in the difference" : "",
            Fix = (worse || better) && plan.ComparedName is null ? Update : "",
            Place = metric.Path,
        };
    }

    // Where inputs are as recorded, the number was edited, or another version made it.
    private string Before(double was)
    {
        var number = SixDigits.Text(was);
        if (plan.ComparedName is { } other) return $"{number} of {other}";
        if (!sameInputs) return $"recorded ({number})";
        return $"recorded ({number}), though the inputs are the same: the plan file was edited by hand, or another version of planner wrote it";
    }

    private RuleResult AsRecorded(SavedPlan now)
    {
        var compared = plan.ComparedName is null
            ? plan.Budget.For(plan.Path).Where(rule => rule.Limits.Any(limit => limit is Increase)).Select(rule => rule.Metric.Name).ToHashSet()
            : [];
        var apart = MetricCatalog.All
            .Where(metric => !compared.Contains(metric.Name) && (metric.Name != "memory_headroom_gib" || SameLimit))
            .Select(metric => (metric.Name, metric.Path, Was: metric.In(plan.Recorded), Now: metric.In(now)))
            .Where(number => number is { Was: not null, Now: not null } && Apart(number.Name, number.Was.Value, number.Now.Value) > SameNumber)
            .ToList();
        var passed = apart.Count == 0 || !sameInputs;
        return new RuleResult(
            "recorded",
            "numbers of the decisions",
            apart.Any(number => Apart(number.Name, number.Was!.Value, number.Now!.Value) > MuchApart) ? RuleLevel.Warning : RuleLevel.Notice,
            passed,
            "what decisions give",
            passed ? "what decisions give" : apart.Count == 1 ? "1 other number" : $"{PlanWords.Of(apart.Count)} other numbers")
        {
            Why = passed
                ? ""
                : string.Join(", ", apart.Select(number => $"{number.Name} {SixDigits.Text(number.Was!.Value)} in the file, {SixDigits.Text(number.Now!.Value)} by these decisions"))
                    + ": edited by hand, or written by another version of planner",
            Fix = passed ? "" : Update,
            Place = passed ? "estimate" : apart[0].Path,
        };
    }

    // An edited limit is the request's business: it moves the headroom.
    private bool SameLimit => plan.Recorded.Number("estimate.memory.limit_gib").Equals(SixDigits.Round(plan.Recorded.Request.MemoryLimit.Gib));

    private RuleResult Unguarded() => new("budget", "speaks of the plan", RuleLevel.Warning, false, "a rule", "none")
    {
        Why = $"no rule of {Path.GetFileName(plan.Budget.File)} has a pattern that this plan matches",
        Fix = "add a rule, or leave \"plans\" out of one",
        Place = "request",
    };

    private RuleResult Best()
    {
        if (plan.NoPlan is { } none)
        {
            return new RuleResult("best", "a plan exists", RuleLevel.Error, false, "a plan", "none")
            {
                Infeasible = true,
                Why = none.Message,
                Fix = none.WaysOut.IsEmpty ? "" : string.Join("; ", none.WaysOut.Select(way => $"{way.Change}: {way.Cost}")),
                Place = "request",
            };
        }

        var best = plan.BestSaved!;
        var metric = MetricCatalog.Find(plan.Recorded.Request.Objective == Objective.Memory ? "memory_peak_gib" : "step_s")!;
        var limit = plan.Budget.For(plan.Path).Where(rule => rule.Metric == metric).SelectMany(rule => rule.Limits).OfType<Increase>().FirstOrDefault() ?? Budget.StepNoise;
        var (was, found) = (metric.In(plan.Compared)!.Value, metric.In(best)!.Value);
        var kept = plan.Now is { } now && plan.Objection is null ? metric.In(now) : null;
        var result = new RuleResult("best", $"{metric.Name} {limit.Words}", RuleLevel.Error, true, limit.Expected(was), SixDigits.Text(found))
        {
            ExpectedNumber = SixDigits.Round(was + Math.Max(Math.Abs(was) * (limit.Percent ?? 0) / 100, limit.Amount ?? 0)),
            ActualNumber = found,
            Change = Share(was, found),
            Place = metric.Path,
        };
        if (found - was > limit.Tolerance(was))
            return result with { Passed = false, Why = $"the best plan of this request is worse today than {Before(was)}", Fix = SolveUpdate };
        if (kept is { } today && today - found > limit.Tolerance(today))
        {
            return result with
            {
                Level = RuleLevel.Warning,
                Passed = false,
                Expected = "nothing below " + SixDigits.Text(today),
                ExpectedNumber = today,
                Change = Share(today, found),
                Why = $"another plan has a better {metric.Name} than these decisions today: {Layout(best)}",
                Fix = SolveUpdate,
            };
        }

        return SameDecisions(plan.Recorded, best)
            ? result
            : result with { Level = RuleLevel.Notice, Passed = false, Why = $"as good within the tolerance, but decided otherwise: {Layout(best)}", Fix = SolveUpdate };
    }

    private static bool SameDecisions(SavedPlan one, SavedPlan other) =>
        one.Pins.ByName().SelectMany(pin => pin.Value.Prepend(pin.Key)).SequenceEqual(other.Pins.ByName().SelectMany(pin => pin.Value.Prepend(pin.Key)))
        && one.Stages.SequenceEqual(other.Stages)
        && one.StageRecompute.SequenceEqual(other.StageRecompute);

    private string Layout(SavedPlan best) => string.Join(' ', best.Pins.ByName().Select(pin => $"{pin.Key} {string.Join(',', pin.Value)}"))
        + (best.Stages.SequenceEqual(plan.Recorded.Stages) ? "" : $" layout {LayoutString.Write(best.Stages)}");

    // Headroom is the small difference of two rounded numbers.
    private double Apart(string metric, double was, double now) => Math.Abs(now - was)
        / (metric == "memory_headroom_gib" ? plan.Recorded.Request.MemoryLimit.Gib : Math.Max(Math.Abs(was), Math.Abs(now)));

    private static double? Share(double? was, double now) => was is { } number && number != 0 ? SixDigits.Round((now / number) - 1) : null;
}
