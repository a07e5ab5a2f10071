using Planner.Cost;
using Planner.Cost.Units;

namespace Planner.Search;

/// <summary>How the whole space was searched.</summary>
/// <param name="Table">Scores.</param>
/// <param name="Main">The layouts the answer was chosen from.</param>
/// <param name="Other">Policy avoid: the best layout of each other tensor-parallel degree; null where none fits.</param>
/// <param name="Joint">What the joint model says; null without a plan, or where the search was cut short.</param>
/// <param name="Survivors">Layouts in the joint model.</param>
internal sealed record SpaceSearchResult(
    CandidateTable Table,
    LayoutSearchResult Main,
    IReadOnlyList<KeyValuePair<int, SearchedLayout?>> Other,
    JointResult? Joint,
    int Survivors);

/// <summary>Scores a space, finds the fastest layout and its neighbours, and has the joint model choose and prove again.</summary>
/// <param name="model">Costs.</param>
/// <param name="space">Space.</param>
/// <param name="avoidTensor">Takes the smallest tensor-parallel degree whose best step is within <paramref name="tie"/> of the fastest.</param>
/// <param name="tie">The estimate's stated error, a share of the step.</param>
/// <param name="within">Share of the best step within which other layouts are placed and replayed, too.</param>
/// <param name="audit">Every layout that was more than a closed-form bound keeps its literal in the joint model.</param>
/// <param name="threads">Threads; they change the time, never the result.</param>
/// <param name="joint">The joint model proves the answer once more.</param>
internal sealed class SpaceSearch(
    CostModel model, SearchSpace space, bool avoidTensor, double tie, double within, bool audit, int threads, bool joint = true)
{
    /// <summary>Layouts whose root bound is this close to the best stay in the joint model.</summary>
    public const double SurvivorShare = 0.01;

    // After an end that came before a first plan, so long one is looked for.
    private static readonly TimeSpan FirstPlan = TimeSpan.FromSeconds(0.1);

    /// <summary>Searches.</summary>
    /// <param name="report">Told where it stands.</param>
    /// <param name="cancel">Ends the search with the best so far.</param>
    /// <param name="interrupt">Cancelled as well where an answer is wanted at once: no first plan is looked for then.</param>
    public SpaceSearchResult Run(SearchReport? report, CancellationToken cancel, CancellationToken interrupt = default)
    {
        var table = CandidateTable.ScoreSoFar(
            model, space, threads, cancel, report is null ? null : scored => report(new SearchProgress("scoring", scored, null, null)));
        var fitting = table.Layouts.Count;
        var search = new LayoutSearch(model, space, threads);
        List<Group> groups =
        [
            .. (avoidTensor ? table.ByTensor : [new TensorLayouts(0, table.One, table.PerStage)]).Where(group => group.Count > 0)
                .Select(group => new Group(group.Tensor, new LayoutOrder(group.One), new LayoutOrder(group.PerStage))),
        ];

        // First a placement of the layouts that may be the best, for all degrees. Then the neighbours of the best and proofs, for the degree it has;
        // of the others, beside it where there is a second thread, the best alone, and proofs only of what would change the choice: else they are
        // there to compare with.
        Workers.Each(threads, groups.Count, i => groups[i].Result = Quick(groups[i], i == 0 ? Reported : null));
        var main = Chosen(groups);
        var others = groups.Where(group => group != main).Select(group => (Group: group, Below: Below(group, groups, main))).ToList();
        var rest = Beside(() => others.ConvertAll(other => (other.Group, Compared(other.Group, other.Below))));
        if (main is not null) main.Result = Full(main);
        var proof = main is { Result.Proven: true } ? Beside(() => Prove(main.Result, cancel)) : NoProof;
        foreach (var (group, result) in rest.GetAwaiter().GetResult()) group.Result = result;

        var complete = table.Complete && groups.TrueForAll(group => group.Result.Complete);
        var chosen = Chosen(groups);
        if (chosen is null)
        {
            List<SearchedLayout> searched = [.. groups.SelectMany(group => group.Result.Searched)];
            if (complete) return new SpaceSearchResult(table, new LayoutSearchResult(null, searched, double.MaxValue, true), [], null, 0);
            var first = groups.Select(group => search.First(group.One, FirstPlan / groups.Count, interrupt)).FirstOrDefault(plan => plan is not null);
            return new SpaceSearchResult(
                table, new LayoutSearchResult(first, first is null ? searched : [first], table.Complete ? groups.Min(group => Math.Min(Lowest(group.One), Lowest(group.PerStage))) : 0, false), [], null, 0);
        }

        if (chosen != main)
        {
            if (complete) chosen.Result = Full(chosen);
            proof = chosen.Result.Proven ? Beside(() => Prove(chosen.Result, cancel)) : NoProof;
        }

        var (answer, survivors) = proof.GetAwaiter().GetResult();
        return new SpaceSearchResult(
            table,
            search.Problems.Settled(chosen.Result),
            [.. groups.Where(group => group != chosen).Select(group => KeyValuePair.Create(group.Tensor, search.Problems.Settled(group.Result).Best))],
            answer,
            survivors);

        LayoutSearchResult Quick(Group group, Action<int, long, double>? told) =>
            search.Mix(search.Place(LayoutSearchResult.None, group.One, 0, told, cancel), group.PerStage, false, cancel);

        LayoutSearchResult Compared(Group group, long below)
        {
            var known = search.Mix(group.Result, group.PerStage, true, cancel);
            if (known.Bound >= below) return known;
            if (known.Best?.Result!.Makespan < below) return search.Close(known, 0, true, null, cancel, below);
            var better = search.Close(known with { Best = null }, 0, true, null, cancel, below);
            return better.Best is null && known.Best is not null
                ? better with { Best = better.Searched[known.Searched.ToList().FindIndex(layout => ReferenceEquals(layout, known.Best))] }
                : better;
        }

        LayoutSearchResult Full(Group group) =>
            search.Close(search.Mix(search.Place(group.Result, group.One, within, Reported, cancel), group.PerStage, true, cancel), within, true, Reported, cancel);

        static double Lowest(LayoutOrder layouts) => layouts.Count > 0 ? layouts[0].Bound : double.MaxValue;

        void Reported(int dealt, long best, double bound) => report?.Invoke(new SearchProgress(
            "placing",
            dealt,
            best == long.MaxValue ? null : Ticks.ToSeconds(best),
            best == long.MaxValue ? null : Ticks.ToSeconds((long)Math.Min(bound, best)))
        {
            Scored = table.Scored,
            Survivors = fitting,
        });
    }

    // The smallest tensor-parallel degree whose best is within the tie of the fastest; null where nothing is placed.
    private Group? Chosen(List<Group> groups)
    {
        var placed = groups.Where(group => group.Result.Best is not null).ToList();
        if (placed.Count == 0) return null;
        var fastest = placed.Min(group => group.Result.Best!.Result!.Makespan);
        return placed.First(group => group.Result.Best!.Result!.Makespan <= fastest * (1 + tie));
    }

    // Steps below this of a degree that is not chosen would change the choice: what is chosen is not within the tie of them or, where the degree is the
    // smaller one, they are within the tie of the fastest.
    private long Below(Group group, List<Group> groups, Group? main)
    {
        if (main is null) return long.MaxValue;
        var fastest = groups.Min(other => other.Result.Best?.Result!.Makespan ?? long.MaxValue);
        var chosen = main.Result.Best!.Result!.Makespan;
        return (long)Math.Ceiling(Math.Max(chosen / (1 + tie), group.Tensor < main.Tensor ? fastest * (1 + tie) : 0)) + 1;
    }

    private static Task<(JointResult? Joint, int Survivors)> NoProof { get; } = Task.FromResult<(JointResult?, int)>((null, 0));

    private Task<T> Beside<T>(Func<T> work) => threads > 1 ? Task.Run(work, CancellationToken.None) : Task.FromResult(work());

    private (JointResult? Joint, int Survivors) Prove(LayoutSearchResult result, CancellationToken cancel)
    {
        if (!joint) return (null, 0);
        var (candidates, hint) = Survivors(result, audit);
        var best = result.Best!.Result!;
        return (JointModel.Solve(candidates, space.Gpus, best.Makespan, hint, best.Plan!, cancel), candidates.Count);
    }

    /// <summary>What the joint model chooses from, and which of them the best is.</summary>
    public static (List<JointCandidate> Candidates, int Best) Survivors(LayoutSearchResult result, bool audit)
    {
        var best = result.Best!;
        var limit = best.Result!.Makespan * (1 + SurvivorShare);
        var candidates = new List<JointCandidate>();
        var hint = -1;
        foreach (var searched in result.Searched)
        {
            var chosen = ReferenceEquals(searched, best);
            var near = searched.Root <= limit;
            if (!chosen && !near && !audit) continue;
            if (chosen) hint = candidates.Count;
            candidates.Add(new JointCandidate(
                searched.Layout,
                searched.Problem,
                searched.Result?.Cuts ?? [],
                (long)Math.Floor(Math.Max(searched.Scored.Bound, Math.Min(searched.Root, best.Result.Makespan)))));
        }

        return (candidates, hint);
    }

    /// <summary>Layouts of one tensor-parallel degree, and what is known of them.</summary>
    private sealed class Group(int tensor, LayoutOrder one, LayoutOrder perStage)
    {
        public int Tensor => tensor;

        public LayoutOrder One => one;

        public LayoutOrder PerStage => perStage;

        public LayoutSearchResult Result { get; set; } = new(null, [], double.MaxValue, false);
    }
}
