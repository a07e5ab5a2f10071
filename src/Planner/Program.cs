using Planner.Commands;
using Planner.Cost.Schedules;
using Planner.Planning;

// The result is written whole and flushed once; a failure then is reported, so nothing may be left for a second flush at the end.
var output = new StreamWriter(Console.OpenStandardOutput(), new System.Text.UTF8Encoding(false)) { AutoFlush = false, NewLine = "\n" };
using var error = new StreamWriter(Console.OpenStandardError(), new System.Text.UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
_ = Interruption.EndProcess(error);

var color = Environment.GetEnvironmentVariable("NO_COLOR") is null or "" && !Console.IsOutputRedirected;
return new App(new CommandContext(
    output,
    error,
    ErrorIsTerminal: !Console.IsErrorRedirected,
    color,
    Planner: () => new PlanMaker(),
    Data: null,
    [.. ScheduleCatalog.All.Select(schedule => schedule.Name)],
    Debug: Environment.GetEnvironmentVariable("PLANNER_DEBUG") is not (null or ""))
{
    Variable = Environment.GetEnvironmentVariable,
}).Run(args);
