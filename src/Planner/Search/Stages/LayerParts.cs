using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// What a linear function of placements weighs of each layer on a stage, where layers differ: times, memory, and that it is a layer.
/// </summary>
internal static class LayerParts
{
    public const int Forward = 0;
    public const int BackwardInput = 1;
    public const int Weight = 2;
    public const int ReduceGradients = 3;
    public const int Update = 4;
    public const int StaticKib = 5;
    public const int ActivationKib = 6;
    public const int PairForwardCompute = 7;
    public const int PairForwardTraffic = 8;
    public const int PairBackwardCompute = 9;
    public const int PairBackwardTraffic = 10;

    /// <summary>1 for every layer.</summary>
    public const int Layer = 11;

    public const int Count = 12;

    private static readonly ItemCost[] Units =
    [
        default(ItemCost) with { Forward = 1 },
        default(ItemCost) with { BackwardInput = 1 },
        default(ItemCost) with { Weight = 1 },
        default(ItemCost) with { ReduceGradients = 1 },
        default(ItemCost) with { Update = 1 },
        default(ItemCost) with { StaticKib = 1 },
        default(ItemCost) with { ActivationKib = 1 },
        default(ItemCost) with { PairForwardCompute = 1 },
        default(ItemCost) with { PairForwardTraffic = 1 },
        default(ItemCost) with { PairBackwardCompute = 1 },
        default(ItemCost) with { PairBackwardTraffic = 1 },
    ];

    /// <summary>One part of some layers.</summary>
    public static long Of(in ItemCost layers, int count, int part) => part switch
    {
        Forward => layers.Forward,
        BackwardInput => layers.BackwardInput,
        Weight => layers.Weight,
        ReduceGradients => layers.ReduceGradients,
        Update => layers.Update,
        StaticKib => layers.StaticKib,
        ActivationKib => layers.ActivationKib,
        PairForwardCompute => layers.PairForwardCompute,
        PairForwardTraffic => layers.PairForwardTraffic,
        PairBackwardCompute => layers.PairBackwardCompute,
        PairBackwardTraffic => layers.PairBackwardTraffic,
        Layer => count,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "no such part"),
    };

    /// <summary>Which parts a sum of them has, a bit each.</summary>
    public static ushort In(Func<ItemCost, long> sum)
    {
        var parts = 0;
        for (var part = 0; part < Units.Length; part++)
            if (sum(Units[part]) != 0) parts |= 1 << part;
        return (ushort)parts;
    }
}
