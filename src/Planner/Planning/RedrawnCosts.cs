using System.Buffers;
using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Steps of layouts under other constants: their placements are kept, costs and the replay are done again.</summary>
/// <param name="layouts">Placed layouts.</param>
internal sealed class RedrawnCosts(ImmutableArray<SearchedLayout> layouts)
{
    private readonly long[] limits = [.. layouts.Select(layout => layout.Problem.LimitKib)];
    private readonly long[][] durations = [.. layouts.Select(layout => new long[layout.Problem.Graph.Durations.Length])];
    private readonly int nodes = layouts.Max(layout => layout.Problem.Graph.Nodes);

    /// <summary>Ticks of every layout; long.MaxValue where it does not fit.</summary>
    public void Steps(CostModel model, Span<long> steps)
    {
        var parts = new Dictionary<(LayerKey, bool), ModelParts>();
        var end = ArrayPool<long>.Shared.Rent(nodes);
        for (var i = 0; i < layouts.Length; i++)
        {
            var layout = layouts[i].Layout;
            var plan = layouts[i].Result!.Plan!;
            var problem = Redrawn(model, layouts[i].Problem, layout, parts);
            var costs = problem.StageCosts(plan);
            if (problem.FullestKib(costs) > limits[i])
            {
                steps[i] = long.MaxValue;
                continue;
            }

            problem.FillDurations(costs, durations[i]);
            steps[i] = problem.Graph.Replay(durations[i], problem.Lag, end);
        }

        ArrayPool<long>.Shared.Return(end);
    }

    private static PlacementProblem Redrawn(CostModel model, PlacementProblem problem, LayoutSpec layout, Dictionary<(LayerKey, bool), ModelParts> known)
    {
        var beside = LayoutItems.EmbeddingBesideHead(layout);
        var states = new StateCosts(model, layout.Degrees, layout.Schedule.Copies, layout.Sharding);
        return problem.Costing([.. layout.Recompute.Choices.Select(Items)]);

        LayoutItems Items(RecomputePolicy policy)
        {
            var key = LayoutItems.KeyOf(model, layout, policy);
            if (!known.TryGetValue((key, beside), out var parts)) known.Add((key, beside), parts = ModelParts.Of(model, key, beside));
            return LayoutItems.Of(model, layout.Degrees, key, states, parts);
        }
    }
}
