using System.Collections.Immutable;
using NJsonSchema;
using NUnit.Framework;
using Planner.Cost;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Planning;
using Planner.Plans;
using Planner.Search;
using Planner.Tests.Commands;

namespace Planner.Tests.Planning;

/// <summary>Draws over the ranges of the shipped constants, against the estimator's own slow replay.</summary>
internal sealed class RobustChoiceTest
{
    private const int Draws = 40;

    private static readonly string[] Small =
        ["solve", "--model", "v2-lite-16b", "--gpus", "32", "--hw", "h800", "--stack", "deepseek", "--micro-batch", "1", "--cp", "1", "--tp", "1", "--batch", "256"];

    private static readonly PlanningInputs Inputs = PlanningInputs.Load(
        new SolveRequest("v2-lite-16b", "h800", "deepseek", 32, 256, null, null, null, null, null, TensorPolicy.Pinned,
            PlanPins.None with { Tensor = [1], Context = [1], MicroBatch = [1] }, null, 1, false, false),
        new InputCatalogs(null));

    private static readonly UncertainConstants Constants = new(Inputs);
    private static readonly ImmutableArray<SearchedLayout> Layouts = Placed();

    [Test]
    public void With_ValuesAsTheyStand_IsTheSameCost()
    {
        var steps = new long[Layouts.Length];
        new RedrawnCosts(Layouts).Steps(Constants.Model(Constants.Values()), steps);
        Assert.That(Layouts, Has.Length.GreaterThan(5));
        Assert.That(steps, Is.EqualTo(Layouts.Select(layout => layout.Result!.Makespan)));
    }

    [Test]
    public void Draws_LieInTheirRangesAndRepeat()
    {
        for (var draw = 0; draw < Draws; draw++)
        {
            var values = Constants.Draw(draw);
            for (var i = 0; i < values.Length; i++)
                Assert.That(values[i], Is.InRange(Constants.All[i].Low, Constants.All[i].High), Constants.All[i].Path);
            Assert.That(Constants.Draw(draw), Is.EqualTo(values));
        }

        var first = Enumerable.Range(0, 1000).Select(draw => (Constants.Draw(draw)[0] - Constants.All[0].Low) / (Constants.All[0].High - Constants.All[0].Low)).ToList();
        Assert.That((first.Average(), first.Min(), first.Max()), Is.EqualTo((0.5, 0.0, 1.0)).Using<(double A, double B, double C)>(
            (a, b) => Math.Abs(a.A - b.A) < 0.05 && Math.Abs(a.B - b.B) < 0.01 && Math.Abs(a.C - b.C) < 0.01));
    }

    [Test]
    public void Choose_IsTheSlowLoopsChoice()
    {
        var robust = new RobustChoice(Constants, Layouts, Draws, choose: true, 2, CancellationToken.None);
        var chosen = robust.Choose();
        var described = robust.Describe(chosen, [.. Enumerable.Range(0, Layouts.Length).Where(i => i != chosen)], chosen: true);

        // Draws and ends of single constants again, each step from an estimate made from nothing; the corners of pairs only add worlds.
        var worlds = Enumerable.Range(0, Draws).Select(Constants.Draw).ToList();
        var regret = new double[Layouts.Length, worlds.Count];
        for (var world = 0; world < worlds.Count; world++)
        {
            var steps = Layouts.Select(layout => Step(worlds[world], layout)).ToArray();
            for (var i = 0; i < steps.Length; i++) regret[i, world] = (steps[i] / (double)steps.Min()) - 1;
        }

        double Near(int i) => Enumerable.Range(0, worlds.Count).Count(world => regret[i, world] <= 0.02) / (double)worlds.Count;
        double Mean(int i) => Enumerable.Range(0, worlds.Count).Average(world => regret[i, world]);
        var members = described.Members.Insert(0, described.Plan);
        foreach (var member in members)
        {
            var i = Layouts.Select(layout => layout.Layout).ToList().IndexOf(member.Layout);
            Assert.That((member.Within, member.Fits), Is.EqualTo((Near(i), 1.0)), $"{member.Layout}");
            Assert.That(member.MeanRegret, Is.EqualTo(Mean(i)).Within(1e-9));
            Assert.That(member.WorstRegret, Is.GreaterThanOrEqualTo(Enumerable.Range(0, worlds.Count).Max(world => regret[i, world]) - 1e-9));
        }

        Assert.That(described.Plan.WorstRegret, Is.EqualTo(members.Min(member => member.WorstRegret)));
    }

