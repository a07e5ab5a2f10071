using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

internal sealed class GraphTests
{
    private static readonly (ISchedule Schedule, PipelineShape Shape)[] Pairs = [.. Shapes.All()];

    private static readonly Gen<(ISchedule Schedule, PipelineShape Shape)> Pair = Gen.Int[0, Pairs.Length - 1].Select(place => Pairs[place]);

    [Test]
    public void CriticalPathIsAsLongAsTheStep() =>
        Gen.Select(Pair, Gen.UInt, Gen.Long[0, 1500]).Sample(
            (pair, seed, lag) =>
            {
                var graph = pair.Schedule.Graph(pair.Shape);
                var durations = graph.Table(Replays.Random(seed));
                var ends = new long[graph.Nodes];
                var makespan = graph.Replay(durations, lag, ends);
                return graph.CriticalPath(lag, ends).Length(durations, lag) == makespan;
            },
            iter: 400);

    [Test]
    public void NoPathIsLongerThanAnyStep() =>
        Gen.Select(Pair, Gen.UInt, Gen.UInt, Gen.Long[0, 1500]).Sample(
            (pair, seed, other, lag) =>
            {
                var graph = pair.Schedule.Graph(pair.Shape);
                var ends = new long[graph.Nodes];
                graph.Replay(graph.Table(Replays.Random(seed)), lag, ends);
                var cut = graph.CriticalPath(lag, ends);
                var durations = graph.Table(Replays.Random(other));
                return cut.Length(durations, lag) <= graph.Replay(durations, lag, ends);
            },
            iter: 400);

    [Test]
    public void CriticalPathsSideBySideAreThoseOfSingleReplays() =>
        Gen.Select(Pair, Gen.UInt, Gen.Long[0, 1500]).Sample(
            (pair, seed, lag) =>
            {
                var graph = pair.Schedule.Graph(pair.Shape);
                var lanes = Vector<long>.Count;
                long[][] durations = [.. Enumerable.Range(0, lanes).Select(lane => graph.Table(Replays.Random(seed + (uint)lane)))];
                Vector<long>[] together =
                    [.. Enumerable.Range(0, graph.Durations.Length).Select(i => new Vector<long>([.. durations.Select(table => table[i])]))];
                var cuts = new PathCut[lanes];
                graph.CriticalPaths(together, lag, new Vector<long>[graph.Nodes], cuts);
                var ends = new long[graph.Nodes];
                for (var lane = 0; lane < lanes; lane++)
                {
                    graph.Replay(durations[lane], lag, ends);
                    var alone = graph.CriticalPath(lag, ends);
                    if (cuts[lane].Lags != alone.Lags || !cuts[lane].Coefficients.SequenceEqual(alone.Coefficients)) return false;
                }

                return true;
            },
            iter: 200);

    [Test]
    public void ReplayAgreesWithOneWrittenWithoutTheGraph() =>
        Gen.Select(Pair, Gen.UInt, Gen.Long[0, 1500]).Sample(
            (pair, seed, lag) =>
            {
                var (schedule, shape) = pair;
                var random = Replays.Random(seed);
                var plain = PlainReplay.Run(schedule, shape, (_, operation) => random(Key(operation)), lag);
                var lines = ProgramReplay.Run(schedule, shape, random, lag);
                for (var rank = 0; rank < shape.Ranks; rank++)
                    if (!lines[rank].SkipLast(2).Select(entry => entry.End).SequenceEqual(plain[rank])) return false;
                return true;

                static DurationKey Key(Operation operation) => new(operation.Kind, 0, operation.Stage, operation.PairStage);
            },
            iter: 200);

    [Test]
    public void TimeLineEndsWithTheGraph() =>
        Gen.Select(Pair, Gen.UInt, Gen.Long[0, 1500]).Sample(
            (pair, seed, lag) =>
            {
                var (schedule, shape) = pair;
                var random = Replays.Random(seed);
                var lines = ProgramReplay.Run(schedule, shape, random, lag);
                var inOrder = lines.All(line => line.Zip(line.Skip(1)).All(next => next.First.End <= next.Second.Start));
                return inOrder && lines.Max(line => line[^1].End) == schedule.Graph(shape).Makespan(random, lag);
            },
            iter: 200);

