namespace QrAi.Application.OwnerData;

/// <summary>A part of an export, in the order in which it is written.</summary>
public abstract record ExportPart;

/// <summary>The beginning of a file. The lines and bytes that follow are its content.</summary>
/// <param name="Path">The relative path, with <c>/</c> between names that every file system accepts.</param>
public sealed record ExportFile(string Path) : ExportPart;

/// <summary>A line of JSON.</summary>
/// <param name="Value">The value, in the shape of the API.</param>
public sealed record ExportLine(object Value) : ExportPart;

/// <summary>The next bytes of a document's file.</summary>
/// <param name="Bytes">The bytes.</param>
public sealed record ExportBytes(ReadOnlyMemory<byte> Bytes) : ExportPart;
