namespace Planner.Tests.Inputs;

/// <summary>The files that ship, as text.</summary>
internal static class Shipped
{
    public static string Data { get; } = Path.Join(AppContext.BaseDirectory, "data");

    public static string Text(string relative) => File.ReadAllText(Path.Join(Data, relative));

    public static string[] Names(string folder) =>
        [.. Directory.GetFiles(Path.Join(Data, folder), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>A config.json as its makers publish it; copied from the sources named in the catalog, not made from the catalog.</summary>
    public static string HuggingFace(string slug) => Path.Join(AppContext.BaseDirectory, "Inputs", "HuggingFace", slug + ".json");
}
