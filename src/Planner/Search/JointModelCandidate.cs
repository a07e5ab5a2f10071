using Planner.Cost.Pipeline;
using Google.OrTools.Sat;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// One layout inside the joint model: layers of each kind a stage, all zero unless the layout's literal is chosen, so that no row needs a big
/// number. Rows: contents rule, memory of every rank for every in-flight vector, and cuts.
/// </summary>
internal sealed class JointModelCandidate
{
    private readonly CpModel model;
    private readonly PlacementProblem problem;
    private readonly BoolVar chosen;
    private readonly int stages;
    private readonly int[] denseAt;
    private readonly int[] moeAt;
    private readonly BoolVar[] finished;
    private readonly List<IntVar> variables = [];
    private readonly BoolVar? before;
    private readonly int beforeAt = -1;
    private readonly long[]?[] durationForms;
    private readonly Dictionary<int, (int At, long[] Compute, long[] Traffic)> pairs = [];

    public JointModelCandidate(CpModel model, JointCandidate candidate, int number, BoolVar chosen, long limit)
    {
        this.model = model;
        problem = candidate.Problem;
        stages = problem.Stages;
        this.chosen = chosen;
        variables.Add(chosen);
        Time = model.NewIntVar(0, limit, $"makespan{number}");
        model.Add(Time <= limit * chosen);
        model.Add(Time >= candidate.LowerBound * chosen);
        var mixed = problem.DenseLayers > 0 && problem.MoeLayers > 0;
        var lastDense = problem.MoeLayers == 0 ? stages - 1 : mixed ? Math.Min(stages - 1, problem.DenseLayers) : -1;
        var cuts = candidate.Cuts.IsDefaultOrEmpty ? [.. RankCuts.Of(problem.Graph)] : candidate.Cuts;
        var ranges = StageRanges.Of(problem, cuts, limit);
        denseAt = Counts("dense", number, stage => problem.DenseLayers > 0 && stage <= lastDense ? ranges[stage].Dense : null);
        moeAt = Counts("moe", number, stage => problem.MoeLayers > 0 ? ranges[stage].Moe : null);
        if (problem.MtpModules > 0 && stages > 1)
        {
            before = model.NewBoolVar($"mtp-before-last{number}");
            beforeAt = variables.Count;
            variables.Add(before);
        }

        finished = new BoolVar[mixed ? lastDense : 0];
        for (var stage = 0; stage < finished.Length; stage++) finished[stage] = model.NewBoolVar($"dense-finished{number}-{stage}");
        durationForms = new long[problem.Graph.Durations.Length][];
        Contents();
        Memory();
        foreach (var cut in cuts) Add(cut);
    }

    /// <summary>Makespan of the layout; 0 where it is not chosen. Its sum over layouts is the makespan, which keeps half-chosen layouts from hiding.</summary>
    public IntVar Time { get; }

    /// <summary>The makespan is no shorter than the path.</summary>
    public void Add(PathCut cut)
    {
        var form = new Dictionary<int, long> { [0] = cut.Lags * problem.Lag };
        for (var i = 0; i < cut.Coefficients.Length; i++)
        {
            if (cut.Coefficients[i] == 0) continue;
            var duration = Duration(i);
            for (var at = 0; at < duration.Length; at++)
                if (duration[at] != 0) form[at] = form.GetValueOrDefault(at) + (cut.Coefficients[i] * duration[at]);
        }

        model.Add(Time >= Expression(form));
    }

    public StagePlan Plan(CpSolver solver)
    {
        var atBefore = before is not null && solver.BooleanValue(before);
        var contents = new StageContent[stages];
        for (var stage = 0; stage < stages; stage++)
        {
            var mtpStage = atBefore ? stages - 2 : stages - 1;
            contents[stage] = new StageContent(Count(solver, denseAt[stage]), Count(solver, moeAt[stage]), stage == mtpStage ? problem.MtpModules : 0);
        }

        return new StagePlan([.. contents]);
    }

