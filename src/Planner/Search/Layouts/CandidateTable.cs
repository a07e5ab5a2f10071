using System.Collections.Concurrent;
using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Units;

namespace Planner.Search;

/// <summary>
/// Scores every layout of a space: legal ones get an admissible bound of their step and a bound of their memory, the others are counted under
/// the rule that removed them. Costs are factored (layers by degrees, micro-batch and recompute; states by degrees and sharding), so a layout
/// is a few additions.
/// </summary>
internal sealed class CandidateTable
{
    private readonly CostModel model;
    private readonly SearchSpace space;
    private readonly Dictionary<(int, int, int, int, int, bool), ModelWork> works = [];
    private readonly ConcurrentDictionary<(ISchedule, int, int, int), RankHolds> leastHeld;
    private readonly SortedDictionary<string, long> rejected = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, TensorLayouts> layouts = [];
    private readonly LeastRoom room;
    private bool lowersLimit;
    private readonly int mostStages;
    private readonly ImmutableArray<RecomputePolicy> policies;
    private long considered;
    private long scored;
    private bool complete = true;

    private CandidateTable(
        CostModel model,
        SearchSpace space,
        LeastRoom room,
        ConcurrentDictionary<(ISchedule, int, int, int), RankHolds> leastHeld)
    {
        this.leastHeld = leastHeld;
        this.model = model;
        this.space = space;
        this.room = room;
        mostStages = LegalityRules.MostStages(model.Model);
        policies = space.Policies;
    }

    /// <summary>Layouts of the space, legal or not.</summary>
    public long Considered => considered;

    /// <summary>Layouts that got a bound.</summary>
    public long Scored => scored;

    /// <summary>The whole space was scored; false where that was cut short.</summary>
    public bool Complete => complete;

    /// <summary>Legal layouts that may fit the memory, unordered.</summary>
    public ScoredLayouts Layouts => ScoredLayouts.Joined([One, PerStage]);

    /// <summary>Those under one recompute policy.</summary>
    public ScoredLayouts One => ScoredLayouts.Joined(layouts.Values.Select(group => group.One));

    /// <summary>Those whose stages have a choice of policy.</summary>
    public ScoredLayouts PerStage => ScoredLayouts.Joined(layouts.Values.Select(group => group.PerStage));

    /// <summary>The layouts of each tensor-parallel degree, smallest degree first.</summary>
    public IEnumerable<TensorLayouts> ByTensor => layouts.Values;

    /// <summary>Layouts removed, by rule.</summary>
    public IReadOnlyDictionary<string, long> Rejected => rejected;

    /// <summary>Scores the space. Parts of it may be scored side by side; they are joined in order, so the result does not depend on threads.</summary>
    public static CandidateTable Score(CostModel model, SearchSpace space, int threads, CancellationToken cancel)
    {
        var table = ScoreSoFar(model, space, threads, cancel);
        return table.Complete ? table : throw new OperationCanceledException(cancel);
    }

    /// <summary>The same, but where it is cut short what was scored until then is returned.</summary>
    public static CandidateTable ScoreSoFar(
        CostModel model, SearchSpace space, int threads, CancellationToken cancel, Action<long>? report = null, bool lowersLimit = false)
    {
        // Layers cost the same under every pipeline, so degrees that differ only there stay together: a table of their own, joined in order.
        var degrees = space.Degrees().GroupBy(known => (known.Tensor, known.Context)).Select(group => group.ToArray()).ToArray();
        var tables = new CandidateTable?[degrees.Length];
        var leastHeld = new ConcurrentDictionary<(ISchedule, int, int, int), RankHolds>();
        var next = -1;
        Workers.Each(threads, Math.Min(threads, degrees.Length), Score);
        var all = new CandidateTable(model, space, Room(), leastHeld);
        foreach (var table in tables) all.Join(table);
        return all;

        LeastRoom Room() => new((long)Math.Floor(space.MemoryLimit.Value / 1024));

        // The parts differ much in size, so each thread takes the next when it has done one. The first thread speaks for all.
        void Score(int worker)
        {
            var room = Room();
            for (var part = Interlocked.Increment(ref next); part < degrees.Length; part = Interlocked.Increment(ref next))
            {
                var table = tables[part] = new CandidateTable(model, space, room, leastHeld) { lowersLimit = lowersLimit };
                foreach (var known in degrees[part])
                {
                    table.ScoreDegrees(known.Tensor, known.Context, known.Pipeline, known.Data, cancel);
                    if (!table.complete) return;
                    if (worker == 0) report?.Invoke(tables.Sum(one => one is null ? 0 : Volatile.Read(ref one.scored)));
                }

                table.works.Clear();
            }
        }
    }

