using System.CommandLine;
using System.Globalization;
using Planner.Inputs;
using Planner.Planning;

namespace Planner.Commands;

/// <summary>The command line: parses, runs a verb, turns whatever happens into an exit code. Nothing reaches the output before all went well.</summary>
public sealed class App(CommandContext context)
{
    public int Run(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        try
        {
            CheckOptions.RefuseOtherUpdates(args);
            var parse = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

            // Left alone, the library prints every error and the whole help on the output.
            if (parse.Errors.Count > 0 && parse.Action is not HelpWithExamples) return Fail(ParseErrorLine.Of(parse));
            var code = parse.Invoke(new InvocationConfiguration
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            return Flushed(code);
        }
        catch (RefusedException refused)
        {
            return Fail(refused.Message);
        }
        catch (InputException unusable)
        {
            return Fail(unusable.Message);
        }
        catch (OperationCanceledException)
        {
            context.Error.WriteLine("planner: " + Undecided.Interrupted);
            return ExitCodes.Interrupted;
        }
        catch (Exception unexpected) when (!context.Debug)
        {
            return Fail("internal error: " + OneLine.Of(unexpected.Message));
        }
        catch (Exception unexpected)
        {
            return Fail("internal error: " + unexpected);
        }
    }

    private RootCommand Root()
    {
        var root = new RootCommand("Finds the fastest parallel layout for training a language model on given GPUs, and proves it.");
        root.Subcommands.Add(SolveCommand.Create(context));
        root.Subcommands.Add(EstimateCommand.Create(context));
        root.Subcommands.Add(CheckCommand.Create(context));
        root.Subcommands.Add(DiffCommand.Create(context));
        root.Subcommands.Add(ValidateCommand.Create(context));
        root.Subcommands.Add(CalibrateCommand.Create(context));
        root.Subcommands.Add(ListCommand.Create(context));
        HelpWithExamples.Use(root, new Dictionary<string, string[]>
        {
            [root.Name] = SolveCommand.Examples,
            [SolveCommand.Name] = SolveCommand.Examples,
            [EstimateCommand.Name] = EstimateCommand.Examples,
            [CheckCommand.Name] = CheckCommand.Examples,
            [DiffCommand.Name] = DiffCommand.Examples,
            [ValidateCommand.Name] = ValidateCommand.Examples,
            [CalibrateCommand.Name] = CalibrateCommand.Examples,
            [ListCommand.Name] = ListCommand.Examples,
        });
        return root;
    }

    private int Flushed(int code)
    {
        try
        {
            context.Output.Flush();
            return code;
        }
        catch (IOException full)
        {
            return Fail($"cannot write the result: {full.Message}");
        }
    }

    private int Fail(string line)
    {
        context.Error.WriteLine("planner: " + line);
        return ExitCodes.Failed;
    }
}
