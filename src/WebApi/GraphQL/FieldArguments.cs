using GraphQL;
using GraphQL.Builders;
using GraphQL.Types;
using MediatR;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Paging;
using QrAi.WebApi.Endpoints;

namespace QrAi.WebApi.GraphQL;

/// <summary>What resolvers need of a field: its arguments, and the way to the application.</summary>
internal static class FieldArguments
{
    /// <summary>Adds the arguments of a page.</summary>
    public static FieldBuilder<TSource, TReturn> PageArguments<TSource, TReturn>(
        this FieldBuilder<TSource, TReturn> field
    ) =>
        field
            .Argument<IntGraphType>(
                "first",
                $"How many: 1 to {PageLimits.Max}.",
                argument => argument.DefaultValue = PageLimits.Default
            )
            .Argument<StringGraphType>("after", "The cursor of the item before the first one.");

    /// <summary>Reads the arguments of a page.</summary>
    public static (int First, string? After) PageArguments(this IResolveFieldContext context) =>
        (context.GetArgument<int?>("first") ?? PageLimits.Default, context.GetArgument<string?>("after"));

    /// <summary>Reads an id.</summary>
    /// <exception cref="InvalidRequestException">It is no UUID.</exception>
    public static Guid IdArgument(this IResolveFieldContext context, string name = "id") =>
        RequestParameters.ParseId(context.GetArgument<string>(name), name);

    /// <summary>The way to the application.</summary>
    public static ISender Sender(this IResolveFieldContext context) =>
        context.RequestServices!.GetRequiredService<ISender>();

    /// <summary>
    /// The idempotency key of a field: a document may have several mutations, of which each runs once, by its name in the
    /// response.
    /// </summary>
    public static IdempotencyKey? IdempotencyKey(this IResolveFieldContext context)
    {
        var name = context.FieldAst.Alias?.Name ?? context.FieldAst.Name;
        return ((GraphQlUserContext)context.UserContext).IdempotencyKey?.ForPart(name.StringValue);
    }

    /// <summary>The way to what is only read.</summary>
    public static ReadOnce Reads(this IResolveFieldContext context) =>
        context.RequestServices!.GetRequiredService<ReadOnce>();

    /// <summary>What fields load together.</summary>
    public static SessionLoader Loader(this IResolveFieldContext context) =>
        context.RequestServices!.GetRequiredService<SessionLoader>();
}
