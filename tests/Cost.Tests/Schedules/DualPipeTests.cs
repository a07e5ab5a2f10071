using CsCheck;
using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

internal sealed class DualPipeTests
{
    private static readonly ISchedule DualPipe = Replays.Schedule("dualpipe");
    private static readonly ISchedule DualPipeV = Replays.Schedule("dualpipev");

    private static readonly Gen<PipelineShape> Shape =
        from half in Gen.Int[2, 8]
        from more in Gen.Int[0, 8]
        select new PipelineShape(2 * half, 1, (4 * half) + (2 * more));

    [TestCaseSource(typeof(DualPipeReplays), nameof(DualPipeReplays.Rows))]
    public void TakesAsLongAsTheReferenceReplay(
        int ranks, int microBatches, OperationTimes times, long total, long idleOutside, long idleInside)
    {
        var shape = new PipelineShape(ranks, 1, microBatches);
        var idle = DualPipe.Operations(shape).Select(program => total - program.Sum(operation => times.Of(operation.Kind))).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(DualPipe.Graph(shape).Makespan(times), Is.EqualTo(total), "folded");
            Assert.That(UnfoldedGraph.Of(DualPipe, shape).Makespan(times), Is.EqualTo(total), "unfolded");
            Assert.That(idle[0], Is.EqualTo(idleOutside), "idle of rank 0");
            Assert.That(idle[(ranks / 2) - 1], Is.EqualTo(idleInside), "idle of a middle rank");
        }
    }

    [Test]
    public void ReferenceHas63Rows() => Assert.That(DualPipeReplays.Rows().Count(), Is.EqualTo(63));

    /// <summary>
    /// T = (nc-P-1) FB + (P+1)(F+B) + max((P/2-1)(FB+B-3W) - F, (P/2-1)(FB+F-2W), (P/2-1)(FB+F-B)), for W at most B/2 and pairs no shorter
    /// than their backward.
    /// </summary>
    [Test]
    public void EvenStagesTakeTheClosedForm() =>
        (from shape in Shape
         from backward in Gen.Long[1200, 3200]
         from weight in Gen.Long[backward * 15 / 100, backward / 2]
         from pair in Gen.Long[backward, (1000 + backward) * 13 / 10]
         select (shape, new OperationTimes(1000, backward, weight, pair)))
        .Sample(
            (shape, times) =>
            {
                var (f, b, w, fb) = times;
                var p = shape.Ranks;
                var bubble = ((p / 2) - 1) * Math.Max(fb + f - (2 * w), fb + f - b);
                bubble = Math.Max(bubble, (((p / 2) - 1) * (fb + b - (3 * w))) - f);
                var expected = ((shape.MicroBatches - p - 1) * fb) + ((p + 1) * (f + b)) + bubble;
                return DualPipe.Graph(shape).Makespan(times) == expected;
            },
            iter: 300);

    [Test]
    public void FoldedIsUnfolded() =>
        Gen.Select(Shape, Gen.UInt, Gen.Long[0, 1500]).Sample(
            (shape, seed, lag) =>
                DualPipe.Graph(shape).Makespan(Mirrored(shape, seed), lag) == UnfoldedGraph.Of(DualPipe, shape).Makespan(Mirrored(shape, seed), lag),
            iter: 200);

    [Test]
    public void HalfAsManyRanksOfDualPipeVTakeAsLongWithoutHandOverTimes() =>
        Gen.Select(Shape, Gen.UInt).Sample(
            (shape, seed) =>
                DualPipe.Graph(shape).Makespan(Replays.Random(seed))
                == DualPipeV.Graph(new PipelineShape(shape.Ranks / 2, 1, shape.MicroBatches / 2)).Makespan(Replays.Random(seed)),
            iter: 200);

    [Test]
    public void HandOverInTheMiddleTakesTheLag()
    {
        // Two ranks, one fold: only the middle hand-over exists, once forward and once backward on the critical path.
        var times = new OperationTimes(100, 200, 100, 300);
        var folded = DualPipe.Graph(new PipelineShape(2, 1, 4));
        var v = DualPipeV.Graph(new PipelineShape(1, 1, 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(folded.Makespan(times, 7), Is.GreaterThan(folded.Makespan(times)));
            Assert.That(v.Makespan(times, 7), Is.EqualTo(v.Makespan(times)), "one rank hands over to itself");
        }
    }

    // Both copies of a stage take the same time, and so do mirrored ranks at the end of the step.
    private static Func<DurationKey, long> Mirrored(PipelineShape shape, uint seed)
    {
        var random = Replays.Random(seed);
        return key => random(key with { Rank = Math.Min(key.Rank, shape.Ranks - 1 - key.Rank) });
    }
}
