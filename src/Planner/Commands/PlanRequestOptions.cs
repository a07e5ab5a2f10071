using System.Collections.Immutable;
using System.CommandLine;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Planning;
using Planner.Plans;

namespace Planner.Commands;

/// <summary>The options that describe a workload and what may be tried for it.</summary>
internal sealed class PlanRequestOptions
{
    public const int MostGpus = 2_097_152;
    public const int MostSequences = 16_777_216;

    public PlanRequestOptions(IReadOnlyCollection<string> schedules)
    {
        Schedule = OptionKinds.Names("--schedule", schedules, $"Pipeline schedules allowed: {Listed(schedules)} (default: all that the stack runs).");
    }

    public Option<string?> Model { get; } = OptionKinds.Text(
        "--model", "NAME|FILE", "Model: a name of 'planner list models' or a Hugging Face config.json. Required.");

    public Option<ImmutableArray<int>> Gpus { get; } = OptionKinds.Counts(
        "--gpus", 1, MostGpus, "512..4096", $"GPUs, 1 to {MostGpus}; several counts or a doubling range make a table of them. Required.");

    public NodeOptions Nodes { get; } = new();

    public Option<string?> Hardware { get; } = OptionKinds.Text(
        "--hw", "NAME|FILE", "Machine: a name of 'planner list hardware' or a file like those. Required.");

    public Option<string?> Stack { get; } = OptionKinds.Text(
        "--stack", "NAME|FILE", "Software on the machine: a name of 'planner list stacks' or a file like those (default: the model's).");

    public Option<ImmutableArray<int>> Batch { get; } = OptionKinds.Counts(
        "--batch",
        1,
        MostSequences,
        "4096..16384",
        $"Sequences a step, 1 to {MostSequences}; several make a table, beside several --gpus one for each (default: the model's).");

    public Option<int?> Sequence { get; } = OptionKinds.Integer(
        "--seq", 1, MostSequences, $"Tokens a sequence, 1 to {MostSequences} (default: the model's).");

    public Option<Precision?> Precision { get; } = OptionKinds.Word<Precision>(
        "--precision", PlanWords.Of, "Precision of the linear layers (default: the model's).");

    public Option<Trainable?> Train { get; } = OptionKinds.Word<Trainable>(
        "--train", PlanWords.Of, "What is trained: all, or lora (adapters of rank 16 beside frozen weights; default: all).");

    public Option<double?> Tokens { get; } = OptionKinds.Count(
        "--tokens", "Tokens of the whole run, for days and price: 14.8e12 or 14.8T (default: the model's).");

    public Option<double?> LoadFactor { get; } = OptionKinds.Number(
        "--load-factor", "X", 1, 100, "Busiest expert rank over mean, 1 to 100 (default: the stack's curve, else 1).");

    public ExpertOptions Experts { get; } = new();

    public Option<double?> MemoryLimit { get; } = OptionKinds.Number(
        "--memory-limit", "GIB", 0.001, 65_536, "Memory of one GPU in GiB that plans may fill (default: the machine's).");

    public Option<TensorChoice?> Tensor { get; } = TensorOption();

    public Option<ImmutableArray<int>> Context { get; } = Degree("--cp", "Context-parallel ranks allowed");

    public Option<ImmutableArray<int>> Pipeline { get; } = Degree("--pp", "Pipeline ranks allowed");

    public Option<ImmutableArray<int>> Virtual { get; } = OptionKinds.Integers(
        "--vpp", 1, 1024, "Chunks of layers a pipeline rank, 1 to 1024; interleaved schedules only (default: all).");

    public Option<ImmutableArray<int>> Expert { get; } = Degree("--ep", "Expert-parallel ranks allowed");

    public Option<ImmutableArray<int>> Data { get; } = Degree("--dp", "Data-parallel replicas allowed");

    public Option<ImmutableArray<int>> MicroBatch { get; } = OptionKinds.Integers(
        "--micro-batch", 1, MostSequences, "Sequences a micro-batch (default: 1 to 8).");

    public Option<ImmutableArray<string>> Schedule { get; }

    public Option<ImmutableArray<string>> Recompute { get; } = OptionKinds.Names(
        "--recompute", [], "Recomputation allowed: none, full, or a policy of the stack (default: all of the stack).");

    public Option<bool> UniformRecompute { get; } = new("--uniform-recompute")
    {
        Description = "All stages recompute alike, as Megatron-LM's arguments have it (default: each stage the least that fits, up to 2 stages a rank).",
    };

    public Option<ImmutableArray<Sharding>> Sharding { get; } = OptionKinds.Words<Sharding>(
        "--sharding", PlanWords.Of, "What data-parallel ranks divide: states, gradients, weights (default: all).");

    public Option<double?> TimeLimit { get; } = OptionKinds.Number(
        "--time-limit", "S", 0.01, 86_400, "Seconds for the search, 0.01 to 86400; the best so far is printed (default: no limit).");

    public Option<int?> Threads { get; } = OptionKinds.Integer(
        "--threads", 1, 1024, "Threads of the search, 1 to 1024; changes its time, never the plan (default: all cores).");

    public Option<bool> Extrapolate { get; } = new("--extrapolate")
    {
        Description = "Also try layouts beyond the measured tables (default: no).",
    };

