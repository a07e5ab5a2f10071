using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Schedules;

namespace Planner.Tests.Planning;

/// <summary>A step of DeepSeek-V3 against the published one (arXiv 2505.09343, table 4). Nothing is fitted to a step; layers and load are not published.</summary>
internal sealed class V3StepTest
{
    private readonly Estimate estimate = Of(V3Run.DualPipe);

    [Test]
    public void Step_IsThePublishedOne()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(estimate.Step.Value, Is.EqualTo(V3Run.Table4("time_per_step_s")).Within(5).Percent);
            Assert.That(estimate.Parts.Overlapped.Value, Is.EqualTo(V3Run.Table4("1F1B_s")).Within(5).Percent);
            Assert.That(estimate.Parts.Forward.Value, Is.EqualTo(V3Run.Table4("1F_s")).Within(25).Percent);
            Assert.That(estimate.Parts.Bubble.Value, Is.EqualTo(V3Run.Table4("bubble_s")).Within(25).Percent);
            Assert.That(estimate.Parts.BackwardInput.Value, Is.EqualTo(V3Run.Table4("1B_s")).Within(25).Percent);
            Assert.That(estimate.Parts.Weight.Value, Is.EqualTo(V3Run.Table4("1W_s")).Within(25).Percent);
            Assert.That((estimate.Parts.DataParallel + estimate.Parts.Optimizer).Value, Is.EqualTo(V3Run.Table4("opt_s")).Within(25).Percent);
        }
    }

    [Test]
    public void Throughput_IsThePublishedOne()
    {
        using (Assert.EnterMultipleScope())
        {
            // DeepSeek-V3 report (arXiv 2412.19437): 180K H800 GPU-hours for a trillion tokens.
            Assert.That(estimate.GpuHoursPerTrillionTokens, Is.EqualTo(180_000).Within(5).Percent);
            Assert.That(estimate.TokensPerGpuPerSecond * 2048 * 86_400 / 1e9, Is.EqualTo(V3Run.Table4("tokens_per_day_B")).Within(5).Percent);
            Assert.That(estimate.ModelFlopsPerGpu.Teraflops, Is.EqualTo(V3Run.Table4("TFLOPS_causal")).Within(5).Percent);
        }
    }

    [Test]
    public void Plan_FitsTheGpu() =>
        Assert.That(estimate.Fullest.Total.Gib, Is.InRange(60, V3Run.Machine.Accelerator.Memory.Gib));

    [Test]
    public void Twin_IsTheSamePlan()
    {
        var twin = Of(V3Run.DualPipeV);
        Assert.That(twin.Step.Value, Is.EqualTo(estimate.Step.Value).Within(0.1).Percent);
        Assert.That(twin.Fullest.Total.Value, Is.EqualTo(estimate.Fullest.Total.Value).Within(0.1).Percent);
    }

    [Test]
    public void DualPipe_MirroredRanksDoTheSame()
    {
        for (var rank = 0; rank < 8; rank++)
        {
            Assert.That(estimate.Ranks[15 - rank], Is.EqualTo(estimate.Ranks[rank]));
            Assert.That(estimate.Memory[15 - rank] with { Rank = rank }, Is.EqualTo(estimate.Memory[rank]));
        }
    }

    [Test]
    public void Mtp_AwayFromTheEmbedding_KeepsACopy()
    {
        var beside = V3Run.Model.Items(V3Run.DualPipe);
        Assert.That(beside.MtpBeforeLast.StaticKib - beside.MtpOnLast.StaticKib, Is.EqualTo(beside.Embedding.StaticKib));

        // 1F1B has the embedding on the first rank and the head on the last.
        var away = V3Run.Model.Items(V3Run.DualPipe with { Schedule = new OneForwardOneBackward() });
        Assert.That(away.MtpOnLast.StaticKib, Is.EqualTo(away.MtpBeforeLast.StaticKib));
    }

    private static Estimate Of(Cost.Layout.LayoutSpec layout)
    {
        var placed = V3Run.Place(V3Run.Model, layout);
        Assert.That(placed.Proven, Is.True);
        return new StepEstimator(V3Run.Model, layout, placed.Plan!).Estimate();
    }
}
