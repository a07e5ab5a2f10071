using System.CommandLine;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Commands;

/// <summary>What verbs on tables of runs read.</summary>
internal static class RunFolders
{
    /// <summary>The table; unknown columns are named on the error stream.</summary>
    public static RunTable Table(string path, CommandContext context)
    {
        var table = RunTable.Read(path);
        if (table.IgnoredColumns.Length > 0)
            context.Error.WriteLine($"planner: ignored {(table.IgnoredColumns.Length == 1 ? "column" : "columns")} {OneLine.Of(OneLine.List(table.IgnoredColumns))}");
        return table;
    }

    /// <summary>The folder of an option.</summary>
    public static string? Folder(ParseResult parse, Option<string?> option) => parse.GetValue(option) switch
    {
        { } path when !Directory.Exists(path) => throw new RefusedException($"{option.Name}: '{path}' is not a folder; give a folder of JSON files"),
        var path => path,
    };
}