    public Option<bool> Audit { get; } = new("--audit")
    {
        Description = "Keep every layout in the joint model, for a second proof; slow (default: no).",
    };

    /// <summary>Degrees and choices, in the order of the command line.</summary>
    public IEnumerable<Option> Pins =>
        [Tensor, Context, Pipeline, Virtual, Expert, Data, MicroBatch, Schedule, Recompute, UniformRecompute, Sharding];

    public IEnumerable<Option> All =>
    [
        Model, Gpus, .. Nodes.All, Hardware, Stack, Batch, Sequence, Precision, Train, Tokens, LoadFactor, .. Experts.All, MemoryLimit,
        .. Pins, TimeLimit, Threads, Extrapolate, Audit,
    ];

    /// <summary>The request; refuses one without model, GPUs or hardware.</summary>
    public SolveRequest Read(ParseResult parse)
    {
        Option[] required = [Model, Gpus, Hardware];
        var missing = required.Where(option => parse.GetResult(option) is null or { Implicit: true }).Select(option => option.Name).ToList();
        if (missing.Count > 0)
        {
            throw new RefusedException(
                $"{string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} missing; for example --model v3-671b --gpus 2048 --hw h800");
        }

        var gpus = parse.GetValue(Gpus);
        return Read(parse, parse.GetValue(Model)!, parse.GetValue(Hardware)!, gpus[0]) with { Points = Points(gpus, parse.GetValue(Batch)) };
    }

    // One batch for all counts, one count for all batches, or both in pairs.
    private static ImmutableArray<SweepPoint> Points(ImmutableArray<int> gpus, ImmutableArray<int> batches)
    {
        if (gpus.Length == 1 && batches.Length <= 1) return [];
        if (batches.Length <= 1) return [.. gpus.Select(count => new SweepPoint(count, batches.IsEmpty ? null : batches[0]))];
        if (gpus.Length == 1) return [.. batches.Select(batch => new SweepPoint(gpus[0], batch))];
        return gpus.Length == batches.Length
            ? [.. gpus.Zip(batches, (count, batch) => new SweepPoint(count, batch))]
            : throw new RefusedException(
                $"--gpus has {gpus.Length} counts and --batch {batches.Length}; give one batch for all counts, or as many batches as counts");
    }

    public SolveRequest Read(ParseResult parse, string model, string hardware, int gpus)
    {
        var tensor = parse.GetValue(Tensor);
        return new SolveRequest(
            model,
            hardware,
            parse.GetValue(Stack),
            gpus,
            parse.GetValue(Batch) is { IsEmpty: false } batches ? batches[0] : null,
            parse.GetValue(Sequence),
            parse.GetValue(Precision),
            parse.GetValue(Tokens),
            parse.GetValue(LoadFactor),
            parse.GetValue(MemoryLimit) is { } gib ? Bytes.FromGib(gib) : null,
            tensor?.Policy ?? TensorPolicy.Avoid,
            new PlanPins(
                tensor?.Degrees ?? [],
                parse.GetValue(Context),
                parse.GetValue(Pipeline),
                parse.GetValue(Virtual),
                parse.GetValue(Expert),
                parse.GetValue(Data),
                parse.GetValue(MicroBatch),
                parse.GetValue(Schedule),
                parse.GetValue(Recompute),
                parse.GetValue(Sharding))
            {
                UniformRecompute = parse.GetValue(UniformRecompute),
            },
            parse.GetValue(TimeLimit) is { } seconds ? new Seconds(seconds) : null,
            parse.GetValue(Threads),
            parse.GetValue(Extrapolate),
            parse.GetValue(Audit))
        {
            Experts = Experts.Read(parse),
            Nodes = Nodes.Read(parse),
            Trainable = parse.GetValue(Train) ?? Trainable.All,
        };
    }

    private static Option<ImmutableArray<int>> Degree(string name, string what) =>
        OptionKinds.Integers(name, 1, MostGpus, $"{what}, 1 to {MostGpus} (default: all).");

    private static string Listed(IReadOnlyCollection<string> names) => names.Count == 0 ? "none known" : string.Join(", ", names);

    private static Option<TensorChoice?> TensorOption() => new("--tp")
    {
        Description = "Tensor parallelism: avoid takes the smallest degree within 5 % of the fastest, allow any, or the degrees allowed, 1 to 1024 (default: avoid).",
        HelpName = "avoid|allow|N[,N...]",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (given == "avoid") return new TensorChoice(TensorPolicy.Avoid, []);
            if (given == "allow") return new TensorChoice(TensorPolicy.Allow, []);
            var degrees = ImmutableArray.CreateBuilder<int>();
            foreach (var item in given.Split(',', StringSplitOptions.TrimEntries))
            {
                if (OptionKinds.Whole(item) is not ({ } degree and >= 1 and <= 1024))
                {
                    result.AddError($"--tp: '{item}' is not allowed; give avoid, allow, or whole numbers from 1 to 1024 with commas");
                    return null;
                }

                if (!degrees.Contains(degree)) degrees.Add(degree);
            }

            return new TensorChoice(TensorPolicy.Pinned, degrees.ToImmutable());
        },
    };
}

/// <summary>The value of --tp.</summary>
internal sealed record TensorChoice(TensorPolicy Policy, ImmutableArray<int> Degrees);
