using System.Collections.Immutable;
using Planner.Inputs;
using Planner.Planning;

namespace Planner.Gates;

/// <summary>Checks plans side by side. One that cannot be read keeps no other from being checked.</summary>
internal static class PlanChecks
{
    /// <param name="files">Plan files.</param>
    /// <param name="examiner">Reads and estimates.</param>
    /// <param name="debug">Unexpected errors are thrown on.</param>
    /// <param name="progress">Hears of searches.</param>
    /// <param name="cancel">Ends the run.</param>
    public static CheckResult Run(ImmutableArray<string> files, PlanExaminer examiner, bool debug, IProgressSink progress, CancellationToken cancel)
    {
        var checks = new PlanCheck?[files.Length];
        var unreadable = new Unreadable?[files.Length];

        // A search takes every core by itself.
        var side = examiner.Solve ? 1 : Math.Min(Environment.ProcessorCount, Math.Max(1, files.Length));
        if (side == 1)
            for (var i = 0; i < files.Length; i++) One(i);
        else
            Parallel.For(0, files.Length, new ParallelOptions { MaxDegreeOfParallelism = side }, One);
        return new CheckResult([.. checks.OfType<PlanCheck>()], [.. unreadable.OfType<Unreadable>()]);

        void One(int index)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                checks[index] = PlanCheck.Of(examiner.Examine(files[index], progress, cancel));
            }
            catch (Exception known) when (known is RefusedException or InputException)
            {
                unreadable[index] = new Unreadable(files[index], known.Message);
            }
            catch (Exception unexpected) when (unexpected is not OperationCanceledException && !debug)
            {
                unreadable[index] = new Unreadable(files[index], $"{files[index]}: internal error: {OneLine.Of(unexpected.Message)}");
            }
        }
    }
}
