using System.Collections.Immutable;
using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Tests.Validation;

[TestFixture]
public sealed class TrainerPlacementTests
{
    private static readonly ModelSpec Llama = new ModelCatalog().Load("llama3.1-8b").Spec;
    private static readonly ModelSpec Kimi = new ModelCatalog().Load("kimi-k2").Spec;
    private static readonly ModelSpec V3 = new ModelCatalog().Load("v3-671b").Spec;

    // 32 layers of one kind; layers by stage.
    [TestCase(1, TrainerPlacement.Even, "32")]
    [TestCase(4, TrainerPlacement.Even, "8 8 8 8")]
    [TestCase(32, TrainerPlacement.Even, "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1")]
    [TestCase(17, TrainerPlacement.EndsOneFewer, "1 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 1")]
    [TestCase(3, TrainerPlacement.FirstOneMore, "11 11 10")]
    [TestCase(5, TrainerPlacement.FirstOneMore, "7 7 6 6 6")]
    public void ByRule_DenseModel(int stages, string rule, string layers)
    {
        var placement = TrainerPlacement.ByRule(Llama, stages)!;
        Assert.That((placement.Rule, string.Join(' ', placement.Plan.Stages.Select(stage => stage.Dense))), Is.EqualTo((rule, layers)));
    }

    [Test]
    public void ByRule_EmbeddingAndHeadAlone_WhereTheyCountAsLayers()
    {
        var placement = TrainerPlacement.ByRule(Llama, 34)!;
        Assert.That(placement.Rule, Is.EqualTo(TrainerPlacement.EndsOneFewer));
        Assert.That(placement.Plan.Stages.Select(stage => stage.Layers), Is.EqualTo((int[])[0, .. Enumerable.Repeat(1, 32), 0]));
    }

    [Test]
    public void ByRule_MoreStagesThanLayers_None() => Assert.That(TrainerPlacement.ByRule(Llama, 40), Is.Null);

    // 61 layers, the first of them dense: 4 more than 57 = 3 x 19, so 31 and 30; on 3 stages 61 + 2 divides.
    [Test]
    public void ByRule_DenseLayersInFront_LieOnTheFirstStages()
    {
        var two = TrainerPlacement.ByRule(Kimi, 2)!;
        var three = TrainerPlacement.ByRule(Kimi, 3)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((two.Rule, two.Plan.Stages[0], two.Plan.Stages[1]), Is.EqualTo((TrainerPlacement.FirstOneMore, new StageContent(1, 30, 0), new StageContent(0, 30, 0))));
            Assert.That(three.Plan.Stages, Is.EqualTo(ImmutableArray.Create(new StageContent(1, 19, 0), new StageContent(0, 21, 0), new StageContent(0, 20, 0))));
        }
    }

    [Test]
    public void ByRule_MtpModule_LiesOnTheLastStage() =>
        Assert.That(TrainerPlacement.ByRule(V3, 61)!.Plan.Stages[^1], Is.EqualTo(new StageContent(0, 1, 1)));

    [Test]
    public void ByRule_MtpModuleOnUnevenStages_None() => Assert.That(TrainerPlacement.ByRule(V3, 16), Is.Null);

    [Test]
    public void MtpModuleOnUnevenStages_IsSearched()
    {
        var run = Runs.One("model=v3-671b hardware=h800 num_gpus=2048 pp=16 dp=128 ep=64 global_batch=15360 precision=fp8 schedule=dualpipe stack=deepseek measured_step_s=19.9");
        var result = (RunEstimated)new RunEstimator(new RunCatalogs()).Estimate(run);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Placement.Rule, Is.EqualTo(TrainerPlacement.Searched));
            Assert.That(result.Placement.Plan.Stages.Sum(stage => stage.Layers), Is.EqualTo(61));
            Assert.That(result.Placement.Plan.Stages.Sum(stage => stage.Mtp), Is.EqualTo(1));
        }
    }
}
