using Planner.Cost.Models;

namespace Planner.Cost.Memory;

/// <summary>Shapes of the linear layers on one GPU; two layers of one shape share what is kept once a shape.</summary>
internal static class LinearShapes
{
    /// <summary>Weights of a layer, rows (outputs) by columns (inputs). The router and the head are not among them: their gradients are not accumulated in a fused way.</summary>
    public static IEnumerable<(double Rows, double Columns)> Of(ModelSpec model, LayerKind kind, int tp)
    {
        double hidden = model.Hidden;
        var heads = model.Attention.Heads / (double)tp;
        switch (model.Attention)
        {
            case LatentAttention latent:
                var queryInput = latent.QueryRank > 0 ? latent.QueryRank : hidden;
                if (latent.QueryRank > 0) yield return (latent.QueryRank, hidden);
                yield return (heads * latent.QueryKeyWidth, queryInput);
                yield return (latent.KeyValueRank + latent.RopeWidth, hidden);
                yield return (heads * (latent.NopeWidth + latent.HeadValueWidth), latent.KeyValueRank);
                break;
            case GroupedQueryAttention grouped:
                yield return ((heads + (2 * Math.Max(1, grouped.KeyValueHeads / (double)tp))) * grouped.HeadWidth, hidden);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model.Attention.GetType().Name, "attention without shapes");
        }

        yield return (hidden, heads * model.Attention.ValueWidth);
        if (kind == LayerKind.Dense)
        {
            yield return (model.DenseMlp!.InputColumns / (double)tp, hidden);
            yield return (hidden, model.DenseMlp.Width / (double)tp);
            yield break;
        }

        var moe = model.Moe!;
        yield return (2 * moe.ExpertWidth, hidden);
        yield return (hidden, moe.ExpertWidth);
        if (moe.SharedWidth == 0) yield break;
        yield return (2 * moe.SharedWidth / (double)tp, hidden);
        yield return (hidden, moe.SharedWidth / (double)tp);
    }

    /// <summary>Projection of a multi-token-prediction module.</summary>
    public static (double Rows, double Columns) MtpProjection(ModelSpec model, int tp) => (model.Hidden / (double)tp, 2 * model.Hidden);

    /// <summary>Elements of one weight of every distinct shape.</summary>
    public static double DistinctElements(IEnumerable<(double Rows, double Columns)> shapes) => shapes.Distinct().Sum(shape => shape.Rows * shape.Columns);
}
