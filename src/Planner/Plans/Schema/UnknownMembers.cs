using System.Text.Json;
using Planner.Inputs;

namespace Planner.Plans.Schema;

/// <summary>Refuses members that nothing reads: a slip of the keyboard must not pass for a default.</summary>
internal static class UnknownMembers
{
    public static void Refuse(JsonPlace place, Shape shape)
    {
        switch (shape)
        {
            case NamedShape named:
                Refuse(place, named.Shape);
                break;
            case MaybeShape maybe:
                Refuse(place, maybe.Value);
                break;
            case ArrayShape array when place.Element.ValueKind == JsonValueKind.Array && array.Item is not (NumberShape or TextShape or WordShape):
                foreach (var row in place.Rows()) Refuse(row, array.Item);
                break;
            case ObjectShape known when place.Element.ValueKind == JsonValueKind.Object:
                foreach (var name in place.Names())
                {
                    if (known.Members.FirstOrDefault(member => member.Name == name) is not { } member)
                        throw place.Wrong($"unknown member {OneLine.Quote(OneLine.Of(name))}.{NearestNames.Hint(name, known.Members.Select(other => other.Name))} Leave it out");
                    if (place.MemberOrNull(name) is { } value) Refuse(value, member.Shape);
                }

                break;
            default:
                break;
        }
    }
}
