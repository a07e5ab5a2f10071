namespace Planner.Cost.Models;

/// <summary>How a group's score is made of its experts' scores when the router limits the groups.</summary>
public enum GroupScore
{
    /// <summary>Sum of the two highest (DeepSeek V3).</summary>
    TopTwoSum,

    /// <summary>The highest (DeepSeek V2).</summary>
    Highest,
}

/// <summary>Choice of experts for a token.</summary>
/// <param name="Groups">Groups of experts; 1 where the choice is not limited.</param>
/// <param name="GroupLimit">Groups a token may use; equals Groups where the choice is not limited.</param>
/// <param name="Score">Score of a group.</param>
/// <param name="CorrectionBias">A bias per expert (fp32, not trained by gradient) steers the load.</param>
public sealed record RouterSpec(int Groups, int GroupLimit, GroupScore Score, bool CorrectionBias);

/// <summary>The mixture of experts of an MoE layer; experts are gated MLPs.</summary>
/// <param name="Experts">Routed experts.</param>
/// <param name="TopK">Experts a token uses.</param>
/// <param name="ExpertWidth">Width of a routed expert.</param>
/// <param name="SharedWidth">Width of all shared experts together; 0 where there are none.</param>
/// <param name="Router">Choice of experts.</param>
public sealed record MoeSpec(int Experts, int TopK, int ExpertWidth, int SharedWidth, RouterSpec Router)
{
    /// <summary>The matrices of routed experts carry biases (gpt-oss).</summary>
    public bool ExpertBias { get; init; }

    /// <summary>The router's scores carry a trained bias (gpt-oss); not the correction bias.</summary>
    public bool RouterBias { get; init; }
}
