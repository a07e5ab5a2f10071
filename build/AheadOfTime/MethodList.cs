namespace AheadOfTime;

/// <summary>The file of names, a line each: type, method and the method's own arguments, between tabs.</summary>
internal static class MethodList
{
    public static IEnumerable<MethodName> Read(string path) =>
        (File.Exists(path) ? File.ReadAllLines(path) : []).Select(line => line.Split('\t')).Select(part => new MethodName(part[0], part[1], part[2]));

    public static void Write(string path, IEnumerable<MethodName> names) =>
        File.WriteAllLines(path, [.. names.Select(name => $"{name.Type}\t{name.Method}\t{name.Arguments}").Distinct().Order(StringComparer.Ordinal)]);
}