    [Test]
    public void Flips_TurnTheOrderThere()
    {
        var robust = new RobustChoice(Constants, Layouts, Draws, choose: false, 1, CancellationToken.None).Describe(0, [.. Enumerable.Range(1, Layouts.Length - 1)], chosen: false);
        var flips = robust.Members.Where(member => member.Flip is not null).ToList();
        Assert.That(flips, Is.Not.Empty);
        foreach (var member in flips)
        {
            var index = Constants.All.Select(constant => constant.Path).ToList().IndexOf(member.Flip!.Constant);
            var world = Constants.Values();
            world[index] = member.Flip.At;
            var other = Layouts.First(layout => layout.Layout == member.Layout);
            Assert.That(Step(world, other), Is.LessThan(Step(world, Layouts[0])), $"{member.Layout} at {member.Flip}");
            Assert.That(Step(Constants.Values(), other), Is.GreaterThan(Step(Constants.Values(), Layouts[0])));
        }
    }

    [Test]
    public async Task Commands_AnyThreads_SameBytesThatFitTheSchema([Values("", "--robust")] string option)
    {
        string[] asked = [.. Small, .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var json = Run.Of(new PlanMaker(), [.. asked, "--format", "json", "--threads", "1"]);
        Assert.That(Run.Of(new PlanMaker(), [.. asked, "--format", "json", "--threads", "2"]), Is.EqualTo(json));
        var schema = await JsonSchema.FromFileAsync(Path.Join(AppContext.BaseDirectory, "data", "schema", "plan.schema.json"));
        Assert.That(schema.Validate(json.Output), Is.Empty);
        Assert.That(json.Output, Does.Contain("\"robustness\""));
        var text = Run.Of(new PlanMaker(), asked);
        Assert.That(text.Output, Does.Contain("\n  robust      this plan is within 2 % of the best in"));
        Assert.That(text.Output.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(100));
    }

    [Test]
    public void Robust_NothingHasARange_IsRefused() => Assert.That(
        Run.Of(new PlanMaker(), "solve", "--model", "llama3.1-8b", "--gpus", "8", "--hw", "h100", "--robust").Error,
        Does.StartWith("planner: --robust: no constant of stack ").And.EndsWith("has a range; add \"range\": [low, high] to those you doubt\n"));

    [TestCase("[0.8, 0.1]", "notify_ms.range must be two numbers, the smaller first, with the value 0.3 between them")]
    [TestCase("[0.4, 0.8]", "notify_ms.range must be two numbers, the smaller first, with the value 0.3 between them")]
    [TestCase("[0.1]", "notify_ms.range must be two numbers, the smaller first")]
    [TestCase("[0.1, \"x\"]", "notify_ms.range must be two numbers, the smaller first")]
    [TestCase("[-1, 0.8]", "notify_ms.range must be at least 0 and at most 1000000")]
    public void Range_Wrong_IsOneLine(string range, string message)
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Join(AppContext.BaseDirectory, "data", "stacks", "deepseek.json"));
        const string Shipped = "\"notify_ms\": { \"value\": 0.3, \"range\": [0.1, 0.8]";
        Assert.That(text, Does.Contain(Shipped));
        var path = Path.Join(folder.Path, "mine.json");
        File.WriteAllText(path, text.Replace(Shipped, $"\"notify_ms\": {{ \"value\": 0.3, \"range\": {range}", StringComparison.Ordinal));
        var error = Assert.Throws<InputException>(() => new StackCatalog().Load(path));
        Assert.That(error!.Message, Does.Contain(message).And.Not.Contain("\n"));
    }

    private static long Step(double[] world, SearchedLayout layout) =>
        Ticks.FromSeconds(new StepEstimator(Constants.Model(world), layout.Layout, layout.Result!.Plan!).Estimate().Step);

    private static ImmutableArray<SearchedLayout> Placed()
    {
        var model = new CostModel(Inputs.Model.Spec, Inputs.Machine.Spec, Inputs.Stack.Spec, Inputs.Workload);
        var space = SpaceOfRequest.Build(model, Inputs.Request, PlanPins.None with { Tensor = [1], Context = [1], MicroBatch = [1] }, Inputs.JobGpus);
        var result = new SpaceSearch(model, space, false, 0, 0.10, false, 1, joint: false).Run(null, CancellationToken.None);
        return [.. result.Main.Searched.Where(layout => layout.HasPlan).OrderBy(layout => layout.Result!.Makespan).ThenBy(layout => layout.Scored).Take(8)];
    }
}
