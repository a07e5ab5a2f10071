using Planner.Inputs;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Gates;

/// <summary>Reads plan files and estimates their decisions anew; on demand solves their requests, too.</summary>
/// <param name="planner">Estimates and solves.</param>
/// <param name="data">Data folder; null takes the shipped one.</param>
internal sealed class PlanExaminer(IPlanner planner, string? data)
{
    private readonly InputCatalogs catalogs = new(data);

    /// <summary>The budget file for all plans; null takes the one beside a plan, or in the current folder, or the default rules.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Another plan to compare with, and its file; null compares each with itself.</summary>
    public (SavedPlan Plan, string Name)? Baseline { get; init; }

    /// <summary>Whether the requests are solved again.</summary>
    public bool Solve { get; init; }

    /// <summary>Whether the plan files are to be written, so that estimates must hold all that files do.</summary>
    public bool Update { get; init; }

    public Examined Examine(string path, IProgressSink progress, CancellationToken cancel)
    {
        var saved = PlanFileReader.ReadFile(path);
        var budget = Budget ?? UsualBudget(path) ?? Gates.Budget.Default(saved.Request, saved.Asked);
        var places = new InputPlaces(path, catalogs);
        var recorded = new RecordedRequest(saved, places);
        var decisions = recorded.Decisions() with { TwiceTheBatch = Update };
        PlanFound? today = null;
        string? objection = null;
        try
        {
            today = (PlanFound)planner.Estimate(decisions, progress, cancel);
        }
        catch (RefusedException refused)
        {
            objection = refused.Message;
        }

        var plan = new Examined(
            path, saved, Baseline?.Plan ?? saved, Baseline?.Name, budget, today, objection, today is null ? null : Digests(saved, today.Plan, places));
        return Solve ? Solved(plan, recorded, progress, cancel) : plan;
    }

    private Examined Solved(Examined plan, RecordedRequest recorded, IProgressSink progress, CancellationToken cancel)
    {
        PlanOutcome outcome;
        try
        {
            outcome = planner.Solve(recorded.Question(), progress, cancel);
        }
        catch (RefusedException refused)
        {
            outcome = new Infeasible(refused.Message, Cost.Units.Bytes.Zero, -1, [], []);
        }

        cancel.ThrowIfCancellationRequested();
        return outcome switch
        {
            PlanFound found => plan with { Best = found },
            Infeasible none => plan with { NoPlan = none },
            Undecided undecided => throw new RefusedException($"{plan.Path}: {undecided.Message}"),
            _ => throw new RefusedException($"{plan.Path}: its objective has many plans, of which none can be checked; plan with --objective time or memory"),
        };
    }

    // Decisions are estimated with the load that the plan file holds; whether the tables it came from have changed is read off these.
    private static PlanInputs Digests(SavedPlan saved, Plan plan, InputPlaces places)
    {
        if (saved.Request.Experts is not { } experts || MoeLayers.Of(plan.Model) is not { } layers) return plan.Inputs;
        return plan.Inputs with
        {
            Loads = ExpertLoads.Read(places.Table(experts.Loads), experts.Workload, layers).Digest,
            Pairs = experts.Pairs is { } pairs ? ExpertPairs.Read(places.Table(pairs), layers).Digest : null,
        };
    }

    private Budget? UsualBudget(string plan)
    {
        string[] places = [Path.Join(Path.GetDirectoryName(plan), Gates.Budget.UsualName), Gates.Budget.UsualName];
        return places.FirstOrDefault(File.Exists) is { } file ? budgets.GetOrAdd(file, path => new(() => BudgetReader.Read(path))).Value : null;
    }

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<Budget>> budgets = new(StringComparer.Ordinal);
}
