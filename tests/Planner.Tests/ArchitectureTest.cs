using System.Reflection;
using NUnit.Framework;
using Planner.Cost;
using Planner.Planning;

namespace Planner.Tests;

/// <summary>Who may know whom: the arrows between the rooms, read off the sources.</summary>
internal sealed class ArchitectureTest
{
    private const string Solver = "Google.OrTools";
    private const string Csv = "CsvHelper";

    private static readonly string Sources = Path.Join(Root(), "src");

    // What a room of the tool may use of the others; Cost is open to all.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Inputs"] = [],
        ["Search"] = [],
        ["Plans"] = ["Inputs", "Search", "Planning"],
        ["Planning"] = ["Inputs", "Search", "Plans"],
        ["Validation"] = ["Inputs", "Search", "Plans"],
        ["Calibration"] = ["Inputs", "Validation"],
        ["Gates"] = ["Inputs", "Plans", "Planning", "Reports"],
        ["Reports"] = ["Inputs", "Search", "Plans", "Planning", "Validation", "Calibration"],
        ["Commands"] = ["Inputs", "Search", "Plans", "Planning", "Validation", "Calibration", "Reports", "Gates"],
    };

    [Test]
    public void Rooms_UseOnlyWhatTheyMay()
    {
        var seen = new HashSet<string>();
        foreach (var (file, room) in ToolFiles())
        {
            if (!Arrows.TryGetValue(room, out var allowed)) continue;
            foreach (var other in Arrows.Keys.Where(other => other != room && !allowed.Contains(other)))
                Assert.That(Mentions(file, $"Planner.{other}"), Is.False, $"{Short(file)} uses Planner.{other}");
            seen.Add(room);
        }

        Assert.That(seen, Is.EquivalentTo(Arrows.Keys));
    }

    [Test]
    public void EveryFolder_HasItsArrows() => Assert.That(
        Directory.GetDirectories(Path.Join(Sources, "Planner")).Select(Path.GetFileName).Except(["bin", "obj"]), Is.EquivalentTo(Arrows.Keys));

    [Test]
    public void Namespaces_AreFolders()
    {
        foreach (var (file, room) in ToolFiles().Where(pair => Arrows.ContainsKey(pair.Room)))
            Assert.That(Namespace(file), Does.StartWith($"namespace Planner.{room}"), Short(file));
        foreach (var file in Files("Cost"))
            Assert.That(Namespace(file), Does.StartWith("namespace Planner.Cost"), Short(file));
    }

    [Test]
    public void Cost_ReferencesTheBaseLibraryOnly()
    {
        var references = typeof(CostModel).Assembly.GetReferencedAssemblies().Select(name => name.Name!).ToList();
        Assert.That(references, Is.Not.Empty);
        Assert.That(references, Is.All.StartsWith("System."));
        foreach (var file in Files("Cost"))
        {
            foreach (var used in Usings(file))
                Assert.That(used.StartsWith("System", StringComparison.Ordinal) || used.StartsWith("Planner.Cost", StringComparison.Ordinal), $"{Short(file)} uses {used}");
        }
    }

    [Test]
    public void Cost_TouchesNoFileClockOrConsole()
    {
        string[] forbidden = ["System.IO", "File.", "Console.", "DateTime", "Stopwatch", "Environment."];
        foreach (var file in Files("Cost"))
            Assert.That(forbidden.Where(word => Mentions(file, word)), Is.Empty, Short(file));
    }

    [Test]
    public void Solver_IsKnownToTheModelsOnly()
    {
        var users = Users(Solver);
        Assert.That(users, Is.Not.Empty);
        Assert.That(users, Is.All.StartsWith(Path.Join("Planner", "Search", "Joint")).Or.EqualTo(Path.Join("Planner", "Search", "Experts", "GroupModel.cs")));
    }

    [Test]
    public void Solver_DoesNotShowInSignatures()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var types = typeof(PlanMaker).Assembly.GetTypes().Where(type => type.Namespace == "Planner.Search" && type.IsVisible).ToList();
        Assert.That(types, Has.Count.GreaterThan(3));
        foreach (var type in types)
        {
            var shown = type.GetMethods(all).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
                .Concat(type.GetProperties(all).Select(property => property.PropertyType));
            Assert.That(shown.Select(shownType => shownType.ToString()), Has.None.Contains(Solver), type.Name);
        }
    }

    [Test]
    public void Csv_IsReadByInputsAndWrittenByReports()
    {
        var users = Users(Csv);
        Assert.That(users, Is.Not.Empty);
        Assert.That(users, Is.All.StartsWith(Path.Join("Planner", "Inputs")).Or.StartsWith(Path.Join("Planner", "Reports")));
    }

    private static IEnumerable<string> Users(string library) => Files("Planner").Where(file => Mentions(file, library)).Select(Short);

    private static IEnumerable<(string File, string Room)> ToolFiles() =>
        Files("Planner").Select(file => (file, Path.GetRelativePath(Path.Join(Sources, "Planner"), file).Split(Path.DirectorySeparatorChar)[0]));

    private static IEnumerable<string> Files(string project) => Directory
        .EnumerateFiles(Path.Join(Sources, project), "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Sources, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    private static string Namespace(string file) => File.ReadLines(file).First(line => line.StartsWith("namespace ", StringComparison.Ordinal));

    private static IEnumerable<string> Usings(string file) => File.ReadLines(file)
        .Where(line => line.StartsWith("using ", StringComparison.Ordinal))
        .Select(line => line[6..].TrimEnd(';').Replace("static ", "", StringComparison.Ordinal));

    // In using lines and in full names; words of comments do not count.
    private static bool Mentions(string file, string name) => File.ReadLines(file)
        .Select(line => line.TrimStart())
        .Where(line => !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal))
        .Any(line => Occurs(line, name));

    private static bool Occurs(string line, string name)
    {
        for (var at = line.IndexOf(name, StringComparison.Ordinal); at >= 0; at = line.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            var starts = at == 0 || !(char.IsLetterOrDigit(line[at - 1]) || line[at - 1] is '.' or '_');
            if (starts && (name[^1] == '.' || end == line.Length || !char.IsLetterOrDigit(line[end]))) return true;
        }

        return false;
    }

    private static string Short(string file) => Path.GetRelativePath(Sources, file);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Join(folder.FullName, "Planner.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no folder above the tests holds Planner.sln");
        return folder.FullName;
    }
}
