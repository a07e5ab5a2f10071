using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Calibration;

/// <summary>A run that a calibration can learn from.</summary>
/// <param name="Run">The row, with a measured step.</param>
/// <param name="Default">Its estimate with the stack unchanged.</param>
/// <param name="Architecture">Of its GPU.</param>
/// <param name="Precision">Of its matrix multiplies, as stack files call it.</param>
/// <param name="SpansNodes">It has more GPUs than NVLink joins.</param>
/// <param name="HasExperts">Its model is a mixture of experts.</param>
public sealed record KnownRun(MeasuredRun Run, RunEstimated Default, string Architecture, string Precision, bool SpansNodes, bool HasExperts)
{
    public double Measured => Run.StepSeconds!.Value;

    public Degrees Degrees => Default.Layout.Degrees;

    /// <summary>Every replica keeps whole weights and gradients.</summary>
    public bool SyncsGradients => Degrees.Data > 1 && Default.Layout.Sharding is Sharding.None or Sharding.Zero1;

    /// <summary>Weights or gradients are gathered or reduced every micro-batch.</summary>
    public bool ShardsTraining => Degrees.Data > 1 && Default.Layout.Sharding is Sharding.Zero2 or Sharding.Zero3;

    /// <summary>A run of a table with its machine and model.</summary>
    public static KnownRun Of(RunEstimated estimated, RunCatalogs catalogs)
    {
        var run = estimated.Run;
        var machine = catalogs.Machine(run.Hardware).Spec;
        var precision = PrecisionWords.Find(run.Precision) ?? Cost.Hardware.Precision.Bf16;
        return new KnownRun(
            run,
            estimated,
            machine.Accelerator.Architecture,
            (precision.Quantised() ? precision : Cost.Hardware.Precision.Bf16).Word(),
            estimated.Layout.Degrees.Gpus > Math.Max(run.GpusPerNode ?? 1, machine.Node.DomainGpus),
            catalogs.Model(run.Model).Spec.Moe is not null);
    }
}
