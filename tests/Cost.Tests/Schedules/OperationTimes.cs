using Planner.Cost.Schedules;

namespace Planner.Cost.Tests.Schedules;

/// <summary>The same time on every stage: forward, full backward, its weight part and an overlapped pair.</summary>
internal readonly record struct OperationTimes(long Forward, long Backward, long Weight, long Pair)
{
    public long BackwardInput => Backward - Weight;

    public long Of(OperationKind kind) => kind switch
    {
        OperationKind.Forward => Forward,
        OperationKind.Backward => Backward,
        OperationKind.BackwardInput => BackwardInput,
        OperationKind.Weight => Weight,
        OperationKind.Overlapped => Pair,
        _ => 0,
    };
}
