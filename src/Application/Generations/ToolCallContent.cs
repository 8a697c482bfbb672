using QrAi.Application.Models;

namespace QrAi.Application.Generations;

/// <summary>A tool call whose arguments only grow.</summary>
/// <param name="index">The index of the call, from 0, as the provider counts them.</param>
internal sealed class ToolCallContent(int index)
{
    private readonly AppendOnlyText _arguments = new();
    private ToolCallIdentity _identity = ToolCallIdentity.None;

    /// <summary>The index of the call, from 0, as the provider counts them.</summary>
    public int Index => index;

    /// <summary>Appends a piece.</summary>
    public void Add(ToolCallPiece piece)
    {
        if ((piece.Id ?? piece.Name ?? (object?)piece.AdditionalMembers) is not null)
            _identity = _identity.With(piece.Id, piece.Name, piece.AdditionalMembers);
        _arguments.Append(piece.Arguments);
    }

    /// <summary>Reads the current content.</summary>
    public ToolCallView Read() => new(index, _identity, _arguments.Memory);
}
