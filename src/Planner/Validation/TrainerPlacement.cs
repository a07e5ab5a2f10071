using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Search;

namespace Planner.Validation;

/// <summary>
/// Layers on stages as a trainer places them where nobody says otherwise; tables of runs do not publish placements. Layers are counted alike; a
/// multi-token-prediction module lies on the last stage.
/// </summary>
/// <param name="Rule">The rule that applied.</param>
/// <param name="Plan">The placement.</param>
public sealed record TrainerPlacement(string Rule, StagePlan Plan)
{
    /// <summary>As many layers on every stage (Megatron-LM, DeepSpeed).</summary>
    public const string Even = "even";

    /// <summary>First and last stage hold one layer fewer: embedding and head count as a layer each (Megatron-LM's account_for_embedding_in_pipeline_split).</summary>
    public const string EndsOneFewer = "ends_one_fewer";

    /// <summary>The layers that are left over lie on the first stages, one each (an even split by layer).</summary>
    public const string FirstOneMore = "first_one_more";

    /// <summary>No rule applies: the fastest placement, since its makers must have placed the layers by hand.</summary>
    public const string Searched = "searched";

    /// <summary>Replays that a searched placement may take; enough for the best or nearly so.</summary>
    private const long SearchNodes = 2_000;

    /// <summary>The placement of a rule; null where none applies.</summary>
    public static TrainerPlacement? ByRule(ModelSpec model, int stages)
    {
        var layers = model.Layers.Length;
        if (layers % stages == 0) return Of(Even, model, stages, _ => layers / stages);
        if ((layers + 2) % stages == 0)
        {
            var each = (layers + 2) / stages;
            return Of(EndsOneFewer, model, stages, stage => stage == 0 || stage == stages - 1 ? each - 1 : each);
        }

        // Trainers refuse an uneven split beside a module on the last stage unless it is given by hand.
        if (layers < stages || model.MtpModules > 0) return null;
        return Of(FirstOneMore, model, stages, stage => (layers / stages) + (stage < layers % stages ? 1 : 0));
    }

    /// <summary>The fastest placement whatever it needs of memory; null where there are too few layers.</summary>
    public static TrainerPlacement? BySearch(CostModel model, LayoutSpec layout, ScheduleGraph graph)
    {
        var problem = model.Problem(layout, graph, new Bytes(1e18));
        var result = PlacementSearch.Solve(problem, long.MaxValue, SearchNodes, CancellationToken.None);
        return result.Plan is { } plan ? new TrainerPlacement(Searched, plan) : null;
    }

    private static TrainerPlacement Of(string rule, ModelSpec model, int stages, Func<int, int> layersOf)
    {
        var dense = model.LeadingDenseLayers;
        var plan = ImmutableArray.CreateBuilder<StageContent>(stages);
        for (var stage = 0; stage < stages; stage++)
        {
            var layers = layersOf(stage);
            var first = Math.Min(dense, layers);
            dense -= first;
            plan.Add(new StageContent(first, layers - first, stage == stages - 1 ? model.MtpModules : 0));
        }

        return new TrainerPlacement(rule, new StagePlan(plan.MoveToImmutable()));
    }
}
