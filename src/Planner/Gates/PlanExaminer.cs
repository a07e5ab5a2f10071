using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, Lazy<Budget>> budgets = new(StringComparer.Ordinal);

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
        var budget = Budget ?? UsualBudget(path) ?? Gates.Budget.Default(saved.Request);
        var places = new InputPlaces(path, catalogs);
        var recorded = new RecordedRequest(saved, places);
        var decisions = recorded.Decisions() with { TwiceTheBatch = Update };
        var (loads, pairs) = Tables(saved, decisions.Request.Model, places);
        if (loads is not null && loads != saved.Inputs.Loads) decisions = UnderToday(decisions, saved, places);
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
            path, saved, Baseline?.Plan ?? saved, Baseline?.Name, budget, today, objection, (today?.Plan.Inputs ?? Inputs(decisions.Request)) with { Loads = loads, Pairs = pairs });
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

    private PlanInputs Inputs(SolveRequest request) =>
        new(catalogs.Model(request.Model).Digest, catalogs.Machine(request.Hardware).Digest, catalogs.Stack(request.Stack!).Digest);

    // Digests of the tables that experts were placed by.
    private (string? Loads, string? Pairs) Tables(SavedPlan saved, string model, InputPlaces places) =>
        saved.Request.Experts is { } experts && MoeLayers.Of(catalogs.Model(model).Spec) is { } layers
            ? (ExpertLoads.Read(places.Table(experts.Loads), experts.Workload, layers).Digest,
                experts.Pairs is { } pairs ? ExpertPairs.Read(places.Table(pairs), layers).Digest : null)
            : (null, null);

    // The plan file holds how even its load was; another table is measured anew, with the experts where they are.
    private static EstimateRequest UnderToday(EstimateRequest decisions, SavedPlan saved, InputPlaces places)
    {
        var experts = saved.Request.Experts!;
        return decisions with { Request = decisions.Request with { Experts = new ExpertRequest(places.Table(experts.Loads), experts.Workload, null, 0) } };
    }

    private Budget? UsualBudget(string plan)
    {
        string[] places = [Path.Join(Path.GetDirectoryName(plan), Gates.Budget.UsualName), Gates.Budget.UsualName];
        return places.FirstOrDefault(File.Exists) is { } file ? budgets.GetOrAdd(file, path => new(() => BudgetReader.Read(path))).Value : null;
    }
}
