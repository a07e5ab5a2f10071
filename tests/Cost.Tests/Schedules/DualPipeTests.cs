using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

internal sealed class DualPipeTests
{
    private static readonly ISchedule DualPipe = Replays.Schedule("dualpipe");

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
}
