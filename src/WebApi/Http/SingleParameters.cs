using QrAi.WebApi.Endpoints;
using QrAi.WebApi.GraphQL;

namespace QrAi.WebApi.Http;

/// <summary>Refuses parameters of the query string that are given twice, on every route.</summary>
internal static class SingleParameters
{
    public static void UseSingleParameters(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                // GraphQL has errors of its own shape.
                if (!context.Request.Path.StartsWithSegments(GraphQlEndpoint.Path))
                    RequestParameters.RequireSingle(context.Request.Query);
                return next(context);
            }
        );
}
