using System.Collections.Immutable;

namespace Planner.Cost.Models;

/// <summary>The layers of a model one by one, in two sections: the dense ones in front, and those from the first MoE layer on.</summary>
public sealed class LayerShapes : IEquatable<LayerShapes>
{
    private LayerShapes(ImmutableArray<LayerShape> all, int front)
    {
        All = all;
        Distinct = [.. all.Distinct()];
        Numbers = [.. all.Select(Distinct.IndexOf)];
        Counts = [.. Enumerable.Range(0, Distinct.Length).Select(shape => Numbers.Count(number => number == shape))];
        Front = front;
        MainNumbers = front == all.Length ? Numbers : Numbers[front..];
        Main = [.. MainNumbers.Distinct()];
        FrontVaries = all[..front].Distinct().Skip(1).Any();
        BehindVaries = all[front..].Distinct().Skip(1).Any();
    }

    /// <summary>Every layer, first to last.</summary>
    public ImmutableArray<LayerShape> All { get; }

    /// <summary>Shapes that occur, in the order in which they do.</summary>
    public ImmutableArray<LayerShape> Distinct { get; }

    /// <summary>For every layer the number of its shape in <see cref="Distinct"/>.</summary>
    public ImmutableArray<int> Numbers { get; }

    /// <summary>How often each of them occurs.</summary>
    public ImmutableArray<int> Counts { get; }

    /// <summary>Dense layers in front of the first MoE layer.</summary>
    public int Front { get; }

    /// <summary>Numbers of the shapes behind; in a dense model of all.</summary>
    public ImmutableArray<int> Main { get; }

    /// <summary>Layers in front differ among themselves.</summary>
    public bool FrontVaries { get; }

    /// <summary>Layers behind differ among themselves.</summary>
    public bool BehindVaries { get; }

    /// <summary>A stage cannot be told by how many layers of each section it holds.</summary>
    public bool Vary => FrontVaries || BehindVaries;

    /// <summary>Layers of the main section: those behind; in a dense model all.</summary>
    public ImmutableArray<int> MainNumbers { get; }

    /// <summary>The shape of the first layer of a kind, which the model must have.</summary>
    public LayerShape First(LayerKind kind) => All.First(shape => shape.Kind == kind);

    public bool Equals(LayerShapes? other) => other is not null && All.SequenceEqual(other.All);

    public override bool Equals(object? obj) => Equals(obj as LayerShapes);

    public override int GetHashCode() => All.Length;

    internal static LayerShapes Of(ImmutableArray<LayerKind> layers, AttentionWindow? window) => new(
        [.. layers.Select((kind, i) => new LayerShape(kind, window is not null && i < window.Layers.Length && window.Layers[i]))],
        layers.TakeWhile(kind => kind == LayerKind.Dense).Count());
}
