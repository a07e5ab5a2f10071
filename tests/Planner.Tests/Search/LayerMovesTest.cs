using NUnit.Framework;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class LayerMovesTest
{
    private const long NoLimit = long.MaxValue / 2;

    [TestCaseSource(typeof(RandomProblem), nameof(RandomProblem.Cases))]
    public void Bound_AlongAWalk_IsTheLongestCutAfterTheMove(string schedule)
    {
        var graph = RandomProblem.Graph(schedule);
        for (var seed = 0; seed < 12; seed++)
            Walk(seed % 3 == 0 ? RandomProblem.DrawLevels(graph, seed) : RandomProblem.Draw(graph, seed), new Random(seed), $"seed {seed}");
    }

    private static void Walk(PlacementProblem problem, Random random, string what)
    {
        if (LayerCounts.Least(problem, problem.Stages > 1 ? random.Next(problem.MtpModules + 1) : 0) is not { } counts) return;
        for (var left = problem.DenseLayers + problem.MoeLayers - counts.Layers.Sum(); left > 0;)
        {
            var stage = random.Next(problem.Stages);
            if (!counts.Grows(stage)) continue;
            counts.Layers[stage]++;
            left--;
        }

        var costs = RankCosts.Of(problem);
        var (state, trial) = (new RankStates(problem, costs), new RankStates(problem, costs));
        var cuts = RankCuts.Of(problem.Graph);
        state.Load(counts);
        using var moves = new LayerMoves(problem, costs, state, trial, cuts.Length);
        var known = Math.Max(1, cuts.Length / 2);
        foreach (var cut in cuts[..known]) moves.Add(cut);
        moves.Load(counts);
        foreach (var cut in cuts[known..]) moves.Add(cut);
        for (var step = 0; step < 6; step++)
        {
            (int From, int To)[] all = [.. Moves(counts)];
            foreach (var (from, to) in all) Check(from, to);
            if (all.Length == 0) return;
            var next = all[random.Next(all.Length)];
            Move(next.From, next.To);
            state.Load(counts);
            moves.Load(counts);
        }

        void Check(int from, int to)
        {
            Move(from, to);
            trial.Load(counts);
            var lengths = Array.ConvertAll(cuts, cut => Length(cut, trial));
            var fits = trial.FullestOverrun(out _) <= 0;
            Assert.That(moves.Trial(0, NoLimit), Is.EqualTo(lengths.Max()), what);
            Move(to, from);
            if (!moves.AddsUp(from, to)) return;
            moves.From(from);
            Assert.That(moves.Bound(to, NoLimit), Is.EqualTo(lengths.Max()), $"{what}: {from} to {to}");
            Assert.That(moves.Newest(from, to, known), Is.EqualTo(lengths[known..].DefaultIfEmpty(0).Max()), $"{what}: {from} to {to}");
            if (moves.Separate(from, to) && state.FullestOverrun(out _) <= 0) Assert.That(moves.Fits(from, to), Is.EqualTo(fits), $"{what}: {from} to {to}");
        }

        long Length(PathCut cut, RankStates placement) =>
            (cut.Lags * problem.Lag) + costs.Sum(rank => rank.Weight(cut, placement.Durations(rank.Rank)));

        void Move(int from, int to)
        {
            counts.Layers[from]--;
            counts.Layers[to]++;
        }
    }

    private static IEnumerable<(int From, int To)> Moves(LayerCounts counts) =>
        from source in Enumerable.Range(0, counts.Layers.Length)
        where counts.Layers[source] > counts.Least(source)
        from target in Enumerable.Range(0, counts.Layers.Length)
        where target != source && counts.Grows(target)
        select (source, target);
}
