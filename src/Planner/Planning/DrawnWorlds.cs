using System.Collections.Immutable;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Steps of layouts in worlds, each a value for every uncertain constant.</summary>
internal sealed class DrawnWorlds(UncertainConstants constants, ImmutableArray<SearchedLayout> layouts, int threads, CancellationToken cancel)
{
    /// <exception cref="OperationCanceledException">Cut short.</exception>
    /// <summary>Ticks by world and layout; long.MaxValue where the layout does not fit. The threads change the time, never the result.</summary>
    public long[][] Steps(IReadOnlyList<double[]> worlds)
    {
        var steps = new long[worlds.Count][];
        var slices = Math.Max(1, Math.Min(threads, worlds.Count));
        if (slices == 1) Slice(0);
        else Parallel.For(0, slices, Slice);
        cancel.ThrowIfCancellationRequested();
        return steps;

        void Slice(int slice)
        {
            var costs = new RedrawnCosts(layouts);
            for (var world = slice; world < worlds.Count; world += slices)
            {
                if (cancel.IsCancellationRequested) return;
                steps[world] = new long[layouts.Length];
                costs.Steps(constants.Model(worlds[world]), steps[world]);
            }
        }
    }

    /// <summary>The values taken with one of them changed.</summary>
    public double[] Changed(int constant, double value)
    {
        var world = constants.Values();
        world[constant] = value;
        return world;
    }
}
