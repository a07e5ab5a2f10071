using Google.OrTools.LinearSolver;
using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

/// <summary>Random programmes against GLOP: rows are added and limits moved after every solve, from the last solution on.</summary>
internal sealed class DualSimplexTest
{
    [Test]
    public void Solve_RandomProgrammes_EqualsGlop([Range(0, 39)] int seed)
    {
        var random = new Random(seed);
        var variables = random.Next(1, 16);
        var programme = new Programme(Draw(random, variables, 1), variables);
        var simplex = new DualSimplex(programme.Cost);
        for (var variable = 0; variable < variables; variable++) Move(random, programme, simplex, variable);
        simplex.Begin([.. Enumerable.Range(0, variables)]);
        var solved = 0;
        for (var round = 0; round < 12; round++)
        {
            for (var rows = random.Next(0, 4); rows > 0; rows--)
            {
                var normal = Draw(random, variables, 0.6);
                var (least, most) = Limits(random);
                programme.Rows.Add((normal, least, most));
                simplex.AddRow(normal, least, most);
            }

            if (round % 3 == 2) Move(random, programme, simplex, random.Next(variables));
            if (round == 8) Forget(programme, simplex);
            var expected = programme.Glop();
            var found = simplex.Solve(10_000, double.PositiveInfinity, CancellationToken.None);
            Assert.That(found, Is.EqualTo(expected is not null), $"round {round}");
            if (expected is null) return;
            solved++;
            Assert.That(simplex.Objective, Is.EqualTo(expected.Value).Within(1e-7), $"round {round}");
            AssertInside(programme, simplex);
        }

        Assert.That(solved, Is.GreaterThan(0));
    }

    [Test]
    public void Solve_NothingInside_IsFalse()
    {
        var simplex = new DualSimplex([1, 1]);
        simplex.Limit(0, 0, 1);
        simplex.Limit(1, 0, 1);
        simplex.AddRow([1, 1], 3, double.PositiveInfinity);
        simplex.Begin([0, 1]);
        Assert.That(simplex.Solve(100, double.PositiveInfinity, CancellationToken.None), Is.False);
    }

    [Test]
    public void Solve_Enough_EndsEarly()
    {
        var simplex = new DualSimplex([1, 1]);
        simplex.Limit(0, 0, 9);
        simplex.Limit(1, 0, 9);
        simplex.AddRow([1, 0], 4, double.PositiveInfinity);
        simplex.AddRow([0, 1], 3, double.PositiveInfinity);
        simplex.Begin([0, 1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(simplex.Solve(100, 2, CancellationToken.None), Is.True);
            Assert.That(simplex.Pivots, Is.EqualTo(1));
            Assert.That(simplex.Solve(100, double.PositiveInfinity, CancellationToken.None), Is.True);
            Assert.That((simplex.Objective, simplex.Multiplier(0), simplex.Multiplier(1)), Is.EqualTo((7.0, 1.0, 1.0)));
        }
    }

    // The multipliers alone bound the objective: least of what is left of the cost, over the variables' limits.
    private static void AssertInside(Programme programme, DualSimplex simplex)
    {
        var left = programme.Cost.ToArray();
        var bound = 0.0;
        for (var row = 0; row < programme.Rows.Count; row++)
        {
            var (normal, least, most) = programme.Rows[row];
            var value = normal.Zip(simplex.X.ToArray(), (a, b) => a * b).Sum();
            Assert.That(value, Is.InRange(least - 1e-7, most + 1e-7));
            var multiplier = simplex.Multiplier(row);
            if (multiplier == 0) continue;
            bound += multiplier * (multiplier > 0 ? least : most);
            for (var variable = 0; variable < left.Length; variable++) left[variable] -= multiplier * normal[variable];
        }

        for (var variable = 0; variable < left.Length; variable++)
        {
            var (least, most) = programme.Limits[variable];
            Assert.That(simplex.X[variable], Is.InRange(least - 1e-7, most + 1e-7));
            bound += left[variable] * (left[variable] > 0 ? least : most);
        }

        Assert.That(bound, Is.EqualTo(simplex.Objective).Within(1e-7));
    }

    private static void Move(Random random, Programme programme, DualSimplex simplex, int variable)
    {
        var least = random.Next(-3, 3);
        programme.Limits[variable] = (least, least + random.Next(0, 5));
        simplex.Limit(variable, programme.Limits[variable].Least, programme.Limits[variable].Most);
    }

    private static void Forget(Programme programme, DualSimplex simplex)
    {
        bool[] keep = [.. Enumerable.Range(0, programme.Rows.Count).Select(row => row % 2 == 0 || simplex.Active(row))];
        simplex.Keep(keep);
        for (var row = keep.Length - 1; row >= 0; row--)
            if (!keep[row]) programme.Rows.RemoveAt(row);
    }

    private static (double Least, double Most) Limits(Random random)
    {
        var least = random.Next(-8, 2);
        return random.Next(3) switch
        {
            0 => (least, double.PositiveInfinity),
            1 => (double.NegativeInfinity, least + 6),
            _ => (least, least + random.Next(0, 8)),
        };
    }

    private static double[] Draw(Random random, int count, double share) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < share ? Math.Round(random.NextDouble() * 8) - 3 : 0)];

    private sealed class Programme(double[] cost, int variables)
    {
        public double[] Cost => cost;

        public (double Least, double Most)[] Limits { get; } = new (double, double)[variables];

        public List<(double[] Normal, double Least, double Most)> Rows { get; } = [];

        // Null where nothing is inside.
        public double? Glop()
        {
            using var solver = Solver.CreateSolver("GLOP");
            Variable[] x = [.. Limits.Select((limit, i) => solver.MakeNumVar(limit.Least, limit.Most, $"x{i}"))];
            for (var i = 0; i < x.Length; i++) solver.Objective().SetCoefficient(x[i], cost[i]);
            solver.Objective().SetMinimization();
            foreach (var (normal, least, most) in Rows)
            {
                var row = solver.MakeConstraint(least, most);
                for (var i = 0; i < x.Length; i++) row.SetCoefficient(x[i], normal[i]);
            }

            return solver.Solve() == Solver.ResultStatus.OPTIMAL ? solver.Objective().Value() : null;
        }
    }
}
