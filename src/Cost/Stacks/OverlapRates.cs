namespace Planner.Cost.Stacks;

/// <summary>What happens when compute and expert traffic run side by side on one GPU.</summary>
/// <param name="CommunicationMultiprocessors">SMs taken by the communication kernels.</param>
/// <param name="GemmSlowdown">GEMMs beside communication, after the SM share, against alone (1 = none).</param>
/// <param name="CommunicationSlowdown">Expert traffic beside compute against alone.</param>
/// <param name="PairOverhead">Wall time of an overlapped pair above its compute, as a share of the compute.</param>
public sealed record OverlapRates(
    int CommunicationMultiprocessors,
    double GemmSlowdown,
    double CommunicationSlowdown,
    double PairOverhead);
