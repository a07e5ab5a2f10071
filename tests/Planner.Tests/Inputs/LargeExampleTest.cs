using NUnit.Framework;
using Planner.Cost.Models;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

/// <summary>The made-up model of examples/10t-moe: its README's totals, counted a second time from the configuration's own numbers.</summary>
internal sealed class LargeExampleTest
{
    private const long Hidden = 12288, Layers = 96, Dense = 3, Experts = 512, Width = 5632, Heads = 128, Vocabulary = 163_840;
    private const long Query = 3072, KeyValue = 1024, NoRope = 128, Rope = 64, Value = 128;

    [Test]
    public void Config_CountsTenTrillion()
    {
        var spec = new ModelCatalog().Load(Path.Join(Root(), "examples", "10t-moe", "config.json")).Spec;
        var attention = (Hidden * Query) + Query + (Query * Heads * (NoRope + Rope)) + (Hidden * (KeyValue + Rope)) + KeyValue
            + (KeyValue * Heads * (NoRope + Value)) + (Heads * Value * Hidden);
        var all = (2 * Vocabulary * Hidden) + Hidden + (Layers * (attention + (2 * Hidden))) + (Dense * 3 * Hidden * 49_152) + ((Layers - Dense) * Moe(Experts));
        Assert.That(ParameterCount.Total(spec), Is.EqualTo(all));
        Assert.That(all / 1e12, Is.EqualTo(9.95).Within(0.001));
    }

    // Chosen and shared experts, the gate and its bias.
    private static long Moe(long experts) => (3 * Hidden * Width * (experts + 1)) + (Hidden * Experts) + Experts;

    private static string Root()
    {
        var folder = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Join(folder, "Planner.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