    [Test]
    public void TimeLineRunsThePrograms()
    {
        foreach (var (schedule, shape) in Pairs)
        {
            var lines = ProgramReplay.Run(schedule, shape, Replays.Random(1), 10);
            var programs = schedule.Operations(shape);
            for (var rank = 0; rank < shape.Ranks; rank++)
            {
                Assert.That(lines[rank].Select(entry => entry.Operation).SkipLast(2), Is.EqualTo(programs[rank]));
                Assert.That(
                    lines[rank].TakeLast(2).Select(entry => entry.Operation.Kind),
                    Is.EqualTo([OperationKind.ReduceGradients, OperationKind.Update]));
            }
        }
    }

    [Test]
    public void EveryRankUpdatesOnceAllHaveReduced([Range(1, 7)] int ranks)
    {
        // Only the slowest reduction and the slowest update count, on whichever ranks they lie.
        var schedule = Replays.Schedule("1f1b");
        var shape = new PipelineShape(ranks, 1, 4);
        for (var slow = 0; slow < ranks; slow++)
        {
            var lines = ProgramReplay.Run(schedule, shape, Duration, 0);
            var reduced = lines.Max(line => line[^2].End);
            Assert.That(lines.Select(line => line[^1].Start), Is.All.EqualTo(reduced));
            Assert.That(schedule.Graph(shape).Makespan(Duration), Is.EqualTo(reduced + ranks));

            long Duration(DurationKey key) => key.Kind switch
            {
                OperationKind.ReduceGradients => key.Rank == slow ? 5000 : 10,
                OperationKind.Update => key.Rank + 1,
                _ => 100,
            };
        }
    }

    [Test]
    public void DurationsNameEachStageOperationOnce()
    {
        foreach (var (schedule, shape) in Pairs)
        {
            var graph = schedule.Graph(shape);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(graph.Durations, Is.Unique);
                Assert.That(graph.Ranks, Is.EqualTo(shape.Ranks / schedule.Copies));
                Assert.That(graph.StagesOfRank.SelectMany(stages => stages).Order(), Is.EqualTo(Enumerable.Range(0, schedule.Stages(shape))));
                foreach (var key in graph.Durations.Where(key => key.Stage >= 0))
                    Assert.That(graph.StagesOfRank[key.Rank], Does.Contain(key.Stage), $"{schedule.Name}, {shape}, {key}");
            }
        }
    }

    [Test]
    public void DeadlockNamesTheRankThatWaits()
    {
        // Stage 1's backward before its forward: the input never comes.
        var error = Assert.Throws<InvalidOperationException>(() => UnfoldedGraph.Of(new Reversed(), new PipelineShape(2, 1, 1)));
        Assert.That(error!.Message, Does.StartWith("Reversed deadlocks: rank 0 waits at operation 1"));
    }

    [Test]
    public void RunningAMicroBatchTwiceIsRefused()
    {
        var error = Assert.Throws<InvalidOperationException>(() => UnfoldedGraph.Of(new Twice(), new PipelineShape(1, 1, 1)));
        Assert.That(error!.Message, Is.EqualTo("Twice: stage 0 runs micro-batch 0 twice."));
    }

    private abstract class Broken(ImmutableArray<ImmutableArray<Operation>> programs) : ISchedule
    {
        public string Name => GetType().Name;

        public string Title => GetType().Name;

        public bool Overlaps => false;

        public int Copies => 1;

        public int Stages(PipelineShape shape) => shape.Ranks;

        public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => [rank];

        public string? Objection(PipelineShape shape) => null;

        public void Write(int rank, PipelineShape shape, OperationList program)
        {
            foreach (var operation in programs[rank]) program.Add(operation);
        }

        public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

        public double Bound(in PipelineWork work, PipelineShape shape) => 0;

    }

    private sealed class Reversed() : Broken(
    [
        [new(OperationKind.Forward, 0, 0), new(OperationKind.Backward, 0, 0)],
        [new(OperationKind.Backward, 1, 0), new(OperationKind.Forward, 1, 0)],
    ]);

    private sealed class Twice() : Broken([[new(OperationKind.Forward, 0, 0), new(OperationKind.Forward, 0, 0)]]);
}
