using QrAi.WebApi.Endpoints;
using QrAi.WebApi.GraphQL;

namespace QrAi.WebApi.Http;

/// <summary>Rejects repeated parameters of the query string, on every route.</summary>
internal static class SingleParameters
{
    public static void UseSingleParameters(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                // GraphQL has its own format of errors.
                if (!context.Request.Path.StartsWithSegments(GraphQlEndpoint.Path))
                    RequestParameters.RequireSingle(context.Request.Query);
                return next(context);
            }
        );
}
