using System.CommandLine;

namespace Planner.Commands;

internal static class SolveCommand
{
    public const string Name = "solve";

    public static readonly string[] Examples =
    [
        "planner solve --model v3-671b --gpus 2048 --hw h800 -o plan.json",
        "planner solve --model config.json --gpus 512 --hw h100 --pp 8,16 --schedule 1f1b --report tables",
        "planner solve --model v3-671b --gpus 2048 --hw h800 --objective pareto --report tables",
        "planner solve --model llama3.1-70b --gpus 64..512 --hw h100 --format csv",
    ];

    public static Command Create(CommandContext context)
    {
        var command = new Command(Name, "Finds the fastest layout that fits in memory: degrees, schedule and the placement of layers, with a proof.");
        var request = new PlanRequestOptions(context.Schedules);
        var output = new OutputOptions();
        var choice = new ChoiceOptions();
        foreach (var option in request.All) command.Options.Add(option);
        foreach (var option in choice.All) command.Options.Add(option);
        foreach (var option in output.All) command.Options.Add(option);
        command.SetAction(parse =>
        {
            var asked = choice.Read(parse, request.Read(parse));
            var delivery = PlanDelivery.From(parse, output, context);
            return delivery.Run((planner, progress, cancel) => planner.Solve(asked, progress, cancel));
        });
        return command;
    }
}
