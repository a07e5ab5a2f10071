using NUnit.Framework;
using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

internal sealed class ObjectionTests
{
    [TestCase("dualpipe", 3, 1, 12, "DualPipe needs an even number of pipeline ranks, not 3.")]
    [TestCase("dualpipe", 1, 1, 12, "DualPipe needs an even number of pipeline ranks, not 1.")]
    [TestCase("dualpipe", 4, 1, 9, "DualPipe needs an even number of micro-batches, half for each direction, not 9.")]
    [TestCase("dualpipe", 4, 1, 6, "DualPipe on 4 ranks needs at least 8 micro-batches (2 a rank), not 6.")]
    [TestCase("dualpipe", 4, 2, 8, "DualPipe places its stages itself: chunks a rank must be 1, not 2 (more need interleaved).")]
    [TestCase("dualpipev", 4, 1, 7, "DualPipeV on 4 ranks needs at least 8 micro-batches (2 a rank), not 7.")]
    [TestCase("interleaved", 1, 2, 8, "Interleaved 1F1B needs at least 2 pipeline ranks, not 1.")]
    [TestCase("interleaved", 4, 1, 8, "Interleaved 1F1B needs at least 2 chunks a rank, not 1 (1 is 1F1B).")]
    [TestCase("zb2p", 4, 2, 8, "ZB-H2 places its stages itself: chunks a rank must be 1, not 2 (more need interleaved).")]
    [TestCase("zbv", 1, 1, 8, "ZB-V needs at least 2 pipeline ranks, not 1.")]
    [TestCase("1f1b", 4, 2, 8, "1F1B places its stages itself: chunks a rank must be 1, not 2 (more need interleaved).")]
    [TestCase("gpipe", 4, 1, 0, "GPipe needs at least 1 pipeline rank, 1 chunk a rank and 1 micro-batch, not 4, 1 and 0.")]
    public void SaysWhatIsWrongAndWhatIsAllowed(string name, int ranks, int chunks, int microBatches, string expected) =>
        Assert.That(Replays.Schedule(name).Objection(new PipelineShape(ranks, chunks, microBatches)), Is.EqualTo(expected));

    [Test]
    public void InterleavedWantsAGroupOfMicroBatchesForThePipeline() =>
        Assert.That(
            Replays.Schedule("interleaved").Objection(new PipelineShape(4, 2, 3)),
            Does.StartWith("Interleaved 1F1B on 4 ranks needs at least 4 micro-batches, not 3"));

    [TestCase("gpipe", 1, 1, 1)]
    [TestCase("1f1b", 1, 1, 1)]
    [TestCase("zb1p", 1, 1, 1)]
    [TestCase("zb2p", 1, 1, 1)]
    [TestCase("zb2p", 8, 1, 3)]
    [TestCase("dualpipev", 1, 1, 2)]
    [TestCase("dualpipev", 4, 1, 9)]
    [TestCase("dualpipe", 2, 1, 4)]
    [TestCase("zbv", 2, 1, 1)]
    [TestCase("interleaved", 2, 2, 2)]
    [TestCase("interleaved", 4, 2, 7)]
    public void HasNone(string name, int ranks, int chunks, int microBatches) =>
        Assert.That(Replays.Schedule(name).Objection(new PipelineShape(ranks, chunks, microBatches)), Is.Null);

    /// <summary>Megatron-LM asks that micro-batches modulo the group are 0 or no fewer than the pipeline ranks.</summary>
    [TestCase(4, 8, 4)]
    [TestCase(4, 4, 4)]
    [TestCase(4, 5, 5)]
    [TestCase(4, 7, 7)]
    [TestCase(4, 9, 5)]
    [TestCase(4, 10, 5)]
    [TestCase(8, 20, 10)]
    public void InterleavedGroupIsTheSmallestThatMegatronAllows(int ranks, int microBatches, int group) =>
        Assert.That(Interleaved.MicroBatchGroup(new PipelineShape(ranks, 2, microBatches)), Is.EqualTo(group));

    [Test]
    public void NamesAreFoundAndOthersAreNot()
    {
        string[] expected = ["gpipe", "1f1b", "interleaved", "zb1p", "zb2p", "zbv", "dualpipe", "dualpipev"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ScheduleCatalog.All.Select(schedule => schedule.Name), Is.EqualTo(expected));
            Assert.That(ScheduleCatalog.Find("chimera"), Is.Null);
        }
    }
}
