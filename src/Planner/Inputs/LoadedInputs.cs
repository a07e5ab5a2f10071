using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Models;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Inputs;

/// <summary>How a model is trained unless the request says otherwise.</summary>
/// <param name="SequenceLength">Tokens a sequence.</param>
/// <param name="GlobalBatch">Sequences a step.</param>
/// <param name="Precision">Of the linear layers.</param>
/// <param name="Tokens">Of the whole run; null where nobody published it.</param>
/// <param name="Stack">Name of the software stack.</param>
/// <param name="Constants">The same with their provenance.</param>
public sealed record TrainingDefaults(
    int SequenceLength,
    int GlobalBatch,
    Precision Precision,
    double? Tokens,
    string Stack,
    ImmutableArray<Constant> Constants);

/// <summary>Parameter counts that the model's makers state, in 1e9; rounded as published.</summary>
/// <param name="TotalBillions">All parameters.</param>
/// <param name="ActiveBillions">Parameters a token uses; null for dense models.</param>
/// <param name="Source">Where they are stated.</param>
public sealed record PublishedTotals(double TotalBillions, double? ActiveBillions, string Source);

/// <summary>A model file, read.</summary>
/// <param name="Spec">Its shape.</param>
/// <param name="Defaults">Its training.</param>
/// <param name="Published">Totals to check against; null for a bare config.json.</param>
/// <param name="Description">One line; empty for a bare config.json.</param>
/// <param name="Notes">What the file says and the cost model leaves out.</param>
/// <param name="Digest">SHA-256 of the canonical form.</param>
public sealed record LoadedModel(
    ModelSpec Spec,
    TrainingDefaults Defaults,
    PublishedTotals? Published,
    string Description,
    ImmutableArray<string> Notes,
    string Digest);

/// <summary>A hardware file, read.</summary>
/// <param name="Spec">The machine.</param>
/// <param name="Description">One line.</param>
/// <param name="Digest">SHA-256 of the canonical form.</param>
public sealed record LoadedMachine(MachineSpec Spec, string Description, string Digest)
{
    /// <summary>The machine with other values of constants that have a range, by their place in the file.</summary>
    public required Func<IReadOnlyDictionary<string, double>, MachineSpec> With { get; init; }
}

/// <summary>A stack file, read.</summary>
/// <param name="Spec">The software.</param>
/// <param name="Description">One line.</param>
/// <param name="Digest">SHA-256 of the canonical form and of the kernel table rows it uses.</param>
public sealed record LoadedStack(StackSpec Spec, string Description, string Digest)
{
    /// <summary>The software with other values of constants that have a range, by their place in the file.</summary>
    public required Func<IReadOnlyDictionary<string, double>, StackSpec> With { get; init; }
}
