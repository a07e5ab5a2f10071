using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Units;

namespace Planner.Search;

/// <summary>Everything that may be tried: the values of each degree and choice. Pins have already narrowed them.</summary>
/// <param name="Gpus">GPUs; tensor x context x pipeline x data.</param>
/// <param name="Tensor">Tensor-parallel degrees.</param>
/// <param name="Context">Context-parallel degrees; null allows every divisor of the GPUs.</param>
/// <param name="Pipeline">Pipeline ranks; null likewise.</param>
/// <param name="Data">Data-parallel degrees; null likewise.</param>
/// <param name="Virtual">Chunks a rank of interleaved schedules; null allows every number of chunks that the layers fill.</param>
/// <param name="Expert">Expert-parallel degrees.</param>
/// <param name="MicroBatch">Sequences a micro-batch.</param>
/// <param name="Schedules">Schedules.</param>
/// <param name="Recompute">Recompute policies.</param>
/// <param name="Shardings">What data-parallel ranks divide.</param>
/// <param name="MemoryLimit">Of one GPU.</param>
/// <param name="Extrapolate">Layouts beyond the measured tables are allowed.</param>
public sealed record SearchSpace(
    int Gpus,
    ImmutableArray<int> Tensor,
    ImmutableArray<int>? Context,
    ImmutableArray<int>? Pipeline,
    ImmutableArray<int>? Data,
    ImmutableArray<int>? Virtual,
    ImmutableArray<int> Expert,
    ImmutableArray<int> MicroBatch,
    ImmutableArray<ISchedule> Schedules,
    ImmutableArray<RecomputePolicy> Recompute,
    ImmutableArray<Sharding> Shardings,
    Bytes MemoryLimit,
    bool Extrapolate)
{
    /// <summary>Stages a rank up to which every stage may have its own recompute policy; with more, the choices of a rank are too many to look through.</summary>
    public const int MostStagesWithPolicies = 2;

    /// <summary>Every stage may follow another of the recompute policies, where ranks hold few stages.</summary>
    public bool PerStage { get; init; }

    /// <summary>The recompute policies of layouts: each for all stages, and last, if it is allowed, a choice stage by stage.</summary>
    public ImmutableArray<RecomputePolicy> Policies => PerStage && Recompute.Length > 1 ? Recompute.Add(RecomputePolicy.PerStage(Recompute)) : Recompute;

    /// <summary>Micro-batch sizes tried unless the request names others.</summary>
    public static ImmutableArray<int> DefaultMicroBatches { get; } = [.. Enumerable.Range(1, 8)];

    /// <summary>The whole space of a model on so many GPUs: every tensor degree inside a node (or the domain that NVLink joins), every divisor, every choice the stack knows.</summary>
    public static SearchSpace Default(CostModel model, int gpus, Bytes memoryLimit, bool extrapolate) => new(
        gpus,
        TensorDegrees(gpus, model.Machine.Node),
        null,
        null,
        null,
        null,
        model.Model.Moe is { } moe ? Divisors(moe.Experts) : [1],
        DefaultMicroBatches,
        [.. model.Stack.Schedules.Select(name => ScheduleCatalog.Find(name)!)],
        DistinctPolicies.Of(model.Model, model.Stack.RecomputePolicies),
        [Sharding.None, Sharding.Zero1, Sharding.Zero2, Sharding.Zero3],
        memoryLimit,
        extrapolate)
    {
        PerStage = true,
    };

    private static ImmutableArray<int> TensorDegrees(int gpus, NodeSpec node) => node.DomainGpus == node.Gpus
        ? Divisors(Math.Min(gpus, node.Gpus))
        : [.. Divisors(gpus).Where(degree => degree <= node.DomainGpus)];

    /// <summary>Divisors of a number, ascending.</summary>
    public static ImmutableArray<int> Divisors(int number) =>
        [.. Enumerable.Range(1, (int)Math.Sqrt(number)).Where(d => number % d == 0).SelectMany(d => d * d == number ? new[] { d } : [d, number / d]).Order()];

    /// <summary>Ways to divide the GPUs among tensor, context, pipeline and data ranks; expert ranks and chunks are chosen within each.</summary>
    public IEnumerable<Degrees> Degrees()
    {
        foreach (var tp in Tensor)
        {
            if (Gpus % tp != 0) continue;
            foreach (var cp in Context ?? Divisors(Gpus / tp))
            {
                if (Gpus / tp % cp != 0) continue;
                foreach (var pp in Pipeline ?? Divisors(Gpus / tp / cp))
                {
                    if (Gpus / tp / cp % pp != 0) continue;
                    var dp = Gpus / tp / cp / pp;
                    if (Data is not { } pinned || pinned.Contains(dp)) yield return new Degrees(dp, tp, pp, 1, cp, 1);
                }
            }
        }
    }

    /// <summary>Whether the stages of a schedule may have their own recompute policies.</summary>
    public static bool HasPolicies(ISchedule schedule, int chunks) => schedule is not Interleaved || chunks <= MostStagesWithPolicies;

    /// <summary>Schedules with their chunks a rank, for a number of pipeline ranks and of stages that the model can fill at most.</summary>
    public IEnumerable<(ISchedule Schedule, int Chunks)> Programs(int ranks, int mostStages)
    {
        foreach (var schedule in Schedules)
        {
            if (schedule is not Interleaved)
            {
                if (Virtual is not { } pinned || pinned.Contains(1)) yield return (schedule, 1);
                continue;
            }

            foreach (var chunks in Virtual ?? [.. Enumerable.Range(2, Math.Max(0, (mostStages / ranks) - 1))])
                if (chunks > 1) yield return (schedule, chunks);
        }
    }
}
