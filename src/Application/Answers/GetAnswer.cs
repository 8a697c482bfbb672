using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Reads an answer, with what has come so far if it is still being generated.</summary>
/// <param name="Id">The answer.</param>
public sealed record GetAnswer(Guid Id) : IRequest<MessageDto>;

internal sealed class GetAnswerHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IAnswerEventLog log,
    IMapper mapper
) : IRequestHandler<GetAnswer, MessageDto>
{
    public async Task<MessageDto> Handle(GetAnswer request, CancellationToken cancellationToken)
    {
        // The events come first: an answer that ends between the two reads is then read whole from the database.
        var events = log.Snapshot(caller.Owner, request.Id);
        var answer = await ReadAsync(databases, mapper, caller.Owner, request.Id, cancellationToken);
        return answer.Status == MessageStatus.Generating && events is not null ? WithTextOf(answer, events) : answer;
    }

    /// <summary>Reads an answer as it is kept.</summary>
    /// <exception cref="NotFoundException">There is no such answer.</exception>
    internal static async Task<MessageDto> ReadAsync(
        IQrAiDbContextFactory databases,
        IMapper mapper,
        string owner,
        Guid answerId,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(owner);
        return await database
                .Messages.Where(message => message.Id == answerId && message.Role == MessageRole.Assistant)
                .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("answer", answerId);
    }

    private static MessageDto WithTextOf(MessageDto answer, IReadOnlyList<AnswerEvent> events)
    {
        var text = new System.Text.StringBuilder();
        foreach (var happened in events)
        {
            switch (happened)
            {
                case AnswerEvent.Started started:
                    answer = answer with { Provider = started.Provider, Model = started.Model };
                    break;
                case AnswerEvent.Restarted restarted:
                    answer = answer with { Provider = restarted.Provider, Model = restarted.Model };
                    text.Clear();
                    break;
                case AnswerEvent.Delta delta:
                    text.Append(delta.Text);
                    break;
            }
        }

        return answer with
        {
            Content = text.ToString(),
        };
    }
}
