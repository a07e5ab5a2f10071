using Planner.Planning;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>Hears nothing.</summary>
internal sealed class Silent : IProgressSink
{
    public void Report(in SearchProgress progress)
    {
    }
}
