using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Inputs;
using Planner.Inputs.Json;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>From a request to a plan: reads inputs, searches, estimates the finished plan again, and says what else was near.</summary>
/// <param name="data">Data folder; null takes the one that ships beside the program.</param>
public sealed class PlanMaker(string? data = null) : IPlanner
{
    /// <summary>Layouts within this share of the best step are placed and replayed; no closed form is reported.</summary>
    public const double ReplayWithin = 0.10;

    /// <summary>The estimate's stated error: layouts this close are a tie.</summary>
    public const double TieWithin = 0.05;

    // Plans of one process share what they read.
    private readonly InputCatalogs catalogs = new(data);

    public PlanOutcome Solve(SolveRequest request, IProgressSink progress, CancellationToken cancel) =>
        request.Points.IsEmpty ? Search(request, progress, cancel) : new SweepMaker(data, catalogs).Find(request, progress, cancel);

    public PlanOutcome Estimate(EstimateRequest request, IProgressSink progress, CancellationToken cancel) =>
        request.Stages is null ? Search(request.Request, progress, cancel) : Given(request.Request, request.Stages.Value, request.StageRecompute, request.TwiceTheBatch);

    private PlanOutcome Search(SolveRequest request, IProgressSink progress, CancellationToken cancel)
    {
        var threads = request.Threads ?? Environment.ProcessorCount;
        if (threads > 1)
        {
            // The loader takes one library after the other: the first digest of an input would wait for all of the solver's.
            CanonicalDigest.WarmUp();
            _ = Task.Run(
                () =>
                {
                    HotLoops.WarmUp();
                    JointModel.WarmUp();
                },
                CancellationToken.None);
        }

        var loaded = PlanningInputs.Load(request, catalogs);
        if (cancel.IsCancellationRequested) return Stopped;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (request.TimeLimit is { } limit) limited.CancelAfter(TimeSpan.FromSeconds(limit.Value));
        PlanningInputs inputs;
        try
        {
            inputs = new JobSize(loaded, request, threads).Choose(limited.Token);
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }

        var model = ModelOf(inputs);
        var space = SpaceOfRequest.Build(model, inputs.Request, request.Pins, inputs.JobGpus);
        if (inputs.Request.Objective != Objective.Time) return Front(inputs, model, space, threads, progress, limited.Token);
        if (Run(model) is not { } result) return Stopped;

        // The search takes quick placements of experts; where the final one of the chosen layout is another, everything is searched again with its load.
        while (inputs.Experts is { Measured: not null } experts && result.Main.Best is { } found && !limited.IsCancellationRequested)
        {
            var final = inputs.With(experts.Final(model, found.Layout.Degrees));
            var (before, after) = (experts.Of(model, found.Layout.Degrees), final.Experts!.Of(model, found.Layout.Degrees));
            if (after.Mean == before.Mean && after.Worst == before.Worst)
            {
                inputs = final;
                break;
            }

            var better = ModelOf(final);
            if (Run(better) is not { Main.Best: not null } again) break;
            (inputs, model, result) = (final, better, again);
        }

        progress.Report(new SearchProgress("assembling the plan", null, null, null));
        if (result.Main.Best is { } best) return new PlanAssembly(inputs, model, result, Evidence(model, inputs)).Found(best, threads, limited.Token);
        return result.Main.Complete
            ? new WaysOut(inputs, model, space, result.Table, threads).Find(limited.Token)
            : Stopped;

        SpaceSearchResult? Run(CostModel on)
        {
            var search = new SpaceSearch(on, space, request.TensorPolicy == TensorPolicy.Avoid, TieWithin, ReplayWithin, request.Audit, threads);
            try
            {
                return search.Run((in SearchProgress state) => progress.Report(state), limited.Token, cancel);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    internal static Undecided Stopped { get; } = new("stopped before a first plan was found; give --time-limit more seconds");

    private PlanOutcome Front(
        PlanningInputs inputs, CostModel model, SearchSpace space, int threads, IProgressSink progress, CancellationToken cancel)
    {
        try
        {
            return new FrontMaker(inputs, model, space, Evidence(model, inputs), threads).Find(progress, cancel);
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }
    }

    private PlanFound Given(SolveRequest request, ImmutableArray<string> letters, ImmutableArray<string> policies, bool twiceTheBatch)
    {
        var inputs = PlanningInputs.Load(request, catalogs);
        var pins = request.Pins;
        var degrees = new Degrees(pins.Data[0], pins.Tensor[0], pins.Pipeline[0], pins.Expert[0], pins.Context[0], pins.Virtual[0]);
        inputs = inputs.Holding(degrees.Gpus);
        var model = ModelOf(inputs);
        var space = SpaceOfRequest.Build(model, inputs.Request, request.Pins, inputs.JobGpus);
        var layout = new LayoutSpec(
            degrees,
            pins.MicroBatch[0],
            model.Workload.GlobalBatch / (degrees.Data * pins.MicroBatch[0]),
            space.Schedules[0],
            RecomputePolicy.PerStage(space.Recompute),
            space.Shardings[0]);
        var plan = StageLetters.Place(letters, model.Model, degrees.Pipeline);
        var stages = layout.Schedule.Stages(layout.Pipeline);
        if (plan.Stages.Length != stages)
        {
            throw new RefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"the plan has {plan.Stages.Length} stages; {layout.Schedule.Title} on {degrees.Pipeline} ranks has {stages}"));
        }

        if (!layout.Recompute.Levels.IsEmpty) plan = new StagePlan([.. plan.Stages.Zip(policies, (stage, policy) => stage with { Level = Level(layout, policy) })]);
        if (inputs.Experts is { Measured: not null } experts)
        {
            inputs = inputs.With(experts.Final(model, degrees));
            model = ModelOf(inputs);
        }

        var estimator = new StepEstimator(model, layout, plan);
        var estimate = estimator.Estimate();
        var found = new PlanAssembly(inputs, model, null, Evidence(model, inputs)).Given(layout, plan, estimate);
        var larger = twiceTheBatch ? LargerBatch.Of(model, layout, plan, estimate, inputs.Request.MemoryLimit) : null;
        return new PlanFound(found with { LargerBatch = larger }, estimator.Timeline);
    }

    private static int Level(LayoutSpec layout, string policy) =>
        layout.Recompute.Levels.IndexOf(layout.Recompute.Levels.First(level => level.Name == policy));

    internal static CostModel ModelOf(PlanningInputs inputs) =>
        new(inputs.Model.Spec, inputs.Machine.Spec, inputs.Stack.Spec, inputs.Workload);

    private EvidenceRules Evidence(CostModel model, PlanningInputs inputs) => EvidenceOf(model, inputs, data);

    internal static EvidenceRules EvidenceOf(CostModel model, PlanningInputs inputs, string? data) =>
        new(model, Precedents.Of(inputs.Model.Spec.Name, data));
}
