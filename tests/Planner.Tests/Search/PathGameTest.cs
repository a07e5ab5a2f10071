using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class PathGameTest
{
    [Test]
    public void Solve_StonePaperScissors_PlaysAllAlike()
    {
        var game = Game([[0, 1, -1], [-1, 0, 1], [1, -1, 0]]);
        game.Solve(4000, 1e-4, 1, [true, true, true], [true, true, true]);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(game.RowMix[i], Is.EqualTo(1 / 3.0).Within(0.01));
            Assert.That(game.ColumnMix[i], Is.EqualTo(1 / 3.0).Within(0.01));
        }
    }

    [Test]
    public void Solve_UnevenMatrix_FindsItsValue()
    {
        // 3 p - 2 (1 - p) = -p + 4 (1 - p) at p = 0.6; 3 q - (1 - q) = -2 q + 4 (1 - q) at q = 0.5.
        var game = Game([[3, -1], [-2, 4]]);
        game.Solve(20_000, 1e-5, 1, [true, true], [true, true]);
        Assert.That(game.RowMix[0], Is.EqualTo(0.6).Within(0.01));
        Assert.That(game.ColumnMix[0], Is.EqualTo(0.5).Within(0.01));
    }

    [Test]
    public void Solve_AfterKeep_LeavesTheOthersOut()
    {
        var game = Game([[9, 9, 9], [0, 1, -1], [-1, 0, 1], [1, -1, 0]]);
        game.Keep([false, true, true, true], [true, true, true]);
        game.AddColumn([-5, -5, -5]);
        game.Solve(200, 1e-4, 1, [true, true, true, true], [true, true, true]);
        Assert.That((game.Rows, game.Columns), Is.EqualTo((3, 4)));
        Assert.That(game.ColumnMix[3], Is.GreaterThan(0.9));
        game.Solve(4000, 1e-4, 0, [true, true, true, false], [true, true, true]);
        Assert.That(game.ColumnMix[3], Is.Zero);
        Assert.That(game.RowMix[0], Is.EqualTo(1 / 3.0).Within(0.02));
    }

    private static PathGame Game(double[][] rows)
    {
        var game = new PathGame();
        for (var column = 0; column < rows[0].Length; column++) game.AddColumn([]);
        foreach (var row in rows) game.AddRow(row);
        return game;
    }
}
