namespace Planner.Cost.Units;

/// <summary>Where a number comes from. The order is from firm to soft.</summary>
public enum SourceKind
{
    /// <summary>Read off a machine or a published kernel benchmark.</summary>
    Measured,

    /// <summary>Fitted to kernel measurements, or to some published steps: the source names them and the error on those left out.</summary>
    Fitted,

    /// <summary>A vendor's or a paper's statement.</summary>
    DataSheet,

    /// <summary>Derived by arithmetic from numbers of the kinds above.</summary>
    Derived,

    /// <summary>Nobody published it: an input with a stated default.</summary>
    Assumed,
}

/// <summary>One number of a hardware or stack file, with its provenance; <paramref name="Path"/> is its place in the file.</summary>
public sealed record Constant(string Path, string Value, SourceKind Kind, string Source)
{
    /// <summary>What the true value may be; null where the number is taken as it stands.</summary>
    public (double Low, double High)? Range { get; init; }
}
