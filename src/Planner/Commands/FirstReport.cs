using Planner.Planning;
using Planner.Search;

namespace Planner.Commands;

/// <summary>Passes reports on; something else is done before the first.</summary>
internal sealed class FirstReport(IProgressSink reports, Action before) : IProgressSink
{
    private bool any;

    public void Report(in SearchProgress progress)
    {
        if (!any) before();
        any = true;
        reports.Report(progress);
    }
}
