using System.Threading.Channels;

namespace QrAi.Tests.Testing.Providers;

/// <summary>The body of a response in memory; a read returns one write, as is possible over a network.</summary>
/// <param name="writes">The writes to the body.</param>
/// <param name="owner">Disposed with it, when the client disconnects.</param>
internal sealed class MemoryBody(ChannelReader<ReadOnlyMemory<byte>> writes, IDisposable owner) : Stream
{
    private ReadOnlyMemory<byte> _unread;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty)
        {
            if (!await writes.WaitToReadAsync(cancellationToken))
                return 0;
            writes.TryRead(out _unread);
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            owner.Dispose();
        base.Dispose(disposing);
    }
}
