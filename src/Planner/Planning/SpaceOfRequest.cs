using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Schedules;
using Planner.Inputs;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>The default space narrowed by a request's pins. A pin that contradicts the model, the machine or another pin is refused with what is allowed.</summary>
internal static class SpaceOfRequest
{
    /// <summary>The space to search.</summary>
    /// <param name="model">Costs.</param>
    /// <param name="request">Request.</param>
    /// <param name="pins">What is fixed.</param>
    /// <param name="gpus">GPUs to train on.</param>
    public static SearchSpace Build(CostModel model, PlanRequest request, PlanPins pins, int gpus)
    {
        var space = SearchSpace.Default(model, gpus, request.MemoryLimit, request.Extrapolate) with
        {
            Context = Pinned(pins.Context),
            Pipeline = Pinned(pins.Pipeline),
            Data = Pinned(pins.Data),
            Virtual = Pinned(pins.Virtual),
        };
        if (!pins.Tensor.IsEmpty) space = space with { Tensor = Sorted(pins.Tensor) };
        if (!pins.Expert.IsEmpty) space = space with { Expert = Sorted(pins.Expert) };
        if (!pins.MicroBatch.IsEmpty) space = space with { MicroBatch = Sorted(pins.MicroBatch) };
        if (!pins.Sharding.IsEmpty) space = space with { Shardings = [.. pins.Sharding.Distinct().Order()] };
        if (!pins.Schedule.IsEmpty) space = space with { Schedules = [.. pins.Schedule.Distinct().Select(name => Schedule(name, model))] };
        if (!pins.Recompute.IsEmpty)
            space = space with { Recompute = [.. pins.Recompute.Distinct().Select(name => RecomputePolicies.Named(name, model.Stack.RecomputePolicies))] };
        space = space with { PerStage = !pins.UniformRecompute };
        PinCheck.Refuse(model, space, pins);
        return model.Workload.ExtraExperts == 0 ? space : space with { Expert = WithCopies(space.Expert, model.Workload.ExtraExperts) };
    }

    // Every rank takes the same number of copies; alone it has nobody to share with.
    private static ImmutableArray<int> WithCopies(ImmutableArray<int> ranks, int copies)
    {
        ImmutableArray<int> allowed = [.. ranks.Where(ep => ep > 1 && copies % ep == 0)];
        return allowed.Length > 0
            ? allowed
            : throw new RefusedException(
                $"--replicas {PlanWords.Of(copies)} must be a multiple of the expert-parallel ranks, 2 or more; those allowed are {OneLine.List(ranks.Select(PlanWords.Of))}");
    }

    private static ISchedule Schedule(string name, CostModel model) =>
        model.Stack.Schedules.Contains(name)
            ? ScheduleCatalog.Find(name)!
            : throw new RefusedException(
                $"--schedule {OneLine.Quote(name)}: stack {model.Stack.Name} does not run it.{NearestNames.Hint(name, model.Stack.Schedules)} "
                + $"Allowed: {OneLine.List(model.Stack.Schedules)}");

    private static ImmutableArray<int>? Pinned(ImmutableArray<int> values) => values.IsEmpty ? null : Sorted(values);

    private static ImmutableArray<int> Sorted(ImmutableArray<int> values) => [.. values.Distinct().Order()];
}
