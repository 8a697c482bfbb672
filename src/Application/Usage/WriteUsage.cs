using MediatR;

namespace QrAi.Application.Usage;

/// <summary>Stores the calls of providers that wait for the database.</summary>
public sealed record WriteUsage : IRequest;

internal sealed class WriteUsageHandler(UsageRecorder recorder) : IRequestHandler<WriteUsage>
{
    public Task Handle(WriteUsage request, CancellationToken cancellationToken) =>
        recorder.WriteAsync(cancellationToken);
}
