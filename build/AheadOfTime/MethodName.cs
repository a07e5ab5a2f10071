using System.Reflection;

namespace AheadOfTime;

/// <summary>A generic method with its arguments, in words: all overloads of the name, as a build need not tell them apart.</summary>
internal sealed record MethodName(string Type, string Method, string Arguments)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static MethodName Of(MethodBase method) =>
        new(NameOf(method.DeclaringType!), method.Name, method.IsGenericMethod ? string.Join(";", method.GetGenericArguments().Select(NameOf)) : "");

    /// <summary>The methods of this name in a program; none where it no longer has them.</summary>
    public IEnumerable<MethodBase> Methods(ProgramAssemblies assemblies)
    {
        Type?[] arguments = Arguments.Length == 0 ? [] : [.. Arguments.Split(';').Select(assemblies.Find)];
        if (assemblies.Find(Type) is not { } type || arguments.Contains(null))
        {
            return [];
        }
        return type.GetMembers(Declared)
            .OfType<MethodBase>()
            .Where(method => method.Name == Method && Takes(method, arguments!))
            .Select(method => arguments.Length == 0 ? method : ((MethodInfo)method).MakeGenericMethod(arguments!));
    }

    /// <summary>False also where <see cref="ProgramAssemblies.AnyClass"/> stands for classes of a kind, which it cannot replace.</summary>
    private static bool Takes(MethodBase method, Type[] arguments)
    {
        Type[] parameters = method.IsGenericMethod ? method.GetGenericArguments() : [];
        return parameters.Length == arguments.Length
            && parameters.Zip(arguments).All(pair => pair.First.GetGenericParameterConstraints()
                .All(constraint => constraint.ContainsGenericParameters || constraint.IsAssignableFrom(pair.Second)));
    }

    private static string NameOf(Type type) => type switch
    {
        { IsArray: true } => NameOf(type.GetElementType()!) + "[]",
        { IsGenericType: true } => $"{type.GetGenericTypeDefinition().FullName}[{string.Join(",", type.GetGenericArguments().Select(NameOf))}]",
        _ => type.FullName!,
    };
}
