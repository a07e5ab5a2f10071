using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Plans every cluster and batch of a request in turn. Each row is what a request of its own finds, proven by branch and bound alone.</summary>
internal sealed class SweepMaker(string? data, InputCatalogs catalogs)
{
    public PlanOutcome Find(SolveRequest asked, IProgressSink progress, CancellationToken cancel)
    {
        // All inputs are read before the first search, so that a bad count costs no time.
        var all = asked.Points.Select(point => PlanningInputs.Load(asked with { Gpus = point.Gpus, Batch = point.Batch, Points = [] }, catalogs)).ToList();
        var rows = ImmutableArray.CreateBuilder<SweepRow>();
        RefusedException? refused = null;
        var searched = false;
        foreach (var inputs in all)
        {
            progress.Report(new SearchProgress(
                $"planning {inputs.Request.Gpus} GPUs, batch {inputs.Request.GlobalBatch}, row {rows.Count + 1} of {all.Count}", null, null, null));
            try
            {
                rows.Add(cancel.IsCancellationRequested ? Row(inputs, ProofStatus.Unknown, "not searched: stopped") : One(asked, inputs, cancel));
                searched = true;
            }
            catch (RefusedException pins)
            {
                refused ??= pins;
                rows.Add(Row(inputs, ProofStatus.Infeasible, pins.Message));
            }
        }

        // Pins that no count allows are a mistake, not an answer.
        if (!searched && refused is not null) throw refused;
        return new SweepFound(new Sweep(all[0].Request, all[0].Machine.Spec, rows.ToImmutable()));
    }

    private SweepRow One(SolveRequest asked, PlanningInputs given, CancellationToken cancel)
    {
        var threads = asked.Threads ?? Environment.ProcessorCount;
        PlanningInputs inputs;
        try
        {
            inputs = new JobSize(given, asked, threads).Choose(cancel);
        }
        catch (OperationCanceledException)
        {
            return Row(given, ProofStatus.Unknown, "stopped before a first plan was found");
        }

        var model = PlanMaker.ModelOf(inputs);
        var space = SpaceOfRequest.Build(model, inputs.Request, asked.Pins, inputs.JobGpus);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (asked.TimeLimit is { } limit) limited.CancelAfter(TimeSpan.FromSeconds(limit.Value));
        SpaceSearchResult result;
        try
        {
            result = new SpaceSearch(
                model, space, asked.TensorPolicy == TensorPolicy.Avoid, PlanMaker.TieWithin, PlanMaker.ReplayWithin, false, threads, joint: false)
                .Run(null, limited.Token);
        }
        catch (OperationCanceledException)
        {
            return Row(inputs, ProofStatus.Unknown, "stopped before a first plan was found");
        }

        if (result.Main.Best is not { } best)
        {
            return result.Main.Complete
                ? Row(inputs, ProofStatus.Infeasible, result.Table.Scored == 0 ? "no layout of this request can be run" : "nothing fits the memory")
                : Row(inputs, ProofStatus.Unknown, "stopped before a first plan was found");
        }

        var estimate = new StepEstimator(model, best.Layout, best.Result!.Plan!).Estimate();
        if (Ticks.FromSeconds(estimate.Step) != best.Result.Makespan)
            throw new InvalidOperationException($"the estimate ({estimate.Step.Value} s) differs from the search ({best.Result.Makespan} ticks)");
        var plan = new PlanAssembly(inputs, model, null, PlanMaker.EvidenceOf(model, inputs, data)).Given(best.Layout, best.Result.Plan!, estimate);
        return Row(inputs, result.Main.Proven ? ProofStatus.Optimal : ProofStatus.Feasible, "") with { Plan = plan };
    }

    private static SweepRow Row(PlanningInputs inputs, ProofStatus status, string reason) =>
        new(inputs.Request.Gpus, inputs.Request.GlobalBatch, null, status, reason);
}
