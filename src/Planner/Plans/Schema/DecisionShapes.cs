using Planner.Cost.Layout;

namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>Section decisions of a plan.</summary>
internal static class DecisionShapes
{
    public static Shape Decisions { get; } = Object(
        Needed("degrees", CommonShapes.Degrees),
        Needed("micro_batch", Count),
        Needed("micro_batches", Count),
        Needed("schedule", Name),
        Needed("recompute", Name),
        Needed("sharding", Words<Sharding>(PlanWords.Of)),
        Needed("layout", Pattern(@"^[EtmL|,*()0-9]+$"), "All stages in Megatron-LM's layout grammar."),
        Needed("stages", Rows(Object(
            Needed("stage", Index),
            Needed("rank", Index),
            Needed("chunk", Index),
            Needed("first_layer", WholeFrom(-1)),
            Needed("last_layer", WholeFrom(-1)),
            Needed("layers", Pattern(@"^[EtmL]*$")),
            Needed("recompute", Name),
            Needed("memory_gib", NotNegative),
            Needed("forward_s", NotNegative),
            Needed("backward_s", NotNegative),
            Needed("weight_s", NotNegative)), least: 1)),
        Needed("experts", Object(
            Needed("policy", Words("none", "contiguous", "balanced"), "balanced: placed by measured load; the other members are there only then."),
            Optional("copies", Index, "Experts on ranks beyond one each."),
            Optional("imbalance", Factor, "Load of the hottest rank over the mean rank, mean over layers."),
            Optional("imbalance_bound", Factor, "No placement is below it."),
            Optional("imbalance_contiguous", Factor, "With experts in their order, without copies."),
            Optional("proven_layers", Index, "Layers within 0.1 % of their bound."),
            Optional("saved_s", Number, "Seconds a step against experts in their order."),
            Optional("imbalance_without_copies", Factor),
            Optional("copies_saved_s", Number),
            Optional("copies_memory_gib", Number, "On the fullest GPU."),
            Optional("layers", Rows(Object(
                Needed("layer", Index),
                Needed("imbalance", Factor),
                Needed("bound", Factor),
                Needed("contiguous", Factor),
                Optional("pairs_before", NotNegative, "Weight of pairs between nodes when only loads count."),
                Optional("pairs_after", NotNegative),
                Needed("ranks", Rows(Rows(Index)), "Experts of each expert-parallel rank; copies repeat.")))))));
}
