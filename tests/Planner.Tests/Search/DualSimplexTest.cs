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
    public void GoBack_AfterOtherLimits_NeedsNoPivot([Range(0, 19)] int seed)
    {
        var (programme, simplex, random) = Covered(seed);
        Assert.That(simplex.Solve(10_000, double.PositiveInfinity, CancellationToken.None), Is.True);
        var (objective, point) = (simplex.Objective, simplex.X.ToArray());
        simplex.Remember();
        for (var guess = 0; guess < 4; guess++)
        {
            var variable = random.Next(programme.Limits.Length);
            simplex.Limit(variable, 3, 4);
            simplex.Solve(10_000, double.PositiveInfinity, CancellationToken.None);
            simplex.Limit(variable, programme.Limits[variable].Least, programme.Limits[variable].Most);
            simplex.GoBack();
        }

        var pivots = simplex.Pivots;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(simplex.Solve(10_000, double.PositiveInfinity, CancellationToken.None), Is.True);
            Assert.That(simplex.Pivots, Is.EqualTo(pivots));
            Assert.That(simplex.Objective, Is.EqualTo(objective).Within(1e-9));
            Assert.That(simplex.X.ToArray(), Is.EqualTo(point).Within(1e-9));
        }
    }

    /// <summary>Sums of groups and the sum of them all depend on each other, and are not whole: rounding breaks one or another.</summary>
    [Test]
    public void Solve_SumsThatDepend_StaysSound([Range(0, 19)] int seed)
    {
        const int size = 7;
        var random = new Random(seed);
        var groups = random.Next(4, 9);
        var variables = size * groups;
        var programme = new Programme([.. Enumerable.Range(0, variables).Select(_ => random.NextDouble())], variables);
        var simplex = new DualSimplex(programme.Cost);
        for (var variable = 0; variable < variables; variable++) Limit(variable, 0, 40);
        Row([.. Enumerable.Repeat(1.0, variables)], groups * (100 / 3.0), groups * (100 / 3.0));
        simplex.Begin([.. Enumerable.Range(1, variables - 1), ~0]);
        for (var group = 0; group < groups; group++)
        {
            var sum = new double[variables];
            Array.Fill(sum, 1, group * size, size);
            Row(sum, 100 / 3.0, 100 / 3.0);
        }

        for (var round = 0; round < 150; round++)
        {
            for (var row = random.Next(3); row > 0; row--) Row([.. Enumerable.Range(0, variables).Select(_ => random.NextDouble())], groups * 14, double.PositiveInfinity);
            var least = 2 * random.NextDouble();
            Limit(random.Next(variables), least, least + 5 + (30 * random.NextDouble()));
            var expected = programme.Glop();
            Assert.That(simplex.Solve(10_000, double.PositiveInfinity, CancellationToken.None), Is.EqualTo(expected is not null), $"round {round}");
            if (expected is null) return;
            Assert.That(simplex.Sound(), Is.True, $"round {round}");
            Assert.That(simplex.Objective, Is.EqualTo(expected.Value).Within(1e-6), $"round {round}");
        }

        void Limit(int variable, double least, double most)
        {
            programme.Limits[variable] = (least, most);
            simplex.Limit(variable, least, most);
        }

        void Row(double[] normal, double least, double most)
        {
            programme.Rows.Add((normal, least, most));
            simplex.AddRow(normal, least, most);
        }
    }

    /// <summary>What is lost to rounding for good says so, and begins again from another set.</summary>
    [Test]
    public void Sound_NormalsThatDepend_IsFalseUntilBegunAnew()
    {
        var simplex = new DualSimplex([1, 2]);
        simplex.Limit(0, 0, 9);
        simplex.Limit(1, 0, 9);
        simplex.AddRow([1, 1], 4, double.PositiveInfinity);
        simplex.AddRow([2, 2], 6, double.PositiveInfinity);
        simplex.Begin([~0, ~1]);
        simplex.Solve(100, double.PositiveInfinity, CancellationToken.None);
        Assert.That(simplex.Sound(), Is.False);
        simplex.Begin([~0, 1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(simplex.Solve(100, double.PositiveInfinity, CancellationToken.None), Is.True);
            Assert.That(simplex.Sound(), Is.True);
            Assert.That(simplex.Objective, Is.EqualTo(4).Within(1e-12));
        }
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

    // Least of positive costs over rows of positive numbers: something always satisfies it.
    private static (Programme Programme, DualSimplex Simplex, Random Random) Covered(int seed)
    {
        var random = new Random(seed);
        var variables = random.Next(6, 30);
        var programme = new Programme([.. Enumerable.Range(0, variables).Select(_ => 1 + random.NextDouble())], variables);
        var simplex = new DualSimplex(programme.Cost);
        for (var variable = 0; variable < variables; variable++)
        {
            programme.Limits[variable] = (0, 5);
            simplex.Limit(variable, 0, 5);
        }

        simplex.Begin([.. Enumerable.Range(0, variables)]);
        for (var row = 0; row < variables; row++)
        {
            double[] normal = [.. Enumerable.Range(0, variables).Select(_ => 0.5 + random.NextDouble())];
            programme.Rows.Add((normal, variables, double.PositiveInfinity));
            simplex.AddRow(normal, variables, double.PositiveInfinity);
        }

        return (programme, simplex, random);
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
