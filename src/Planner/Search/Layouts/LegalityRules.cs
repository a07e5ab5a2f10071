using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Why a layout cannot be run, whatever it would cost. Each rule has a name that the plan counts layouts under.</summary>
public static class LegalityRules
{
    public const string TensorDivides = "tensor ranks must divide heads and widths";
    public const string SequenceDivides = "the sequence must be a multiple of 2 x context ranks";
    public const string ExpertsInsideData = "expert ranks must divide data x context ranks";
    public const string ExpertsInsideStage = "expert ranks must divide tensor x data x context ranks";
    public const string BatchDivides = "the batch must be a multiple of data ranks x micro-batch";
    public const string EnoughLayers = "more stages than layers to fill them";
    public const string DeepPipeline = "more than 160 stages: not searched";
    public const string ScheduleRuns = "too few or uneven micro-batches or ranks for the schedule";
    public const string Twin = "twin of a layout kept (DualPipe on 2p ranks is DualPipeV on p)";
    public const string NothingToShard = "sharding over one replica is no sharding";
    public const string Dominated = "sharding none is never faster than zero1 and fuller";
    public const string Extrapolated = "beyond the measured tables (--extrapolate lets it in)";
    public const string Memory = "does not fit the memory";

    /// <summary>Tensor ranks split heads (key-value heads may be repeated), widths of MLPs and of shared experts, evenly.</summary>
    public static bool TensorFits(ModelSpec model, int tp)
    {
        if (tp == 1) return true;
        if (model.Attention.Heads % tp != 0) return false;
        if (model.Attention is GroupedQueryAttention { KeyValueHeads: var kv } && kv % tp != 0 && tp % kv != 0) return false;
        if (model.DenseMlp is { } mlp && mlp.Width % tp != 0) return false;
        return model.Moe is not { SharedWidth: > 0 } moe || moe.SharedWidth % tp == 0;
    }

    /// <summary>Sequence halves of context ranks are paired for balance, so the sequence splits into 2 cp pieces.</summary>
    public static bool ContextFits(int sequence, int cp) => cp == 1 || sequence % (2 * cp) == 0;

    /// <summary>What expert ranks must divide.</summary>
    public static string ExpertsInside(bool folded) => folded ? ExpertsInsideStage : ExpertsInsideData;

    /// <summary>Nobody measured the expert exchange at this degree.</summary>
    public static bool BeyondTables(CostModel model, int expert) => model.Layers.Exchange is { } exchange && !exchange.Measured(expert);

    /// <summary>Nobody measured ZeRO-2/3 traffic beside an overlapped pair's own.</summary>
    public static bool OverlapsSharded(ISchedule schedule, Sharding sharding) => schedule.Overlaps && sharding >= Sharding.Zero2;

    /// <summary>Most stages that are searched; more than any published pipeline had, and a limit only to models deeper than that.</summary>
    public const int MostSearchedStages = 160;

    /// <summary>Most stages that a model can fill.</summary>
    public static int MostStages(ModelSpec model) => Math.Min(model.Layers.Length + model.MtpModules + 2, MostSearchedStages);

    /// <summary>Stages cut the model into pieces of at least a layer, embedding and head alone excepted; null where they do, else the rule broken.</summary>
    public static string? StagesObjection(ModelSpec model, int stages) =>
        stages <= MostStages(model) ? null : stages <= model.Layers.Length + model.MtpModules + 2 ? DeepPipeline : EnoughLayers;
}
