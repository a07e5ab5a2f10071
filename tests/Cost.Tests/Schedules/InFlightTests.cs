using CsCheck;
using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

/// <summary>Peak activations: published counts, and the replayed time line as a second way to count.</summary>
internal sealed class InFlightTests
{
    private static int[] Peaks(string name, int ranks, int chunks, int microBatches) =>
        [.. Replays.Schedule(name).Graph(new PipelineShape(ranks, chunks, microBatches)).InFlight.Select(rank => rank.Max(peak => peak.Sum()))];

    [Test]
    public void GPipeHoldsEveryMicroBatch() => Assert.That(Peaks("gpipe", 4, 1, 9), Is.All.EqualTo(9));

    [Test]
    public void OneForwardOneBackwardHoldsThoseOnTheirWay([Values(1, 2, 4, 8)] int ranks) =>
        Assert.That(Peaks("1f1b", ranks, 1, 2 * ranks), Is.EqualTo(Enumerable.Range(0, ranks).Select(rank => ranks - rank)));

    [Test]
    public void InterleavedHoldsMegatronsPenaltyOnRank0([Values(2, 4, 8)] int ranks, [Values(2, 3, 4)] int chunks)
    {
        // p (1 + (p-1)/(p v)) whole ranks are p v + p - 1 chunks (Megatron-LM, theoretical_memory_usage.py).
        Assert.That(Peaks("interleaved", ranks, chunks, 3 * ranks)[0], Is.EqualTo((ranks * chunks) + ranks - 1));
    }

    [Test]
    public void ZeroBubbleH1HoldsOnePerRankEverywhere([Values(1, 2, 4, 8)] int ranks) =>
        Assert.That(Peaks("zb1p", ranks, 1, 2 * ranks), Is.All.EqualTo(ranks));

    // The paper's table 2: (2p-2i+1) before their input gradient and (2i-2) before their weight gradient on rank i of 1 to p.
    [Test]
    public void ZeroBubbleH2HoldsNearlyTwiceAsManyEverywhere([Values(1, 2, 4, 8)] int ranks) =>
        Assert.That(Peaks("zb2p", ranks, 1, 3 * ranks), Is.All.EqualTo((2 * ranks) - 1));

    [Test]
    public void ZeroBubbleVHoldsAsMuchAsOneForwardOneBackward([Values(2, 4, 8, 16)] int ranks) =>
        Assert.That(Peaks("zbv", ranks, 1, 2 * ranks), Is.All.EqualTo(2 * ranks));

    [Test]
    public void DualPipeHoldsOneMoreThanStages([Values(2, 4, 8, 16)] int ranks)
    {
        var shape = new PipelineShape(ranks, 1, 3 * ranks);
        var unfolded = UnfoldedGraph.Of(Replays.Schedule("dualpipe"), shape).InFlight.Select(rank => rank.Max(peak => peak.Sum()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Peaks("dualpipe", ranks, 1, 3 * ranks), Has.Length.EqualTo(ranks / 2).And.All.EqualTo(ranks + 1));
            Assert.That(unfolded.ToArray(), Has.Length.EqualTo(ranks).And.All.EqualTo(ranks + 1));
            Assert.That(Peaks("dualpipev", ranks / 2, 1, 2 * ranks), Has.Length.EqualTo(ranks / 2).And.All.EqualTo(ranks + 1));
        }
    }

    [Test]
    public void FullestMomentOfTheTimeLineIsAmongTheVectors() =>
        Gen.Select(Gen.Int[0, Shapes.All().Count() - 1], Gen.UInt, Gen.Int[1, 9].Array[6], Gen.Long[0, 500]).Sample(
            (place, seed, bytes, lag) =>
            {
                var (schedule, shape) = Shapes.All().ElementAt(place);
                var graph = UnfoldedGraph.Of(schedule, shape);
                var lines = ProgramReplay.Run(schedule, shape, Replays.Random(seed), lag);
                for (var rank = 0; rank < shape.Ranks; rank++)
                {
                    var stages = graph.StagesOfRank[rank];
                    var vectors = graph.InFlight[rank].Max(peak => peak.Select((held, chunk) => held * bytes[chunk]).Sum());
                    if (vectors != Fullest(lines[rank], stage => bytes[stages.IndexOf(stage)])) return false;
                }

                return true;
            },
            iter: 100);

    // Sum of what is held at any time, counted from starts and ends alone; what ends at a moment is let go before what starts then.
    private static int Fullest(IEnumerable<ReplayedOperation> line, Func<int, int> bytes)
    {
        var changes = new List<(long Time, int Change)>();
        foreach (var (_, operation, start, end) in line)
        {
            if (operation.Kind is OperationKind.Forward or OperationKind.Overlapped) changes.Add((start, bytes(operation.Stage)));
            if (operation.Kind is OperationKind.Backward or OperationKind.Weight) changes.Add((end, -bytes(operation.Stage)));
            if (operation.Kind is OperationKind.Overlapped) changes.Add((end, -bytes(operation.PairStage)));
        }

        var held = 0;
        return changes.Order().Max(change => held += change.Change);
    }
}
