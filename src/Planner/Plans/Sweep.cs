using System.Collections.Immutable;
using Planner.Cost.Hardware;

namespace Planner.Plans;

/// <summary>The same training on several clusters, or with several batches, in the order asked.</summary>
/// <param name="Request">What was asked, with the first row's GPUs and batch.</param>
/// <param name="Machine">Machine.</param>
/// <param name="Rows">Rows.</param>
public sealed record Sweep(PlanRequest Request, MachineSpec Machine, ImmutableArray<SweepRow> Rows)
{
    /// <summary>The first row with a plan: what the others are compared with; null where there is none.</summary>
    public SweepRow? First => Rows.FirstOrDefault(row => row.Plan is not null);

    /// <summary>Throughput a GPU against the first row's; null without a plan.</summary>
    public double? Efficiency(SweepRow row) => row.Plan is { } plan ? plan.Estimate.TokensPerGpuPerSecond / First!.Plan!.Estimate.TokensPerGpuPerSecond : null;
}

/// <summary>One cluster and batch.</summary>
/// <param name="Gpus">GPUs.</param>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Plan">Its fastest plan; null where there is none.</param>
/// <param name="Status">optimal, feasible, infeasible, or unknown where the search was stopped.</param>
/// <param name="Reason">Why there is no plan, one line; empty where there is one.</param>
public sealed record SweepRow(int Gpus, int Batch, Plan? Plan, Search.ProofStatus Status, string Reason)
{
    /// <summary>GPUs that the plan takes: fewer than the cluster's where nodes are excluded or kept back.</summary>
    public int PlanGpus => Plan?.Layout.Degrees.Gpus ?? Gpus;

    /// <summary>Tokens a step.</summary>
    public long Tokens(int sequence) => (long)Batch * sequence;
}
