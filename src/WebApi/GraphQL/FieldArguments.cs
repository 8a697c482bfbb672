using GraphQL;
using GraphQL.Builders;
using GraphQL.Types;
using MediatR;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Paging;
using QrAi.WebApi.Endpoints;

namespace QrAi.WebApi.GraphQL;

/// <summary>Gives resolvers the arguments of a field, and the services of its request.</summary>
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
    /// <exception cref="InvalidRequestException">If it is not a UUID.</exception>
    public static Guid IdArgument(this IResolveFieldContext context, string name = "id") =>
        RequestParameters.ParseId(context.GetArgument<string>(name), name);

    /// <summary>The sender of requests to the application.</summary>
    public static ISender Sender(this IResolveFieldContext context) =>
        context.RequestServices!.GetRequiredService<ISender>();

    /// <summary>
    /// The idempotency key of a field. A document may have several mutations; each has its own key, by response name.
    /// </summary>
    public static IdempotencyKey? IdempotencyKey(this IResolveFieldContext context)
    {
        var name = context.FieldAst.Alias?.Name ?? context.FieldAst.Name;
        return ((GraphQlUserContext)context.UserContext).IdempotencyKey?.ForPart(name.StringValue);
    }

    /// <summary>The cache of reads.</summary>
    public static ReadOnce Reads(this IResolveFieldContext context) =>
        context.RequestServices!.GetRequiredService<ReadOnce>();

    /// <summary>The loader of sessions.</summary>
    public static SessionLoader Loader(this IResolveFieldContext context) =>
        context.RequestServices!.GetRequiredService<SessionLoader>();
}
