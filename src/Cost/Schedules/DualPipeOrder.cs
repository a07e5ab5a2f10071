namespace Planner.Cost.Schedules;

/// <summary>
/// The eight steps of DualPipe and DualPipeV for one rank (DeepSeek's dualpipe.py and dualpipev.py). A rank serves two phases: phase 0 is the
/// flow of micro-batches whose first stage is nearer to it, phase 1 the other one.
/// </summary>
/// <param name="half">Ranks from the outside to the middle: half of DualPipe's, all of DualPipeV's.</param>
/// <param name="depth">This rank's place among them, 0 outside.</param>
/// <param name="count">Micro-batches of each phase.</param>
/// <param name="near">Phase 0: its stage here and its first micro-batch.</param>
/// <param name="far">Phase 1: its stage here and its first micro-batch.</param>
/// <param name="program">Receives the operations.</param>
internal sealed class DualPipeOrder(int half, int depth, int count, (int Stage, int First) near, (int Stage, int First) far, OperationList program)
{
    private readonly Queue<Operation> pendingWeights = new();
    private readonly (int Stage, int First)[] phases = [near, far];
    private readonly int[] forwards = new int[2];
    private readonly int[] backwards = new int[2];

    public void Write()
    {
        var outward = half - depth - 1;
        var pairs = count - (2 * half) + depth + 1;

        for (var i = 0; i < 2 * outward; i++) Forward(0);

        for (var i = 0; i < depth + 1; i++)
        {
            Forward(0);
            Forward(1);
        }

        for (var i = 0; i < outward; i++)
        {
            BackwardInput(1);
            Weight();
            Forward(1);
        }

        for (var i = 0; i < pairs; i++)
        {
            // The middle rank runs its very first pair one after the other, which lets the hand-over start earlier.
            if (i == 0 && outward == 0)
            {
                Forward(0);
                Backward(1);
            }
            else
            {
                Overlapped(0, 1);
            }

            Overlapped(1, 0);
        }

        for (var i = 0; i < outward; i++)
        {
            Backward(1);
            Overlapped(1, 0);
        }

        // Of these 2(depth+1) backwards the last half leave their weight gradients for later.
        for (var i = 0; i < 2 * (depth + 1); i++)
        {
            var phase = (i + 1) % 2;
            if (i < depth + 1) Backward(phase);
            else BackwardInput(phase);
        }

        for (var i = 0; i < outward; i++)
        {
            Weight();
            BackwardInput(0);
        }

        for (var i = 0; i < depth + 1; i++) Weight();
    }

    private void Forward(int phase) => program.Add(OperationKind.Forward, phases[phase].Stage, Next(forwards, phase));

    private void Backward(int phase) => program.Add(OperationKind.Backward, phases[phase].Stage, Next(backwards, phase));

    private void BackwardInput(int phase)
    {
        var operation = new Operation(OperationKind.BackwardInput, phases[phase].Stage, Next(backwards, phase));
        program.Add(operation);
        pendingWeights.Enqueue(operation with { Kind = OperationKind.Weight });
    }

    private void Weight() => program.Add(pendingWeights.Dequeue());

    private void Overlapped(int forward, int backward) => program.Add(new Operation(
        OperationKind.Overlapped, phases[forward].Stage, Next(forwards, forward), phases[backward].Stage, Next(backwards, backward)));

    private int Next(int[] counters, int phase) => phases[phase].First + counters[phase]++;
}
