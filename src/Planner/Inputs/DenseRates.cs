using System.Collections.Immutable;

namespace Planner.Inputs;

/// <summary>
/// The fastest dense part of an architecture, to refuse figures that no part of it has: data sheets print rates with sparsity (twice the
/// dense ones) and NVLink as the sum of both directions, and tables that copy them drop the footnote.
/// </summary>
/// <param name="Architecture">Name in hardware files.</param>
/// <param name="Part">The part the figures are of.</param>
/// <param name="Bf16Teraflops">Dense BF16, NVIDIA data sheet.</param>
/// <param name="Fp8Teraflops">Dense FP8; zero where there is none.</param>
/// <param name="NvlinkGigabytes">NVLink of a GPU, one direction.</param>
internal sealed record DenseRates(string Architecture, string Part, double Bf16Teraflops, double Fp8Teraflops, double NvlinkGigabytes)
{
    // Room for a part that is a little faster; the slips are factors of two.
    private const double Room = 1.1;

    public static ImmutableArray<DenseRates> Known { get; } =
    [
        new("hopper", "H100 SXM", 989.4, 1978.9, 450),
        new("ampere", "A100 SXM", 312, 0, 300),
    ];

    public static DenseRates? For(string architecture) => Known.FirstOrDefault(rates => rates.Architecture == architecture);

    /// <summary>Null where the rate can be dense; else what is wrong with it.</summary>
    public string? ObjectionToBf16(double teraflops) => Objection("bf16_tflops", teraflops, Bf16Teraflops);

    public string? ObjectionToFp8(double teraflops) => Fp8Teraflops == 0 && teraflops > 0
        ? $"fp8_tflops must be 0: {Architecture} has no FP8"
        : Objection("fp8_tflops", teraflops, Fp8Teraflops);

    public string? ObjectionToNvlink(double gigabytes) => gigabytes <= Room * NvlinkGigabytes
        ? null
        : FormattableString.Invariant(
            $"nvlink_gb_s {gigabytes} looks like the sum of both directions: {Architecture} has at most {NvlinkGigabytes} in one ({Part}); give one direction, {gigabytes / 2}");

    private string? Objection(string field, double given, double dense) => given <= Room * dense
        ? null
        : FormattableString.Invariant(
            $"{field} {given} is the rate with sparsity: {Architecture} reaches at most {dense} dense ({Part}); give the dense rate, half of the sparse one ({given / 2})");
}
