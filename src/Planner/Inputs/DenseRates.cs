using System.Collections.Immutable;
using System.Globalization;

namespace Planner.Inputs;

/// <summary>
/// The fastest dense part of an architecture, to refuse figures that no part of it has: data sheets print rates with sparsity (twice the
/// dense ones) and links as the sum of both directions, and tables that copy them drop the footnote.
/// </summary>
/// <param name="Architecture">Name in hardware files.</param>
/// <param name="Part">The part the figures are of.</param>
/// <param name="Bf16Teraflops">Dense BF16, vendor's data sheet.</param>
/// <param name="Fp8Teraflops">Dense FP8; zero where there is none.</param>
/// <param name="Fp4Teraflops">Dense FP4; zero where there is none.</param>
/// <param name="LinkGigabytes">Links of a GPU to the others of its domain, one direction.</param>
/// <param name="Sparse">Its data sheet prints rates with sparsity, too.</param>
internal sealed record DenseRates(
    string Architecture,
    string Part,
    double Bf16Teraflops,
    double Fp8Teraflops,
    double Fp4Teraflops,
    double LinkGigabytes,
    bool Sparse = true)
{
    // Room for a part that is a little faster; the slips are factors of two (4/3 and more in FP4 of Blackwell Ultra).
    private const double Room = 1.1;

    // A figure this much above the dense one may be the sparse one, so half of it is worth naming.
    private const double LeastSparse = 1.7;

    public static ImmutableArray<DenseRates> Known { get; } =
    [
        new("ampere", "A100 SXM", 312, 0, 0, 300),
        new("hopper", "H100 SXM", 989.4, 1978.9, 0, 450),
        new("ada", "L40S, PCIe Gen4", 362.05, 733, 0, 32),
        new("blackwell", "GB200", 2500, 5000, 10_000, 900),
        new("blackwell-ultra", "GB300", 2500, 5000, 15_000, 900),
        new("cdna3", "MI300X", 1307.4, 2614.9, 0, 448),
        new("cdna4", "MI355X", 2516.6, 5033.2, 10_066.3, 535.5),
        new("gaudi2", "Gaudi 2", 432, 865, 0, 262.5, Sparse: false),
    ];

    public static DenseRates? For(string architecture) => Known.FirstOrDefault(rates => rates.Architecture == architecture);

    /// <summary>Null where the rate can be dense; else what is wrong with it.</summary>
    public string? ObjectionToBf16(double teraflops) => Objection("bf16_tflops", teraflops, Bf16Teraflops, "BF16");

    public string? ObjectionToFp8(double teraflops) => Objection("fp8_tflops", teraflops, Fp8Teraflops, "FP8");

    public string? ObjectionToFp4(double teraflops) => Objection("fp4_tflops", teraflops, Fp4Teraflops, "FP4");

    public string? ObjectionToLink(double gigabytes) => gigabytes <= Room * LinkGigabytes
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"nvlink_gb_s {gigabytes} looks like the sum of both directions: {Architecture} has at most {LinkGigabytes} in one ({Part}); "
            + $"give one direction, {gigabytes / 2}");

    private string? Objection(string field, double given, double dense, string format)
    {
        if (given <= Room * dense) return null;
        if (dense == 0) return $"{field} must be 0: {Architecture} has no {format}";
        if (!Sparse) return string.Create(CultureInfo.InvariantCulture, $"{field} {given} is above what {Architecture} reaches, {dense} ({Part})");
        var half = given >= LeastSparse * dense ? $", half of the sparse one ({(given / 2).ToString(CultureInfo.InvariantCulture)})" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{field} {given} is the rate with sparsity: {Architecture} reaches at most {dense} dense ({Part}); give the dense rate{half}");
    }
}
