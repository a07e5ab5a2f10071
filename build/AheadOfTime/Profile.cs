using Mono.Cecil;
using Mono.Cecil.Cil;

namespace AheadOfTime;

/// <summary>
/// A profile of crossgen2 ("mibc"): an assembly whose global method AssemblyDictionary names groups of methods, and whose groups load each method's
/// token. Format: https://github.com/dotnet/runtime, src/coreclr/tools/aot/ILCompiler.ReadyToRun/IBC/MIbcProfileParser.cs.
/// </summary>
internal static class Profile
{
    public static void Write(IEnumerable<MethodName> names, ProgramAssemblies assemblies, string path)
    {
        using var module = ModuleDefinition.CreateModule("profile", ModuleKind.Dll);
        var group = Global(module, "Methods", names.SelectMany(name => name.Methods(assemblies)).Select(method => module.ImportReference(method)));
        Global(module, "AssemblyDictionary", [group], assemblies.Program.GetName().Name + ";");
        module.Write(path);
    }

    private static MethodDefinition Global(ModuleDefinition module, string name, IEnumerable<MethodReference> tokens, string? label = null)
    {
        var method = new MethodDefinition(name, MethodAttributes.Public | MethodAttributes.Static, module.TypeSystem.Void);
        module.Types[0].Methods.Add(method);
        var code = method.Body.GetILProcessor();
        foreach (var token in tokens)
        {
            if (label is not null)
            {
                code.Emit(OpCodes.Ldstr, label);
            }
            code.Emit(OpCodes.Ldtoken, token);
            code.Emit(OpCodes.Pop);
        }
        code.Emit(OpCodes.Ret);
        return method;
    }
}