    /// <summary>The least memory of a GPU, KiB, with which a layout of the space may fit; null where none can run.</summary>
    public static long? LeastLimitKib(CostModel model, SearchSpace space, int threads, CancellationToken cancel)
    {
        var table = ScoreSoFar(model, space with { MemoryLimit = new Bytes(LeastRoom.MostKib * 1024.0) }, threads, cancel, null, lowersLimit: true);
        cancel.ThrowIfCancellationRequested();
        return table.room.LimitKib == LeastRoom.MostKib ? null : table.room.LimitKib + 1;
    }

    // Null is what nobody came to.
    private void Join(CandidateTable? other)
    {
        complete &= other is { complete: true };
        if (other is null) return;
        considered += other.considered;
        scored += other.scored;
        room.AtMost(other.room.LimitKib);
        foreach (var (tensor, group) in other.layouts)
        {
            var known = Group(tensor);
            known.One.Join(group.One);
            known.PerStage.Join(group.PerStage);
        }

        foreach (var (rule, count) in other.rejected) Reject(rule, count);
    }

    private void ScoreDegrees(int tp, int cp, int pp, int dp, CancellationToken cancel)
    {
        var programs = space.Programs(pp, mostStages).ToList();
        var each = programs.Sum(program => Choices(program.Schedule, program.Chunks));
        var all = each * space.MicroBatch.Length * space.Expert.Length;
        considered += all;
        if (!LegalityRules.TensorFits(model.Model, tp))
        {
            Reject(LegalityRules.TensorDivides, all);
            return;
        }

        if (!LegalityRules.ContextFits(model.Workload.SequenceLength, cp))
        {
            Reject(LegalityRules.SequenceDivides, all);
            return;
        }

        var states = new DegreesStates?[space.Expert.Length];
        foreach (var size in space.MicroBatch)
        {
            var batch = model.Workload.GlobalBatch;
            if (batch % ((long)dp * size) != 0)
            {
                Reject(LegalityRules.BatchDivides, each * space.Expert.Length);
                continue;
            }

            var shapes = Runnable(programs, pp, batch / (dp * size));
            if (shapes.Count == 0) continue;
            var choices = shapes.Sum(program => Choices(program.Schedule, program.Shape.Chunks));
            for (var e = 0; e < space.Expert.Length; e++)
            {
                var ep = space.Expert[e];
                if (cancel.IsCancellationRequested)
                {
                    complete = false;
                    return;
                }

                var degrees = new Degrees(dp, tp, pp, ep, cp, 1);
                if (degrees.ExpertRoom(model.Stack.FoldedExperts) % ep != 0) Reject(LegalityRules.ExpertsInside(model.Stack.FoldedExperts), choices);
                else if (!space.Extrapolate && LegalityRules.BeyondTables(model, ep)) Reject(LegalityRules.Extrapolated, choices);
                else ScoreExpert(degrees, size, shapes, states[e] ??= new DegreesStates(model));
            }
        }
    }

    // Recompute policies and shardings of a schedule.
    private long Choices(ISchedule schedule, int chunks) =>
        (long)space.Shardings.Length * (SearchSpace.HasPolicies(schedule, chunks) ? policies.Length : space.Recompute.Length);

    private List<Program> Runnable(
        List<(ISchedule Schedule, int Chunks)> programs, int pp, int microBatches)
    {
        var shapes = new List<Program>(programs.Count);
        foreach (var (schedule, chunks) in programs)
        {
            var shape = new PipelineShape(pp, chunks, microBatches);
            var weight = Choices(schedule, chunks) * space.Expert.Length;
            if (LegalityRules.StagesObjection(model.Model, schedule.Stages(shape)) is { } deep) Reject(deep, weight);
            else if (schedule.Objection(shape) is not null) Reject(LegalityRules.ScheduleRuns, weight);
            else if (Twins.Folds(space, schedule, shape)) Reject(LegalityRules.Twin, weight);
            else shapes.Add(new Program(schedule, shape, (byte)space.Schedules.IndexOf(schedule), Held(schedule, shape)));
        }

        return shapes;
    }