    /// <summary>Suggests a placement; null: that the layout is not chosen.</summary>
    public void Hint(StagePlan? plan, long makespan)
    {
        model.AddHint(Time, plan is null ? 0 : makespan);
        var values = new long[variables.Count];
        var dense = 0;
        values[0] = plan is null ? 0 : 1;
        for (var stage = 0; stage < stages; stage++)
        {
            var held = plan is null ? default : plan.Stages[stage];
            dense += held.Dense;
            if (denseAt[stage] >= 0) values[denseAt[stage]] = held.Dense;
            if (moeAt[stage] >= 0) values[moeAt[stage]] = held.Moe;
            if (stage < finished.Length) model.AddHint(finished[stage], dense == problem.DenseLayers);
            if (stage == stages - 2 && before is not null) values[beforeAt] = held.Mtp;
        }

        foreach (var (at, compute, traffic) in pairs.Values) values[at] = Math.Max(Value(compute, values), Value(traffic, values));
        for (var i = 0; i < values.Length; i++) model.AddHint(variables[i], values[i]);
    }

    private static int Count(CpSolver solver, IntVar? variable) => variable is null ? 0 : (int)solver.Value(variable);

    private int Count(CpSolver solver, int at) => Count(solver, at < 0 ? null : variables[at]);

    private int[] Counts(string kind, int number, Func<int, (int Least, int Most)?> range)
    {
        var at = new int[stages];
        for (var stage = 0; stage < stages; stage++)
        {
            at[stage] = -1;
            if (range(stage) is not var (least, most)) continue;
            at[stage] = variables.Count;
            var count = model.NewIntVar(0, most, $"{kind}{number}-{stage}");
            variables.Add(count);
            model.Add(count <= most * chosen);
            if (least > 0) model.Add(count >= least * chosen);
        }

        return at;
    }

    private void Contents()
    {
        var last = stages - 1;
        if (problem.DenseLayers > 0) model.Add(LinearExpr.Sum(Of(denseAt)) == problem.DenseLayers * chosen);
        if (problem.MoeLayers > 0) model.Add(LinearExpr.Sum(Of(moeAt)) == problem.MoeLayers * chosen);
        for (var stage = 1; stage < last; stage++)
        {
            var held = LinearExpr.Sum(Of([denseAt[stage], moeAt[stage]]));
            model.Add(before is not null && stage == last - 1 ? held + before >= chosen : held >= chosen);
        }

        if (before is not null)
        {
            model.AddImplication(before, chosen);
            var most = problem.DenseLayers + problem.MoeLayers;
            model.Add(LinearExpr.Sum(Of([denseAt[last], moeAt[last]])) <= most * (chosen - before));
        }

        // Finished at a stage: no dense layer behind it. Not finished: no MoE layer on it.
        for (var stage = 0; stage < finished.Length; stage++)
        {
            model.Add(variables[moeAt[stage]] <= problem.MoeLayers * finished[stage]);
            model.Add(variables[denseAt[stage + 1]] <= problem.DenseLayers * (1 - finished[stage]));
            if (stage > 0) model.AddImplication(finished[stage - 1], finished[stage]);
        }
    }

    private void Memory()
    {
        for (var rank = 0; rank < problem.Graph.Ranks; rank++)
        {
            foreach (var vector in problem.Graph.InFlight[rank])
            {
                var form = new long[variables.Count];
                form[0] = problem.RankBase.StaticKib;
                for (var i = 0; i < vector.Length; i++)
                {
                    long inFlight = vector[i];
                    AddStage(form, problem.Graph.StagesOfRank[rank][i], item => item.StaticKib + (inFlight * item.ActivationKib));
                }

                model.Add(Expression(form) <= problem.LimitKib);
            }
        }
    }

    private long[] Duration(int index) => durationForms[index] ??= Form(index);

