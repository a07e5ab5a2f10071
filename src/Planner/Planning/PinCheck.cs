using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost;
using Planner.Cost.Schedules;
using Planner.Inputs;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Refuses pins of which no combination can be run, naming the first contradiction and what would be allowed.</summary>
internal static class PinCheck
{
    public static void Refuse(CostModel model, SearchSpace space, PlanPins pins)
    {
        var gpus = space.Gpus;
        var request = model.Workload;
        Divides("--tp", pins.Tensor, gpus, "GPUs", n => LegalityRules.TensorFits(model.Model, n), $"the heads and widths of {model.Model.Name}");
        Divides("--cp", pins.Context, gpus, "GPUs", n => LegalityRules.ContextFits(request.SequenceLength, n), $"a sequence of {Text(request.SequenceLength)} tokens in 2 x cp pieces");
        Divides("--pp", pins.Pipeline, gpus, "GPUs", _ => true, "");
        Divides("--dp", pins.Data, gpus, "GPUs", _ => true, "");
        if (model.Model.Moe is { } moe) Divides("--ep", pins.Expert, moe.Experts, "experts", _ => true, "");
        else if (pins.Expert.Any(ep => ep != 1)) throw new RefusedException($"--ep {Text(pins.Expert)}: {model.Model.Name} has no experts; allowed: 1");

        var degrees = Degrees(space).ToList();
        if (degrees.Count == 0)
        {
            throw new RefusedException(
                $"{Given(pins)}: tensor x context x pipeline x data ranks must make {Text(gpus)} GPUs; pin fewer of --tp, --cp, --pp, --dp, or let them multiply to it");
        }

        CheckExperts(space, pins, degrees, model.Stack.FoldedExperts);
        var batches = degrees.Where(d => space.MicroBatch.Any(size => request.GlobalBatch % ((long)d.Data * size) == 0)).ToList();
        if (batches.Count == 0)
        {
            var allowed = degrees.Select(d => d.Data).Distinct().Order().Take(4)
                .Select(dp => $"dp {Text(dp)}: {(request.GlobalBatch % dp == 0 ? Text([.. SearchSpace.Divisors(request.GlobalBatch / dp).Take(8)]) : "none")}");
            throw new RefusedException(
                $"{Given(pins)}: a batch of {Text(request.GlobalBatch)} sequences must be a multiple of data-parallel ranks x micro-batch; "
                + $"micro-batches allowed: {OneLine.List(allowed)}; try another --micro-batch or --batch");
        }

        CheckSchedules(model, space, pins, batches);
    }

    private static void CheckExperts(SearchSpace space, PlanPins pins, List<(int Tensor, int Context, int Pipeline, int Data)> degrees, bool folded)
    {
        var ranks = degrees.Select(d => d.Data * d.Context * (folded ? d.Tensor : 1)).Distinct().Order().ToList();
        if (ranks.Any(room => space.Expert.Any(ep => room % ep == 0))) return;
        throw new RefusedException(
            $"{Given(pins)}: --ep must divide {(folded ? "tensor x data x context" : "data x context")} ranks ({Text([.. ranks.Take(8)])}); allowed: {Text([.. SearchSpace.Divisors(ranks[^1]).Take(16)])}");
    }

    private static void CheckSchedules(CostModel model, SearchSpace space, PlanPins pins, List<(int Tensor, int Context, int Pipeline, int Data)> degrees)
    {
        string? objection = null;
        foreach (var (_, _, pp, dp) in degrees)
        {
            foreach (var size in space.MicroBatch)
            {
                if (model.Workload.GlobalBatch % ((long)dp * size) != 0) continue;
                foreach (var (schedule, chunks) in space.Programs(pp, LegalityRules.MostStages(model.Model)))
                {
                    var shape = new PipelineShape(pp, chunks, model.Workload.GlobalBatch / (dp * size));
                    var stages = schedule.Stages(shape);
                    var reason = LegalityRules.StagesObjection(model.Model, stages) is not null
                        ? $"{schedule.Title} on {Text(pp)} pipeline ranks cuts the model into {Text(stages)} stages; {model.Model.Name} is searched up to {Text(LegalityRules.MostStages(model.Model))}; try fewer --pp or --vpp"
                        : schedule.Objection(shape);
                    if (reason is null) return;
                    objection ??= reason;
                }
            }
        }

        throw new RefusedException(objection is null
            ? $"{Given(pins)}: --vpp is for interleaved schedules and needs 2 or more; others take 1; leave it out or add --schedule interleaved"
            : $"{Given(pins)}: {objection}");
    }

    private static IEnumerable<(int Tensor, int Context, int Pipeline, int Data)> Degrees(SearchSpace space)
    {
        foreach (var tp in space.Tensor.Where(tp => space.Gpus % tp == 0))
            foreach (var cp in (space.Context ?? SearchSpace.Divisors(space.Gpus / tp)).Where(cp => space.Gpus / tp % cp == 0))
                foreach (var pp in (space.Pipeline ?? SearchSpace.Divisors(space.Gpus / tp / cp)).Where(pp => space.Gpus / tp / cp % pp == 0))
                {
                    var dp = space.Gpus / tp / cp / pp;
                    if (space.Data is not { } pinned || pinned.Contains(dp)) yield return (tp, cp, pp, dp);
                }
    }

    private static void Divides(string option, ImmutableArray<int> given, int whole, string noun, Func<int, bool> fits, string what)
    {
        if (given.IsEmpty || given.Any(n => whole % n == 0 && fits(n))) return;
        var divisors = SearchSpace.Divisors(whole).Where(fits).ToList();
        var rule = given.Any(n => whole % n == 0) ? $"must divide {what}" : $"must divide {Text(whole)} {noun}";
        throw new RefusedException($"{option} {Text(given)} {rule}; allowed: {Text([.. divisors.Take(24)])}{(divisors.Count > 24 ? ", …" : "")}");
    }

    private static string Given(PlanPins pins) => OneLine.List(pins.ByName().Select(pin => $"--{pin.Key.Replace('_', '-')} {string.Join(',', pin.Value)}")) is { Length: > 0 } text
        ? text
        : "this request";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(ImmutableArray<int> numbers) => string.Join(", ", numbers.Select(Text));
}