    private void ScoreExpert(Degrees degrees, int size, List<Program> shapes, DegreesStates states)
    {
        // Tensor ranks may hold the same experts, so experts have replicas where nothing else has.
        var single = degrees is { Data: 1, Context: 1 } && (degrees.ExpertReplicas == 1 || model.Model.Moe is null);

        // ZeRO-1 scatters the same gradients and gathers parameters, no more bytes than the gradients that an all-reduce gathers.
        var zero1Wins = space.Shardings.Contains(Sharding.Zero1) && model.Stack.ParameterGatherBytes <= model.Stack.GradientSyncBytes;
        states.Resize();
        var group = Group(degrees.Tensor);
        long nothingToShard = 0, extrapolated = 0, dominated = 0, tooFull = 0;
        for (byte r = 0; r < policies.Length; r++)
        {
            // Without and with chunks of an interleaved schedule: expert exchange may hide in one case only.
            var oneChunk = Work(degrees, size, r);
            var chunked = Work(degrees with { Virtual = 2 }, size, r);
            states.Recompute();
            var send = LayoutItems.SendSeconds(model, degrees, oneChunk.Key);
            var perStage = r >= space.Recompute.Length;
            var kept = perStage ? group.PerStage : group.One;
            foreach (var sharding in space.Shardings)
            {
                foreach (var program in shapes)
                {
                    if (perStage && !program.HasPolicies) continue;
                    var (shape, copies) = (program.Shape, program.Copies);
                    var work = shape.Chunks == 1 ? oneChunk : chunked;
                    if (single && copies == 1 && sharding != Sharding.None && space.Shardings.Contains(Sharding.None))
                    {
                        nothingToShard++;
                        continue;
                    }

                    if (program.Overlaps && !space.Extrapolate && LegalityRules.OverlapsSharded(program.Schedule, sharding))
                    {
                        extrapolated++;
                        continue;
                    }

                    scored++;
                    if (sharding == Sharding.None && zero1Wins && !(single && copies == 1))
                    {
                        dominated++;
                        continue;
                    }

                    ref readonly var totals = ref states.Of(work, degrees, work != oneChunk, copies, sharding);
                    if (lowersLimit)
                    {
                        room.Lower(work, totals, program.Held);
                        continue;
                    }

                    if (!room.MayFit(work, totals, program.Held))
                    {
                        tooFull++;
                        continue;
                    }

                    var bound = Bound(work, send, totals, program);
                    kept.Add(new ScoredLayout(
                        bound,
                        degrees.Data,
                        degrees.Context,
                        (short)degrees.Pipeline,
                        (short)shape.Chunks,
                        (short)degrees.Expert,
                        (short)degrees.Tensor,
                        size,
                        program.Index,
                        r,
                        (byte)sharding));
                }
            }
        }

        RejectAny(LegalityRules.NothingToShard, nothingToShard);
        RejectAny(LegalityRules.Extrapolated, extrapolated);
        RejectAny(LegalityRules.Dominated, dominated);
        RejectAny(LegalityRules.Memory, tooFull);
    }

    private double Bound(ModelWork work, double send, in StateTotals states, Program program)
    {
        var bound = program.Schedule.Bound(work.With(send, states), program.Shape);
        return work.Levels.IsEmpty
            ? bound
            : new RecomputeNeed(work, states, program.Schedule, program.Shape, room.LimitKib - work.RankBaseKib + (program.Held.Stages * states.ShortKib)).Bound(bound, send, program.Held);
    }

    private RankHolds Held(ISchedule schedule, PipelineShape shape)
    {
        var key = (schedule, shape.Ranks, shape.Chunks, Math.Min(shape.MicroBatches, 2 * shape.Ranks));
        if (leastHeld.TryGetValue(key, out var held)) return held;
        held = new RankHolds(LeastHeld.Of(schedule, shape), schedule.Stages(shape));
        leastHeld.TryAdd(key, held);
        return held;
    }

    private ModelWork Work(Degrees degrees, int size, int recompute)
    {
        var layer = LayoutItems.KeyOf(model, degrees, size, policies[recompute]);
        var key = (layer.Tensor, layer.Context, layer.Expert, layer.MicroBatch, recompute, layer.ExchangeWaits);
        if (!works.TryGetValue(key, out var work)) works.Add(key, work = NewWork(degrees, size, layer));
        return work;
    }

    private ModelWork NewWork(Degrees degrees, int size, LayerKey layer) => ModelWork.Of(
        model, layer, single => policies.IndexOf(single) is >= 0 and var known ? Work(degrees, size, known) : new ModelWork(model, layer with { Recompute = single }));

    private TensorLayouts Group(int tensor)
    {
        if (!layouts.TryGetValue(tensor, out var group)) layouts.Add(tensor, group = new TensorLayouts(tensor, new ScoredLayouts(), new ScoredLayouts()));
        return group;
    }

    private void RejectAny(string rule, long count)
    {
        if (count > 0) Reject(rule, count);
    }

    private void Reject(string rule, long count)
    {
        rejected.TryGetValue(rule, out var so);
        rejected[rule] = so + count;
    }

    /// <summary>A schedule that runs on so many ranks and micro-batches.</summary>
    /// <param name="Schedule">Schedule.</param>
    /// <param name="Shape">Ranks, chunks, micro-batches.</param>
    /// <param name="Index">Of the schedule in the space.</param>
    /// <param name="Held">What ranks hold at least.</param>
    private sealed record Program(ISchedule Schedule, PipelineShape Shape, byte Index, RankHolds Held)
    {
        // Asked for each policy and sharding.
        public int Copies { get; } = Schedule.Copies;

        public bool Overlaps { get; } = Schedule.Overlaps;

        public bool HasPolicies { get; } = SearchSpace.HasPolicies(Schedule, Shape.Chunks);
    }
}
