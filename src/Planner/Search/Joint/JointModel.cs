using System.Globalization;
using Google.OrTools.Sat;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// One constraint model over all layouts that survived the bounds: it picks the degrees and the placement together, and proves the result a
/// second time. From the search it takes only cuts (each can be checked by replaying its path), lower bounds and a limit. One worker, fixed
/// seed; where the suggested plan is as good as any, that plan is the answer: the same input gives the same result.
/// </summary>
public static class JointModel
{
    // The rows propagate by themselves: presolve, symmetry detection and a linear program cost more than they bring, and so does the propagator that
    // looks for cycles among rows (Kimi-K2 on 4096 h800, whole process: 1.33 s without, 1.52 s with it).
    private const string Parameters =
        "num_workers:1,random_seed:1,catch_sigint_signal:false,cp_model_presolve:false,cp_model_probing_level:0,symmetry_level:0,linearization_level:0,"
        + "new_linear_propagation:false";

    // Of all rounds together, in the solver's own count of work (a few seconds): past it the result is the best so far and the proven bound.
    private const double MostWork = 1;

    /// <summary>Version of the solver library.</summary>
    public static string SolverVersion => Google.OrTools.Init.OrToolsVersion.VersionString();

    /// <summary>Loads the native library and solves a trivial model, so that the first real one does not pay for it.</summary>
    public static void WarmUp()
    {
        var model = new CpModel();
        var variable = model.NewIntVar(0, 3, "x");
        model.Add(LinearExpr.WeightedSum([variable, model.NewBoolVar("y")], [2L, 1L]) >= 3);
        model.Minimize(variable);
        new CpSolver { StringParameters = Parameters }.Solve(model);
    }

    /// <summary>Finds the shortest placement over all candidates, not longer than <paramref name="upperBound"/>.</summary>
    /// <param name="candidates">Layouts; at least one.</param>
    /// <param name="gpus">Product of the degrees of every layout.</param>
    /// <param name="upperBound">Ticks; Infeasible is returned where every placement is longer.</param>
    /// <param name="hintCandidate">Index of the best known layout.</param>
    /// <param name="hintPlan">Its placement, which must be legal and fit.</param>
    /// <param name="cancel">Ends the search with the best so far and the proven bound.</param>
    public static JointResult Solve(
        IReadOnlyList<JointCandidate> candidates,
        int gpus,
        long upperBound,
        int hintCandidate,
        StagePlan hintPlan,
        CancellationToken cancel)
    {
        var model = new CpModel();
        var best = new Best(candidates);
        var hintCut = best.Offer(hintCandidate, hintPlan);
        var limit = Math.Min(upperBound, best.Makespan);
        var lowest = candidates.Min(candidate => candidate.LowerBound);
        if (lowest > limit) return best.Result(ProofStatus.Infeasible, lowest, 0, upperBound);
        var time = model.NewIntVar(lowest, limit, "makespan");
        var chosen = new BoolVar[candidates.Count];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = model.NewBoolVar($"layout{i}");
        model.AddExactlyOne(chosen);

        // Layouts that cannot be shorter than the suggested plan stay in the model as literals that cannot hold.
        var suggested = best.Makespan <= upperBound;
        var hopeless = candidates
            .Select((candidate, i) => candidate.LowerBound > limit || (candidate.LowerBound == limit && suggested && i != hintCandidate))
            .ToArray();
        if (candidates.Where((candidate, i) => !hopeless[i] && !PlacementSearch.Enumerates(candidate.Problem)).Any())
            return best.Result(ProofStatus.Unknown, lowest, 0, upperBound);
        var parts = new JointModelCandidate?[candidates.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            if (cancel.IsCancellationRequested) return best.Result(ProofStatus.Unknown, lowest, 0, upperBound);
            var own = i == hintCandidate;
            var ways = hopeless[i] ? null : new JointLattice(candidates[i], own ? [hintCut] : [], limit, SpaceSearch.SurvivorShare);
            if (ways is { TooMuch: true }) return best.Result(ProofStatus.Unknown, lowest, 0, upperBound);
            if (own && suggested && ways?.Arcs(hintPlan) is null)
                throw new InvalidOperationException("the suggested plan breaks the contents rule, the memory limit or a lower bound");
            if (ways is null || ways.Empty) model.Add(chosen[i] == 0);
            else parts[i] = new JointModelCandidate(model, candidates[i], ways, i, chosen[i], time);
        }

        model.Add(time >= LinearExpr.WeightedSum(chosen, candidates.Select(candidate => Math.Min(candidate.LowerBound, limit))));
        var degrees = new JointModelDegrees(model, candidates, chosen, gpus);
        model.Minimize(time);

        var bound = lowest;
        var work = MostWork;
        var excluded = false;
        for (var round = 1; ; round++)
        {
            Hint(model, time, parts, degrees, best);
            var solver = new CpSolver
            {
                StringParameters = string.Create(CultureInfo.InvariantCulture, $"{Parameters},max_deterministic_time:{Math.Max(work, 1e-6)}"),
            };
            using var stop = cancel.Register(solver.StopSearch);
            var status = cancel.IsCancellationRequested ? CpSolverStatus.Unknown : solver.Solve(model);
            work -= solver.Response?.DeterministicTime ?? 0;
            if (status == CpSolverStatus.ModelInvalid) throw new InvalidOperationException($"invalid model: {model.Validate()}");
            if (status == CpSolverStatus.Infeasible && excluded) return best.Result(best.Makespan <= upperBound ? ProofStatus.Optimal : ProofStatus.Infeasible, Math.Min(best.Makespan, limit + 1), round, upperBound);
            if (status == CpSolverStatus.Infeasible && best.Makespan <= upperBound) throw new InvalidOperationException("a cut is longer than its replay");
            if (status == CpSolverStatus.Infeasible) return best.Result(ProofStatus.Infeasible, limit + 1, round, upperBound);
            if (status is not CpSolverStatus.Unknown) bound = Math.Max(bound, (long)Math.Ceiling(solver.BestObjectiveBound - 0.5));
            if (bound >= best.Makespan) return best.Result(ProofStatus.Optimal, best.Makespan, round, upperBound);
            if (status is CpSolverStatus.Unknown) return best.Result(ProofStatus.Unknown, bound, round, upperBound);

            var found = Array.FindIndex(chosen, solver.BooleanValue);
            var part = parts[found] ?? throw new InvalidOperationException($"layout {found} was chosen past its bound");
            var plan = part.Plan(solver);
            part.Add(best.Offer(found, plan));
            if (candidates[found].Problem.Sequence is not null)
            {
                // The model knows the least that so many layers cost: what was costed by its own layers is not to be found again.
                part.Exclude(plan);
                excluded = true;
            }

            if (bound >= best.Makespan) return best.Result(ProofStatus.Optimal, best.Makespan, round, upperBound);
            if (status != CpSolverStatus.Optimal) return best.Result(ProofStatus.Unknown, bound, round, upperBound);
            model.Add(time >= bound);
        }
    }

