using Google.OrTools.Sat;
using Google.OrTools.Util;
using Planner.Cost.Layout;

namespace Planner.Search;

/// <summary>
/// Degrees and choices of the layouts as integer variables, tied to the layouts' literals. Tensor x context x pipeline x data = GPUs stays a
/// constraint of the model, though every layout in it keeps to it.
/// </summary>
internal sealed class JointModelDegrees
{
    private readonly CpModel model;
    private readonly IReadOnlyList<JointCandidate> candidates;
    private readonly BoolVar[] chosen;
    private readonly List<(IntVar Variable, long[] Values)> channels = [];
    private readonly List<(IntVar Product, long[] Values)> products = [];

    public JointModelDegrees(CpModel model, IReadOnlyList<JointCandidate> candidates, BoolVar[] chosen, int gpus)
    {
        this.model = model;
        this.candidates = candidates;
        this.chosen = chosen;
        var tensor = Degree("tp", layout => layout.Degrees.Tensor);
        var context = Degree("cp", layout => layout.Degrees.Context);
        var pipeline = Degree("pp", layout => layout.Degrees.Pipeline);
        var data = Degree("dp", layout => layout.Degrees.Data);
        var expert = Degree("ep", layout => layout.Degrees.Expert);
        Degree("vpp", layout => layout.Degrees.Virtual);
        Degree("micro-batch", layout => layout.MicroBatch);
        Choice("schedule", layout => layout.Schedule.Name);
        Choice("recompute", layout => layout.Recompute.Name);
        Degree("sharding", layout => (int)layout.Sharding);

        var shards = Product("tp*cp", tensor, context, layout => layout.Degrees.Tensor * layout.Degrees.Context, gpus);
        var replicas = Product("pp*dp", pipeline, data, layout => layout.Degrees.Pipeline * layout.Degrees.Data, gpus);
        var all = model.NewConstant(gpus);
        model.AddMultiplicationEquality(all, new LinearExpr[] { shards, replicas });

        // The expert degree lies inside data x context, or where a stack folds experts over tensor ranks, inside a stage.
        var room = Product("dp*cp", data, context, layout => layout.Degrees.Data * layout.Degrees.Context, gpus);
        if (candidates.Any(candidate => candidate.Layout.Degrees is var degrees && degrees.ExpertRoom(false) % degrees.Expert != 0))
            room = Product("dp*cp*tp", room, tensor, layout => layout.Degrees.ExpertRoom(true), gpus);
        model.AddModuloEquality(0, room, expert);
    }

    public void Hint(int candidate)
    {
        foreach (var (variable, values) in channels) model.AddHint(variable, values[candidate]);
        foreach (var (variable, values) in products) model.AddHint(variable, values[candidate]);
    }

    private IntVar Product(string name, IntVar left, IntVar right, Func<LayoutSpec, long> value, int gpus)
    {
        var product = model.NewIntVar(1, gpus, name);
        model.AddMultiplicationEquality(product, new LinearExpr[] { left, right });
        products.Add((product, [.. candidates.Select(candidate => value(candidate.Layout))]));
        return product;
    }

    private IntVar Choice(string name, Func<LayoutSpec, string> value)
    {
        var names = candidates.Select(candidate => value(candidate.Layout)).Distinct().Order(StringComparer.Ordinal).ToList();
        return Degree(name, layout => names.IndexOf(value(layout)));
    }

    private IntVar Degree(string name, Func<LayoutSpec, long> value)
    {
        long[] values = [.. candidates.Select(candidate => value(candidate.Layout))];
        var variable = model.NewIntVarFromDomain(Domain.FromValues([.. values.Distinct().Order()]), name);
        model.Add(LinearExpr.WeightedSum(chosen, values) == variable);
        channels.Add((variable, values));
        return variable;
    }
}
