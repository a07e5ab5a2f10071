using System.Collections.Immutable;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Compares placed layouts over the ranges of the uncertain constants, and chooses by regret where that is asked for.</summary>
internal sealed class RobustChoice
{
    /// <summary>How near the best counts as near.</summary>
    public const double Near = 0.02;

    /// <summary>Draws that describe a tie set; few enough for every solve.</summary>
    public const int FewDraws = 100;

    /// <summary>Draws that choose.</summary>
    public const int ManyDraws = 1_000;

    private const int MostInCorners = 6;
    private const int Halvings = 8;
    private readonly UncertainConstants constants;
    private readonly ImmutableArray<SearchedLayout> layouts;
    private readonly DrawnWorlds worlds;
    private readonly int threads;

    // Steps with the values as they stand, then with each constant at its low and at its high end.
    private readonly long[] nominal;
    private readonly long[][] low;
    private readonly long[][] high;
    private readonly Regrets regrets;
    private readonly int draws;
    private readonly int corners;

    /// <param name="constants">What is uncertain; at least one constant.</param>
    /// <param name="layouts">Placed layouts, the fastest first.</param>
    /// <param name="draws">Draws of all constants.</param>
    /// <param name="choose">A layout is to be chosen: corners count, too.</param>
    /// <param name="threads">Threads; they change the time, never the result.</param>
    /// <param name="cancel">Ends the draws with an exception.</param>
    public RobustChoice(UncertainConstants constants, ImmutableArray<SearchedLayout> layouts, int draws, bool choose, int threads, CancellationToken cancel)
    {
        this.constants = constants;
        this.layouts = layouts;
        this.threads = threads;
        worlds = new DrawnWorlds(constants, layouts, threads, cancel);
        var ends = worlds.Steps(
        [
            .. constants.All.Select((constant, i) => worlds.Changed(i, constant.Low)),
            .. constants.All.Select((constant, i) => worlds.Changed(i, constant.High)),
        ]);
        (low, high) = (ends[..constants.All.Length], ends[constants.All.Length..]);
        nominal = [.. layouts.Select(layout => layout.Result!.Makespan)];
        this.draws = draws;
        var steps = worlds.Steps([.. Enumerable.Range(0, draws).Select(constants.Draw)]).ToList();
        if (choose) steps.AddRange([.. low, .. high, .. worlds.Steps([.. Corners()])]);
        corners = steps.Count - draws;
        regrets = new Regrets([.. steps], draws);
    }

    /// <summary>The layout with the smallest worst regret, by its place.</summary>
    public int Choose() => regrets.Choose();

    /// <summary>What to say of a plan and its tie set, by their places.</summary>
    public Robustness Describe(int plan, IReadOnlyList<int> members, bool chosen)
    {
        var flips = new Flip?[members.Count];
        Workers.Each(threads, flips.Length, i => flips[i] = Flip(plan, members[i]));
        return new Robustness(
            draws,
            corners,
            layouts.Length,
            Enumerable.Range(0, constants.All.Length).Count(Matters),
            Near,
            Member(plan, null),
            Outgrows(plan),
            [.. members.Zip(flips, Member)],
            Measure(plan, members),
            chosen ? new RobustChosen(Ticks.ToSeconds(nominal[0]), regrets.Worst(0), regrets.Fits(0)) : null);
    }

    private RobustMember Member(int layout, Flip? flip) => new(
        layouts[layout].Layout, Ticks.ToSeconds(nominal[layout]), regrets.Within(layout, Near), regrets.Fits(layout), regrets.Worst(layout), regrets.Mean(layout), flip);

    private bool Matters(int constant) => !low[constant].SequenceEqual(nominal) || !high[constant].SequenceEqual(nominal);

    // For each pair among the fastest: every constant at the end that, alone, favours the second most over the first.
    private IEnumerable<double[]> Corners()
    {
        var most = Math.Min(MostInCorners, layouts.Length);
        for (var first = 0; first < most; first++)
        {
            for (var second = 0; second < most; second++)
            {
                if (first == second) continue;
                var world = constants.Values();
                for (var i = 0; i < world.Length; i++)
                {
                    var (atLow, atHigh, now) = (Gap(low[i], first, second), Gap(high[i], first, second), Gap(nominal, first, second));
                    if (atLow < now && !(atHigh < atLow)) world[i] = constants.All[i].Low;
                    else if (atHigh < now) world[i] = constants.All[i].High;
                }

                yield return world;
            }
        }
    }

    // How far the second is above the first, a share; no number where one of them does not fit.
    private static double Gap(long[] steps, int first, int second) =>
        steps[second] == long.MaxValue || steps[first] == long.MaxValue ? double.NaN : (steps[second] / (double)steps[first]) - 1;

    // The constant that has to move least, as a share of the way to its end, estimated on a straight line and then halved to.
    private Flip? Flip(int plan, int member)
    {
        var now = Gap(nominal, plan, member);
        if (now <= 0) return null;
        (double Way, int Constant, double End)? soonest = null;
        for (var i = 0; i < constants.All.Length; i++)
        {
            foreach (var (steps, end) in (ReadOnlySpan<(long[], double)>)[(low[i], constants.All[i].Low), (high[i], constants.All[i].High)])
            {
                var gap = Gap(steps, plan, member);
                if (!(gap < 0)) continue;
                var way = now / (now - gap);
                if (soonest is null || way < soonest.Value.Way) soonest = (way, i, end);
            }
        }

        return soonest is { } found ? Turn(found.Constant, found.End, steps => Gap(steps, plan, member) < 0) : null;
    }

    // The first constant at whose end the layout no longer fits.
    private Flip? Outgrows(int layout)
    {
        for (var i = 0; i < constants.All.Length; i++)
        {
            if (high[i][layout] == long.MaxValue) return Turn(i, constants.All[i].High, steps => steps[layout] == long.MaxValue);
            if (low[i][layout] == long.MaxValue) return Turn(i, constants.All[i].Low, steps => steps[layout] == long.MaxValue);
        }

        return null;
    }

    // Where something that is so at an end of a constant's range, and not at its value, begins.
    private Flip Turn(int constant, double end, Func<long[], bool> turned)
    {
        var (near, far) = (constants.All[constant].Value, end);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (near + far) / 2;
            if (turned(worlds.Steps([worlds.Changed(constant, middle)])[0])) far = middle;
            else near = middle;
        }

        return new Flip(constants.All[constant].Path, constants.All[constant].Value, far);
    }

    private Measurement? Measure(int plan, IReadOnlyList<int> members)
    {
        Measurement? best = null;
        foreach (var member in members)
        {
            for (var i = 0; i < constants.All.Length; i++)
            {
                var swing = Math.Abs(Gap(high[i], plan, member) - Gap(low[i], plan, member));
                if (!(swing > (best?.Swing ?? 0))) continue;
                var constant = constants.All[i];
                best = new Measurement(constant.Path, constant.Value, constant.Low, constant.High, layouts[member].Layout, swing);
            }
        }

        return best;
    }
}
