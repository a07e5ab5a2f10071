using AheadOfTime;

// The compiler finds by itself what the program calls, but not what the framework calls on the program's behalf: the iterators of a query over a
// record struct, the pool of an array of them. Those methods are listed here, by name, as runs of the program compiled them.
const string Usage = """
    write LIST PROFILE PROGRAM       writes the methods of LIST as a profile that crossgen2 compiles ahead of time
    record LIST PROGRAM ARGUMENTS    runs PROGRAM and adds to LIST the generic methods that it compiled; drops those that are no more
    """;

switch (args)
{
    case ["write", var list, var profile, var program]:
        Profile.Write(MethodList.Read(list), new ProgramAssemblies(program), profile);
        return 0;
    case ["record", var list, var program, .. var arguments]:
        var assemblies = new ProgramAssemblies(program);
        var compiled = CompiledMethods.Of(assemblies, arguments);
        MethodList.Write(list, MethodList.Read(list).Union(compiled).Where(name => name.Methods(assemblies).Any()));
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
