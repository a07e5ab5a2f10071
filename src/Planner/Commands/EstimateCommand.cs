using System.Collections.Immutable;
using System.CommandLine;
using Planner.Inputs;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Commands;

internal static class EstimateCommand
{
    public const string Name = "estimate";

    public static readonly string[] Examples =
    [
        "planner estimate --model v3-671b --gpus 2048 --hw h800 --tp 1 --pp 16 --ep 64 --schedule dualpipe",
        "planner estimate --plan plan.json --hw h100 --seq 8192",
    ];

    public static Command Create(CommandContext context)
    {
        var command = new Command(Name, "Estimates one layout: every degree is given, or a plan file is. The placement of layers is searched unless the file gives it.");
        var request = new PlanRequestOptions(context.Schedules);
        var output = new OutputOptions();
        var plan = OptionKinds.Text("--plan", "FILE", "Plan file of 'planner solve'; other options replace its workload (default: none).");
        command.Options.Add(plan);
        foreach (var option in request.All) command.Options.Add(option);
        foreach (var option in output.All) command.Options.Add(option);
        command.SetAction(parse =>
        {
            foreach (var option in (Option<ImmutableArray<int>>[])[request.Gpus, request.Batch])
                if (parse.GetValue(option).Length > 1) throw new RefusedException($"{option.Name}: an estimate takes one value; use planner solve for a table of several");
            var asked = parse.GetValue(plan) is { } file ? FromFile(parse, request, file, context.Data) : FromPins(request.Read(parse));
            var delivery = PlanDelivery.From(parse, output, context);
            return delivery.Run((planner, progress, cancel) => planner.Estimate(asked, progress, cancel));
        });
        return command;
    }

    private static EstimateRequest FromPins(SolveRequest request)
    {
        var pins = request.Pins;
        (string Name, int Values)[] given =
        [
            ("--tp", pins.Tensor.Length), ("--cp", pins.Context.Length), ("--pp", pins.Pipeline.Length), ("--vpp", pins.Virtual.Length),
            ("--ep", pins.Expert.Length), ("--dp", pins.Data.Length), ("--micro-batch", pins.MicroBatch.Length),
            ("--schedule", pins.Schedule.Length), ("--sharding", pins.Sharding.Length),
        ];
        if (given.FirstOrDefault(pin => pin.Values > 1) is { Name: { } many })
            throw new RefusedException($"{many}: an estimate takes one value; use planner solve for a choice");
        string[] needed = ["--tp", "--pp", "--ep", "--schedule"];
        var missing = needed.Where(name => given.First(pin => pin.Name == name).Values == 0).ToList();
        if (missing.Count > 0)
        {
            throw new RefusedException(
                $"an estimate needs {string.Join(", ", missing)} (--cp, --vpp and --micro-batch are 1 by default; without --recompute and --sharding the fastest that fit are taken); give them, a --plan, or use planner solve");
        }

        var tp = pins.Tensor[0];
        var cp = pins.Context.IsEmpty ? 1 : pins.Context[0];
        var inner = (long)tp * cp * pins.Pipeline[0];

        // With nodes missing the job takes as many of those left as make it fastest; only then is the data-parallel degree known.
        if (!request.Nodes.Any && request.Gpus % inner != 0)
            throw new RefusedException($"--gpus {request.Gpus} is not a multiple of tp {tp} x cp {cp} x pp {pins.Pipeline[0]} = {inner}");
        var dp = (int)(request.Gpus / inner);
        if (!request.Nodes.Any && !pins.Data.IsEmpty && pins.Data[0] != dp)
            throw new RefusedException($"--dp {pins.Data[0]} does not fit: {request.Gpus} gpus / ({inner}) = {dp}; leave --dp out");
        var one = new PlanPins(
            pins.Tensor,
            [cp],
            pins.Pipeline,
            Or(pins.Virtual, 1),
            pins.Expert,
            request.Nodes.Any ? pins.Data : [dp],
            Or(pins.MicroBatch, 1),
            pins.Schedule,
            pins.Recompute,
            pins.Sharding)
        {
            UniformRecompute = pins.UniformRecompute,
        };
        return new EstimateRequest(request with { TensorPolicy = TensorPolicy.Pinned, Pins = one }, null);
    }

    private static ImmutableArray<T> Or<T>(ImmutableArray<T> values, T otherwise) =>
        values.IsEmpty ? [otherwise] : values;

    private static EstimateRequest FromFile(ParseResult parse, PlanRequestOptions options, string file, string? data)
    {
        foreach (var option in options.Pins.Append(options.Gpus))
        {
            if (parse.GetResult(option) is { Implicit: false })
                throw new RefusedException($"{option.Name} is fixed by --plan; leave one of the two out");
        }

        // The number of micro-batches follows from the batch: it must not be passed over.
        var saved = PlanFileReader.ReadFile(file);
        if (saved.Sequences != saved.Request.GlobalBatch)
        {
            throw new RefusedException(FormattableString.Invariant(
                $"{file}: decisions.micro_batches: dp x micro_batch x micro_batches = {saved.Sequences}, but the request has a global_batch of {saved.Request.GlobalBatch}; make both the same"));
        }

        var recorded = new RecordedRequest(saved, new InputPlaces(file, new InputCatalogs(data)));
        var kept = recorded.Decisions(parse.GetValue(options.Model), parse.GetValue(options.Hardware), parse.GetValue(options.Stack));
        var given = options.Read(parse, kept.Request.Model, kept.Request.Hardware, kept.Request.Gpus);
        return kept with
        {
            Request = given with
            {
                Stack = kept.Request.Stack,
                Batch = given.Batch ?? kept.Request.Batch,
                Sequence = given.Sequence ?? kept.Request.Sequence,
                Precision = given.Precision ?? kept.Request.Precision,
                Tokens = given.Tokens ?? kept.Request.Tokens,
                Trainable = parse.GetValue(options.Train) ?? kept.Request.Trainable,
                LoadFactor = given.LoadFactor ?? kept.Request.LoadFactor,
                MemoryLimit = given.MemoryLimit ?? kept.Request.MemoryLimit,
                Extrapolate = given.Extrapolate || kept.Request.Extrapolate,
                TensorPolicy = kept.Request.TensorPolicy,
                Pins = kept.Request.Pins,
                Nodes = options.Nodes.Or(parse, kept.Request.Nodes),
                PlacedExperts = kept.Request.PlacedExperts,
            },
        };
    }
}
