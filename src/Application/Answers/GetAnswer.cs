using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Reads an answer; while it is being generated, with the content so far.</summary>
/// <param name="Id">The answer.</param>
public sealed record GetAnswer(Guid Id) : IRequest<MessageDto>;

internal sealed class GetAnswerHandler(
    RunningGenerations running,
    IAnswerStore store,
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IMapper mapper
) : IRequestHandler<GetAnswer, MessageDto>
{
    public async Task<MessageDto> Handle(GetAnswer request, CancellationToken cancellationToken)
    {
        if (running.Find(caller.Owner, request.Id) is { IsLost: false } local)
            return local.Generation.ToMessage();

        while (true)
        {
            var answer = await ReadAsync(request.Id, cancellationToken);
            if (answer.Status != MessageStatus.Generating)
                return answer;

            var progress = await store.ReadProgressAsync([new(request.Id, Position.Start)], cancellationToken);
            if (progress is [{ IsOpen: true } open])
                return answer with { Provider = open.Provider, Model = open.Model, Content = open.Text };
            // The answer ended between the two reads: read it again.
        }
    }

    private async Task<MessageDto> ReadAsync(Guid answerId, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await database
                .Messages.Where(message => message.Id == answerId && message.Role == MessageRole.Assistant)
                .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("answer", answerId);
    }
}
