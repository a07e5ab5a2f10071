using System.Reflection;
using System.Runtime.Loader;

namespace AheadOfTime;

/// <summary>A program with what it needs: assemblies, native libraries, and the types of all that by name.</summary>
internal sealed class ProgramAssemblies : AssemblyLoadContext
{
    /// <summary>Shared code of a generic stands for every reference type under this name.</summary>
    public const string AnyClass = "System.__Canon";

    private readonly AssemblyDependencyResolver resolver;
    private readonly List<Assembly> all;
    private readonly Dictionary<string, Type?> types = [];

    public ProgramAssemblies(string program)
    {
        resolver = new AssemblyDependencyResolver(Path.GetFullPath(program));
        Program = LoadFromAssemblyPath(Path.GetFullPath(program));
        all = [Program, .. Referenced(Program), .. Framework()];
    }

    public Assembly Program { get; }

    /// <summary>The type of this name, as <see cref="MethodName"/> writes it, or null.</summary>
    public Type? Find(string name)
    {
        if (!types.TryGetValue(name, out var type))
        {
            type = Type.GetType(name, _ => null, (_, plain, _) => plain == AnyClass ? typeof(object) : Plain(plain), throwOnError: false);
            types[name] = type;
        }
        return type;
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    private Type? Plain(string name) => all.Select(assembly => assembly.GetType(name, throwOnError: false)).FirstOrDefault(type => type is not null);

    private IEnumerable<Assembly> Referenced(Assembly of) => of.GetReferencedAssemblies().Select(LoadFromAssemblyName);

    private static IEnumerable<Assembly> Framework() =>
        Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.*.dll")
            .Order(StringComparer.Ordinal)
            .Select(path => Default.LoadFromAssemblyName(new AssemblyName(Path.GetFileNameWithoutExtension(path))));
}
