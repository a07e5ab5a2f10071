using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// A lower bound of a layout's fullest rank for every placement, in microseconds: the room C at which the layers that the ranks could hold, cut to
/// fractions, add up to the model's. What a rank holds grows as a concave function of C, so Newton's steps from below stay below.
/// </summary>
internal sealed class LeastMemory(CostModel model, SearchSpace space)
{
    private const int Steps = 4;
    private readonly Dictionary<(int, int, int, int, int), ModelWork> works = [];
    private readonly Dictionary<(Degrees, int, int), StateTotals> states = [];
    private readonly Dictionary<(ISchedule, int, int, int), ImmutableArray<ImmutableArray<LeastHeld>>> held = [];

    /// <summary>KiB that some rank holds at least.</summary>
    public long Kib(in ScoredLayout scored)
    {
        var schedule = space.Schedules[scored.Schedule];
        var work = Work(scored);
        var totals = States(scored, work, schedule.Copies);
        var ranks = Held(scored, schedule);
        var room = 0.0;
        foreach (var rank in ranks)
            foreach (var one in rank) room = Math.Max(room, (double)one.Once * work.LeastActivationKib);
        for (var step = 0; step < Steps; step++)
        {
            double layers = 0, slope = 0;
            foreach (var rank in ranks)
            {
                double most = double.MaxValue, steep = 0;
                foreach (var one in rank)
                {
                    var layer = Math.Max(1, totals.LayerKib + ((double)one.Each * work.ActivationKib));
                    var fits = (room - ((double)one.Once * work.LeastActivationKib)) / layer;
                    if (fits < most) (most, steep) = (fits, 1 / layer);
                }

                layers += most;
                slope += steep;
            }

            if (layers >= totals.Layers) break;
            room += (totals.Layers - layers) / slope;
        }

        // A hair below, for the rounding of these sums.
        var stages = schedule.Stages(Shape(scored)) / ranks.Length;
        return work.RankBaseKib - (stages * totals.ShortKib) + (long)(room * (1 - 1e-9));
    }

    private ModelWork Work(in ScoredLayout scored)
    {
        var key = (scored.Tensor, scored.Context, scored.Expert, scored.MicroBatch, scored.Recompute);
        if (works.TryGetValue(key, out var work)) return work;
        work = ModelWork.Of(model, new LayerKey(scored.Tensor, scored.Context, scored.Expert, scored.MicroBatch, space.Policies[scored.Recompute]));
        works.Add(key, work);
        return work;
    }

    private StateTotals States(in ScoredLayout scored, ModelWork work, int copies)
    {
        var degrees = new Degrees(scored.Data, scored.Tensor, scored.Pipeline, scored.Expert, scored.Context, 1);
        var key = (degrees, copies, (int)scored.Sharding);
        if (states.TryGetValue(key, out var known)) return known;
        known = StateTotals.Of(model, work, degrees, copies, (Sharding)scored.Sharding);
        states.Add(key, known);
        return known;
    }

    private PipelineShape Shape(in ScoredLayout scored) =>
        new(scored.Pipeline, scored.Chunks, model.Workload.GlobalBatch / (scored.Data * scored.MicroBatch));

    private ImmutableArray<ImmutableArray<LeastHeld>> Held(in ScoredLayout scored, ISchedule schedule)
    {
        var shape = Shape(scored);
        var key = (schedule, shape.Ranks, shape.Chunks, Math.Min(shape.MicroBatches, 2 * shape.Ranks));
        if (held.TryGetValue(key, out var known)) return known;
        known = LeastHeld.Of(schedule, shape);
        held.Add(key, known);
        return known;
    }
}
