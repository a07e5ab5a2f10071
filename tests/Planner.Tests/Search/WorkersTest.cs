using NUnit.Framework;
using Planner.Search;

namespace Planner.Tests.Search;

internal sealed class WorkersTest
{
    private const int Together = 5;

    [Test]
    public void InTurn_WhateverEndsFirst_TakesInTheOrderOfChoice([Values(1, 2, 3, 8)] int threads)
    {
        var taken = new List<int>();
        var next = 0;

        Workers.InTurn(threads, Together, () => next == 40 ? null : Piece(next++), taken.Add);

        Assert.That(taken, Is.EqualTo(Enumerable.Range(0, 40)));

        static Func<int> Piece(int number) => () =>
        {
            Thread.Sleep(number % 7 == 0 ? 5 : 0);
            return number;
        };
    }

    [Test]
    public void InTurn_ChoicesThatDependOnWhatWasFound_AreTheSameForAnyThreads()
    {
        var one = Chain(1);

        Assert.That(one, Has.Count.GreaterThan(100));
        foreach (var threads in new[] { 2, 3, 8 }) Assert.That(Chain(threads), Is.EqualTo(one), $"{threads} threads");

        // What was taken by the time of a choice decides on it; now and then there is nothing to choose.
        static List<(int Chosen, long Known)> Chain(int threads)
        {
            var (chosen, known) = (new List<(int, long)>(), 1L);
            Workers.InTurn(
                threads,
                Together,
                () =>
                {
                    if (chosen.Count > 100 || known % 11 == 3) return null;
                    var (number, at) = (chosen.Count, known);
                    chosen.Add((number, at));
                    return () => (at * 31) + number;
                },
                (long found) => known = ((known * 7) + found) % 1_000_003);
            return chosen;
        }
    }

    [Test]
    public void InTurn_APieceThatFails_Fails([Values(1, 2)] int threads)
    {
        var next = 0;

        Assert.That(
            () => Workers.InTurn<int>(threads, Together, () => next == 9 ? null : Piece(next++), _ => { }),
            Throws.InvalidOperationException);

        static Func<int> Piece(int number) => () => number == 6 ? throw new InvalidOperationException("six") : number;
    }
}
