using System.Buffers;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Finds the data of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) in a buffer that
/// its owner fills. The base library's parser reads the stream itself, so that its caller cannot distinguish received events
/// from events that still have to be awaited.
/// </summary>
/// <param name="maxEventBytes">The maximum size of one event, in bytes.</param>
internal sealed class EventStreamBuffer(long maxEventBytes) : IDisposable
{
    private const int InitialSize = 8 * 1024;
    private const int MinReadSize = 2 * 1024;

    private byte[] _buffer = [];
    private int _end;
    private bool _hasEnded;

    // A provider that does not stream sends one JSON document. No line of an event stream begins like one.
    private bool? _isDocument;

    // The current line: its start, and the position up to which it has no line end.
    private int _line;
    private int _searched;
    private bool _isFirstLine = true;
    private bool _followsCarriageReturn;

    // The data of the current event.
    private bool _hasData;
    private int _data;
    private int _dataEnd;

    /// <summary>Whether it holds no part of an event.</summary>
    public bool IsEmpty => (_hasData ? _data : _line) == _end;

    /// <summary>Returns the memory to the pool until it is needed: a stream without new data uses none.</summary>
    public void Release()
    {
        Move(_buffer, _end);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Returns the memory for the next bytes. Data that was read before becomes invalid.</summary>
    public Memory<byte> GetMemory()
    {
        var start = _hasData ? _data : _line;
        if (_buffer.Length == 0)
            _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
        else if (start == _end)
            Move(_buffer, start);
        else if (_buffer.Length - _end < MinReadSize)
            EnsureSpace(start);
        return _buffer.AsMemory(_end);
    }

    /// <summary>Accepts bytes that have been written.</summary>
    /// <param name="count">The number of bytes; 0 at the end of the stream.</param>
    /// <returns>Whether more bytes may follow.</returns>
    /// <exception cref="InvalidDataException">If an event is longer than the maximum.</exception>
    public bool Advance(int count)
    {
        _end += count;
        if (_end - (_hasData ? _data : _line) > maxEventBytes)
            throw new InvalidDataException("An event is too long.");
        if (_isDocument is null && Trim(_buffer.AsSpan(.._end)) is [var first, ..])
            _isDocument = first is (byte)'{' or (byte)'[';
        _hasEnded = count == 0;
        return !_hasEnded;
    }

    /// <summary>Reads the data of the next complete event.</summary>
    /// <param name="data">The data, valid until the next call of any method.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryRead(out ReadOnlySpan<byte> data)
    {
        if (_isDocument == true)
            return TryReadDocument(out data);
        while (TryReadLine(out var start, out var length))
        {
            if (length > 0)
            {
                ReadField(start, length);
            }
            else if (_hasData)
            {
                _hasData = false;
                data = _buffer.AsSpan(_data.._dataEnd);
                return true;
            }
        }

        return TryReadLast(out data);
    }

    /// <summary>Reads the document, once it is complete.</summary>
    private bool TryReadDocument(out ReadOnlySpan<byte> data)
    {
        data = _hasEnded ? Trim(_buffer.AsSpan(_line.._end)) : default;
        if (_hasEnded)
            _line = _end;
        return !data.IsEmpty;
    }

    /// <summary>Reads an event that the end of the stream terminates.</summary>
    private bool TryReadLast(out ReadOnlySpan<byte> data)
    {
        data = default;
        if (!_hasEnded)
            return false;
        if (_line < _end)
            ReadField(_line, _end - _line);
        if (_hasData)
            data = _buffer.AsSpan(_data.._dataEnd);
        (_line, _searched, _hasData) = (_end, _end, false);
        return !data.IsEmpty;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Reads a line, which ends with CR, LF or both.</summary>
    private bool TryReadLine(out int start, out int length)
    {
        if (_followsCarriageReturn && _line < _end)
        {
            if (_buffer[_line] == '\n')
                _searched = ++_line;
            _followsCarriageReturn = false;
        }

        start = _line;
        length = _buffer.AsSpan(_searched.._end).IndexOfAny((byte)'\r', (byte)'\n');
        if (length < 0)
        {
            _searched = _end;
            return false;
        }

        var end = _searched + length;
        length = end - start;
        _followsCarriageReturn = _buffer[end] == '\r';
        _line = _searched = end + 1;
        if (_isFirstLine)
            SkipByteOrderMark(ref start, ref length);
        return true;
    }

    private void SkipByteOrderMark(ref int start, ref int length)
    {
        _isFirstLine = false;
        if (!_buffer.AsSpan(start, length).StartsWith("\uFEFF"u8))
            return;
        start += 3;
        length -= 3;
    }

    /// <summary>Reads a field. Only data matters: events have no names here, and are not resumed.</summary>
    private void ReadField(int start, int length)
    {
        var line = _buffer.AsSpan(start, length);
        if (!line.StartsWith("data"u8) || length > 4 && line[4] != ':')
            return;

        var prefix =
            length == 4 ? 4
            : length > 5 && line[5] == ' ' ? 6
            : 5;
        if (!_hasData)
        {
            (_hasData, _data, _dataEnd) = (true, start + prefix, start + length);
            return;
        }

        // Lines of one event are joined in place: the line end and the field name before each leave the space for it.
        _buffer[_dataEnd++] = (byte)'\n';
        line[prefix..].CopyTo(_buffer.AsSpan(_dataEnd));
        _dataEnd += length - prefix;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n\uFEFF"u8);

    private void EnsureSpace(int start)
    {
        if (_end - start <= _buffer.Length / 2)
        {
            Move(_buffer, start);
            return;
        }

        var full = _buffer;
        Move(ArrayPool<byte>.Shared.Rent(full.Length * 2), start);
        ArrayPool<byte>.Shared.Return(full);
    }

    /// <summary>Moves unread bytes to the start of a buffer, which may be the same one.</summary>
    private void Move(byte[] target, int start)
    {
        _buffer.AsSpan(start.._end).CopyTo(target);
        _buffer = target;
        _end -= start;
        _line -= start;
        _searched -= start;
        _data -= start;
        _dataEnd -= start;
    }
}
