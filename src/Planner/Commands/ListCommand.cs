using System.CommandLine;
using Planner.Reports;

namespace Planner.Commands;

internal static class ListCommand
{
    public const string Name = "list";

    public static readonly string[] Examples =
    [
        "planner list models",
        "planner list hardware --format csv",
    ];

    private static readonly Dictionary<string, Func<string?, Listing>> Catalogs = new()
    {
        ["models"] = Listings.Models,
        ["hardware"] = HardwareListing.Of,
        ["stacks"] = Listings.Stacks,
        ["schedules"] = _ => Listings.Schedules(),
        ["metrics"] = _ => Listings.Metrics(),
    };

    public static Command Create(CommandContext context)
    {
        var command = new Command(Name, "Lists what the other verbs know by name.");
        var catalog = new Argument<string?>("CATALOG")
        {
            Description = $"One of {string.Join(", ", Catalogs.Keys)}.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        catalog.CompletionSources.Add([.. Catalogs.Keys]);
        var format = OutputOptions.FormatOption("text a table for people, json one object, csv a table for spreadsheets (default: text).");
        command.Arguments.Add(catalog);
        command.Options.Add(format);
        command.SetAction(parse =>
        {
            var name = parse.GetValue(catalog);
            if (name is null || !Catalogs.TryGetValue(name, out var read))
            {
                var given = name is null ? "no catalog is given" : $"'{name}' is not a catalog";
                throw new RefusedException($"{given}; choose from {string.Join(", ", Catalogs.Keys)}; for example planner list models");
            }

            Write(read(context.Data), parse.GetValue(format) ?? ReportFormat.Text, context);
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Prints a listing in a format.</summary>
    public static void Write(Listing listing, ReportFormat format, CommandContext context)
    {
        switch (format)
        {
            case ReportFormat.Json:
                context.Output.Write(listing.Json());
                break;
            case ReportFormat.Csv:
                context.Output.Write(listing.Csv());
                break;
            default:
                ListingText.Write(listing, context.Output, context.Color);
                break;
        }
    }
}
