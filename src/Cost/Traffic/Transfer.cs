namespace Planner.Cost.Traffic;

/// <summary>What one GPU sends, and how long that takes alone on its links.</summary>
/// <param name="Seconds">Seconds, latency included.</param>
/// <param name="Node">Bytes that stay in the node, or in the domain that NVLink joins.</param>
/// <param name="Network">Bytes that leave it.</param>
public readonly record struct Transfer(double Seconds, double Node, double Network)
{
    public static Transfer operator +(Transfer a, Transfer b) => new(a.Seconds + b.Seconds, a.Node + b.Node, a.Network + b.Network);

    public static Transfer operator *(double n, Transfer a) => new(n * a.Seconds, n * a.Node, n * a.Network);
}
