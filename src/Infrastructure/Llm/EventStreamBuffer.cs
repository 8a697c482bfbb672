using System.Buffers;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Finds the data of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) in a buffer that
/// its owner fills. The base library's parser reads the stream itself, so that it cannot tell what has come already from
/// what is still to be waited for.
/// </summary>
/// <param name="maxEventBytes">The most bytes that one event may have.</param>
internal sealed class EventStreamBuffer(long maxEventBytes) : IDisposable
{
    private const int InitialSize = 8 * 1024;
    private const int SmallestRead = 2 * 1024;

    private byte[] _buffer = [];
    private int _end;
    private bool _hasEnded;

    // A provider that does not stream sends one JSON document, which no line of an event stream begins like.
    private bool? _isDocument;

    // The line that is read: where it begins, and how far its end has been looked for in vain.
    private int _line;
    private int _searched;
    private bool _isFirstLine = true;
    private bool _followsCarriageReturn;

    // The data of the event that is read.
    private bool _hasData;
    private int _data;
    private int _dataEnd;

    /// <summary>Whether it holds a part of an event.</summary>
    public bool IsEmpty => (_hasData ? _data : _line) == _end;

    /// <summary>Gives its memory back until it is needed: a stream that is waited for costs none.</summary>
    public void Release()
    {
        Move(_buffer, _end);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Where the next bytes are to be written. What was read before is void.</summary>
    public Memory<byte> GetMemory()
    {
        var start = _hasData ? _data : _line;
        if (_buffer.Length == 0)
            _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
        else if (start == _end)
            Move(_buffer, start);
        else if (_buffer.Length - _end < SmallestRead)
            MakeRoom(start);
        return _buffer.AsMemory(_end);
    }

    /// <summary>Takes over bytes that have been written; none at the end of the stream.</summary>
    /// <returns>Whether more may come.</returns>
    /// <exception cref="InvalidDataException">An event is longer than anything that makes sense.</exception>
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

    /// <summary>Gives the data of the next event that has come as a whole.</summary>
    /// <param name="data">The data, which is valid until the next call of any method.</param>
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

        return TryReadRest(out data);
    }

    /// <summary>The document, when it has come as a whole.</summary>
    private bool TryReadDocument(out ReadOnlySpan<byte> data)
    {
        data = _hasEnded ? Trim(_buffer.AsSpan(_line.._end)) : default;
        if (_hasEnded)
            _line = _end;
        return !data.IsEmpty;
    }

    /// <summary>An event that the end of the stream ends.</summary>
    private bool TryReadRest(out ReadOnlySpan<byte> data)
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

    /// <summary>A line ends with CR, LF or both.</summary>
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

    /// <summary>Only data counts: events have no names here, and are not resumed.</summary>
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

        // Lines of one event are joined where the first one is: an end of line and a field's name make room for it.
        _buffer[_dataEnd++] = (byte)'\n';
        line[prefix..].CopyTo(_buffer.AsSpan(_dataEnd));
        _dataEnd += length - prefix;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n\uFEFF"u8);

    private void MakeRoom(int start)
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

    /// <summary>Moves what is needed to the beginning of a buffer, which may be the same.</summary>
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
