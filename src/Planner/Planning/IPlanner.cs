using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>What the verbs ask of the search. An unreadable input is an exception whose message is one line; an infeasible request is a value.</summary>
public interface IPlanner
{
    /// <summary>Finds the fastest plan, or what the objective asks for instead. When cancelled it returns the best so far, its status feasible.</summary>
    PlanOutcome Solve(SolveRequest request, IProgressSink progress, CancellationToken cancel);

    /// <summary>Estimates one layout; its placement is searched unless it is given.</summary>
    PlanOutcome Estimate(EstimateRequest request, IProgressSink progress, CancellationToken cancel);
}

/// <summary>Hears where a search stands; as often as the search likes, from one thread at a time.</summary>
public interface IProgressSink
{
    void Report(in SearchProgress progress);
}

/// <summary>What became of a request.</summary>
public abstract record PlanOutcome;

/// <summary>A plan.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Timeline">One step of one replica, replayed when it is asked for.</param>
public sealed record PlanFound(Plan Plan, Func<IEnumerable<TimelineEntry>> Timeline) : PlanOutcome;

/// <summary>Objective pareto: the plans of which none is both faster and emptier than another.</summary>
public sealed record FrontFound(Front Front) : PlanOutcome;

/// <summary>Several clusters or batches: a row each.</summary>
public sealed record SweepFound(Sweep Sweep) : PlanOutcome;

/// <summary>No plan is feasible.</summary>
/// <param name="Message">One line: what was asked and why nothing of it can run.</param>
/// <param name="Excess">How far the best layout is over the memory limit; zero where memory is not the reason.</param>
/// <param name="Rank">Pipeline rank of that excess; -1 where memory is not the reason.</param>
/// <param name="Rejected">Layouts removed, by reason, most first.</param>
/// <param name="WaysOut">What would make a plan feasible, cheapest first.</param>
public sealed record Infeasible(
    string Message,
    Bytes Excess,
    int Rank,
    ImmutableArray<KeyValuePair<string, long>> Rejected,
    ImmutableArray<WayOut> WaysOut) : PlanOutcome;

/// <summary>A change that makes a plan feasible.</summary>
/// <param name="Change">What to change, in words or options, for example --gpus 4096.</param>
/// <param name="Cost">What it costs, for example 12.3 s a step (+8 %).</param>
public sealed record WayOut(string Change, string Cost);

/// <summary>The time limit or an interruption came before a first plan was found and before infeasibility was proven.</summary>
public sealed record Undecided(string Message) : PlanOutcome
{
    public const string Interrupted = "interrupted before a first plan was found";
}
