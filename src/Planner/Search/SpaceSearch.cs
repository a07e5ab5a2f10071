using Planner.Cost;

namespace Planner.Search;

/// <summary>How the whole space was searched.</summary>
/// <param name="Table">Scores.</param>
/// <param name="Main">The layouts the answer was chosen from.</param>
/// <param name="Larger">Policy avoid: the best layout of each larger tensor-parallel degree; null where none fits.</param>
/// <param name="Joint">What the joint model says; null without a plan, or where the search was cut short.</param>
/// <param name="Survivors">Layouts in the joint model.</param>
internal sealed record SpaceSearchResult(
    CandidateTable Table,
    LayoutSearchResult Main,
    IReadOnlyList<KeyValuePair<int, SearchedLayout?>> Larger,
    JointResult? Joint,
    int Survivors);

/// <summary>Scores a space, finds the fastest layout and its neighbours, and has the joint model choose and prove again.</summary>
/// <param name="model">Costs.</param>
/// <param name="space">Space.</param>
/// <param name="avoidTensor">Takes the smallest tensor-parallel degree that has a plan.</param>
/// <param name="within">Share of the best step within which other layouts are placed and replayed, too.</param>
/// <param name="audit">Every layout with a bound below the best keeps its literal in the joint model.</param>
/// <param name="threads">Threads; they change the time, never the result.</param>
internal sealed class SpaceSearch(CostModel model, SearchSpace space, bool avoidTensor, double within, bool audit, int threads)
{
    /// <summary>Layouts this close to the best stay in the joint model.</summary>
    public const double SurvivorShare = 0.01;

    public SpaceSearchResult Run(Action<string, int, long, double>? report, CancellationToken cancel)
    {
        var table = CandidateTable.Score(model, space, cancel);
        var search = new LayoutSearch(model, space, threads);
        var groups = table.Layouts.GroupBy(layout => avoidTensor ? layout.Tensor : 0).OrderBy(group => group.Key).ToList();
        LayoutSearchResult? main = null;
        var larger = new List<KeyValuePair<int, SearchedLayout?>>();
        var searched = new List<SearchedLayout>();
        var proof = Task.FromResult<(JointResult? Joint, int Survivors)>((null, 0));
        foreach (var group in groups)
        {
            var ordered = Ordered(group);
            if (main is not null)
            {
                larger.Add(new(group.Key, search.Run(ordered, 0, null, cancel).Best));
                continue;
            }

            var result = search.Run(ordered, within, report is null ? null : (n, best, bound) => report("searching placements", n, best, bound), cancel);
            searched.AddRange(result.Searched);
            if (result.Best is null && result.Complete) continue;
            main = result with { Searched = searched };
            if (result.Best is not null && result.Complete) proof = Start(() => Prove(result, cancel));
        }

        main ??= new LayoutSearchResult(null, searched, double.MaxValue, true);
        var (joint, survivors) = proof.GetAwaiter().GetResult();
        return new SpaceSearchResult(table, main, larger, joint, survivors);
    }

    // Beside the search of larger tensor degrees where there is a second thread.
    private Task<(JointResult? Joint, int Survivors)> Start(Func<(JointResult? Joint, int Survivors)> proof) =>
        threads > 1 ? Task.Run(proof) : Task.FromResult(proof());

    private (JointResult? Joint, int Survivors) Prove(LayoutSearchResult result, CancellationToken cancel)
    {
        var best = result.Best!;
        var limit = best.Result!.Makespan * (1 + SurvivorShare);
        var candidates = new List<JointCandidate>();
        var hint = -1;
        foreach (var searched in result.Searched)
        {
            var chosen = ReferenceEquals(searched, best);
            var near = searched.HasPlan && searched.Result!.Makespan <= limit;
            if (!chosen && !near && !(audit && searched.Scored.Bound < best.Result.Makespan)) continue;
            if (chosen) hint = candidates.Count;
            candidates.Add(new JointCandidate(
                searched.Layout,
                searched.Problem,
                searched.Result?.Cuts ?? [],
                (long)Math.Floor(Math.Max(searched.Scored.Bound, Math.Min(searched.Root, best.Result.Makespan)))));
        }

        return (JointModel.Solve(candidates, space.Gpus, best.Result.Makespan, hint, best.Result.Plan!, cancel), candidates.Count);
    }

    private static List<ScoredLayout> Ordered(IEnumerable<ScoredLayout> layouts)
    {
        var ordered = layouts.ToList();
        ordered.Sort();
        return ordered;
    }
}
