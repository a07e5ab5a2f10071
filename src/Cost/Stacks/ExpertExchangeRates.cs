using System.Collections.Immutable;
using Planner.Cost.Units;

namespace Planner.Cost.Stacks;

/// <summary>Measured all-to-all bandwidth a GPU, one direction, of one expert-parallel degree.</summary>
public readonly record struct ExpertBandwidth(int ExpertParallel, BytesPerSecond Dispatch, BytesPerSecond Combine);

/// <summary>Expert dispatch and combine.</summary>
/// <param name="Hierarchical">A token crosses the network once a node and is copied on by NVLink; false: once an expert.</param>
/// <param name="Bandwidths">Measured, ascending by degree. Across nodes the bytes are those of nodes reached; inside a node those of ranks reached.</param>
/// <param name="MeasuredNodeLink">NVLink line rate of the machine of the measurements; other machines' rows scale with theirs.</param>
/// <param name="MeasuredNetworkLink">Network line rate of that machine, likewise.</param>
/// <param name="DispatchBytes">Bytes an element out, without scales.</param>
/// <param name="CombineBytes">Bytes an element back.</param>
/// <param name="Notify">Fixed time of one exchange (counts, waiting for the slowest).</param>
/// <param name="LoadFactorByExpertsPerGpu">Busiest rank over mean, by experts a GPU, ascending; empty where nothing is known (then 1).</param>
public sealed record ExpertExchangeRates(
    bool Hierarchical,
    ImmutableArray<ExpertBandwidth> Bandwidths,
    BytesPerSecond MeasuredNodeLink,
    BytesPerSecond MeasuredNetworkLink,
    double DispatchBytes,
    double CombineBytes,
    Seconds Notify,
    ImmutableArray<KeyValuePair<int, double>> LoadFactorByExpertsPerGpu);
