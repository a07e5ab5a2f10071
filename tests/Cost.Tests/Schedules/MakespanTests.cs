using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

/// <summary>Closed forms of even pipelines without hand-over times.</summary>
internal sealed class MakespanTests
{
    private static readonly OperationTimes[] Mixes = [new(100, 200, 100, 0), new(113, 247, 48, 0), new(100, 250, 100, 0), new(120, 200, 100, 0)];

    [Test]
    public void GPipeAndOneForwardOneBackward(
        [Values("gpipe", "1f1b")] string name, [Values(1, 2, 3, 4, 8, 16)] int ranks, [Values(1, 2, 5, 16, 37)] int microBatches)
    {
        foreach (var times in Mixes)
        {
            Assert.That(
                Replays.Schedule(name).Graph(new PipelineShape(ranks, 1, microBatches)).Makespan(times),
                Is.EqualTo((microBatches + ranks - 1) * (times.Forward + times.Backward)));
        }
    }

    [Test]
    public void InterleavedBubbleIsAChunksNotARanks([Values(2, 4, 8, 16)] int ranks, [Values(2, 3, 4)] int chunks, [Values(1, 2, 5)] int groups)
    {
        foreach (var times in Mixes)
        {
            Assert.That(
                Replays.Schedule("interleaved").Graph(new PipelineShape(ranks, chunks, ranks * groups)).Makespan(times),
                Is.EqualTo(((ranks * groups * chunks) + ranks - 1) * (times.Forward + times.Backward)));
        }
    }

    [Test]
    public void ZeroBubbleH1HidesWeightGradients([Values(1, 2, 3, 4, 8, 16)] int ranks, [Values(2, 3, 5)] int groups)
    {
        foreach (var times in Mixes)
        {
            Assert.That(
                Replays.Schedule("zb1p").Graph(new PipelineShape(ranks, 1, ranks * groups)).Makespan(times),
                Is.EqualTo((ranks * groups * (times.Forward + times.Backward)) + ((ranks - 1) * (times.Forward + times.Backward - (2 * times.Weight)))));
        }
    }

    /// <summary>
    /// The published bubble, (p-1)(F+Bi-2W), counts inside each rank's own window and is 0 where the parts are equal. With the step's end shared by
    /// all ranks the skew of the first forwards, (p-1) F, stays where it is longer.
    /// </summary>
    [Test]
    public void ZeroBubbleH2KeepsThePublishedBubbleOrTheSkew([Values(1, 2, 3, 4, 8, 16)] int ranks, [Values(2, 3, 5)] int groups)
    {
        foreach (var times in Mixes)
        {
            var bubble = Math.Max(times.Forward, times.Forward + times.BackwardInput - (2 * times.Weight));
            var makespan = Replays.Schedule("zb2p").Graph(new PipelineShape(ranks, 1, ranks * groups)).Makespan(times);
            Assert.That(makespan, Is.EqualTo((ranks * groups * (times.Forward + times.Backward)) + ((ranks - 1) * bubble)), $"{times}");
        }
    }

    [Test]
    public void ZeroBubbleH2HasNoBubbleInsideARanksWindowWhereAllPartsAreEqual([Values(2, 4, 8)] int ranks, [Values(0, 1, 7)] int more)
    {
        var shape = new PipelineShape(ranks, 1, (2 * ranks) - 1 + more);
        var lines = ProgramReplay.Run(Replays.Schedule("zb2p"), shape, key => key.Stage < 0 ? 0 : 10, 0);
        foreach (var line in lines)
        {
            var own = line.SkipLast(2).ToArray();
            Assert.That(own[^1].End - own[0].Start, Is.EqualTo(30 * shape.MicroBatches), "the rank's window is its work");
        }

        // ZB-H1 idles (p-1) F there.
        var first = ProgramReplay.Run(Replays.Schedule("zb1p"), shape, key => key.Stage < 0 ? 0 : 10, 0)[0].SkipLast(2).ToArray();
        Assert.That(first[^1].End - first[0].Start, Is.GreaterThan(30 * shape.MicroBatches));
    }

    /// <summary>
    /// Makespans of the paper authors' own scheduler (zero-bubble repository, z.py) with its memory limit at 2p half-rank micro-batches, m = 2p.
    /// That one reorders for each mix; the fixed order here is as good at F = Bi = W, and at most 1 % off elsewhere.
    /// </summary>
    [TestCase(1.0, 1.0, 1.0, 4, 51)]
    [TestCase(1.0, 1.0, 1.0, 8, 103)]
    [TestCase(1.0, 1.0, 1.0, 16, 207)]
    [TestCase(1.0, 1.5, 1.0, 4, 60.5)]
    [TestCase(1.0, 1.5, 1.0, 8, 122.5)]
    [TestCase(1.0, 1.5, 1.0, 16, 246.5)]
    [TestCase(1.0, 1.2, 0.8, 4, 51.6)]
    [TestCase(1.0, 1.2, 0.8, 8, 104.4)]
    [TestCase(1.0, 1.2, 0.8, 16, 211.2)]
    [TestCase(2.0, 3.0, 1.0, 4, 107)]
    [TestCase(2.0, 3.0, 1.0, 8, 219)]
    [TestCase(2.0, 3.0, 1.0, 16, 443)]
    public void ZeroBubbleVIsAsGoodAsItsAuthorsScheduler(double forward, double input, double weight, int ranks, double published)
    {
        var times = new OperationTimes(Thousandths(forward), Thousandths(input + weight), Thousandths(weight), 0);
        var makespan = Replays.Schedule("zbv").Graph(new PipelineShape(ranks, 1, 2 * ranks)).Makespan(times);
        var equal = forward == input && input == weight;
        Assert.That(makespan, Is.LessThanOrEqualTo(Thousandths(published) * (equal ? 1 : 1.01)));

        static long Thousandths(double time) => (long)Math.Round(time * 1000);
    }

    [Test]
    public void ZeroBubbleVHasNoBubbleButTheSkewWhereAllPartsAreEqual([Values(2, 3, 4, 8, 16)] int ranks, [Values(0, 1, 5, 40)] int more)
    {
        var microBatches = (2 * ranks) + more;
        var makespan = Replays.Schedule("zbv").Graph(new PipelineShape(ranks, 1, microBatches)).Makespan(new OperationTimes(10, 20, 10, 0));
        Assert.That(makespan, Is.EqualTo(10 * ((6 * microBatches) + ranks - 1)));
    }
}
