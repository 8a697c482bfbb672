using System.Runtime.InteropServices;

namespace QrAi.Tests.Isolation.SystemCalls;

/// <summary>
/// The functions that a loaded library imports. On Linux their addresses are in a table of the library, where they can
/// be replaced: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html. 64 bits only.
/// </summary>
internal static unsafe class ImportTable
{
    private const uint DynamicSegment = 2; // PT_DYNAMIC
    private const int ReadAndWrite = 3; // PROT_READ | PROT_WRITE

    [ThreadStatic]
    private static Dictionary<string, nint>? _replacements;

    [ThreadStatic]
    private static Dictionary<string, nint>? _originals;

    [ThreadStatic]
    private static string? _library;

    private enum Tag : long
    {
        End = 0, // DT_NULL
        JumpRelocationsSize = 2, // DT_PLTRELSZ
        Strings = 5, // DT_STRTAB
        Symbols = 6, // DT_SYMTAB
        Relocations = 7, // DT_RELA
        RelocationsSize = 8, // DT_RELASZ
        JumpRelocations = 23, // DT_JMPREL
    }

    /// <summary>Replaces functions that a library imports.</summary>
    /// <param name="library">The end of its path.</param>
    /// <param name="replacements">The replacements, by the name of the function.</param>
    /// <returns>The original functions, by name; functions that it does not import are missing.</returns>
    public static IReadOnlyDictionary<string, nint> Replace(string library, Dictionary<string, nint> replacements)
    {
        (_library, _replacements, _originals) = (library, replacements, []);
        _ = IterateObjects(&Visit, null);
        return _originals;
    }

    [UnmanagedCallersOnly]
    private static int Visit(LoadedObject* loaded, nuint size, void* data)
    {
        if (Marshal.PtrToStringUTF8((nint)loaded->Name)?.EndsWith(_library!, StringComparison.Ordinal) != true)
            return 0;
        for (var i = 0; i < loaded->HeaderCount; i++)
            if (loaded->Headers[i].Type == DynamicSegment)
                ReplaceIn(loaded->Base, (DynamicEntry*)(loaded->Base + loaded->Headers[i].Address));
        return 1;
    }

    private static void ReplaceIn(nint origin, DynamicEntry* dynamic)
    {
        var entries = new Dictionary<Tag, nint>();
        for (; dynamic->Tag != Tag.End; dynamic++)
            entries[dynamic->Tag] = dynamic->Value;
        // One C library stores absolute addresses there when it loads a library, another leaves offsets from its base.
        var strings = (byte*)Address(Tag.Strings);
        var symbols = (Symbol*)Address(Tag.Symbols);
        Scan(Tag.JumpRelocations, Tag.JumpRelocationsSize);
        Scan(Tag.Relocations, Tag.RelocationsSize);

        nint Address(Tag tag) => entries[tag] < origin ? origin + entries[tag] : entries[tag];

        void Scan(Tag table, Tag size)
        {
            if (!entries.ContainsKey(table))
                return;
            var first = (Relocation*)Address(table);
            for (var one = first; (nint)one < (nint)first + entries[size]; one++)
            {
                var name = Marshal.PtrToStringUTF8((nint)(strings + symbols[one->Info >> 32].Name));
                if (name is not null && _replacements!.TryGetValue(name, out var replacement))
                    Write((nint*)(origin + one->Offset), name, replacement);
            }
        }
    }

    private static void Write(nint* place, string name, nint replacement)
    {
        _originals![name] = *place;
        var page = (nint)place & ~(nint)(Environment.SystemPageSize - 1);
        // The table is write-protected after loading. The page stays writable: it may also contain data.
        if (ProtectMemory(page, (nuint)Environment.SystemPageSize, ReadAndWrite) != 0)
            throw new InvalidOperationException($"mprotect failed with error {Marshal.GetLastSystemError()}.");
        *place = replacement;
    }

    [DllImport("libc", EntryPoint = "dl_iterate_phdr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int IterateObjects(delegate* unmanaged<LoadedObject*, nuint, void*, int> visit, void* data);

    [DllImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ProtectMemory(nint address, nuint length, int access);

#pragma warning disable CS0649 // the loader fills these fields
    private struct LoadedObject
    {
        public nint Base;
        public byte* Name;
        public ProgramHeader* Headers;
        public ushort HeaderCount;
    }

    [StructLayout(LayoutKind.Explicit, Size = 56)]
    private struct ProgramHeader
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(16)]
        public nint Address;
    }

    private struct DynamicEntry
    {
        public Tag Tag;
        public nint Value;
    }

    private struct Relocation
    {
        public nint Offset;
        public ulong Info;
        public long Addend;
    }

    [StructLayout(LayoutKind.Explicit, Size = 24)]
    private struct Symbol
    {
        [FieldOffset(0)]
        public uint Name;
    }
#pragma warning restore CS0649
}
