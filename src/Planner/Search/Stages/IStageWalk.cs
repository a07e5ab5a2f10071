namespace Planner.Search;

/// <summary>The placement of a box at which a linear function is least, found by a walk over the stages whose state is the layers placed so far.</summary>
internal interface IStageWalk
{
    /// <summary>Least value over the box (its ranks' limits left out), with the layers of each stage; double.MaxValue where the box is empty.</summary>
    double Least(StageLine line, StageBox box, int[] counts);

    /// <summary>After <see cref="Least"/>: takes from the box what lies on no walk below the limit. True where it took something.</summary>
    bool Narrow(StageLine line, StageBox box, double limit);
}
