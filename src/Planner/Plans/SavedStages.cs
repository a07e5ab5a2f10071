using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Plans;

/// <summary>
/// The stages of a plan file. Most of a row follows from the layout, the degrees and the schedule; it is there to be read, and must agree: a hand edit of
/// one of the spellings must not pass unseen.
/// </summary>
/// <param name="Letters">Letters of each stage.</param>
/// <param name="Recompute">The policy of each where they differ; empty where all follow one.</param>
internal sealed record SavedStages(ImmutableArray<string> Letters, ImmutableArray<string> Recompute)
{
    public static SavedStages Read(JsonPlace decisions, Degrees degrees, int microBatches)
    {
        var layout = LayoutStringParser.Parse(decisions.Text("layout"));
        if (layout.Error is { } error) throw decisions.Member("layout").Wrong(error);
        ImmutableArray<JsonPlace> rows = [.. decisions.Rows("stages")];
        var letters = rows.Select(row => row.Text("layers")).ToImmutableArray();
        if (!letters.SequenceEqual(layout.Stages)) throw decisions.Member("stages").Wrong("the stages are not those of layout; make both the same");
        CheckNumbers(rows, letters);
        if (ScheduleCatalog.Find(decisions.Text("schedule")) is { } schedule) CheckRanks(rows, schedule, new PipelineShape(degrees.Pipeline, degrees.Virtual, microBatches));
        return new SavedStages(letters, Policies(decisions, rows));
    }

    private static void CheckNumbers(ImmutableArray<JsonPlace> rows, ImmutableArray<string> letters)
    {
        var next = 0;
        for (var stage = 0; stage < rows.Length; stage++)
        {
            var layers = letters[stage].Count(letter => letter == 't');
            Same(rows[stage], "stage", stage);
            Same(rows[stage], "first_layer", layers == 0 ? -1 : next);
            Same(rows[stage], "last_layer", layers == 0 ? -1 : next + layers - 1);
            next += layers;
        }
    }

    // Where the schedule cannot run as many stages, whoever estimates them says so.
    private static void CheckRanks(ImmutableArray<JsonPlace> rows, ISchedule schedule, PipelineShape shape)
    {
        if (schedule.Stages(shape) != rows.Length) return;
        var places = StagePlaces.Of(schedule, shape);
        for (var stage = 0; stage < rows.Length; stage++)
        {
            Same(rows[stage], "rank", places[stage].Rank);
            Same(rows[stage], "chunk", places[stage].Chunk);
        }
    }

    private static void Same(JsonPlace row, string key, int expected)
    {
        var given = row.Member(key);
        if (given.Integer() != expected)
            throw given.Wrong(string.Create(CultureInfo.InvariantCulture, $"{given.Shown()} does not agree with the layout, the degrees and the schedule, which make it {expected}"));
    }

    // Where the policies do not differ, each must be the one of the decisions.
    private static ImmutableArray<string> Policies(JsonPlace decisions, ImmutableArray<JsonPlace> rows)
    {
        var one = decisions.Text("recompute");
        ImmutableArray<string> policies = [.. rows.Select(row => row.Text("recompute"))];
        if (one == RecomputePolicy.PerStageName) return policies;
        if (policies.FirstOrDefault(policy => policy != one) is { } other)
            throw decisions.Member("stages").Wrong($"a stage recomputes '{other}', but the decisions say '{one}'; make both the same, or say '{RecomputePolicy.PerStageName}'");
        return [];
    }
}
