using System.Reflection;
using NUnit.Framework;
using Planner.Cost.Memory;
using Planner.Cost.Models;

namespace Planner.Cost.Tests.Memory;

[TestFixture]
public sealed class LayerElementsTests
{
    [TestCaseSource(nameof(Models))]
    public void One_rank_holds_the_whole_model(ModelSpec model)
    {
        var layers = model.Layers.Sum(kind => LayerElements.Of(model, kind, 1, 1).Total);
        var ends = LayerElements.Embedding(model, 1).Total + LayerElements.Head(model, 1, holdsEmbedding: true).Total;
        Assert.That(layers + ends, Is.EqualTo(ParameterCount.Total(model)));

        var mtp = model.MtpModules * (LayerElements.Of(model, model.MtpLayerKind, 1, 1) + LayerElements.MtpExtra(model, 1)).Total;
        Assert.That(layers + ends + mtp, Is.EqualTo(ParameterCount.TotalWithMtp(model)));
    }

    [TestCaseSource(nameof(Models))]
    public void Expert_ranks_add_up_to_the_experts(ModelSpec model)
    {
        if (model.Moe is not { } moe) return;
        var whole = LayerElements.Of(model, LayerKind.Moe, 1, 1);
        foreach (var ep in new[] { 2, moe.Experts / 2, moe.Experts })
        {
            var part = LayerElements.Of(model, LayerKind.Moe, 1, ep);
            Assert.That(ep * part.Expert, Is.EqualTo(whole.Expert).Within(1e-9).Percent);
            Assert.That((part.Linear, part.Other), Is.EqualTo((whole.Linear, whole.Other)));
        }
    }

    [TestCaseSource(nameof(Models))]
    public void Tensor_ranks_hold_norms_and_latent_down_projections_each(ModelSpec model)
    {
        const int tp = 4;
        foreach (var kind in model.Layers.Distinct())
        {
            var whole = LayerElements.Of(model, kind, 1, 1);
            var part = LayerElements.Of(model, kind, tp, 1);
            var copied = (whole.Linear + whole.Other) - ((whole.Linear + whole.Other - part.Linear - part.Other) * tp / (tp - 1));
            Assert.That(copied, Is.EqualTo(Copied(model, kind)).Within(0.5), $"{kind}");
            Assert.That(part.Expert, Is.EqualTo(whole.Expert), "experts are whole on their rank");
        }
    }

    [Test]
    public void More_tensor_ranks_than_key_value_heads_repeat_them()
    {
        // Qwen3-235B: 4 key-value heads of 128; eight ranks hold one each.
        var four = LayerElements.Of(TestModels.Qwen3With235B, LayerKind.Moe, 4, 1);
        var eight = LayerElements.Of(TestModels.Qwen3With235B, LayerKind.Moe, 8, 1);
        const double queriesAndOutput = 2.0 * 4096 * 64 * 128;
        Assert.That(four.Linear - eight.Linear, Is.EqualTo(queriesAndOutput / 8));
    }

    [TestCase(true, 0)]
    [TestCase(false, 51200.0 * 12288)]
    public void Tied_head_is_a_copy_away_from_the_embedding(bool beside, double matrix) =>
        Assert.That(LayerElements.Head(TestModels.Gpt175B, 1, beside).Total, Is.EqualTo(matrix + (2 * 12288)));

    private static IEnumerable<ModelSpec> Models() => typeof(TestModels)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Select(property => (ModelSpec)property.GetValue(null)!);

    // What every tensor rank holds whole, by hand: norms, biases behind a reduction, router, latents' projections and norms.
    private static double Copied(ModelSpec model, LayerKind kind)
    {
        double h = model.Hidden;
        var copied = model.Norm == Norm.Layer ? 4 * h : 2 * h;
        copied += model.Attention switch
        {
            LatentAttention latent => (h * (latent.QueryRank + latent.KeyValueRank + latent.RopeWidth)) + latent.QueryRank + latent.KeyValueRank + Indexer(h, latent),
            GroupedQueryAttention grouped => (grouped.OutputBias ? h : 0) + (grouped.QueryKeyNorm ? 2 * grouped.HeadWidth : 0),
            _ => throw new ArgumentOutOfRangeException(nameof(model)),
        };
        if (kind == LayerKind.Dense) return copied + (model.DenseMlp!.Bias ? h : 0);
        return copied + (h * model.Moe!.Experts) + (model.Moe.Router.CorrectionBias ? model.Moe.Experts : 0) + (model.Moe.RouterBias ? model.Moe.Experts : 0);
    }

    // 13,959,424 in a layer of DeepSeek-V3.2.
    private static double Indexer(double h, LatentAttention latent) => latent.Indexer is { } indexer
        ? (latent.QueryRank * indexer.Heads * indexer.HeadWidth) + (h * indexer.HeadWidth) + (2 * indexer.HeadWidth) + (h * indexer.Heads)
        : 0;
}
