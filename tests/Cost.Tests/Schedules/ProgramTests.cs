using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

internal sealed class ProgramTests
{
    [Test]
    public void EveryScheduleIsTriedOnManyShapes() =>
        Assert.That(Shapes.All().GroupBy(pair => pair.Schedule.Name).Select(group => group.Count()).ToArray(), Has.Length.EqualTo(8).And.All.GreaterThan(12));

    [Test]
    public void EachStageRunsEachMicroBatchOnceForwardAndOnceBackward()
    {
        foreach (var (schedule, shape) in Shapes.All())
        {
            var forwards = new List<(int, int)>();
            var backwards = new List<(int, int)>();
            var inputs = new List<(int, int)>();
            var weights = new List<(int, int)>();
            foreach (var operation in schedule.Operations(shape).SelectMany(program => program))
            {
                var own = (operation.Stage, operation.MicroBatch);
                if (operation.Kind is OperationKind.Forward or OperationKind.Overlapped) forwards.Add(own);
                if (operation.Kind is OperationKind.Backward or OperationKind.BackwardInput) backwards.Add(own);
                if (operation.Kind is OperationKind.Overlapped) backwards.Add((operation.PairStage, operation.PairMicroBatch));
                if (operation.Kind is OperationKind.BackwardInput) inputs.Add(own);
                if (operation.Kind is OperationKind.Weight) weights.Add(own);
            }

            var all = from stage in Enumerable.Range(0, schedule.Stages(shape))
                      from microBatch in Enumerable.Range(0, shape.MicroBatches)
                      select (stage, microBatch);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(forwards.Order(), Is.EqualTo(all), $"forwards of {schedule.Name}, {shape}");
                Assert.That(backwards.Order(), Is.EqualTo(all), $"backwards of {schedule.Name}, {shape}");
                Assert.That(weights.Order(), Is.EqualTo(inputs.Order()), $"weights of {schedule.Name}, {shape}");
            }
        }
    }

    [Test]
    public void RanksRunTheirOwnStagesOnly()
    {
        foreach (var (schedule, shape) in Shapes.All())
        {
            var programs = schedule.Operations(shape);
            for (var rank = 0; rank < shape.Ranks; rank++)
            {
                var stages = programs[rank].SelectMany(operation => (int[])[operation.Stage, operation.PairStage]).Where(stage => stage >= 0);
                Assert.That(stages.Distinct().Order(), Is.EqualTo(schedule.StagesOf(rank, shape).Order()), $"{schedule.Name}, {shape}, rank {rank}");
            }

            var held = Enumerable.Range(0, shape.Ranks).SelectMany(rank => schedule.StagesOf(rank, shape)).Order();
            var expected = Enumerable.Range(0, schedule.Stages(shape)).SelectMany(stage => Enumerable.Repeat(stage, schedule.Copies));
            Assert.That(held, Is.EqualTo(expected), $"{schedule.Name}, {shape}");
        }
    }

    [Test]
    public void WeightGradientsFollowTheirInputGradients()
    {
        foreach (var (schedule, shape) in Shapes.All())
        {
            foreach (var program in schedule.Operations(shape))
            {
                var open = new HashSet<(int, int)>();
                foreach (var operation in program)
                {
                    if (operation.Kind == OperationKind.BackwardInput) open.Add((operation.Stage, operation.MicroBatch));
                    if (operation.Kind == OperationKind.Weight)
                        Assert.That(open.Remove((operation.Stage, operation.MicroBatch)), $"{schedule.Name}, {shape}: {operation}");
                }
            }
        }
    }

    [Test]
    public void OverlappingIsDeclared()
    {
        foreach (var (schedule, shape) in Shapes.All())
        {
            var overlaps = schedule.Operations(shape).Any(program => program.Any(operation => operation.Kind == OperationKind.Overlapped));
            Assert.That(overlaps, Is.EqualTo(schedule.Overlaps), $"{schedule.Name}, {shape}");
        }
    }

    /// <summary>The order of the example in the description of dualpipe.py: F forward, I input gradient, W weight gradient, B full, direction, micro-batch.</summary>
    [TestCase(0, "F00 F01 F02 F10 I10 W10 F11 F03&B11 F12&B00 B12 F13&B01 B13 I02 W02 I03 W03")]
    [TestCase(1, "F00 F10 F01 F11 F02 B10 F12&B00 F03&B11 F13&B01 B12 B02 I13 I03 W13 W03")]
    [TestCase(2, "F10 F00 F11 F01 F12 B00 F02&B10 F13&B01 F03&B11 B02 B12 I03 I13 W03 W13")]
    [TestCase(3, "F10 F11 F12 F00 I00 W00 F01 F13&B01 F02&B10 B02 F03&B11 B03 I12 W12 I13 W13")]
    public void DualPipeOnFourRanksRunsThePublishedOrder(int rank, string expected)
    {
        var program = Replays.Schedule("dualpipe").Operations(new PipelineShape(4, 1, 8))[rank];
        Assert.That(string.Join(' ', program.Select(Spell)), Is.EqualTo(expected));

        static string Spell(Operation operation) => operation.Kind switch
        {
            OperationKind.Overlapped => $"F{Flow(operation.MicroBatch)}&B{Flow(operation.PairMicroBatch)}",
            OperationKind.BackwardInput => $"I{Flow(operation.MicroBatch)}",
            var kind => $"{kind.ToString()[0]}{Flow(operation.MicroBatch)}",
        };

        static string Flow(int microBatch) => $"{microBatch / 4}{microBatch % 4}";
    }

    /// <summary>Counts of dualpipe.py for rank 0 (h = 0) to the middle (h = P/2-1).</summary>
    [TestCase(2, 4)]
    [TestCase(4, 8)]
    [TestCase(8, 20)]
    [TestCase(16, 120)]
    public void DualPipeRunsAsManyOfEachAsPublished(int ranks, int microBatches)
    {
        var programs = Replays.Schedule("dualpipe").Operations(new PipelineShape(ranks, 1, microBatches));
        for (var rank = 0; rank < ranks; rank++)
        {
            var h = Math.Min(rank, ranks - 1 - rank);
            var mid = h == (ranks / 2) - 1 ? 1 : 0;
            var counts = programs[rank].CountBy(operation => operation.Kind).ToDictionary();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(counts[OperationKind.Forward], Is.EqualTo((3 * ranks / 2) - h - 1 + mid));
                Assert.That(counts[OperationKind.Overlapped], Is.EqualTo(microBatches - (3 * ranks / 2) + h + 1 - mid));
                Assert.That(counts[OperationKind.Backward], Is.EqualTo((ranks / 2) + mid));
                Assert.That(counts[OperationKind.BackwardInput], Is.EqualTo(ranks - h - 1));
                Assert.That(counts[OperationKind.Weight], Is.EqualTo(ranks - h - 1));
            }
        }
    }
}
