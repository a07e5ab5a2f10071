using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>The recompute policies of a stack file; modules have Megatron's names.</summary>
internal static class RecomputePolicies
{
    private static readonly (string Name, RecomputeModules Module)[] Modules =
    [
        ("layernorm", RecomputeModules.LayerNorm),
        ("mla_up_proj", RecomputeModules.MlaUpProjection),
        ("moe_act", RecomputeModules.Activation),
        ("core_attn", RecomputeModules.CoreAttention),
        ("mlp", RecomputeModules.Mlp),
        ("mlp_up", RecomputeModules.MlpUp),
        ("mlp_gate", RecomputeModules.MlpGate),
        ("attn_proj", RecomputeModules.AttentionProjection),
        ("moe", RecomputeModules.Experts),
        ("full", RecomputeModules.Full),
    ];

    public static ImmutableArray<RecomputePolicy> Read(JsonFields fields)
    {
        ImmutableArray<RecomputePolicy>.Builder policies = ImmutableArray.CreateBuilder<RecomputePolicy>();
        foreach (JsonItem item in fields.Array("recompute"))
        {
            JsonFields policy = JsonFields.Of(fields.File, item, fields.PathOf("recompute"));
            string name = policy.Text("name");
            if (policies.Any(known => known.Name == name))
                throw policy.ErrorAt("name", $"recompute policy {OneLine.Quote(name)} is given twice; keep one");
            policies.Add(new RecomputePolicy(name, ReadModules(policy)));
            policy.RefuseOthers();
        }

        return policies.Count > 0 ? policies.ToImmutable() : throw fields.ErrorAt("recompute", "recompute must name at least one policy");
    }

    /// <summary>A policy by its name in the stack, none, full, or a list of modules joined by +.</summary>
    public static RecomputePolicy Named(string given, ImmutableArray<RecomputePolicy> known)
    {
        if (known.FirstOrDefault(policy => policy.Name == given) is { } named) return named;
        if (given == RecomputePolicy.None.Name) return RecomputePolicy.None;
        RecomputeModules all = RecomputeModules.None;
        foreach (string part in given.Split('+'))
        {
            RecomputeModules module = Modules.FirstOrDefault(candidate => candidate.Name == part).Module;
            if (module == RecomputeModules.None)
            {
                string[] names = [.. known.Select(policy => policy.Name), .. Modules.Select(candidate => candidate.Name)];
                throw new InputException(
                    $"--recompute {OneLine.Quote(given)}: unknown {OneLine.Quote(part)}.{NearestNames.Hint(part, names)} "
                    + $"Allowed: {OneLine.List(known.Select(policy => policy.Name))}, or modules joined by +: {OneLine.List(Modules.Select(candidate => candidate.Name))}");
            }

            all |= module;
        }

        return new RecomputePolicy(given, all);
    }

    private static RecomputeModules ReadModules(JsonFields policy)
    {
        RecomputeModules all = RecomputeModules.None;
        foreach (string given in policy.Texts("modules"))
        {
            RecomputeModules module = Modules.FirstOrDefault(known => known.Name == given).Module;
            all |= module != RecomputeModules.None
                ? module
                : throw policy.ErrorAt(
                    "modules",
                    $"unknown module {OneLine.Quote(given)}; allowed: {OneLine.List(Modules.Select(known => known.Name))}");
        }

        return all;
    }
}
