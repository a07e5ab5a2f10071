using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Reads the config.json of one family of architectures. One file each; registered in <see cref="HuggingFaceConfig.Families"/>.</summary>
internal interface IConfigFamily
{
    /// <summary>Values of architectures[0] that it reads.</summary>
    ImmutableArray<string> Architectures { get; }

    /// <summary>Values of model_type that it reads, for files without a known architecture.</summary>
    ImmutableArray<string> ModelTypes { get; }

    /// <summary>The shape. What the file says and the cost model leaves out goes to <paramref name="notes"/>.</summary>
    ModelSpec Read(string name, JsonFields config, ICollection<string> notes);
}
