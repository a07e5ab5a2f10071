namespace Planner.Inputs;

/// <summary>How large a file of a kind may be, and what its errors say.</summary>
/// <param name="Megabytes">Most that is read.</param>
/// <param name="Usual">What such a file takes.</param>
/// <param name="Example">A name of such a file.</param>
internal sealed record FileKind(int Megabytes, string Usual, string Example)
{
    public static FileKind Input { get; } = new(16, "a model, hardware or stack file takes a few kB", "config.json");

    public static FileKind Plan { get; } = new(64, "a plan takes a few kB, a few hundred where experts are placed", "plan.json");

    public int Bytes => Megabytes * 1024 * 1024;
}
