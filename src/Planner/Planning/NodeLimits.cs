using System.Collections.Immutable;
using System.Globalization;

namespace Planner.Planning;

/// <summary>Nodes of the cluster that no rank may be on.</summary>
/// <param name="Excluded">By number, ascending.</param>
/// <param name="Spares">Kept back, whichever they are.</param>
public sealed record NodeLimits(ImmutableArray<int> Excluded, int Spares)
{
    public static NodeLimits None { get; } = new([], 0);

    public bool Any => !Excluded.IsEmpty || Spares > 0;

    public bool Equals(NodeLimits? other) => other is not null && Spares == other.Spares && Excluded.SequenceEqual(other.Excluded);

    public override int GetHashCode() => HashCode.Combine(Spares, Excluded.Length, Excluded.IsEmpty ? -1 : Excluded[0]);

    /// <summary>Numbers as the command line takes them: 3,17,40-47.</summary>
    public static string Ranges(ImmutableArray<int> nodes)
    {
        var parts = new List<string>();
        for (var i = 0; i < nodes.Length;)
        {
            var end = i;
            while (end + 1 < nodes.Length && nodes[end + 1] == nodes[end] + 1) end++;
            parts.Add(end == i
                ? nodes[i].ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{nodes[i]}-{nodes[end]}"));
            i = end + 1;
        }

        return string.Join(',', parts);
    }
}
