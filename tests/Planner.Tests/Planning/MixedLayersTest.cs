using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Search;

namespace Planner.Tests.Planning;

/// <summary>Models whose dense and MoE layers alternate: no layer is lost and sums over the model are those of its layers.</summary>
internal sealed class MixedLayersTest
{
    private static readonly int[] Tensors = [1, 8];

    [Test]
    public void Placement_HoldsEveryParameter([Values("llama4-maverick", "v3-671b")] string name)
    {
        var model = Model(name);
        var layout = Layout(model, new Degrees(8, 1, 8, 1, 1, 1));
        var problem = model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), Bytes.FromGib(1e6));
        var parts = ModelParts.Of(model, LayoutItems.KeyOf(model, layout), LayoutItems.EmbeddingBesideHead(layout));
        var stages = PlacementSearch.Solve(problem, long.MaxValue, CancellationToken.None).Plan!.Stages;
        var held = stages.Sum(stage => (stage.Dense * (parts.Dense?.Elements.Total ?? 0)) + (stage.Moe * parts.Moe!.Value.Elements.Total) + (stage.Mtp * (parts.Mtp?.Elements.Total ?? 0)))
            + parts.Embedding.Elements.Total + parts.Head.Elements.Total;
        Assert.That(stages.Sum(stage => stage.Dense + stage.Moe), Is.EqualTo(model.Model.Layers.Length));
        Assert.That(held, Is.EqualTo((double)ParameterCount.TotalWithMtp(model.Model)).Within(1e-10).Percent);
    }

    [Test]
    public void Sums_AreThoseOfTheLayers([ValueSource(nameof(Tensors))] int tp)
    {
        var model = Model("llama4-maverick");
        var layout = Layout(model, new Degrees(8, tp, 1, 8, 1, 1));
        var key = LayoutItems.KeyOf(model, layout);
        var parts = ModelParts.Of(model, key, embeddingBesideHead: true);
        var layers = model.Model.Layers.Select(kind => model.Layers.Layer(kind, key)).ToList();
        using (Assert.EnterMultipleScope())
        {
            foreach (var (what, of) in Sums)
            {
                var counted = CountedPart.Of(model.Model, parts).Where(part => part.Layer).Sum(part => part.Count * of(part.Part));
                Assert.That(counted, Is.EqualTo(layers.Sum(of)).Within(1e-10).Percent, what);
                Assert.That(counted, Is.GreaterThan(0), what);
            }

            Assert.That(parts.Moe!.Value.Transient, Is.EqualTo(layers.Max(layer => layer.Transient)), "needed whole by the layer that needs most");
            Assert.That(parts.Dense!.Value, Is.EqualTo(layers[0]), "the leading layer is itself");
        }
    }

    [Test]
    public void Stages_CostWhatTheirLayersCost([Values("llama4-maverick", "gpt-oss-120b")] string name)
    {
        var model = Model(name);
        var layout = Layout(model, new Degrees(8, 1, 8, 8, 1, 1));
        var problem = model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), Bytes.FromGib(1e6));
        var shapes = model.Model.Shapes;
        Assert.That(shapes.Distinct, Has.Length.EqualTo(2), "each other layer is of another kind");
        var states = new StateCosts(model, layout.Degrees, 1, layout.Sharding);
        var items = shapes.All.Select(shape => states.Item(model.Layers.Layer(shape, LayoutItems.KeyOf(model, layout)))).ToList();
        int[] counts = [3, 5, 4, 6, 5, 4, 3, shapes.All.Length - 30];
        var left = shapes.Front;
        var contents = new List<StageContent>();
        foreach (var count in counts)
        {
            contents.Add(new StageContent(Math.Min(left, count), count - Math.Min(left, count), 0));
            left -= contents[^1].Dense;
        }

        var costs = problem.StageCosts(new StagePlan([.. contents]));
        var first = 0;
        for (var stage = 0; stage < counts.Length; stage++)
        {
            var own = costs[stage] - problem.FixedBesideLayers(stage);
            var least = problem.StageCost(stage, contents[stage]) - problem.FixedBesideLayers(stage);
            var layers = items.GetRange(first, counts[stage]);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(own.Forward, Is.EqualTo(layers.Sum(layer => layer.Forward)));
                Assert.That(own.BackwardInput + own.Weight, Is.EqualTo(layers.Sum(layer => layer.BackwardInput + layer.Weight)));
                Assert.That(own.StaticKib, Is.EqualTo(layers.Sum(layer => layer.StaticKib)));
                Assert.That(own.ActivationKib, Is.EqualTo(layers.Sum(layer => layer.ActivationKib)));
                Assert.That(least.Forward, Is.LessThanOrEqualTo(own.Forward));
                Assert.That(least.StaticKib, Is.LessThanOrEqualTo(own.StaticKib));
            }

            first += counts[stage];
        }
    }

    private static readonly (string What, Func<LayerCost, double> Of)[] Sums =
    [
        ("forward", layer => layer.Forward),
        ("input gradient", layer => layer.BackwardInput),
        ("weight gradient", layer => layer.Weight),
        ("forward of a pair", layer => layer.PairForwardCompute),
        ("backward of a pair", layer => layer.PairBackwardCompute),
        ("forward traffic of a pair", layer => layer.PairForwardTraffic),
        ("backward traffic of a pair", layer => layer.PairBackwardTraffic),
        ("communication", layer => layer.Communication),
        ("activations", layer => layer.Activations),
        ("linear", layer => layer.Elements.Linear),
        ("other", layer => layer.Elements.Other),
        ("experts", layer => layer.Elements.Expert),
    ];

    private static CostModel Model(string name) => new(
        new ModelCatalog().Load(name).Spec,
        new HardwareCatalog().Load("h100").Spec,
        new StackCatalog().Load("megatron").Spec,
        new Workload(8192, 64, Precision.Bf16, null));

    private static LayoutSpec Layout(CostModel model, Degrees degrees) => new(
        degrees, 1, 64 / degrees.Data, ScheduleCatalog.All.Single(schedule => schedule.Name == "1f1b"), model.Stack.RecomputePolicies[0], Sharding.Zero1);
}