    private long[] Form(int index)
    {
        var key = problem.Graph.Durations[index];
        var form = new long[variables.Count];
        switch (key.Kind)
        {
            case OperationKind.ReduceGradients:
                form[0] = problem.RankBase.ReduceGradients;
                foreach (var stage in problem.Graph.StagesOfRank[key.Rank]) AddStage(form, stage, item => item.ReduceGradients);
                return form;
            case OperationKind.Update:
                form[0] = problem.RankBase.Update;
                foreach (var stage in problem.Graph.StagesOfRank[key.Rank]) AddStage(form, stage, item => item.Update);
                return form;
            case OperationKind.Overlapped:
                return Pair(index, key);
            default:
                AddStage(form, key.Stage, item => PlacementProblem.Duration(key, item, default));
                return form;
        }
    }

    // The longer side; a variable only where neither side is the longer one whatever the stages hold.
    private long[] Pair(int index, DurationKey key)
    {
        var compute = new long[variables.Count];
        var traffic = new long[variables.Count];
        AddStage(compute, key.Stage, item => item.PairForwardCompute);
        AddStage(compute, key.PairStage, item => item.PairBackwardCompute);
        AddStage(traffic, key.Stage, item => item.PairForwardTraffic);
        AddStage(traffic, key.PairStage, item => item.PairBackwardTraffic);
        var (computeOnly, trafficOnly) = (true, true);
        for (var i = 0; i < compute.Length; i++)
        {
            // Literal "before" never holds without "chosen": its share is judged together with it.
            var difference = compute[i] - traffic[i] + (i == beforeAt ? compute[0] - traffic[0] : 0);
            computeOnly &= difference >= 0;
            trafficOnly &= difference <= 0;
        }

        if (computeOnly) return compute;
        if (trafficOnly) return traffic;
        var longer = model.NewIntVar(0, Math.Max(Most(compute), Most(traffic)), $"pair{index}");
        model.Add(longer >= Expression(compute));
        model.Add(longer >= Expression(traffic));
        var at = variables.Count;
        variables.Add(longer);
        pairs[index] = (at, compute, traffic);
        var form = new long[variables.Count];
        form[at] = 1;
        return form;
    }

    private void AddStage(long[] form, int stage, Func<ItemCost, long> part)
    {
        if (denseAt[stage] >= 0) form[denseAt[stage]] += part(problem.Dense);
        if (moeAt[stage] >= 0) form[moeAt[stage]] += part(problem.Moe);
        form[0] += part(problem.Fixed(stage));
        if (stage == stages - 1)
        {
            form[0] += problem.MtpModules * part(problem.MtpOnLast);
            if (beforeAt >= 0) form[beforeAt] -= problem.MtpModules * part(problem.MtpOnLast);
        }
        else if (stage == stages - 2 && beforeAt >= 0) form[beforeAt] += problem.MtpModules * part(problem.MtpBeforeLast);
    }

    private long Most(long[] form)
    {
        long most = 0;
        for (var i = 0; i < form.Length; i++) most += Math.Max(0, form[i]) * (i == 0 || i == beforeAt ? 1 : problem.DenseLayers + problem.MoeLayers);
        return most;
    }

    private static long Value(long[] form, long[] values)
    {
        long value = 0;
        for (var i = 0; i < form.Length; i++) value += form[i] * values[i];
        return value;
    }

    private IEnumerable<IntVar> Of(IEnumerable<int> at) => at.Where(i => i >= 0).Select(i => variables[i]);

    private LinearExprBuilder Expression(long[] form) =>
        Expression(Enumerable.Range(0, form.Length).Where(i => form[i] != 0).Select(i => KeyValuePair.Create(i, form[i])));

    private LinearExprBuilder Expression(IEnumerable<KeyValuePair<int, long>> form)
    {
        var builder = LinearExpr.NewBuilder();
        foreach (var (at, coefficient) in form) builder.AddTerm(variables[at], coefficient);
        return builder;
    }
}