    private static void Hint(CpModel model, IntVar time, JointModelCandidate?[] parts, JointModelDegrees degrees, Best best)
    {
        model.ClearHints();
        model.AddHint(time, best.Makespan);
        degrees.Hint(best.Candidate);
        for (var i = 0; i < parts.Length; i++) parts[i]?.Hint(i == best.Candidate ? best.Plan : null);
    }

    /// <summary>Best replayed placement over all candidates; of equals the one offered first.</summary>
    private sealed class Best(IReadOnlyList<JointCandidate> candidates)
    {
        public int Candidate { get; private set; } = -1;

        public StagePlan? Plan { get; private set; }

        public long Makespan { get; private set; } = long.MaxValue;

        public PathCut Offer(int candidate, StagePlan plan)
        {
            var problem = candidates[candidate].Problem;
            var durations = new long[problem.Graph.Durations.Length];
            var end = new long[problem.Graph.Nodes];
            var costs = problem.StageCosts(plan);
            problem.FillDurations(costs, durations);
            var makespan = problem.Graph.Replay(durations, problem.Lag, end);
            var fits = problem.Sequence is null || problem.FullestKib(costs) <= problem.LimitKib;
            if (fits && makespan < Makespan) (Candidate, Plan, Makespan) = (candidate, plan, makespan);
            return problem.Graph.CriticalPath(problem.Lag, end);
        }

        public JointResult Result(ProofStatus status, long bound, int rounds, long upperBound)
        {
            if (Makespan > upperBound) return new JointResult(status, -1, null, long.MaxValue, bound, rounds, SolverVersion);
            if (status == ProofStatus.Unknown) status = ProofStatus.Feasible;
            return new JointResult(status, Candidate, Plan, Makespan, bound, rounds, SolverVersion);
        }
    }
}
