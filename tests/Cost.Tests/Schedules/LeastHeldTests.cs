using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

/// <summary>What ranks hold according to few micro-batches, against every number of them.</summary>
internal sealed class LeastHeldTests
{
    [TestCaseSource(typeof(ScheduleCatalog), nameof(ScheduleCatalog.All))]
    public void Of_FewMicroBatches_BoundsWhatMoreHold(ISchedule schedule)
    {
        var seen = 0;
        foreach (var ranks in new[] { 2, 4, 6 })
            foreach (var chunks in schedule is Interleaved ? new[] { 2, 3 } : [1])
                for (var microBatches = ranks; microBatches <= 6 * ranks; microBatches++)
                {
                    var shape = new PipelineShape(ranks, chunks, microBatches);
                    if (schedule.Objection(shape) is not null) continue;
                    var held = LeastHeld.Of(schedule, shape);
                    var graph = schedule.Graph(shape);
                    for (var rank = 0; rank < held.Length; rank++)
                    {
                        seen++;
                        var most = graph.InFlight[rank].Max(vector => vector.Max());
                        var one = graph.StagesOfRank[rank].Length == 1;
                        foreach (var bound in held[rank])
                        {
                            Assert.That(bound.Each, Is.LessThanOrEqualTo(graph.InFlight[rank].Max(vector => vector.Min())), $"{shape} rank {rank}");

                            // All micro-batches at once (GPipe): more of them hold more, of every layer alike.
                            if (!one || bound.Each < 2 * ranks) Assert.That(bound.Most, Is.GreaterThanOrEqualTo(most), $"{shape} rank {rank}");
                        }
                    }
                }

        Assert.That(seen, Is.GreaterThan(0));
    }
}
