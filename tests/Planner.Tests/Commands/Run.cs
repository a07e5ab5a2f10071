using Planner.Commands;
using Planner.Cost.Schedules;
using Planner.Planning;

namespace Planner.Tests.Commands;

/// <summary>One run of the command line in this process.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    public static readonly string[] Minimal = ["solve", "--model", "v3-671b", "--gpus", "2048", "--hw", "h800"];

    public static Run Of(IPlanner planner, params string[] args) => Of(() => planner, debug: false, args);

    /// <summary>With something on the standard input.</summary>
    public static Run Of(Stream input, params string[] args) => Of(() => new FakePlanner(FakePlanner.Found), debug: false, args, input, _ => null);

    /// <summary>With variables in the environment, which is empty elsewhere.</summary>
    public static Run In(IReadOnlyDictionary<string, string?> variables, IPlanner planner, params string[] args) =>
        Of(() => planner, debug: false, args, Stream.Null, variables.GetValueOrDefault);

    public static Run Of(Func<IPlanner> planner, bool debug, params string[] args) => Of(planner, debug, args, Stream.Null, _ => null);

    private static Run Of(Func<IPlanner> planner, bool debug, string[] args, Stream input, Func<string, string?> variable)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var context = new CommandContext(
            output, error, ErrorIsTerminal: false, Color: false, planner, Data: null, [.. ScheduleCatalog.All.Select(schedule => schedule.Name)], debug)
        {
            Input = () => input,
            Variable = variable,
        };
        var code = new App(context).Run(args);
        return new Run(code, output.ToString(), error.ToString());
    }
}
