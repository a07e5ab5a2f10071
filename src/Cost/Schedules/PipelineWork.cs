namespace Planner.Cost.Schedules;

/// <summary>
/// What one micro-batch of the whole model costs, in ticks, without a placement: enough for a lower bound of the step. Sums run over all
/// layers, embedding and head; hand-overs are counted by the bounds.
/// </summary>
/// <param name="Forward">Sum of forwards, alone.</param>
/// <param name="Backward">Sum of full backwards, alone.</param>
/// <param name="PairForward">Sum over layers of the smaller of forward alone and its compute in a pair.</param>
/// <param name="PairBackward">Likewise for full backwards.</param>
/// <param name="PairForwardTraffic">Sum over layers of the smaller of forward alone and its traffic in a pair.</param>
/// <param name="PairBackwardTraffic">Likewise for full backwards.</param>
/// <param name="LeastForward">Shortest forward of a layer.</param>
/// <param name="LeastLayer">Shortest forward and full backward of a layer.</param>
/// <param name="EmbeddingForward">Forward of the embedding, alone.</param>
/// <param name="Embedding">Forward and full backward of the embedding, alone.</param>
/// <param name="EmbeddingPair">Forward and full backward of the embedding, each the smaller of alone and its compute in a pair.</param>
/// <param name="Head">Forward and full backward of the output head, alone; it lies on one rank whole.</param>
/// <param name="HeadPair">The smaller of that and its compute in pairs.</param>
/// <param name="ForwardShare">Smallest share of forward in forward and backward over the parts of the model.</param>
/// <param name="Sync">Sum over the model of gradient reduction and update, a step.</param>
/// <param name="Blocked">Ticks that one hand-over keeps its rank.</param>
public readonly record struct PipelineWork(
    double Forward,
    double Backward,
    double PairForward,
    double PairBackward,
    double PairForwardTraffic,
    double PairBackwardTraffic,
    double LeastForward,
    double LeastLayer,
    double EmbeddingForward,
    double Embedding,
    double EmbeddingPair,
    double Head,
    double HeadPair,
    double ForwardShare,
    double Sync,
    double Blocked);
